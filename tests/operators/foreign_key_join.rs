use std::collections::BTreeMap;

use proptest::prelude::*;
use streams_runtime::OnError;

use super::*;

/// `user:word` names the user; a word alone names none.
fn user_of(order: &str) -> Option<String> {
    order.split_once(':').map(|(user, _)| user.to_owned())
}

fn joined(order: &str, user: Option<&String>) -> String {
    format!("{order}+{}", user.map_or("none", String::as_str))
}

topology! {
    fn letters() -> Letters {
        let orders: Table<String, String> = table("orders");
        let users: Table<String, String> = table("users");
        let inner = orders.join(users, |order| user_of(order), |order, user| joined(order, Some(user)));
        inner.to_stream().to("inner");
        let left: Table<String, String> = orders.left_join(users, |order| user_of(order), |order, user| joined(order, user));
        left.to_stream().to("left");
    }
}

#[test]
fn each_row_meets_the_row_that_it_names() {
    let driver = driver(letters());
    pipe(&driver, "orders", &[(Some("1"), Some("ann:tea"), 5), (Some("2"), Some("ann:jam"), 6), (Some("3"), Some("bob:tea"), 7)]);
    assert!(read(&driver, "inner").is_empty());
    pipe(&driver, "users", &[(Some("ann"), Some("rome"), 3)]);
    // The time of the right row, not the later one: so it is in Kafka Streams.
    assert_eq!(shown(&driver, "inner"), [("1=ann:tea+rome@3".to_owned(), "3".to_owned()), ("2=ann:jam+rome@3".to_owned(), "3".to_owned())]);
    let left = ["1=ann:tea+none@5", "2=ann:jam+none@6", "3=bob:tea+none@7", "1=ann:tea+rome@3", "2=ann:jam+rome@3"];
    assert_eq!(read(&driver, "left"), left);
    // After a change on the left it is the later one.
    pipe(&driver, "orders", &[(Some("1"), Some("ann:rye"), 1), (Some("2"), Some("ann:rye"), 9)]);
    assert_eq!(shown(&driver, "inner"), [("1=ann:rye+rome@3".to_owned(), "1".to_owned()), ("2=ann:rye+rome@9".to_owned(), "9".to_owned())]);
}

#[test]
fn a_row_that_names_another_leaves_the_first() {
    let driver = driver(letters());
    pipe(&driver, "users", &[(Some("ann"), Some("rome"), 1), (Some("bob"), Some("oslo"), 1)]);
    pipe(&driver, "orders", &[(Some("1"), Some("ann:tea"), 2), (Some("1"), Some("bob:tea"), 3), (Some("1"), Some("cid:tea"), 4)]);
    assert_eq!(read(&driver, "inner"), ["1=ann:tea+rome@2", "1=bob:tea+oslo@3", "1=-@4"]);
    // Nobody waits for them any more.
    pipe(&driver, "users", &[(Some("ann"), Some("bern"), 5), (Some("bob"), None, 6), (Some("cid"), Some("nice"), 7)]);
    assert_eq!(read(&driver, "inner"), ["1=cid:tea+nice@7"]);
    assert_eq!(read(&driver, "left"), ["1=ann:tea+rome@2", "1=bob:tea+oslo@3", "1=cid:tea+none@4", "1=cid:tea+nice@7"]);
    assert_eq!(driver.store(Letters::LEFT).unwrap().all(), [("1".to_owned(), "cid:tea+nice".to_owned())]);
}

#[test]
fn a_row_that_names_none_is_in_no_inner_result_and_counted() {
    let driver = driver(letters());
    pipe(&driver, "users", &[(Some("ann"), Some("rome"), 1)]);
    pipe(&driver, "orders", &[(Some("1"), Some("tea"), 2), (Some("2"), Some("ann:tea"), 3), (Some("2"), Some("tea"), 4)]);
    assert_eq!(read(&driver, "inner"), ["2=ann:tea+rome@3", "2=-@4"]);
    assert_eq!(read(&driver, "left"), ["1=tea+none@2", "2=ann:tea+rome@3", "2=tea+none@4"]);
    assert_eq!(driver.dropped(), 2, "one for each row that the inner join has no place for");
}

