//! `name=value` arguments, and what they set.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use streams_runtime::{BoxError, OnError, Streams, Topology};

use crate::clock::Shifted;

/// The arguments behind the name of the topology.
pub(crate) struct Settings(BTreeMap<String, String>);

impl Settings {
    pub(crate) fn parse(args: impl Iterator<Item = String>) -> Result<Self, BoxError> {
        let mut settings = BTreeMap::new();
        for arg in args {
            let (name, value) = arg.split_once('=').ok_or_else(|| format!("`{arg}` is not name=value"))?;
            settings.insert(name.to_owned(), value.to_owned());
        }
        Ok(Settings(settings))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The value, or the name itself: a topic is called by its role unless something else is said.
    pub(crate) fn text(&self, name: &str) -> String {
        self.get(name).unwrap_or(name).to_owned()
    }

    /// The application with everything that is set.
    pub(crate) fn apply<T: Topology>(&self, topology: T) -> Result<Streams<T>, BoxError> {
        let mut app = Streams::new(topology).clock(Arc::new(Shifted));
        for (name, value) in &self.0 {
            let ms = || value.parse().map(Duration::from_millis);
            app = match name.as_str() {
                "id" => app.application_id(value),
                "threads" => app.threads(value.parse()?),
                "commit_ms" => app.commit_interval(ms()?),
                "linger_ms" => app.linger(ms()?),
                "cache" => app.cache_max_bytes(value.parse()?),
                "session_ms" => app.session_timeout(ms()?),
                "max_poll_ms" => app.max_poll_interval(ms()?),
                "purge_ms" => app.repartition_purge_interval(ms()?),
                "topic_refresh_ms" => app.topic_refresh(ms()?),
                "delivery_ms" => app.delivery_timeout(ms()?),
                "instance" => app.instance_id(value),
                "state_dir" => app.state_dir(value),
                "embedded" => app.embedded(value),
                "create" => app.create_missing_topics(value.parse()?),
                "on_decode" => app.on_decode_error(handler(value)?),
                "on_process" => app.on_process_error(handler(value)?),
                #[cfg(feature = "kafka")]
                "brokers" => app.brokers(value),
                #[cfg(feature = "kafka")]
                name if name.starts_with("kafka.") => app.setting(name.trim_start_matches("kafka."), value),
                _ => app,
            };
        }
        Ok(app)
    }
}

fn handler(text: &str) -> Result<OnError, BoxError> {
    match text.split_once(':') {
        Some(("dead-letter", topic)) => Ok(OnError::DeadLetter(topic.to_owned())),
        None if text == "fail" => Ok(OnError::Fail),
        None if text == "continue" => Ok(OnError::Continue),
        _ => Err(format!("no handler `{text}`").into()),
    }
}
