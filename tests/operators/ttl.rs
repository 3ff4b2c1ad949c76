//! `.ttl(duration)`: rows that expire by the stream time of their task.

mod model;
mod processors;
mod tasks;

use super::*;

topology! {
    fn table_rows() -> TableRows {
        let users: Table<String, String> = table("users").ttl(millis(100));
        users.to_stream().to("changes");
        let clicks: Stream<String, String> = stream("clicks");
        clicks.left_join(users, |click, user| format!("{click}:{}", user.map_or("-", String::as_str))).to("joined");
    }

    fn aggregations() -> Aggregations {
        let input: Stream<String, String> = stream("in");
        let other: Stream<String, String> = stream("other");
        let grouped = input.group_by_key();
        let others = other.group_by_key();
        let counts: Table<String, u64> = grouped.count().ttl(millis(100));
        let joined: Table<String, String> = grouped.reduce(|a, b| format!("{a}{b}")).ttl(millis(100));
        let lengths: Table<String, u64> = grouped.aggregate(|| 0, |_, v, sum| sum + v.len() as u64).ttl(millis(100));
        let both: Table<String, u64> = grouped
            .cogroup(|_, v, sum: u64| sum + v.len() as u64)
            .cogroup(others, |_, v, sum| sum + v.len() as u64)
            .aggregate(|| 0)
            .ttl(millis(100));
        let last: Table<String, String> = input.to_table().ttl(millis(100));
        counts.to_stream().to("counts");
        joined.to_stream().to("joined");
        lengths.to_stream().to("lengths");
        both.to_stream().to("both");
        last.to_stream().to("last");
    }

    fn views() -> Views {
        let users: Table<String, String> = table("users");
        let loud: Table<String, String> = users.map_values(|v| v.to_uppercase()).ttl(millis(100));
        let short: Table<String, String> = users.filter(|_, v| v.len() < 3).ttl(millis(50));
        let kept = users.filter_not(|_, v| v.is_empty()).ttl(millis(20)).named("kept");
        let pairs: Table<String, String> = users.join(loud, |a, b| format!("{a}{b}")).ttl(millis(30));
        loud.to_stream().to("loud");
        short.to_stream().to("short");
        kept.to_stream().to("kept");
        pairs.to_stream().to("pairs");
    }

    fn retracted() -> Retracted {
        let rows: Table<String, String> = table("rows").ttl(millis(100));
        let per_first: Table<String, u64> = rows.group_by(|k, v| (v[..1].to_owned(), k.clone())).count();
        let joined: Table<String, String> = rows
            .group_by(|k, v| (v[..1].to_owned(), k.clone()))
            .aggregate(String::new, |_, k, a| a + k, |_, k, a| a.replacen(k.as_str(), "", 1));
        per_first.to_stream().to("counts");
        joined.to_stream().to("joined");
    }

    fn sides() -> Sides {
        let left: Table<String, String> = table("left").ttl(millis(100));
        let right: Table<String, String> = table("right").ttl(millis(300));
        let inner = left.join(right, |l, r| format!("{l}+{r}"));
        let outer = left.outer_join(right, |l, r| format!("{}+{}", l.map_or("-", String::as_str), r.map_or("-", String::as_str)));
        inner.to_stream().to("inner");
        outer.to_stream().to("outer");
    }

    fn twins() -> Twins {
        let left: Table<String, String> = table("left").ttl(millis(100));
        let right: Table<String, String> = table("right").ttl(millis(100));
        let loud = right.map_values(|v| v.to_uppercase()).filter(|_, v| v != "X");
        let both = left.join(loud, |l, r| format!("{l}+{r}"));
        let kept: Table<String, String> = left.join(right, |l, r| format!("{l}+{r}"));
        let counts: Table<String, u64> = both.group_by(|k, v| (v.clone(), k.clone())).count();
        both.to_stream().to("both");
        kept.to_stream().to("kept");
        counts.to_stream().to("counts");
    }

    fn by_foreign_key() -> ByForeignKey {
        let orders: Table<String, String> = table("orders").ttl(millis(100));
        let users: Table<String, String> = table("users").ttl(millis(300));
        let named: Table<String, String> =
            orders.left_join(users, |order| order.clone(), |order, user| format!("{order}:{}", user.map_or("-", String::as_str)));
        named.to_stream().to("named");
    }
}