#[test]
fn deletions_on_both_sides() {
    let driver = driver(letters());
    pipe(&driver, "orders", &[(Some("9"), None, 1), (None, Some("ann:tea"), 1), (Some("1"), Some("ann:tea"), 2)]);
    assert_eq!(driver.dropped(), 1, "the null key of the source");
    pipe(&driver, "users", &[(Some("ann"), Some("rome"), 3), (Some("ann"), None, 4)]);
    assert_eq!(read(&driver, "inner"), ["1=ann:tea+rome@3", "1=-@4"]);
    assert_eq!(read(&driver, "left"), ["1=ann:tea+none@2", "1=ann:tea+rome@3", "1=ann:tea+none@4"]);
    pipe(&driver, "orders", &[(Some("1"), None, 5)]);
    // Whether there was a result is not known where the deletion is made.
    assert_eq!(read(&driver, "inner"), ["1=-@5"]);
    assert_eq!(read(&driver, "left"), ["1=-@5"]);
    pipe(&driver, "orders", &[(Some("1"), None, 6)]);
    assert!(read(&driver, "left").is_empty());
}

/// Kafka Streams takes it for none, since its answers have no bytes for none as well.
#[test]
fn a_right_value_without_bytes_is_a_row() {
    let driver = driver(letters());
    pipe(&driver, "users", &[(Some("ann"), Some(""), 1)]);
    pipe(&driver, "orders", &[(Some("1"), Some("ann:tea"), 2)]);
    assert_eq!((read(&driver, "inner"), read(&driver, "left")), (vec!["1=ann:tea+@2".to_owned()], vec!["1=ann:tea+@2".to_owned()]));
    let answer = driver.read_raw("test-inner-subscription-response-topic").unwrap().value.unwrap();
    assert_eq!((answer[0], answer.len()), (0x40, 17), "one bit says that there is a value");
    pipe(&driver, "users", &[(Some("ann"), None, 3)]);
    assert_eq!((read(&driver, "inner"), read(&driver, "left")), (vec!["1=-@3".to_owned()], vec!["1=ann:tea+none@3".to_owned()]));
}

#[test]
fn the_messages_between_are_kafka_streams_own() {
    let driver = driver(letters());
    pipe(&driver, "users", &[(Some("ann"), Some("rome"), 1)]);
    pipe(&driver, "orders", &[(Some("1"), Some("ann:tea"), 2), (Some("1"), Some("bob:tea"), 3)]);
    let topic = |name: &str| format!("test-inner-subscription-{name}-topic");
    // Version 1, instruction, hash of the value, primary key, partition 0.
    let hash = |bytes: &[u8]| bytes[2..18].to_vec();
    let wish = driver.read_raw(&topic("registration")).unwrap();
    let value = wish.value.unwrap();
    assert_eq!((wish.key.unwrap(), &value[..2], &value[18..]), (b"ann".to_vec(), &[1, 3][..], &b"1\0\0\0\0"[..]));
    let answer = driver.read_raw(&topic("response")).unwrap();
    assert_eq!((answer.key, answer.value), (Some(b"1".to_vec()), Some([&[0][..], &hash(&value), b"rome"].concat())));
    let left = driver.read_raw(&topic("registration")).unwrap().value.unwrap();
    let entered = driver.read_raw(&topic("registration")).unwrap();
    assert_eq!((left[1], entered.key, entered.value.unwrap()[1]), (0, Some(b"bob".to_vec()), 2));
    // The store's changelog: length of the foreign key, foreign key, primary key.
    driver.commit().unwrap();
    let rows = driver.read_raw("test-inner-subscription-store-changelog").into_iter();
    let rows: Vec<_> = rows.chain(std::iter::from_fn(|| driver.read_raw("test-inner-subscription-store-changelog"))).collect();
    let keys: Vec<_> = rows.iter().map(|row| (row.key.clone().unwrap(), row.value.is_some())).collect();
    assert_eq!(keys, [(b"\0\0\0\x03ann1".to_vec(), true), (b"\0\0\0\x03ann1".to_vec(), false), (b"\0\0\0\x03bob1".to_vec(), true)]);
    assert_eq!(rows[0].value.as_deref(), Some(&value[..]));
}

