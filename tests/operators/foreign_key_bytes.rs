//! Joins by a foreign key and bytes: answers go by the stored bytes of the left row, and a value without bytes is a value.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::*;

/// Its bytes are others each time, since a `HashMap` has no order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, StreamData)]
struct Order {
    user: String,
    tags: HashMap<String, u32>,
}

fn order(user: &str, number: u32) -> Order {
    Order { user: user.to_owned(), tags: (0..12).map(|n| (format!("tag{n}"), number)).collect() }
}

fn numbered(order: &Order, user: &str) -> String {
    let number = order.tags.values().next().copied().unwrap_or_default();
    format!("{number}:{user}")
}

topology! {
    /// Every kind of table on the left whose values have many encodings.
    fn unsteady() -> Unsteady {
        let users: Table<String, String> = table("users");
        let source: Table<String, Order> = table("orders");
        let history: Table<String, Order> = table("kept-orders").versioned(millis(1000));
        let lines: Stream<String, Order> = stream("lines");
        let latest: Table<String, Order> = lines.to_table();
        let folded: Table<String, Order> = lines.group_by_key().reduce(|_, new| new.clone());
        let bare: Table<String, u32> = table("numbers");
        let view = bare.map_values(|number| order("ann", *number));
        let filtered = view.filter(|_, order| order.user == "ann");
        let stored: Table<String, Order> = bare.map_values(|number| order("ann", *number));
        let pairs = source.join(latest, |left, right| Order { user: left.user.clone(), tags: right.tags.clone() });

        let of_source: Table<String, String> = source.join(users, |o| o.user.clone(), |o, user| numbered(o, user));
        let of_history: Table<String, String> = history.join(users, |o| o.user.clone(), |o, user| numbered(o, user));
        let of_latest: Table<String, String> = latest.left_join(users, |o| o.user.clone(), |o, user| numbered(o, user.map_or("none", String::as_str)));
        let of_folded: Table<String, String> = folded.join(users, |o| o.user.clone(), |o, user| numbered(o, user));
        let of_view: Table<String, String> = view.join(users, |o| o.user.clone(), |o, user| numbered(o, user));
        let of_filtered: Table<String, String> = filtered.left_join(users, |o| o.user.clone(), |o, user| numbered(o, user.map_or("none", String::as_str)));
        let of_stored: Table<String, String> = stored.join(users, |o| o.user.clone(), |o, user| numbered(o, user));
        let of_pairs: Table<String, String> = pairs.join(users, |o| o.user.clone(), |o, user| numbered(o, user));
    }
}

topology! {
    /// The changelog of a table is its source topic, whose bytes another program has written.
    #[optimized]
    fn reused() -> Reused {
        let users: Table<String, String> = table("users");
        let source: Table<String, Order> = table("orders");
        let of_source: Table<String, String> = source.join(users, |o| o.user.clone(), |o, user| numbered(o, user));
        let view = source.map_values(|o| o.clone());
        let of_view: Table<String, String> = view.left_join(users, |o| o.user.clone(), |o, user| numbered(o, user.map_or("none", String::as_str)));
    }
}

const ROWS: u32 = 12;

fn settle(driver: &TestDriver) {
    (0..4).for_each(|_| driver.commit().unwrap());
}

fn expected(user: &str) -> Vec<(String, String)> {
    let rows: BTreeMap<String, String> = (0..ROWS).map(|n| (n.to_string(), format!("{n}:{user}"))).collect();
    rows.into_iter().collect()
}

fn check_unsteady(driver: &TestDriver, user: &str, when: &str) {
    settle(driver);
    let stores = [
        Unsteady::OF_SOURCE,
        Unsteady::OF_HISTORY,
        Unsteady::OF_LATEST,
        Unsteady::OF_FOLDED,
        Unsteady::OF_VIEW,
        Unsteady::OF_FILTERED,
        Unsteady::OF_STORED,
        Unsteady::OF_PAIRS,
    ];
    for store in stores {
        assert_eq!(driver.store(store).unwrap().all(), expected(user), "{} {when}", store.name());
    }
}

fn pipe_orders(driver: &TestDriver, topics: &[&str], at_ms: i64) {
    for topic in topics {
        let orders = driver.input::<str, Order>(topic).unwrap();
        (0..ROWS).for_each(|n| orders.pipe_at(n.to_string().as_str(), order("ann", n), at_ms).unwrap());
    }
}

