//! Tables with a history.

use super::*;

topology! {
    fn prices() -> Prices {
        let prices: Table<String, String> = table("prices").versioned(millis(100));
        prices.to_stream().to("changes");
        let orders: Stream<Text, Text> = stream("orders");
        orders.left_join(prices, |order, price| format!("{order}:{}", price.map_or("-", String::as_str))).to("sold");
    }

    fn views() -> Views {
        let prices: Table<String, String> = table("prices").versioned(millis(100));
        let good = prices.filter(|_, v| !v.starts_with('x')).map_values(|v| v.to_uppercase()).filter_not(|_, v| v.starts_with('Y'));
        let orders: Stream<String, String> = stream("orders");
        orders.left_join(good, |order, price| format!("{order}:{}", price.map_or("-", String::as_str))).to("sold");
        let own: Table<String, String> = good.map_values(|v| v.clone());
        orders.left_join(own, |order, price| format!("{order}:{}", price.map_or("-", String::as_str))).to("own");
    }

    fn joined() -> Joined {
        let left: Table<String, String> = table("left").versioned(millis(100));
        let right: Table<String, String> = table("right");
        let loud = left.map_values(|v| v.to_uppercase());
        loud.outer_join(right, |l, r| format!("{}+{}", l.map_or("-", String::as_str), r.map_or("-", String::as_str))).to_stream().to("out");
    }

    fn grouped() -> GroupedByFirst {
        let rows: Table<String, String> = table("rows").versioned(millis(100));
        let kept: Table<String, String> = rows.filter(|_, _| true);
        rows.group_by(|k, v| (v[..1].to_owned(), k.clone())).aggregate(String::new, |_, k, a| a + k, |_, k, a| a.replacen(k.as_str(), "", 1))
            .named("latest").to_stream().to("latest");
        kept.group_by(|k, v| (v[..1].to_owned(), k.clone())).count().named("any").to_stream().to("any");
    }

    fn counted() -> Counted {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<String, u64> = input.group_by_key().count().versioned(millis(100));
        let sums: Table<String, i64> = input.group_by_key().aggregate(|| 0, |_, v, sum| sum + v.len() as i64).versioned(millis(100));
        let last: Table<String, String> = input.to_table().versioned(millis(100));
        counts.to_stream().to("counts");
        let lengths: Table<i64, u64> = sums.group_by(|_, sum| (*sum, *sum)).count();
        lengths.to_stream().to("lengths");
        last.to_stream().to("last");
    }
}

fn send(driver: &TestDriver, topic: &str, records: &[(&str, &str, i64)]) {
    for (key, value, timestamp_ms) in records {
        pipe(driver, topic, &[(Some(key), (*value != "-").then_some(*value), *timestamp_ms)]);
    }
}

#[test]
fn every_change_is_handed_on_but_those_that_are_too_old() {
    for cache_max_bytes in [0, 1 << 20] {
        let driver = TestDriver::builder(prices()).cache_max_bytes(cache_max_bytes).build().unwrap();
        send(&driver, "prices", &[("k", "a", 100), ("k", "c", 150), ("k", "b", 120), ("k", "-", 130), ("k", "z", 49), ("k", "y", 50)]);
        pipe(&driver, "prices", &[(None, Some("n"), 150)]);
        let changes = [("k=a@100", "100"), ("k=c@150", "150"), ("k=b@120", "120"), ("k=-@130", "130"), ("k=y@50", "50")];
        assert_eq!(shown(&driver, "changes"), changes.map(|(change, trace)| (change.to_owned(), trace.to_owned())));
        assert_eq!(driver.dropped(), 2);
        let changelog = ["k=a@100", "k=c@150", "k=b@120", "k=-@130", "k=y@50"];
        assert_eq!(read(&driver, "test-prices-changelog"), changelog);
        let store = driver.versioned_store(Prices::PRICES).unwrap();
        let found = [49, 50, 100, 120, 129, 130, 149, 150].map(|time_ms| store.get_as_of("k", time_ms).map(|(value, _)| value));
        let text = |value: &str| Some(value.to_owned());
        assert_eq!(found, [None, text("y"), text("a"), text("b"), text("b"), None, None, text("c")]);
        assert_eq!((store.get("k"), store.keys()), (Some(("c".to_owned(), 150)), vec!["k".to_owned()]));
    }
}

