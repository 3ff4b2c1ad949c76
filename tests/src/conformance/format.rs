//! The files' format; `tests/conformance/README.md` describes it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::KeyWindows;

/// A file.
#[derive(Debug, Deserialize)]
pub(super) struct Vector {
    pub(super) format: u32,
    pub(super) scenario: String,
    pub(super) seed: u64,
    pub(super) config: Config,
    pub(super) topics: BTreeMap<String, Topic>,
    pub(super) steps: Vec<Step>,
    pub(super) stores: BTreeMap<String, Store>,
    pub(super) dropped: u64,
}

impl Vector {
    /// The topics that are written.
    pub(super) fn outputs(&self) -> impl Iterator<Item = &str> {
        self.topics.iter().filter(|(_, topic)| topic.role == Role::Output).map(|(name, _)| name.as_str())
    }
}

/// How the recording was made.
#[derive(Clone, Debug, Deserialize)]
pub struct Config {
    /// Where the wall clock began.
    pub wall_clock_start_ms: i64,
    /// Size of the stores' caches.
    pub cache_bytes: usize,
    pub(super) order: Order,
}

/// How strictly the records of one step are ordered.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Order {
    Total,
    PerTopic,
    PerKey,
}

#[derive(Debug, Deserialize)]
pub(super) struct Topic {
    role: Role,
    pub(super) key: Type,
    pub(super) value: Type,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Role {
    Input,
    Output,
}

#[derive(Debug, Deserialize)]
pub(super) struct Step {
    #[serde(rename = "in")]
    pub(super) input: Option<Record>,
    pub(super) advance_wall_clock_ms: Option<i64>,
    pub(super) out: Vec<Record>,
}

#[derive(Clone, Debug, Deserialize, PartialEq)]
pub(super) struct Record {
    pub(super) topic: String,
    pub(super) key: Value,
    pub(super) value: Value,
    pub(super) ts: i64,
    #[serde(default)]
    pub(super) headers: Vec<(String, Option<String>)>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Store {
    pub(super) rows: Vec<Value>,
}

/// The type of keys or values of a topic.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
pub(super) enum Type {
    #[serde(rename = "string")]
    String,
    #[serde(rename = "long")]
    Long,
    #[serde(rename = "int")]
    Int,
    #[serde(rename = "windowed<string>")]
    WindowedString,
}

impl Type {
    /// The bytes that Kafka's serializer makes of a value.
    pub(super) fn encode(self, value: &Value) -> Result<Option<Vec<u8>>, String> {
        let bytes = match (self, value) {
            (_, Value::Null) => return Ok(None),
            (Type::String, Value::String(text)) => Some(text.as_bytes().to_vec()),
            (Type::Long, Value::Number(n)) => n.as_i64().map(|n| n.to_be_bytes().to_vec()),
            (Type::Int, Value::Number(n)) => n.as_i64().and_then(|n| i32::try_from(n).ok()).map(|n| n.to_be_bytes().to_vec()),
            _ => None,
        };
        bytes.map(Some).ok_or_else(|| format!("{value} is not a {self:?} that can be piped"))
    }

    /// The JSON of some bytes; what is not of the type is told as text that fits nothing recorded.
    pub(super) fn decode(self, bytes: Option<&[u8]>, keys: KeyWindows) -> Value {
        let Some(bytes) = bytes else { return Value::Null };
        let decoded = match self {
            Type::String => std::str::from_utf8(bytes).ok().map(|text| json!(text)),
            Type::Long => bytes.try_into().ok().map(|b| json!(i64::from_be_bytes(b))),
            Type::Int => bytes.try_into().ok().map(|b| json!(i32::from_be_bytes(b))),
            Type::WindowedString => windowed(bytes, keys),
        };
        decoded.unwrap_or_else(|| json!({"not_a": format!("{self:?}"), "bytes": bytes}))
    }
}

/// Kafka's `TimeWindowedSerializer`: the key, 8 bytes of the start. `SessionWindowedSerializer`: the key, 8 bytes each of the end and the start.
fn windowed(bytes: &[u8], keys: KeyWindows) -> Option<Value> {
    let (rest, start) = bytes.split_last_chunk()?;
    let start_ms = i64::from_be_bytes(*start);
    let (key, end_ms) = match keys {
        KeyWindows::OfSize(size_ms) => (rest, start_ms.saturating_add(size_ms)),
        KeyWindows::Sessions => {
            let (key, end) = rest.split_last_chunk()?;
            (key, i64::from_be_bytes(*end))
        }
    };
    Some(json!({"key": std::str::from_utf8(key).ok()?, "start": start_ms, "end": end_ms}))
}
