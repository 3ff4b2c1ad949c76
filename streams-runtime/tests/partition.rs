//! Keys go to the partitions where Kafka's own clients put them.

use streams_runtime::partition::{murmur2, partition_for_key};

/// The values that Kafka's tests of its hash expect, as its signed integers.
const KNOWN: &[(&str, i32)] = &[
    ("21", -973932308),
    ("foobar", -790332482),
    ("a-little-bit-long-string", -985981536),
    ("a-little-bit-longer-string", -1486304829),
    ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
    ("abc", 479470107),
];

#[test]
fn the_hash_is_that_of_kafka() {
    for (key, hash) in KNOWN {
        assert_eq!(murmur2(key.as_bytes()) as i32, *hash, "{key}");
    }
}

#[test]
fn every_key_has_a_partition() {
    for (key, hash) in KNOWN {
        for partitions in [1, 3, 8, 1000] {
            assert_eq!(partition_for_key(key.as_bytes(), partitions), (hash & 0x7fff_ffff) % partitions, "{key}");
        }
    }
}
