//! What librdkafka says on its own (log lines, connection errors) goes to `tracing`, and is kept for error messages.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::ProducerContext;

/// A broker that is away is reported by every connection, again and again; one line in so long is enough.
const SAME_LINE_EVERY: Duration = Duration::from_secs(10);

#[derive(Default)]
struct State {
    /// When a kind of line was last written, and how many were left out since.
    lines: HashMap<String, (Instant, u32)>,
    /// What the client last complained about.
    last_error: Option<(Instant, RDKafkaErrorCode, String)>,
}

/// The context of a client that has no callbacks of its own.
pub(super) struct Context {
    client_id: String,
    state: Mutex<State>,
}

impl Context {
    pub(super) fn new(client_id: &str) -> Self {
        Context { client_id: client_id.to_owned(), state: Mutex::default() }
    }

    /// What the client complained about last, unless that is older than `within`.
    pub(super) fn recent_error(&self, within: Duration) -> Option<(RDKafkaErrorCode, String)> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.last_error.as_ref().filter(|(at, ..)| at.elapsed() <= within).map(|(_, code, reason)| (*code, reason.clone()))
    }

    /// How many lines of this kind were left out since the last one, or `None` if this one is to be left out too.
    fn admit(&self, kind: &str) -> Option<u32> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        match state.lines.get_mut(kind) {
            Some((at, left_out)) if now.duration_since(*at) < SAME_LINE_EVERY => {
                *left_out += 1;
                None
            }
            Some((at, left_out)) => {
                *at = now;
                Some(std::mem::take(left_out))
            }
            None => {
                state.lines.insert(kind.to_owned(), (now, 0));
                Some(0)
            }
        }
    }
}

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        let client = self.client_id.as_str();
        // Settings of consumers given to producers and the like: expected with general settings.
        if facility == "CONFWARN" {
            tracing::debug!(target: "librdkafka", client, facility, "{message}");
            return;
        }
        match level {
            RDKafkaLogLevel::Emerg | RDKafkaLogLevel::Alert | RDKafkaLogLevel::Critical | RDKafkaLogLevel::Error => {
                if let Some(left_out) = self.admit(facility) {
                    tracing::error!(target: "librdkafka", client, facility, left_out, "{message}");
                }
            }
            RDKafkaLogLevel::Warning => {
                if let Some(left_out) = self.admit(facility) {
                    tracing::warn!(target: "librdkafka", client, facility, left_out, "{message}");
                }
            }
            RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info => {
                tracing::info!(target: "librdkafka", client, facility, "{message}");
            }
            RDKafkaLogLevel::Debug => {
                tracing::debug!(target: "librdkafka", client, facility, "{message}");
            }
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        let code = error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Unknown);
        if code == RDKafkaErrorCode::PartitionEOF {
            return;
        }
        if let Some(left_out) = self.admit(&format!("{code:?}")) {
            let client = self.client_id.as_str();
            tracing::warn!(target: "librdkafka", client, left_out, "{reason}");
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.last_error = Some((Instant::now(), code, reason.to_owned()));
    }
}

impl rdkafka::consumer::ConsumerContext for Context {}

impl ProducerContext for Context {
    type DeliveryOpaque = ();

    /// Acknowledgements are read in batches elsewhere; only the purge of a producer that is dropped comes here.
    fn delivery(&self, _: &DeliveryResult<'_>, _: ()) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_line_is_written_once_in_a_while() {
        let context = Context::new("c");
        assert_eq!(context.admit("FAIL"), Some(0));
        assert_eq!(context.admit("FAIL"), None);
        assert_eq!(context.admit("OTHER"), Some(0));
    }

    #[test]
    fn the_last_complaint_is_kept_for_a_while() {
        let context = Context::new("c");
        assert_eq!(context.recent_error(Duration::from_secs(9)), None);
        let down = RDKafkaErrorCode::AllBrokersDown;
        context.error(KafkaError::Global(down), "1/1 brokers are down");
        let (code, reason) = context.recent_error(Duration::from_secs(9)).unwrap();
        assert_eq!((code, reason.as_str()), (down, "1/1 brokers are down"));
    }
}
