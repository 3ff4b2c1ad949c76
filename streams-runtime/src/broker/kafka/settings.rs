//! Settings of librdkafka: which are the user's, which are the runtime's, and the configuration of each kind of client.

use std::collections::BTreeMap;

use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::KafkaError;

use super::features;

use crate::broker::BrokerError;

/// Which client a configuration is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Reads records.
    Consumer,
    /// Writes records.
    Producer,
    /// Looks up and makes topics.
    Admin,
    /// Takes part in the group.
    Group,
}

const KINDS: [(Kind, &str); 4] =
    [(Kind::Consumer, "consumer."), (Kind::Producer, "producer."), (Kind::Admin, "admin."), (Kind::Group, "group.")];

/// Names that librdkafka takes for one setting. All become the second, so that one setting is never given twice
/// (a `ClientConfig` applies its settings in no particular order).
const ALIASES: [(&str, &str); 9] = [
    ("metadata.broker.list", "bootstrap.servers"),
    ("request.required.acks", "acks"),
    ("queue.buffering.max.ms", "linger.ms"),
    ("delivery.timeout.ms", "message.timeout.ms"),
    ("compression.codec", "compression.type"),
    ("message.send.max.retries", "retries"),
    ("max.in.flight.requests.per.connection", "max.in.flight"),
    ("max.partition.fetch.bytes", "fetch.message.max.bytes"),
    ("sasl.mechanism", "sasl.mechanisms"),
];

/// What the runtime itself depends on, and why it is not to be given.
const RESERVED: [(&str, &str); 18] = [
    ("bootstrap.servers", "the brokers are named where the application is configured"),
    ("client.id", "it is made from the application id"),
    ("group.id", "it is the application id"),
    ("group.instance.id", "it is made from the process's own id for static membership"),
    ("session.timeout.ms", "it is given with the group's configuration"),
    ("partition.assignment.strategy", "tasks are placed by the cooperative-sticky assignor"),
    ("enable.auto.commit", "offsets are committed only after everything made from their records is acknowledged"),
    ("auto.commit.interval.ms", "offsets are committed by the runtime; give its commit interval instead"),
    ("enable.auto.offset.store", "offsets are committed only after everything made from their records is acknowledged"),
    ("auto.offset.reset", "every start offset is resolved by the runtime; give it per source instead"),
    ("isolation.level", "`Streams::isolation` says it for sources; changelogs and global tables are read committed"),
    ("enable.partition.eof", "positions at the end of a partition depend on it"),
    ("allow.auto.create.topics", "a topic that is missing is an error that names it"),
    ("acks", "a commit must mean that all in-sync replicas have the output"),
    ("enable.idempotence", "retries must not write a record twice or out of order"),
    ("transactional.id", "it is made from the application id"),
    ("message.timeout.ms", "it is the delivery timeout of the producer's configuration"),
    ("delivery.report.only.error", "checkpoints of changelogs are taken from acknowledgements"),
];

const SECRETS: [&str; 8] = [
    "sasl.password",
    "ssl.key.password",
    "ssl.keystore.password",
    "ssl.truststore.password",
    "ssl.key.pem",
    "sasl.oauthbearer.client.secret",
    "sasl.oauthbearer.config",
    "sasl.oauthbearer.assertion.private.key.passphrase",
];

fn canonical(name: &str) -> &str {
    ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, to)| to)
}

/// A name as the user gave it, split into the client it is for (none: all) and librdkafka's name.
fn split(name: &str) -> (Option<Kind>, &str) {
    // Settings of librdkafka that begin with a prefix of ours and are meant as they stand.
    const WHOLE: [&str; 5] = ["group.id", "group.instance.id", "group.protocol", "group.protocol.type", "group.remote.assignor"];
    if let Some(whole) = WHOLE.iter().find(|w| **w == name) {
        let kind = (!matches!(*whole, "group.id" | "group.instance.id")).then_some(Kind::Group);
        return (kind, name);
    }
    for (kind, prefix) in KINDS {
        if let Some(rest) = name.strip_prefix(prefix) {
            return (Some(kind), rest);
        }
    }
    (None, name)
}