const CACHES: [usize; 2] = [0, 1 << 20];

fn cached(topology: impl Topology, cache_max_bytes: usize) -> TestDriver {
    TestDriver::builder(topology).cache_max_bytes(cache_max_bytes).build().unwrap()
}

fn send(driver: &TestDriver, topic: &str, records: &[(&str, &str, i64)]) {
    for (key, value, timestamp_ms) in records {
        pipe(driver, topic, &[(Some(key), (*value != "-").then_some(*value), *timestamp_ms)]);
    }
}

#[test]
fn a_row_is_deleted_when_the_stream_time_reaches_its_time_and_the_ttl() {
    let driver = driver(table_rows());
    send(&driver, "users", &[("b", "bob", 10), ("a", "ann", 10), ("c", "cy", 0)]);
    read(&driver, "changes");
    read(&driver, "test-users-changelog");
    send(&driver, "clicks", &[("x", "1", 99)]);
    assert!(read(&driver, "changes").is_empty());
    send(&driver, "clicks", &[("c", "2", 100), ("a", "3", 109)]);
    assert_eq!(shown(&driver, "changes"), [("c=-@100".to_owned(), String::new())], "headers are those of no record");
    send(&driver, "clicks", &[("a", "4", 150), ("b", "5", 120)]);
    assert_eq!(read(&driver, "changes"), ["a=-@110", "b=-@110"], "in the order of time and key, with the time at which they expire");
    assert_eq!(read(&driver, "test-users-changelog"), ["c=-@100", "a=-@110", "b=-@110"]);
    assert_eq!(read(&driver, "joined"), ["x=1:-@99", "c=2:-@100", "a=3:ann@109", "a=4:-@150", "b=5:-@120"]);
    assert_eq!(driver.store(TableRows::USERS).unwrap().all(), []);
}

#[test]
fn with_a_cache_rows_are_gone_at_once_and_the_deletions_leave_with_the_commit() {
    let driver = cached(table_rows(), 1 << 20);
    send(&driver, "users", &[("a", "ann", 0), ("b", "bob", 5)]);
    driver.commit().unwrap();
    assert_eq!(read(&driver, "changes"), ["a=ann@0", "b=bob@5"]);
    send(&driver, "users", &[("c", "cy", 50)]);
    send(&driver, "clicks", &[("a", "1", 160), ("c", "2", 149)]);
    assert_eq!(read(&driver, "joined"), ["a=1:-@160", "c=2:-@149"]);
    let users = driver.store(TableRows::USERS).unwrap();
    assert_eq!((users.get("a"), users.all()), (None, vec![]));
    assert!(read(&driver, "changes").is_empty());
    driver.commit().unwrap();
    assert_eq!(read(&driver, "changes"), ["c=-@150", "a=-@100", "b=-@105"], "in the order in which they changed first");
    assert_eq!(read(&driver, "test-users-changelog"), ["a=ann@0", "b=bob@5", "c=-@150", "a=-@100", "b=-@105"]);
}

#[test]
fn an_update_renews_a_row_and_an_older_one_shortens_its_life() {
    for cache_max_bytes in CACHES {
        let driver = cached(table_rows(), cache_max_bytes);
        let users = driver.store(TableRows::USERS).unwrap();
        let alive = |time_ms: i64| {
            send(&driver, "clicks", &[("x", "1", time_ms)]);
            users.get("k")
        };
        send(&driver, "users", &[("k", "a", 0), ("k", "b", 50)]);
        assert_eq!((alive(100), alive(149)), (Some("b".to_owned()), Some("b".to_owned())));
        send(&driver, "users", &[("k", "c", 149), ("k", "d", 120)]);
        assert_eq!((alive(219), alive(220)), (Some("d".to_owned()), None));
        send(&driver, "users", &[("k", "e", 220)]);
        assert_eq!((alive(319), alive(320)), (Some("e".to_owned()), None), "a row that comes again lives as long");
        send(&driver, "users", &[("k", "f", 320), ("k", "-", 330)]);
        assert_eq!(alive(335), None);
        read(&driver, "changes");
        assert_eq!(alive(1_000), None);
        driver.commit().unwrap();
        let last = if cache_max_bytes == 0 { vec![] } else { vec!["k=-@330".to_owned()] };
        assert_eq!(read(&driver, "changes"), last, "what is deleted does not expire");
    }
}