#[test]
fn a_left_value_may_have_other_bytes_each_time_it_is_written() {
    for cache in [0, 2000, 1 << 20] {
        let driver = TestDriver::builder(unsteady()).cache_max_bytes(cache).build().unwrap();
        let users = driver.input::<str, str>("users").unwrap();
        let numbers = driver.input::<str, u32>("numbers").unwrap();
        users.pipe_at("ann", "rome", 1).unwrap();
        pipe_orders(&driver, &["orders", "kept-orders", "lines"], 2);
        (0..ROWS).for_each(|n| numbers.pipe_at(n.to_string().as_str(), n, 2).unwrap());
        check_unsteady(&driver, "rome", &format!("at first, cache {cache}"));
        users.pipe_at("ann", "oslo", 3).unwrap();
        check_unsteady(&driver, "oslo", &format!("after a change on the right, cache {cache}"));
        driver.restart().unwrap();
        users.pipe_at("ann", "bern", 4).unwrap();
        check_unsteady(&driver, "bern", &format!("after a restart, cache {cache}"));
        // Written again as they are, with a change on the right in between.
        pipe_orders(&driver, &["orders", "kept-orders", "lines"], 5);
        users.pipe_at("ann", "nice", 6).unwrap();
        check_unsteady(&driver, "nice", &format!("written again, cache {cache}"));
    }
}