/// The user's settings, looked through.
#[derive(Clone)]
pub(super) struct Settings {
    bootstrap: String,
    all: BTreeMap<String, String>,
    one: Vec<(Kind, String, String)>,
}

impl Settings {
    pub(super) fn new(bootstrap: &str, given: &BTreeMap<String, String>) -> Result<Self, BrokerError> {
        if bootstrap.trim().is_empty() {
            return Err(config_error("bootstrap.servers", bootstrap, "name at least one broker as host:port"));
        }
        check("bootstrap.servers", "bootstrap.servers", bootstrap)?;
        let mut all = BTreeMap::new();
        let mut one = Vec::new();
        for (name, value) in given {
            let (kind, plain) = split(name);
            let plain = canonical(plain);
            if let Some((_, why)) = RESERVED.iter().find(|(r, _)| *r == plain) {
                return Err(config_error(name, value, &format!("cannot be given, the runtime sets it: {why}")));
            }
            if let Some(missing) = features::missing(plain, value) {
                return Err(config_error(name, value, &missing));
            }
            check(name, plain, value)?;
            match kind {
                Some(kind) => one.push((kind, plain.to_owned(), value.clone())),
                None => {
                    all.insert(plain.to_owned(), value.clone());
                }
            }
        }
        if let Some(protocol) = all.get("security.protocol").filter(|_| !all.contains_key("sasl.mechanisms"))
            && !one.iter().any(|(_, name, _)| name == "sasl.mechanisms")
            && let Some(missing) = features::missing_mechanism(protocol)
        {
            return Err(config_error("security.protocol", protocol, &missing));
        }
        Ok(Settings { bootstrap: bootstrap.to_owned(), all, one })
    }

    pub(super) fn bootstrap(&self) -> &str {
        &self.bootstrap
    }

    /// The configuration of one client: our defaults, then the user's general settings, then those for this kind,
    /// then what the runtime depends on.
    pub(super) fn client(&self, kind: Kind, defaults: &[(&str, String)], fixed: &[(&str, String)]) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set_log_level(log_level());
        for (name, value) in defaults {
            config.set(*name, value);
        }
        for (name, value) in &self.all {
            config.set(name, value);
        }
        for (_, name, value) in self.one.iter().filter(|(k, ..)| *k == kind) {
            config.set(name, value);
        }
        config.set("bootstrap.servers", &self.bootstrap);
        for (name, value) in fixed {
            config.set(*name, value);
        }
        config
    }
}

/// librdkafka filters its own log lines, so it has to know what anyone listens for.
fn log_level() -> RDKafkaLogLevel {
    if tracing::enabled!(target: "librdkafka", tracing::Level::DEBUG) {
        RDKafkaLogLevel::Debug
    } else if tracing::enabled!(target: "librdkafka", tracing::Level::INFO) {
        RDKafkaLogLevel::Info
    } else if tracing::enabled!(target: "librdkafka", tracing::Level::WARN) {
        RDKafkaLogLevel::Warning
    } else {
        RDKafkaLogLevel::Error
    }
}

fn config_error(name: &str, value: &str, reason: &str) -> BrokerError {
    let secret = SECRETS.contains(&canonical(split(name).1));
    BrokerError::Config { name: name.to_owned(), value: if secret { "***" } else { value }.to_owned(), reason: reason.to_owned() }
}

