//! What is committed beside an offset, in the bytes of Kafka Streams: the time of the partition, and up to when operators have sent their results.
//!
//! Base64 of a version (2), the partition's time (8 bytes), and for each operator the length of its store's name (4 bytes), the name and a
//! time (8 bytes), after their number (4 bytes). Without operators nothing follows the partition's time.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The version that is written. The one before had the partition's time alone.
const VERSION: u8 = 2;

/// What is committed beside the offset of a partition.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct OffsetMetadata {
    /// The largest time of its records; -1 if there was none.
    pub(super) partition_time_ms: i64,
    /// By store: windows that end up to this time were sent. Behind a store's name may stand what
    /// else the time is.
    pub(super) times: Vec<(String, i64)>,
}

/// As a string for the broker.
pub(super) fn encode<'a>(partition_time_ms: i64, times: impl ExactSizeIterator<Item = (&'a str, i64)>) -> String {
    let mut bytes = vec![VERSION];
    bytes.extend_from_slice(&partition_time_ms.to_be_bytes());
    if times.len() > 0 {
        bytes.extend_from_slice(&(times.len() as u32).to_be_bytes());
    }
    for (store, time_ms) in times {
        bytes.extend_from_slice(&(store.len() as u32).to_be_bytes());
        bytes.extend_from_slice(store.as_bytes());
        bytes.extend_from_slice(&time_ms.to_be_bytes());
    }
    STANDARD.encode(&bytes)
}

/// `None` for what was not written by us or by Kafka Streams, and for nothing.
pub(super) fn decode(text: &str) -> Option<OffsetMetadata> {
    let bytes = STANDARD.decode(text).ok()?;
    let (version, mut rest) = bytes.split_first()?;
    let partition_time_ms = take_i64(&mut rest)?;
    let mut times = Vec::new();
    match *version {
        1 => {}
        VERSION if rest.is_empty() => {}
        VERSION => {
            for _ in 0..take_u32(&mut rest)? {
                let length = take_u32(&mut rest)? as usize;
                let (name, after) = rest.split_at_checked(length)?;
                rest = after;
                times.push((String::from_utf8(name.to_vec()).ok()?, take_i64(&mut rest)?));
            }
        }
        _ => return None,
    }
    Some(OffsetMetadata { partition_time_ms, times })
}

fn take_u32(bytes: &mut &[u8]) -> Option<u32> {
    let (number, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(u32::from_be_bytes(*number))
}

fn take_i64(bytes: &mut &[u8]) -> Option<i64> {
    let (number, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(i64::from_be_bytes(*number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_those_of_kafka_streams() {
        // 0x02, then -1: what a task without such operators and without records writes.
        assert_eq!(encode(-1, std::iter::empty()), "Av//////////");
        let text = encode(5, [("w", 3)].into_iter());
        let bytes: Vec<u8> = [&[2][..], &5_i64.to_be_bytes(), &[0, 0, 0, 1, 0, 0, 0, 1, b'w'], &3_i64.to_be_bytes()].concat();
        assert_eq!(STANDARD.decode(&text).unwrap(), bytes);
        assert_eq!(text, "AgAAAAAAAAAFAAAAAQAAAAF3AAAAAAAAAAM=");
    }

    #[test]
    fn what_was_written_is_read() {
        for times in [vec![], vec![("counts".to_owned(), 7)], vec![("a".to_owned(), -1), ("größer".to_owned(), i64::MAX)]] {
            let text = encode(12, times.iter().map(|(store, ms)| (store.as_str(), *ms)));
            assert_eq!(decode(&text), Some(OffsetMetadata { partition_time_ms: 12, times }));
        }
        // Kafka Streams before 3.3.
        let before = STANDARD.encode([&[1][..], &9_i64.to_be_bytes()].concat());
        assert_eq!(decode(&before), Some(OffsetMetadata { partition_time_ms: 9, times: vec![] }));
    }

    #[test]
    fn what_others_wrote_is_left_alone() {
        let cut = encode(5, [("window", 3)].into_iter());
        for text in ["", "m7", "Ag==", "A===", "no base64!!!", "AwAAAAAAAAAF", &cut[..cut.len() - 4], "AgAAAAAAAAAFAAAAAf////8="] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
