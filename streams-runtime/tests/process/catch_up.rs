//! Catching up through a repartition topic: what is in order by time stays so.

use std::time::Duration;

use streams_runtime::Streams;
use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::prelude::*;

use super::support::{Run, append, values};

topology! {
    fn per_account() -> PerAccount {
        let payments: Stream<String, String> = stream("payments");
        let by_account = payments.select_key(|_, account| account.to_owned()).repartition();
        let counts: Table<Windowed<String>, u64> = by_account.group_by_key().windowed_by(tumbling(minutes(1))).count();
        counts.to_stream().map(|key, count| (key.key.clone(), format!("{}@{}={}", key.key, key.window.start_ms, count.unwrap_or(0)))).to("counts");
    }
}

/// Payments a second apart, in the order of time over all partitions, are there before the start.
fn dropped(partitions: i32, payments: i64) -> u64 {
    let log = EmbeddedLog::in_memory();
    log.create_topic("payments", partitions).unwrap();
    log.create_topic("counts", 1).unwrap();
    for n in 0..payments {
        let partition = i32::try_from(n * 7 % i64::from(partitions)).unwrap();
        append(&log, "payments", partition, &format!("p{n}"), &format!("account{}", n % 5), 1_700_000_000_000 + n * 1_000);
    }
    let mut run = Run::new(Streams::new(per_account()).application_id("late").embedded_log(log.clone()).cache_max_bytes(0));
    run.until("all are counted or left out", |run| {
        let counted = values(&log, "counts").len() as i64;
        counted + dropped_by(run) as i64 >= payments
    });
    let dropped = dropped_by(&mut run);
    run.stop();
    dropped
}

fn dropped_by(run: &mut Run) -> u64 {
    let tasks = run.process.tasks();
    tasks.into_iter().filter_map(|(task, ..)| run.process.with_task(task, |task| task.metrics().dropped)).sum()
}

#[test]
fn records_in_the_order_of_time_are_in_time_for_windows_without_grace() {
    for partitions in 2..=4 {
        assert_eq!(dropped(partitions, 3_000), 0, "{partitions} partitions");
    }
}

#[test]
fn a_task_that_has_nothing_to_read_holds_up_the_others_for_a_moment_only() {
    let log = EmbeddedLog::in_memory();
    log.create_topic("payments", 3).unwrap();
    log.create_topic("counts", 1).unwrap();
    let mut run = Run::new(Streams::new(per_account()).application_id("idle").embedded_log(log.clone()).cache_max_bytes(0));
    run.until_running();
    append(&log, "payments", 1, "p", "account", 1_700_000_000_000);
    let begun = run.now.mono;
    run.until("the result", |_| values(&log, "counts").len() == 1);
    assert!(run.now.mono - begun < Duration::from_millis(200), "{:?}", run.now.mono - begun);
    run.stop();
}