#[test]
fn a_stream_meets_the_row_of_its_own_time() {
    let driver = driver(prices());
    send(&driver, "prices", &[("k", "a", 100), ("k", "c", 150), ("k", "-", 170)]);
    send(
        &driver,
        "orders",
        &[("k", "1", 99), ("k", "2", 100), ("k", "3", 149), ("k", "4", 160), ("k", "5", 170), ("k", "6", 500), ("k", "-", 150)],
    );
    pipe(&driver, "orders", &[(None, Some("7"), 160)]);
    assert_eq!(read(&driver, "sold"), ["k=1:-@99", "k=2:a@100", "k=3:a@149", "k=4:c@160", "k=5:-@170", "k=6:-@500", "-=7:-@160"]);
    // A change that comes late, but is not too old.
    send(&driver, "prices", &[("k", "b", 140)]);
    send(&driver, "orders", &[("k", "8", 145), ("k", "9", 69)]);
    assert_eq!(read(&driver, "sold"), ["k=8:b@145", "k=9:-@69"]);
}

#[test]
fn views_are_read_as_of_a_time_as_well() {
    for cache_max_bytes in [0, 1 << 20] {
        let driver = TestDriver::builder(views()).cache_max_bytes(cache_max_bytes).build().unwrap();
        send(&driver, "prices", &[("k", "a", 100), ("k", "x", 120), ("k", "y", 140), ("k", "b", 160)]);
        send(&driver, "orders", &[("k", "1", 110), ("k", "2", 130), ("k", "3", 150), ("k", "4", 170)]);
        assert_eq!(read(&driver, "sold"), ["k=1:A@110", "k=2:-@130", "k=3:-@150", "k=4:B@170"]);
        // With a store of its own the view has its latest rows.
        assert_eq!(read(&driver, "own"), ["k=1:B@110", "k=2:B@130", "k=3:B@150", "k=4:B@170"]);
    }
}

#[test]
fn a_join_of_tables_leaves_older_changes_of_the_side_with_a_history_out() {
    let driver = driver(joined());
    send(&driver, "left", &[("k", "a", 100), ("k", "b", 50)]);
    send(&driver, "right", &[("k", "r", 40), ("k", "s", 30)]);
    send(&driver, "left", &[("k", "c", 100), ("k", "d", 99), ("k", "-", 120), ("k", "e", 110)]);
    assert_eq!(read(&driver, "out"), ["k=A+-@100", "k=A+r@100", "k=A+s@100", "k=C+s@100", "k=-+s@120"]);
    assert_eq!(driver.dropped(), 3);
}

#[test]
fn a_grouping_leaves_older_changes_of_a_table_with_a_history_out() {
    let driver = driver(grouped());
    send(&driver, "rows", &[("k", "a1", 100), ("k", "b1", 50), ("k", "a2", 110), ("k", "-", 105)]);
    assert_eq!(read(&driver, "latest"), ["a=k@100", "a=k@110"]);
    // The store between them has no history: every change takes effect.
    let changes = ["a=1@100", "a=0@100", "b=1@50", "b=0@110", "a=1@110", "a=0@110"];
    assert_eq!(read_numbers::<u64>(&driver, "any"), changes);
    assert_eq!(driver.dropped(), 0);
}

