//! Times as bytes that are in the order of the times, for keys and indexes that are ordered by
//! time.

/// How many bytes a time has.
pub(super) const BYTES: usize = 8;

/// The bytes of a time in milliseconds. The sign is turned round, so that times before 1970 come
/// first.
#[inline]
pub(super) fn to_bytes(time_ms: i64) -> [u8; BYTES] {
    (time_ms ^ i64::MIN).to_be_bytes()
}

/// The time that has these bytes.
#[inline]
pub(super) fn from_bytes(bytes: [u8; BYTES]) -> i64 {
    i64::from_be_bytes(bytes) ^ i64::MIN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_in_the_order_of_the_times() {
        let times = [i64::MIN, -1_000, -1, 0, 1, 1_000, i64::MAX];
        assert!(times.map(to_bytes).is_sorted());
        assert_eq!(times.map(|time_ms| from_bytes(to_bytes(time_ms))), times);
    }
}