topology! {
    /// Every form that a join by a foreign key has.
    fn forms(least: usize) -> Forms {
        let orders: Table<u64, String> = table("orders").partitions(3);
        let users: Table<String, String> = table("users").partitions(5);
        let by_key: Table<u64, String> = orders.left_join(users, |key, order| (*key > 7).then(|| order.clone()), |order, user| match user {
            Some(user) if order.len() > *least => format!("{order} of {user}"),
            _ => order.clone(),
        });
        by_key.to_stream().to("by-key");
        let chained = by_key.filter(|_, order| order.len() > *least).join(users, last_word, |order, user| format!("{order}+{user}"));
        chained.map_values(|v| v.len() as u64).to_stream().to("lengths");
        let heads = users.left_join(users, |user| user_of(user), |user, head| joined(user, head));
        heads.to_stream().to("heads");
        let known: Table<String, String> = users.join(by_key, |user| user.len() as u64, |user, order| format!("{user} by {order}"));
        let counts: Table<String, u64> = known.group_by(|_, known| (known.clone(), 1u64)).count();
        counts.to_stream().to("counts");
    }
}

#[expect(clippy::ptr_arg, reason = "a function in the place of a closure takes what the closure takes")]
fn last_word(order: &String) -> String {
    order.rsplit(' ').next().unwrap_or_default().to_owned()
}

fn text(driver: &TestDriver, topic: &str) -> Vec<String> {
    let text = |bytes: Option<Vec<u8>>| bytes.map_or("-".to_owned(), |bytes| String::from_utf8_lossy(&bytes).into_owned());
    std::iter::from_fn(|| driver.read_raw(topic)).map(|r| text(r.value)).collect()
}

#[test]
fn chains_and_tables_joined_with_themselves() {
    let driver = driver(forms(2));
    let (orders, users) = (driver.input::<u64, String>("orders").unwrap(), driver.input::<String, Option<String>>("users").unwrap());
    orders.pipe(8, "ann".to_owned()).unwrap();
    orders.pipe(3, "ann".to_owned()).unwrap();
    assert_eq!(text(&driver, "by-key"), ["ann", "ann"], "3 names nobody");
    users.pipe("ann".to_owned(), Some("rome".to_owned())).unwrap();
    assert_eq!(text(&driver, "by-key"), ["ann of rome"]);
    users.pipe("rome".to_owned(), Some("ann:city of".to_owned())).unwrap();
    assert_eq!(text(&driver, "heads"), ["rome+none", "ann:city of+rome"]);
    users.pipe("ann".to_owned(), Some("rome:r".to_owned())).unwrap();
    assert_eq!(text(&driver, "heads"), ["ann:city of+rome:r", "rome:r+ann:city of"]);
    let lengths = driver.output::<u64, Option<u64>>("lengths").read_all();
    assert!(lengths.iter().any(|r| r.key == 8 && r.value.is_some()), "{lengths:?}");
    orders.pipe(6, "six".to_owned()).unwrap();
    let counts = driver.output::<String, u64>("counts").read_all();
    assert!(counts.iter().any(|r| r.key == "rome:r by six" && r.value == 1), "{counts:?}");
    users.pipe("ann".to_owned(), None).unwrap();
    assert_eq!(text(&driver, "heads"), ["ann:city of+none", "-"]);
}

#[test]
fn the_sides_are_parts_of_their_own_and_their_topics_are_divided_as_the_tables_are() {
    use streams_runtime::plan::{ForeignKeyTopic::*, SinkPlan, SourceTopics};
    let plan = letters().plan();
    let [left, right] = plan.sub_topologies.as_slice() else { panic!("{plan:?}") };
    let answers = |name: &str| SourceTopics::ForeignKey(Responses(name.to_owned()));
    let wishes = |name: &str| SourceTopics::ForeignKey(Subscriptions(name.to_owned()));
    let topics = |sources: &[streams_runtime::plan::SourcePlan]| sources.iter().skip(1).map(|s| s.topics.clone()).collect::<Vec<_>>();
    assert_eq!(
        (topics(&left.sources), topics(&right.sources)),
        (vec![answers("inner"), answers("left")], vec![wishes("inner"), wishes("left")])
    );
    assert_eq!((&left.copartitioned, &right.copartitioned), (&vec![vec![0, 1], vec![0, 2]], &vec![vec![0, 1], vec![0, 2]]));
    assert!(left.sinks.contains(&SinkPlan::ForeignKey(Subscriptions("inner".to_owned()))));
    assert!(right.sinks.contains(&SinkPlan::ForeignKey(Responses("inner".to_owned()))));
    let stores = |stores: &[streams_runtime::plan::StorePlan]| stores.iter().map(|s| s.name.clone()).collect::<Vec<_>>();
    assert_eq!(stores(&left.stores), ["orders", "left"]);
    assert_eq!(stores(&right.stores), ["users", "inner-subscription-store", "left-subscription-store"]);
    assert_eq!(forms(0).plan().sub_topologies.len(), 3);
}

