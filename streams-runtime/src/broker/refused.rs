//! Records that a log refuses for what they are.

use super::BrokerError;
use crate::context::Cause;
use crate::headers::Headers;
use crate::produce_error::ProduceErrorKind;

/// Where a result comes from. A record that is sent with it and refused comes back with it.
#[derive(Clone, Debug)]
pub struct ResultOrigin {
    /// The sink.
    pub(crate) node: &'static str,
    /// The record that caused it.
    pub(crate) cause: Cause,
}

/// A record that was not written, and would not be if it were sent again.
#[derive(Debug)]
pub struct RefusedRecord {
    /// What it was sent with.
    pub origin: ResultOrigin,
    /// Its topic.
    pub topic: String,
    /// Its partition, if it was chosen yet.
    pub partition: Option<i32>,
    /// Its key; `None`: null.
    pub key: Option<Vec<u8>>,
    /// Its value; `None`: null.
    pub value: Option<Vec<u8>>,
    /// Its headers.
    pub headers: Headers,
    /// Its time, in milliseconds since the Unix epoch.
    pub timestamp_ms: i64,
    /// What kind of reason.
    pub kind: ProduceErrorKind,
    /// The reason.
    pub error: BrokerError,
}
