//! What a setting needs that librdkafka was perhaps built without, and the Cargo feature that brings it.

use rdkafka::ClientConfig;

const TLS: &str = "enable the feature `tls` (the system's OpenSSL) or `tls-vendored` (OpenSSL compiled in) of streams-runtime";
const GSSAPI: &str = "enable the feature `sasl-gssapi` of streams-runtime";
const OIDC: &str = "no feature of streams-runtime brings it (librdkafka needs libcurl for that); use SCRAM or PLAIN";

/// A capability of librdkafka, by its own name for it.
struct Capability {
    name: &'static str,
    /// In a message.
    noun: &'static str,
    remedy: &'static str,
}

const SSL: Capability = Capability { name: "ssl", noun: "TLS", remedy: TLS };
const SCRAM: Capability = Capability { name: "sasl_scram", noun: "SASL/SCRAM", remedy: TLS };
const OAUTHBEARER: Capability = Capability { name: "sasl_oauthbearer", noun: "SASL/OAUTHBEARER", remedy: TLS };
const KERBEROS: Capability = Capability { name: "sasl_gssapi", noun: "SASL/GSSAPI (Kerberos)", remedy: GSSAPI };
const OIDC_TOKENS: Capability = Capability { name: "oidc", noun: "OIDC", remedy: OIDC };

/// What a setting needs, by librdkafka's names.
fn needed(name: &str, value: &str) -> Option<Capability> {
    let value = value.trim().to_ascii_uppercase();
    match name {
        "security.protocol" if value.ends_with("SSL") => Some(SSL),
        "sasl.mechanisms" if value.starts_with("SCRAM-") => Some(SCRAM),
        "sasl.mechanisms" if value == "OAUTHBEARER" => Some(OAUTHBEARER),
        "sasl.mechanisms" if value == "GSSAPI" => Some(KERBEROS),
        "sasl.oauthbearer.method" if value == "OIDC" => Some(OIDC_TOKENS),
        _ if name.starts_with("sasl.kerberos.") => Some(KERBEROS),
        _ if name.starts_with("sasl.oauthbearer.") => Some(OAUTHBEARER),
        _ if name.starts_with("ssl.") || name == "enable.ssl.certificate.verification" => Some(SSL),
        _ => None,
    }
}

/// Why a setting cannot be met by this program, if it cannot.
pub(super) fn missing(name: &str, value: &str) -> Option<String> {
    missing_in(&built_in(), name, value)
}

/// Why the settings together cannot be met: where no mechanism is named, librdkafka takes Kerberos.
pub(super) fn missing_mechanism(protocol: &str) -> Option<String> {
    let asks_for_sasl = protocol.trim().to_ascii_uppercase().starts_with("SASL_");
    if !asks_for_sasl || has(&built_in(), &KERBEROS) {
        return None;
    }
    Some(format!(
        "no `sasl.mechanism` is named, and Kerberos, which is meant then, is not built in: name one, such as `PLAIN` or `SCRAM-SHA-512`, or {GSSAPI}"
    ))
}

fn missing_in(built_in: &str, name: &str, value: &str) -> Option<String> {
    let needed = needed(name, value).filter(|needed| !has(built_in, needed))?;
    Some(format!("it needs {}, which this program was built without: {}", needed.noun, needed.remedy))
}

fn has(built_in: &str, capability: &Capability) -> bool {
    built_in.split(',').any(|name| name.trim() == capability.name)
}

/// librdkafka's own list: other crates of the program may have chosen its features as well. Empty if it gives none.
fn built_in() -> String {
    let config = ClientConfig::new().create_native_config();
    config.and_then(|config| config.get("builtin.features")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN_ONLY: &str = "gzip,snappy,sasl,regex,lz4,sasl_plain,plugins";
    const WITH_TLS: &str = "gzip,ssl,sasl,sasl_plain,sasl_scram,sasl_oauthbearer";

    #[test]
    fn each_setting_names_the_feature_that_helps() {
        for (name, value, remedy) in [
            ("security.protocol", "SASL_SSL", TLS),
            ("security.protocol", "ssl", TLS),
            ("sasl.mechanisms", "SCRAM-SHA-512", TLS),
            ("sasl.mechanisms", "OAUTHBEARER", TLS),
            ("sasl.mechanisms", "GSSAPI", GSSAPI),
            ("sasl.kerberos.keytab", "x", GSSAPI),
            ("ssl.ca.location", "/ca.pem", TLS),
            ("sasl.oauthbearer.method", "oidc", OIDC),
        ] {
            let missing = missing_in(PLAIN_ONLY, name, value).unwrap();
            assert!(missing.ends_with(remedy), "{name} = {value}: {missing}");
        }
    }

    #[test]
    fn what_is_built_in_is_not_missing() {
        for (name, value) in [
            ("security.protocol", "SASL_SSL"),
            ("sasl.mechanisms", "SCRAM-SHA-256"),
            ("sasl.mechanisms", "PLAIN"),
            ("ssl.ca.location", "/ca.pem"),
        ] {
            assert_eq!(missing_in(WITH_TLS, name, value), None, "{name} = {value}");
        }
        for (name, value) in [("security.protocol", "SASL_PLAINTEXT"), ("sasl.mechanisms", "PLAIN"), ("client.rack", "ssl")] {
            assert_eq!(missing_in(PLAIN_ONLY, name, value), None, "{name} = {value}");
        }
    }

    #[test]
    fn librdkafka_says_what_is_built_in() {
        assert!(built_in().contains("sasl_plain"), "{}", built_in());
        assert_eq!(has(&built_in(), &SSL), cfg!(any(feature = "tls", feature = "tls-vendored")));
        assert_eq!(has(&built_in(), &SCRAM), has(&built_in(), &SSL));
        assert_eq!(has(&built_in(), &OAUTHBEARER), has(&built_in(), &SSL));
    }
}
