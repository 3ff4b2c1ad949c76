//! One stream time per task, and what a restart makes of rows that expire.

use super::*;

topology! {
    fn parts() -> Parts {
        let users: Table<String, String> = table("users").ttl(millis(100));
        let users_per_name: Table<String, u64> = users.group_by(|k, v| (v.clone(), k.clone())).count().ttl(millis(1_000));
        users.to_stream().to("changes");
        users_per_name.to_stream().to("counts");
    }

    #[optimized]
    fn lean() -> Lean {
        let kept: Table<String, String> = table("kept");
        let gone: Table<String, String> = table("gone").ttl(millis(100));
        kept.join(gone, |a, b| format!("{a}{b}")).to_stream().to("out");
    }

    fn in_order() -> InOrder {
        let rows: Table<String, String> = table("rows").ttl(millis(100));
        let fifty: Table<String, String> = rows.map_values(|v| format!("{v}50")).ttl(millis(50));
        let sixty: Table<String, String> = rows.map_values(|v| format!("{v}60")).ttl(millis(60));
        let changes = sixty.to_stream();
        fifty.to_stream().merge(changes).to("out");
    }
}

#[test]
fn the_stream_time_of_each_task_counts() {
    let driver = TestDriver::builder(parts()).partitions(3).build().unwrap();
    let users = driver.input::<str, str>("users").unwrap();
    // Each in a partition of its own.
    users.partition(0).pipe_at("a", "n", 0).unwrap();
    let users = driver.input::<str, str>("users").unwrap();
    users.partition(1).pipe_at("b", "n", 0).unwrap();
    driver.input::<str, str>("users").unwrap().partition(2).pipe_at("c", "m", 500).unwrap();
    let rows = |partition: i32| driver.store(Parts::USERS).unwrap().partition(partition).all().len();
    assert_eq!([rows(0), rows(1), rows(2)], [1, 1, 1]);
    driver.input::<str, str>("users").unwrap().partition(1).pipe_at("d", "n", 100).unwrap();
    assert_eq!([rows(0), rows(1), rows(2)], [1, 1, 1]);
    let changes = driver.output::<String, Option<String>>("changes").read_all();
    let changes: Vec<_> = changes.iter().map(|r| (&*r.key, r.value.as_deref(), r.timestamp_ms)).collect();
    assert_eq!(changes, [("a", Some("n"), 0), ("b", Some("n"), 0), ("c", Some("m"), 500), ("b", None, 100), ("d", Some("n"), 100)]);
    assert_eq!(driver.store(Parts::USERS_PER_NAME).unwrap().get("n"), Some(2));
}

#[test]
fn a_restart_changes_nothing() {
    let steps = [
        ("a", "n", 0),
        ("b", "n", 40),
        ("a", "m", 60),
        ("c", "n", 139),
        ("d", "m", 141),
        ("b", "m", 150),
        ("e", "n", 300),
        ("f", "n", 1_500),
    ];
    let outcome = |restart_before: usize, cache_max_bytes: usize| {
        let driver = cached(parts(), cache_max_bytes);
        let mut seen = Vec::new();
        for (at, step) in steps.iter().enumerate() {
            if at == restart_before {
                driver.restart().unwrap();
            }
            send(&driver, "users", &[*step]);
            (0..3).for_each(|_| driver.commit().unwrap());
            seen.push((
                read(&driver, "changes"),
                driver.store(Parts::USERS).unwrap().all(),
                driver.store(Parts::USERS_PER_NAME).unwrap().all(),
                read_numbers::<u64>(&driver, "counts"),
                read(&driver, "test-users-changelog"),
            ));
        }
        seen
    };
    for cache_max_bytes in CACHES {
        let expected = outcome(usize::MAX, cache_max_bytes);
        assert_eq!(expected.last().unwrap().1, [("f".to_owned(), "n".to_owned())]);
        for restart_before in 0..steps.len() {
            assert_eq!(outcome(restart_before, cache_max_bytes), expected, "restart before {restart_before}, cache {cache_max_bytes}");
        }
    }
}

#[test]
fn the_topic_of_an_optimized_table_hears_of_no_deletion() {
    let stores: Vec<_> = lean().plan().sub_topologies.into_iter().flat_map(|part| part.stores).collect();
    assert_eq!(stores.iter().map(|store| (store.name.as_str(), store.logged)).collect::<Vec<_>>(), [("kept", false), ("gone", true)]);
    let driver = driver(lean());
    send(&driver, "kept", &[("k", "a", 0)]);
    send(&driver, "gone", &[("k", "b", 0)]);
    send(&driver, "kept", &[("z", "-", 100)]);
    driver.restart().unwrap();
    send(&driver, "kept", &[("k", "c", 101)]);
    assert_eq!(read(&driver, "out"), ["k=ab@0", "k=-@100"]);
    assert_eq!(read(&driver, "test-gone-changelog"), ["k=b@0", "k=-@100"]);
    assert!(driver.read_raw("gone").is_none(), "nothing was written to the topic");
}

#[test]
fn all_stores_of_a_task_expire_in_one_order_of_time() {
    let driver = driver(in_order());
    send(&driver, "rows", &[("a", "x", 0), ("b", "y", 45)]);
    assert_eq!(read(&driver, "out"), ["a=x50@0", "a=x60@0", "b=y50@45", "b=y60@45"]);
    send(&driver, "rows", &[("c", "z", 1_000)]);
    let expired = ["a=-@50", "a=-@60", "b=-@95", "a=-@100", "a=-@100", "b=-@105", "b=-@145", "b=-@145"];
    let out = read(&driver, "out");
    assert_eq!(out[..8], expired, "a deletion in `rows` is one in the views, whether they have the row or not");
    assert_eq!(out[8..], ["c=z50@1000", "c=z60@1000"]);
}