topology! {
    fn may_fail() -> MayFail {
        let orders: Table<String, String> = table("orders");
        let users: Table<String, String> = table("users");
        let sums = orders.try_join(users, |order| user_of(order), |order, user| {
            let (_, number) = order.split_once(':').unwrap_or_default();
            Ok::<_, std::num::ParseIntError>(number.parse::<i64>()? + user.parse::<i64>()?)
        });
        sums.to_stream().to("out");
    }
}

#[test]
fn an_error_goes_to_the_process_handler_and_there_is_no_row() {
    let driver = TestDriver::builder(may_fail()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "users", &[(Some("ann"), Some("40"), 1)]);
    pipe(&driver, "orders", &[(Some("1"), Some("ann:2"), 2), (Some("1"), Some("ann:x"), 3), (Some("1"), Some("ann:3"), 4)]);
    assert_eq!(read_numbers::<i64>(&driver, "out"), ["1=42@2", "1=-@3", "1=43@4"]);
    assert_eq!(driver.metrics().skipped_errors, 1);
}

#[test]
fn bytes_of_another_program_in_the_topics_between_are_for_the_decode_handler() {
    let piped = |topic: &str, key: &[u8], value: &[u8]| {
        let driver = TestDriver::builder(letters()).on_decode_error(OnError::Continue).build().unwrap();
        let record = RawRecord {
            topic: topic.into(),
            key: Some(key.to_vec()),
            value: Some(value.to_vec()),
            timestamp_ms: 1,
            headers: Headers::default(),
        };
        driver.pipe_raw(record).unwrap();
        (driver.metrics().skipped_errors, driver.dropped())
    };
    for value in [&b""[..], b"\x81", b"\x81\x09pk\0\0\0\0", b"\x7f\x03", b"\x01\x03short"] {
        assert_eq!(piped("test-inner-subscription-registration-topic", b"ann", value), (1, 0), "{value:?}");
    }
    assert_eq!(piped("test-inner-subscription-response-topic", b"1", b"\x05"), (1, 0));
    // Well-formed, but nobody has asked: the answer is late.
    assert_eq!(piped("test-inner-subscription-response-topic", b"1", &[&[0][..], &[7; 16], b"rome"].concat()), (0, 1));
}

#[test]
fn a_result_goes_even_if_the_word_of_its_right_row_s_end_comes_too_late() {
    // With a cache both tables tell at the commit: the answer to the old order meets the new one, for which there is no answer.
    let driver = TestDriver::builder(both()).cache_max_bytes(1 << 20).build().unwrap();
    pipe(&driver, "users", &[(Some("ann"), Some("rome"), 1)]);
    pipe(&driver, "orders", &[(Some("1"), Some("ann:tea"), 2)]);
    (0..3).for_each(|_| driver.commit().unwrap());
    assert_eq!(driver.store(Both::INNER).unwrap().get("1"), Some("ann:tea+rome".to_owned()));
    pipe(&driver, "users", &[(Some("ann"), None, 3)]);
    pipe(&driver, "orders", &[(Some("1"), Some("ann:jam"), 4)]);
    (0..3).for_each(|_| driver.commit().unwrap());
    assert_eq!(driver.store(Both::INNER).unwrap().get("1"), None, "Kafka Streams keeps it");
    assert_eq!(driver.store(Both::LEFT).unwrap().get("1"), Some("ann:jam+none".to_owned()));
    assert_eq!(driver.dropped(), 2, "the late answers");
    // And a row that names nobody any more.
    pipe(&driver, "users", &[(Some("ann"), Some("rome"), 5)]);
    (0..3).for_each(|_| driver.commit().unwrap());
    assert_eq!(driver.store(Both::INNER).unwrap().get("1"), Some("ann:jam+rome".to_owned()));
    let registration = "test-inner-subscription-registration-topic";
    while driver.read_raw(registration).is_some() {}
    pipe(&driver, "users", &[(Some("ann"), None, 6)]);
    pipe(&driver, "orders", &[(Some("1"), Some("nobody"), 7)]);
    (0..3).for_each(|_| driver.commit().unwrap());
    assert_eq!(driver.store(Both::INNER).unwrap().get("1"), None);
}

