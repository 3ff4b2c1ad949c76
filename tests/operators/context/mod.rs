//! `cx`, the one parameter more of a closure: what it says, and what becomes of the headers that it
//! sets.

mod aggregations;
mod joins;
mod processors;
mod stateless;
mod tables;

use super::*;

/// What the context says of the record at hand, as `topic/partition/offset@time<stream time`.
fn place(cx: &RecordContext) -> String {
    format!("{}/{}/{}@{}<{}", cx.topic(), cx.partition(), cx.offset(), cx.timestamp_ms(), cx.stream_time_ms())
}

/// What a topic holds that was not read yet, as `key=value@timestamp`, each with its headers but
/// `trace`.
fn marked(driver: &TestDriver, topic: &str) -> Vec<String> {
    let text = |bytes: Option<Vec<u8>>| bytes.map_or("-".to_owned(), |bytes| String::from_utf8(bytes).unwrap());
    let mut records = Vec::new();
    while let Some(record) = driver.read_raw(topic) {
        let mut shown = format!("{}={}@{}", text(record.key), text(record.value), record.timestamp_ms);
        for (name, value) in record.headers.iter().filter(|(name, _)| name != "trace") {
            shown += &format!(" {name}:{}", String::from_utf8_lossy(value.unwrap_or(b"-")));
        }
        records.push(shown);
    }
    records
}