#[test]
fn a_table_whose_changelog_is_its_source_goes_by_the_bytes_of_the_source() {
    for cache in [0, 2000, 1 << 20] {
        let driver = TestDriver::builder(reused()).cache_max_bytes(cache).build().unwrap();
        let users = driver.input::<str, str>("users").unwrap();
        users.pipe_at("ann", "rome", 1).unwrap();
        // Spaces and a field that nobody knows: no encoding of ours.
        for n in 0..ROWS {
            let tags: Vec<String> = (0..12).map(|tag| format!(r#""tag{tag}": {n}"#)).collect();
            let json = format!(r#"{{ "unknown": 1, "tags": {{ {} }}, "user": "ann" }}"#, tags.join(", "));
            try_pipe(&driver, "orders", Some(&n.to_string()), Some(&json), 2).unwrap();
        }
        let check = |user: &str| {
            settle(&driver);
            for store in [Reused::OF_SOURCE, Reused::OF_VIEW] {
                assert_eq!(driver.store(store).unwrap().all(), expected(user), "{} with cache {cache}", store.name());
            }
        };
        check("rome");
        driver.restart().unwrap();
        users.pipe_at("ann", "oslo", 3).unwrap();
        check("oslo");
        try_pipe(&driver, "orders", Some("0"), None, 4).unwrap();
        settle(&driver);
        assert_eq!(driver.store(Reused::OF_SOURCE).unwrap().get("0"), None);
    }
}

topology! {
    fn plain() -> Plain {
        let orders: Table<String, String> = table("orders");
        let users: Table<String, String> = table("users");
        let of_table: Table<String, String> = orders.join(users, |order| order[..3].to_owned(), |order, user| format!("{order}+{user}"));
        let view = orders.map_values(|order| order.clone());
        let of_view: Table<String, String> = view.join(users, |order| order[..3].to_owned(), |order, user| format!("{order}+{user}"));
    }
}

/// Kafka Streams, and earlier versions of this library, have written the hash of the view's own value.
#[test]
fn an_answer_to_a_subscription_of_an_earlier_version_is_taken() {
    let driver = driver(plain());
    pipe(&driver, "orders", &[(Some("1"), Some("ann:tea"), 1)]);
    let subscription = driver.read_raw("test-of_table-subscription-registration-topic").unwrap().value.unwrap();
    let response = RawRecord {
        topic: "test-of_view-subscription-response-topic".into(),
        key: Some(b"1".to_vec()),
        value: Some([&[0], &subscription[2..18], b"rome"].concat()),
        timestamp_ms: 2,
        headers: Headers::default(),
    };
    driver.pipe_raw(response).unwrap();
    assert_eq!(driver.store(Plain::OF_VIEW).unwrap().all(), [("1".to_owned(), "ann:tea+rome".to_owned())]);
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, StreamData)]
struct Priced {
    user: String,
    price: f64,
}

topology! {
    fn floats() -> Floats {
        let users: Table<String, String> = table("users");
        let prices: Table<String, Priced> = table("prices");
        let bought: Table<String, String> = prices.join(users, |p| p.user.clone(), |p, user| format!("{}:{user}", p.price));
        let amounts: Stream<String, f64> = stream("amounts");
        let sums: Table<String, Priced> = amounts.group_by_key().aggregate(
            || Priced { user: String::new(), price: 0.0 },
            |_, amount, sum| Priced { price: sum.price + amount, ..sum },
        );
        let exact: Table<String, f64> = amounts.group_by_key().aggregate(|| 0.0, |_, amount, sum| sum + amount);
    }
}

#[test]
fn floats_in_json_are_what_they_were() {
    // A linear congruential generator: numbers with all their digits.
    let mut state = 12_345_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from_bits(0x3ff0_0000_0000_0000 | state >> 12) * 1e-7 * (1 + (state >> 44)) as f64
    };
    let numbers: Vec<f64> = (0..600).map(|_| random()).collect();
    let sum = numbers.iter().fold(0.0, |sum, number| sum + number);
    for cache in [0, 2000, 1 << 20] {
        let driver = TestDriver::builder(floats()).cache_max_bytes(cache).build().unwrap();
        driver.input::<str, str>("users").unwrap().pipe_at("ann", "rome", 1).unwrap();
        let (prices, amounts) = (driver.input::<str, Priced>("prices").unwrap(), driver.input::<str, f64>("amounts").unwrap());
        for (n, number) in numbers.iter().enumerate() {
            prices.pipe_at(n.to_string().as_str(), Priced { user: "ann".to_owned(), price: *number }, 2).unwrap();
            amounts.pipe_at("k", number, 2).unwrap();
            if n % 7 == 0 {
                driver.commit().unwrap();
            }
            if n == 300 {
                driver.restart().unwrap();
            }
        }
        settle(&driver);
        let bought: BTreeMap<String, String> = driver.store(Floats::BOUGHT).unwrap().all().into_iter().collect();
        let expected = numbers.iter().enumerate().map(|(n, number)| (n.to_string(), format!("{number}:rome"))).collect();
        assert_eq!(bought, expected, "cache {cache}");
        let in_json = driver.store(Floats::SUMS).unwrap().get("k").unwrap().price;
        assert_eq!((in_json, driver.store(Floats::EXACT).unwrap().get("k")), (sum, Some(sum)), "cache {cache}");
    }
}

topology! {
    fn empty() -> Empty {
        let orders: Table<String, String> = table("orders");
        let users: Table<String, String> = table("users");
        let inner: Table<String, String> = orders.join(users, |order| order.clone(), |order, user| format!("{order}+{user}"));
        let left: Table<String, String> = orders.left_join(users, |order| order.clone(), |order, user| format!("{order}+{user:?}"));
        let by_key: Table<String, String> = orders.left_join(users, |order, user| format!("{order}+{user:?}"));
    }
}

#[test]
fn a_value_without_bytes_is_a_row_on_both_sides() {
    for cache in [0, 1 << 20] {
        let driver = TestDriver::builder(empty()).cache_max_bytes(cache).build().unwrap();
        let rows = |store| driver.store(store).unwrap().all();
        let row = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        // The left value has no bytes, nor has the right key, nor one right value.
        pipe(&driver, "users", &[(Some("ann"), Some(""), 1), (Some(""), Some("rome"), 1)]);
        pipe(
            &driver,
            "orders",
            &[(Some("1"), Some("ann"), 2), (Some("2"), Some(""), 2), (Some("3"), Some("bob"), 2), (Some("ann"), Some(""), 2)],
        );
        settle(&driver);
        assert_eq!(rows(Empty::INNER), [row("1", "ann+"), row("2", "+rome"), row("ann", "+rome")]);
        let left = [row("1", r#"ann+Some("")"#), row("2", r#"+Some("rome")"#), row("3", "bob+None"), row("ann", r#"+Some("rome")"#)];
        assert_eq!(rows(Empty::LEFT), left);
        assert_eq!(rows(Empty::BY_KEY)[3], row("ann", r#"+Some("")"#), "a join by key takes it for a row as well");
        driver.restart().unwrap();
        pipe(&driver, "users", &[(Some("ann"), None, 3), (Some(""), Some(""), 3)]);
        settle(&driver);
        assert_eq!(rows(Empty::INNER), [row("2", "+"), row("ann", "+")]);
        assert_eq!(rows(Empty::LEFT)[..2], [row("1", "ann+None"), row("2", r#"+Some("")"#)]);
    }
}