#[test]
fn a_row_that_has_expired_when_it_comes_is_a_deletion() {
    let driver = driver(table_rows());
    send(&driver, "clicks", &[("x", "1", 500)]);
    send(&driver, "users", &[("new", "n", 400), ("young", "y", 401)]);
    assert_eq!(read(&driver, "changes"), ["new=-@500", "young=y@401"]);
    send(&driver, "users", &[("young", "late", 100)]);
    assert_eq!(read(&driver, "changes"), ["young=-@200"]);
    assert_eq!(driver.store(TableRows::USERS).unwrap().all(), []);
}

#[test]
fn aggregations_begin_anew() {
    let driver = driver(aggregations());
    send(&driver, "in", &[("k", "a", 0), ("k", "b", 60), ("k", "c", 159), ("k", "d", 300), ("k", "e", 120)]);
    let numbers = |topic: &str| read_numbers::<u64>(&driver, topic);
    assert_eq!(numbers("counts"), ["k=1@0", "k=2@60", "k=3@159", "k=-@259", "k=1@300", "k=2@300"]);
    assert_eq!(read(&driver, "joined"), ["k=a@0", "k=ab@60", "k=abc@159", "k=-@259", "k=d@300", "k=de@300"]);
    assert_eq!(numbers("lengths"), ["k=1@0", "k=2@60", "k=3@159", "k=-@259", "k=1@300", "k=2@300"]);
    assert_eq!(numbers("both"), ["k=1@0", "k=2@60", "k=3@159", "k=-@259", "k=1@300", "k=2@300"]);
    assert_eq!(read(&driver, "last"), ["k=a@0", "k=b@60", "k=c@159", "k=-@259", "k=d@300", "k=-@220"]);
    let changelog = driver.output::<String, Option<u64>>("test-counts-changelog").read_all();
    let changelog: Vec<_> = changelog.iter().map(|r| (r.value, r.timestamp_ms)).collect();
    assert_eq!(changelog, [(Some(1), 0), (Some(2), 60), (Some(3), 159), (None, 259), (Some(1), 300), (Some(2), 300)]);
}

#[test]
fn views_with_a_store_expire_by_themselves() {
    let driver = driver(views());
    send(&driver, "users", &[("a", "xy", 0), ("b", "long", 10), ("c", "", 70)]);
    assert_eq!(read(&driver, "loud"), ["a=XY@0", "b=LONG@10", "c=@70"]);
    assert_eq!(read(&driver, "short"), ["a=xy@0", "a=-@50", "c=@70"]);
    assert_eq!(read(&driver, "kept"), ["a=xy@0", "b=long@10", "a=-@20", "b=-@30"]);
    // Each row of `users` comes to the join by itself and by its view.
    let pairs = ["a=xyXY@0", "a=xyXY@0", "b=longLONG@10", "b=longLONG@10", "a=-@30", "b=-@40", "c=@70", "c=@70"];
    assert_eq!(read(&driver, "pairs"), pairs);
    send(&driver, "users", &[("d", "dd", 120)]);
    assert_eq!(read(&driver, "loud"), ["a=-@100", "b=-@110", "d=DD@120"]);
    assert_eq!(driver.store(Views::USERS).unwrap().all().len(), 4, "the table below has no ttl");
}