#[test]
fn aggregates_have_a_history_too() {
    for cache_max_bytes in [0, 1 << 20] {
        let driver = TestDriver::builder(counted()).cache_max_bytes(cache_max_bytes).build().unwrap();
        send(
            &driver,
            "in",
            &[("k", "aa", 100), ("k", "b", 150), ("k", "-", 155), ("k", "cc", 120), ("x", "d", 400), ("k", "e", 160), ("k", "f", 300)],
        );
        // At 160 the row of `k` is out of the history, and nothing can be put there.
        assert_eq!(read_numbers::<u64>(&driver, "counts"), ["k=1@100", "k=2@150", "k=3@150", "x=1@400", "k=4@300"]);
        assert_eq!(read(&driver, "last"), ["k=aa@100", "k=b@150", "k=-@155", "k=cc@120", "x=d@400", "k=f@300"]);
        // The null value twice, and what is too old for three stores.
        assert_eq!(driver.dropped(), 5);
        let counts = driver.versioned_store(Counted::COUNTS).unwrap();
        assert_eq!((counts.get("k"), counts.get_as_of("k", 310)), (Some((4, 300)), Some((4, 300))));
        let sums: Vec<(i64, u64, i64)> = driver.store(Counted::LENGTHS).unwrap().all_with_timestamps();
        // 2 → 3 → 5, 1, 6.
        assert_eq!(sums, [(1, 1, 400), (2, 0, 150), (3, 0, 150), (5, 0, 300), (6, 1, 300)]);
    }
}

#[test]
fn the_history_comes_back_after_a_restart() {
    for cache_max_bytes in [0, 1 << 20] {
        let driver = TestDriver::builder(prices()).cache_max_bytes(cache_max_bytes).build().unwrap();
        send(
            &driver,
            "prices",
            &[("k", "a", 100), ("k", "c", 150), ("k", "b", 120), ("gone", "x", 110), ("gone", "-", 160), ("other", "y", 190)],
        );
        let found = |driver: &TestDriver| {
            let store = driver.versioned_store(Prices::PRICES).unwrap();
            let times = (85..200).flat_map(|time_ms| ["k", "gone", "other"].map(|key| store.get_as_of(key, time_ms)));
            (times.collect::<Vec<_>>(), store.keys())
        };
        let before = found(&driver);
        driver.restart().unwrap();
        assert_eq!(found(&driver), before);
        // It knows what is too old, and that the deletion is later.
        send(&driver, "prices", &[("k", "z", 89), ("gone", "w", 159)]);
        assert_eq!((driver.dropped(), driver.versioned_store(Prices::PRICES).unwrap().get("gone")), (1, None));
    }
}

/// Forwards what the table had.
struct AsOf;

impl FixedKeyProcessor<String, String> for AsOf {
    type ValueOut = String;
    type Stores = (ReadOnly<Versioned<String, String>>, Versioned<String, u64>);

    fn process<O: ForwardValue<String>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let (prices, asked) = cx.stores;
        let before = cx.store(asked).get(r.key)?.map_or(0, |(count, _)| *count);
        let put = cx.store(asked).put(r.key, before + 1, r.timestamp_ms)?;
        let price =
            cx.store(prices).get_as_of(r.key, r.timestamp_ms)?.map_or("-".to_owned(), |(price, from_ms)| format!("{price}@{from_ms}"));
        out.forward(cx, &format!("{price} {put:?}"));
        Ok(())
    }
}

topology! {
    fn asked() -> Asked {
        let prices: Table<String, String> = table("prices").versioned(millis(100));
        let count: VersionedStore<String, u64> = versioned_store(millis(50));
        let orders: Stream<String, String> = stream("orders");
        orders.process_values(AsOf, (prices, count)).to("out");
    }
}

#[test]
fn processors_read_a_table_with_a_history_and_have_stores_of_their_own() {
    let driver = driver(asked());
    send(&driver, "prices", &[("k", "a", 100), ("k", "b", 150)]);
    send(&driver, "orders", &[("k", "1", 120), ("k", "2", 160), ("k", "3", 140), ("k", "4", 109)]);
    assert_eq!(read(&driver, "out"), ["k=a@100 Latest@120", "k=b@150 Latest@160", "k=a@100 Until(160)@140", "k=a@100 TooOld@109"]);
    let count = driver.versioned_store(Asked::COUNT).unwrap();
    assert_eq!((count.get("k"), count.get_as_of("k", 159), driver.dropped()), (Some((2, 160)), Some((3, 140)), 1));
    driver.restart().unwrap();
    let count = driver.versioned_store(Asked::COUNT).unwrap();
    assert_eq!((count.get("k"), count.get_as_of("k", 139)), (Some((2, 160)), Some((1, 120))));
}