/// Tries one setting alone, so that the error names the right one.
fn check(given: &str, name: &str, value: &str) -> Result<(), BrokerError> {
    match ClientConfig::new().set(name, value).create_native_config() {
        Ok(_) => Ok(()),
        Err(KafkaError::ClientConfig(_, reason, ..)) => Err(config_error(given, value, &reason)),
        Err(other) => Err(config_error(given, value, &other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Result<Settings, BrokerError> {
        let map = pairs.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
        Settings::new("localhost:9092", &map)
    }

    fn refused(name: &str, value: &str) -> String {
        match settings(&[(name, value)]).map(|_| ()) {
            Err(BrokerError::Config { name: n, reason, .. }) if n == name => reason,
            other => panic!("{name}={value}: {other:?}"),
        }
    }

    #[test]
    fn a_prefix_reaches_one_kind_of_client_and_beats_the_general_setting() {
        let s = settings(&[("socket.timeout.ms", "20000"), ("producer.socket.timeout.ms", "30000"), ("consumer.fetch.wait.max.ms", "7")])
            .unwrap();
        let get = |kind, name: &str| s.client(kind, &[], &[]).get(name).map(str::to_owned);
        assert_eq!(get(Kind::Producer, "socket.timeout.ms").unwrap(), "30000");
        assert_eq!(get(Kind::Consumer, "socket.timeout.ms").unwrap(), "20000");
        assert_eq!(get(Kind::Consumer, "fetch.wait.max.ms").unwrap(), "7");
        assert_eq!(get(Kind::Admin, "fetch.wait.max.ms"), None);
    }

    #[test]
    fn the_user_beats_our_defaults_and_the_runtime_beats_the_user() {
        let s = settings(&[("queue.buffering.max.ms", "3")]).unwrap();
        let config = s.client(Kind::Producer, &[("linger.ms", "5".into())], &[("acks", "all".into())]);
        assert_eq!(config.get("linger.ms"), Some("3"));
        assert_eq!(config.get("acks"), Some("all"));
        assert_eq!(config.get("bootstrap.servers"), Some("localhost:9092"));
    }

    #[test]
    fn what_the_runtime_depends_on_is_refused_under_every_name() {
        for name in [
            "enable.auto.commit",
            "group.id",
            "consumer.group.id",
            "group.group.instance.id",
            "acks",
            "producer.request.required.acks",
            "metadata.broker.list",
        ] {
            assert!(refused(name, "x").contains("the runtime sets it"), "{name}");
        }
    }

    #[test]
    fn an_unknown_setting_or_a_bad_value_says_so_in_librdkafkas_words() {
        let reason = refused("consumer.fetch.wait.max", "7");
        assert!(reason.contains("No such configuration property"), "{reason}");
        let reason = refused("socket.timeout.ms", "soon");
        assert!(reason.contains("socket.timeout.ms"), "{reason}");
    }

    #[test]
    fn the_new_group_protocol_is_for_the_member_alone() {
        for name in ["group.protocol", "group.group.protocol"] {
            let s = settings(&[(name, "consumer")]).unwrap();
            assert_eq!(s.client(Kind::Group, &[], &[]).get("group.protocol"), Some("consumer"));
            assert_eq!(s.client(Kind::Consumer, &[], &[]).get("group.protocol"), None);
        }
    }

    #[test]
    fn secrets_do_not_show_in_errors() {
        let error = config_error("producer.sasl.password", "hunter2", "no");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn security_says_which_feature_helps() {
        if cfg!(not(any(feature = "tls", feature = "tls-vendored"))) {
            for (name, value) in [("security.protocol", "SASL_SSL"), ("sasl.mechanism", "SCRAM-SHA-256"), ("admin.ssl.ca.location", "x")] {
                let reason = refused(name, value);
                assert!(reason.contains("`tls`") && reason.contains("`tls-vendored`"), "{name}: {reason}");
            }
        }
        if cfg!(not(feature = "sasl-gssapi")) {
            assert!(refused("sasl.mechanism", "GSSAPI").contains("`sasl-gssapi`"));
            assert!(refused("security.protocol", "SASL_PLAINTEXT").contains("no `sasl.mechanism` is named"));
        }
        settings(&[("security.protocol", "SASL_PLAINTEXT"), ("sasl.mechanism", "PLAIN"), ("sasl.username", "u")]).unwrap();
    }

    #[test]
    fn no_brokers_is_an_error() {
        assert!(Settings::new(" ", &BTreeMap::new()).is_err());
    }
}
