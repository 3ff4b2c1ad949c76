//! What comes from parameters is looked at before the start, all of it, and told in the words of the topology.

use streams_runtime::prelude::*;
use streams_test::TestDriver;

topology! {
    fn windows(size_s: u64, advance_s: u64, keep_s: u64) -> OfWindows {
        let input: Stream<String, u64> = stream("in");
        let hops: Table<Windowed<String>, u64> =
            input.group_by_key().windowed_by(hopping(seconds(*size_s), seconds(*advance_s)).grace(seconds(1))).count().retention(seconds(*keep_s));
        let visits: Table<Windowed<String, SessionWindow>, u64> = input.group_by_key().windowed_by(sessions(seconds(*size_s))).count();
        hops.to_stream().to("hops");
        visits.to_stream().to("visits");
    }
}

topology! {
    fn joins(windows: JoinWindows, history_s: u64, grace_s: u64) -> OfJoins {
        let left: Stream<String, String> = stream("left");
        let right: Stream<String, String> = stream("right");
        let rows: Table<String, String> = table("rows").versioned(seconds(*history_s));
        let pairs = left.left_join(right, |a, b| format!("{a}{b:?}"), *windows);
        let priced = left.join(rows, |a, b| format!("{a}{b}")).grace(seconds(*grace_s));
        pairs.to("pairs");
        priced.to("priced");
    }
}

topology! {
    fn topics(from: String, also: String, to: String) -> OfTopics {
        let first: Stream<String, String> = stream(from);
        let second: Stream<String, String> = stream(also);
        first.filter(|_, v| !v.is_empty()).to(to);
        second.to("copies");
    }
}

topology! {
    fn merged() -> Merged {
        let a: Stream<String, String> = stream("a");
        let b: Stream<String, String> = stream("b");
        let counts: Table<String, u64> = a.merge(b).group_by_key().count();
        counts.to_stream().to("counts");
    }
}

topology! {
    fn durations(ttl_ms: u64, ahead_ms: u64, windows: JoinWindows, offset_ms: u64) -> OfDurations {
        let rows: Table<String, String> = table("rows").ttl(millis(*ttl_ms)).max_ahead(millis(*ahead_ms));
        let input: Stream<String, String> = stream("in").max_ahead(millis(*ahead_ms));
        let first = input.dedup(*windows);
        let seen: KeyValueStore<String, String> = key_value_store().ttl(millis(*ttl_ms));
        let counts: Table<Windowed<String>, u64> =
            first.group_by_key().windowed_by(tumbling(millis(*offset_ms)).offset(millis(*offset_ms)).grace(millis(0))).count();
        input.process(Last, seen).to("out");
        counts.to_stream().to("counts");
        rows.to_stream().to("changes");
    }
}

/// Keeps the last value of each key.
struct Last;

impl Processor<String, String> for Last {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = KeyValue<String, String>;

    fn process<O: Forward<String, String>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let last = cx.stores;
        cx.store(last).put(r.key, r.value.clone())?;
        out.forward(cx, r.key, r.value);
        Ok(())
    }
}

fn problem(topology: impl streams_runtime::Topology) -> String {
    TestDriver::new(topology).err().map(|error| error.to_string()).unwrap_or_default()
}

#[test]
fn windows_that_make_no_sense_are_told_together() {
    assert_eq!(problem(windows(10, 5, 11)), "");
    let error = problem(windows(0, 0, 0));
    let hops = "`windowed_by` of `hops`, `hopping(seconds(*size_s), seconds(*advance_s)).grace(seconds(1))`: the windows have no size";
    assert!(error.contains(hops), "{error}");
    assert!(error.contains("`windowed_by` of `visits`, `sessions(seconds(*size_s))`: "), "{error}");
    assert!(problem(windows(10, 11, 60)).contains("windows of 10000 ms advance by 11000 ms"));
    assert!(problem(windows(10, 5, 10)).contains("a retention of 10000 ms is too short: these windows take records for 11000 ms"));
}

#[test]
fn joins_and_histories_are_told() {
    let within_a_second = within(seconds(1)).grace(seconds(1));
    assert_eq!(problem(joins(within_a_second, 5, 5)), "");
    assert!(problem(joins(within(seconds(1)), 5, 5)).contains("`left_join` of `pairs`, `*windows`: a record without a partner waits"));
    assert!(problem(joins(within_a_second.after_ms(-2_000), 5, 5)).contains("the windows end before they begin"));
    assert!(problem(joins(within_a_second, 0, 0)).contains("`table` of `rows`, `seconds(*history_s)`: it is shorter than 1 ms"));
    assert!(problem(joins(within_a_second, 4, 5)).contains("4000 ms is shorter than this grace, which is 5000 ms"));
}

#[test]
fn durations_are_told() {
    let within_a_second = within(seconds(1));
    assert_eq!(problem(durations(1, 1, within_a_second, 1)), "");
    let error = problem(durations(0, 1, within_a_second, 1));
    assert!(error.contains("`table` of `rows`, `millis(*ttl_ms)`: it is shorter than 1 ms"), "{error}");
    assert!(error.contains("`key_value_store` of `seen`, `millis(*ttl_ms)`: it is shorter than 1 ms"), "{error}");
    let error = problem(durations(1, 0, within_a_second, 1));
    assert!(error.contains("`table` of `rows`, `millis(*ahead_ms)`: it is shorter than 1 ms"), "{error}");
    assert!(error.contains("`stream` of `input`, `millis(*ahead_ms)`: it is shorter than 1 ms"), "{error}");
    let error = problem(durations(1, 1, within_a_second.after_ms(-2_000), 1));
    assert!(error.contains("`dedup` of `first`, `*windows`: the windows end before they begin"), "{error}");
    let error = problem(durations(1, 1, within_a_second, 0));
    let windows = "`windowed_by` of `counts`, `tumbling(millis(*offset_ms)).offset(millis(*offset_ms)).grace(millis(0))`";
    assert!(error.contains(&format!("{windows}: the windows have no size")), "{error}");
}

#[test]
fn names_of_topics_are_told() {
    let topics = |from: &str, also: &str, to: &str| problem(topics(from.into(), also.into(), to.into()));
    assert_eq!(topics("a", "b", "c"), "");
    assert!(topics("a b", "b", "c").contains("topic `a b` of `first`: "));
    assert!(topics("a", "b", "").contains("topic `` of `first.to`: "));
    assert!(topics("a", "a", "c").contains("topic `a` is read by `first` and by `second`: "));
    assert!(topics("a", "b", "a").contains("topic `a` of `first.to`: it is made of what `first` reads from it"));
    // By way of another topic.
    assert!(topics("copies", "b", "b").contains("topic `copies` of `second.to`: it is made of what `first` reads from it"));
}

#[test]
fn topics_that_are_merged_and_grouped_have_the_same_number_of_partitions() {
    assert!(TestDriver::builder(merged()).partitions(3).build().is_ok());
    let error = TestDriver::builder(merged()).partitions(3).partitions_of("b", 2).build().err().map(|error| error.to_string());
    assert!(error.as_deref().is_some_and(|error| error.ends_with("`a` has 3, `b` has 2")), "{error:?}");
}