#[test]
fn what_follows_takes_the_expired_row_back() {
    for cache_max_bytes in CACHES {
        let driver = cached(retracted(), cache_max_bytes);
        send(&driver, "rows", &[("a", "x1", 0), ("b", "x2", 30), ("c", "y1", 60)]);
        driver.commit().unwrap();
        driver.commit().unwrap();
        send(&driver, "rows", &[("d", "x3", 140)]);
        driver.commit().unwrap();
        driver.commit().unwrap();
        let counts = driver.store(Retracted::PER_FIRST).unwrap();
        let joined = driver.store(Retracted::JOINED).unwrap();
        assert_eq!((counts.get("x"), counts.get("y")), (Some(1), Some(1)), "cache {cache_max_bytes}");
        assert_eq!((joined.get("x"), joined.get("y")), (Some("d".to_owned()), Some("c".to_owned())));
        send(&driver, "rows", &[("c", "x4", 141), ("a", "y2", 142)]);
        driver.commit().unwrap();
        driver.commit().unwrap();
        assert_eq!((counts.get("x"), counts.get("y")), (Some(2), Some(1)));
        assert_eq!((joined.get("x"), joined.get("y")), (Some("dc".to_owned()), Some("a".to_owned())));
    }
}

#[test]
fn joins_of_tables_hear_of_it() {
    let driver = driver(sides());
    send(&driver, "left", &[("k", "l", 0)]);
    send(&driver, "right", &[("k", "r", 10), ("z", "-", 200)]);
    assert_eq!(read(&driver, "inner"), ["k=l+r@10", "k=-@100"]);
    assert_eq!(read(&driver, "outer"), ["k=l+-@0", "k=l+r@10", "k=-+r@100"]);
    send(&driver, "left", &[("k", "m", 200), ("z", "-", 310)]);
    assert_eq!(read(&driver, "inner"), ["k=m+r@200", "k=-@300"]);
    assert_eq!(read(&driver, "outer"), ["k=m+r@200", "k=-+r@300", "k=-@310"]);
}

#[test]
fn a_joined_row_goes_when_both_sides_expire_together() {
    for cache_max_bytes in [0, 600, 1 << 20] {
        let driver = cached(twins(), cache_max_bytes);
        let settle = || (0..4).for_each(|_| driver.commit().unwrap());
        send(&driver, "left", &[("k", "l", 0), ("m", "l", 0)]);
        settle();
        send(&driver, "right", &[("k", "r", 10), ("m", "r", 0), ("n", "r", 0)]);
        settle();
        let (kept, counts) = (driver.store(Twins::KEPT).unwrap(), driver.store(Twins::COUNTS).unwrap());
        assert_eq!((kept.all().len(), counts.get("l+R")), (2, Some(2)));
        read(&driver, "both");
        send(&driver, "right", &[("z", "-", 500)]);
        settle();
        assert_eq!((kept.all(), counts.get("l+R")), (vec![], Some(0)), "cache {cache_max_bytes}");
        let mut gone = read(&driver, "both");
        gone.sort();
        assert_eq!(gone, ["k=-@100", "m=-@100"]);
        let mut gone: Vec<String> = read(&driver, "kept").into_iter().filter(|change| change.contains("=-")).collect();
        gone.sort();
        assert_eq!(gone, ["k=-@100", "m=-@100"]);
    }
}

#[test]
fn joins_by_a_foreign_key_hear_of_it() {
    for cache_max_bytes in CACHES {
        let driver = cached(by_foreign_key(), cache_max_bytes);
        let named = driver.store(ByForeignKey::NAMED).unwrap();
        let settle = || (0..6).for_each(|_| driver.commit().unwrap());
        send(&driver, "users", &[("u", "ann", 0)]);
        settle();
        send(&driver, "orders", &[("o", "u", 10), ("p", "u", 50)]);
        settle();
        assert_eq!(named.all(), [("o".to_owned(), "u:ann".to_owned()), ("p".to_owned(), "u:ann".to_owned())]);
        send(&driver, "users", &[("w", "-", 120)]);
        settle();
        assert_eq!(named.all(), [("p".to_owned(), "u:ann".to_owned())], "an order has expired");
        send(&driver, "orders", &[("q", "u", 290)]);
        settle();
        send(&driver, "users", &[("w", "-", 310)]);
        settle();
        assert_eq!(named.all(), [("q".to_owned(), "u:-".to_owned())], "the user has expired");
    }
}
