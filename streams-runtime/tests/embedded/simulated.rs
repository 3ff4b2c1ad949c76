//! The embedded log on the simulated disk, as a simulator outside of the crate uses it.

use std::path::Path;

use streams_runtime::broker::embedded::simulated_disk::SimulatedDisk;
use streams_runtime::broker::embedded::{EmbeddedLog, EmbeddedOptions};

use super::append;

#[test]
fn what_was_flushed_survives_and_the_same_seed_leaves_the_same() {
    let run = |seed: u64| {
        let mut number = seed;
        let disk = SimulatedDisk::new(move || {
            number = number.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            number >> 33
        });
        let open = || EmbeddedLog::open_on(disk.process(), Path::new("/data/log"), EmbeddedOptions::default()).unwrap();
        let log = open();
        log.create_topic("t", 1).unwrap();
        for i in 0..40_u8 {
            append(&log, &[i; 100]).unwrap();
            if i == 19 {
                log.flush().unwrap();
            }
        }
        disk.crash().unwrap();
        drop(log);
        let log = open();
        (log.end_offset("t", 0).unwrap(), log.recovered())
    };
    let ends: Vec<_> = (0..30).map(run).collect();
    assert!(ends.iter().all(|(end, _)| (20..=40).contains(end)));
    assert!(ends.iter().any(|(end, torn)| *end > 20 && !torn.is_empty()));
    assert_eq!(ends, (0..30).map(run).collect::<Vec<_>>());
}
