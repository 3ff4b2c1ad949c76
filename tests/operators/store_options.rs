//! Caches and changelogs of single stores.

use super::*;

struct Total;

impl FixedKeyProcessor<String, String> for Total {
    type ValueOut = u64;
    type Stores = KeyValue<String, u64>;

    fn process<O: ForwardValue<u64>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let total = cx.store(cx.stores).get(r.key)?.copied().unwrap_or(0) + r.value.len() as u64;
        cx.store(cx.stores).put(r.key, total)?;
        out.forward(cx, &total);
        Ok(())
    }
}

topology! {
    fn uncached() -> Uncached {
        let input: Stream<String, String> = stream("in");
        let at_once: Table<String, u64> = input.group_by_key().count().without_cache();
        at_once.to_stream().to("at-once");
        let cached: Table<String, u64> = input.group_by_key().count();
        cached.to_stream().to("cached");
        let windows: Table<Windowed<String>, u64> =
            input.group_by_key().windowed_by(tumbling(millis(100)).grace(millis(0))).count().without_cache();
        windows.to_stream_with_key(|window, _| window.key.clone()).to("windows");
        let visits: Table<Windowed<String, SessionWindow>, u64> =
            input.group_by_key().windowed_by(sessions(millis(10)).grace(millis(0))).count().without_cache();
        visits.to_stream_with_key(|session, _| session.key.clone()).to("visits");
        let lengths: Table<String, u64> = at_once.map_values(|n| n * 10).without_cache();
        lengths.to_stream().to("lengths");
    }

    fn unlogged() -> Unlogged {
        let input: Stream<String, String> = stream("in");
        let others: Stream<String, String> = stream("others");
        let total: KeyValueStore<String, u64> = key_value_store().without_changelog();
        input.process_values(Total, total).to("totals");
        let counts: Table<String, u64> = input.group_by_key().count().without_changelog();
        counts.to_stream().to("counts");
        let kept: Table<String, u64> = input.group_by_key().count();
        kept.to_stream().to("kept");
        let pairs = input.join(others, |a, b| format!("{a}+{b}"), within(millis(50)).grace(millis(0))).without_changelog();
        pairs.to("pairs");
        let held = kept.suppress(until_time_limit(millis(100))).without_changelog();
        held.to_stream().to("held");
    }
}

#[test]
fn without_a_cache_every_change_goes_on_at_once() {
    let driver = TestDriver::builder(uncached()).cache_max_bytes(1 << 20).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("x"), 1), (Some("a"), Some("y"), 2)]);
    for (topic, expected) in [("at-once", ["a=1@1", "a=2@2"]), ("windows", ["a=1@1", "a=2@2"]), ("lengths", ["a=10@1", "a=20@2"])] {
        assert_eq!(read_numbers::<u64>(&driver, topic), expected, "{topic}");
    }
    assert_eq!(driver.output::<String, Option<u64>>("visits").read_pairs().len(), 3, "a session that grows is deleted and made anew");
    assert_eq!(read_numbers::<u64>(&driver, "cached"), [""; 0]);
    driver.commit().unwrap();
    assert_eq!(read_numbers::<u64>(&driver, "cached"), ["a=2@2"]);
    assert_eq!(read_numbers::<u64>(&driver, "at-once"), [""; 0], "nothing is handed on twice");
}

#[test]
fn without_a_changelog_state_ends_with_the_task() {
    let driver = driver(unlogged());
    pipe(&driver, "in", &[(Some("a"), Some("xy"), 1), (Some("a"), Some("z"), 2)]);
    driver.restart().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("z"), 3)]);
    // What was there before the restart finds no partner any more.
    pipe(&driver, "others", &[(Some("a"), Some("o"), 4)]);
    assert_eq!(read_numbers::<u64>(&driver, "totals"), ["a=2@1", "a=3@2", "a=1@3"]);
    assert_eq!(read_numbers::<u64>(&driver, "counts"), ["a=1@1", "a=2@2", "a=1@3"]);
    assert_eq!(read_numbers::<u64>(&driver, "kept"), ["a=1@1", "a=2@2", "a=3@3"]);
    assert_eq!(read(&driver, "pairs"), ["a=z+o@4"]);
    pipe(&driver, "in", &[(Some("b"), Some("z"), 200)]);
    assert_eq!(read_numbers::<u64>(&driver, "held"), ["a=3@3"], "what waited before the restart is gone");
    assert!(driver.read_raw("test-kept-changelog").is_some());
    for store in ["total", "counts", "held", "pairs-this-join-store", "pairs-other-join-store"] {
        assert_eq!(driver.read_raw(&format!("test-{store}-changelog")).map(|record| record.key), None, "{store}");
    }
}

#[test]
fn the_plan_has_what_is_said_of_stores() {
    let plan = Topology::plan(&unlogged());
    let logged: Vec<&str> = plan.sub_topologies.iter().flat_map(|part| &part.stores).filter(|s| s.logged).map(|s| &*s.name).collect();
    assert_eq!(logged, ["kept"]);
}