/// Of which table, key, and value.
type Update = (bool, u8, Option<(u8, u8)>);

fn updates() -> impl Strategy<Value = Vec<Update>> {
    prop::collection::vec((any::<bool>(), 0u8..4, prop::option::weighted(0.8, (0u8..5, 0u8..3))), 1..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Whatever the order of the updates, the caches and the commits: what is left is the join of what is left of both tables.
    #[test]
    fn the_result_is_the_join_of_both_tables(updates in updates(), cache in prop::sample::select(vec![0usize, 300, 1 << 20]), commit_every in 1usize..8) {
        let driver = TestDriver::builder(both()).cache_max_bytes(cache).build().unwrap();
        let (mut orders, mut users) = (BTreeMap::new(), BTreeMap::new());
        for (n, (left, key, value)) in updates.into_iter().enumerate() {
            // A user is called as orders name them; user 4 is no user.
            let (topic, rows, key) = if left { ("orders", &mut orders, format!("o{key}")) } else { ("users", &mut users, format!("u{key}")) };
            let value = value.map(|(user, word)| match (left, user) {
                (true, 4) => format!("w{word}"),
                (true, user) => format!("u{user}:w{word}"),
                (false, _) => format!("w{word}"),
            });
            try_pipe(&driver, topic, Some(&key), value.as_deref(), n as i64).unwrap();
            match value {
                Some(value) => rows.insert(key, value),
                None => rows.remove(&key),
            };
            if n % commit_every == 0 {
                driver.commit().unwrap();
            }
        }
        for _ in 0..4 {
            driver.commit().unwrap();
        }
        let right = |order: &str| user_of(order).and_then(|user| users.get(&user));
        let inner: Vec<(String, String)> = orders.iter().filter_map(|(k, v)| Some((k.clone(), joined(v, Some(right(v)?))))).collect();
        let left: Vec<(String, String)> = orders.iter().map(|(k, v)| (k.clone(), joined(v, right(v)))).collect();
        prop_assert_eq!(driver.store(Both::INNER).unwrap().all(), inner);
        prop_assert_eq!(driver.store(Both::LEFT).unwrap().all(), left);
    }
}

topology! {
    fn both() -> Both {
        let orders: Table<String, String> = table("orders");
        let users: Table<String, String> = table("users");
        let inner: Table<String, String> = orders.join(users, |order| user_of(order), |order, user| joined(order, Some(user)));
        let left: Table<String, String> = orders.left_join(users, |order| user_of(order), |order, user| joined(order, user));
        inner.to_stream().to("inner");
        left.to_stream().to("left");
    }
}

topology! {
    fn filtered() -> Filtered {
        let orders: Table<String, String> = table("orders");
        let users: Table<String, String> = table("users");
        let inner = orders.join(users, |order| user_of(order), |order, user| joined(order, Some(user)));
        inner.filter(|_, v| v.ends_with("rome")).to_stream().to("in-rome");
    }
}

/// Without a store nobody knows what the join answered before, so that every result which does not pass is told.
#[test]
fn a_result_that_does_not_pass_any_more_is_deleted() {
    let driver = driver(filtered());
    pipe(&driver, "users", &[(Some("ann"), Some("rome"), 1)]);
    pipe(&driver, "orders", &[(Some("1"), Some("ann:tea"), 2)]);
    assert_eq!(read(&driver, "in-rome"), ["1=ann:tea+rome@2"]);
    pipe(&driver, "users", &[(Some("ann"), Some("oslo"), 3), (Some("ann"), Some("bern"), 4)]);
    assert_eq!(read(&driver, "in-rome"), ["1=-@3", "1=-@4"]);
}
