//! Joins with a table and a global table, across a restart.

use std::collections::BTreeMap;

use tests::process::{Pipeline, eventually};

use crate::kafka::{self, Send};

const PARTITIONS: i32 = 3;

struct Names([String; 5]);

impl Names {
    fn start(&self, name: &str) -> Pipeline {
        let [id, orders, users, codes, output] = &self.0;
        let topics = [("id", id), ("input", orders), ("users", users), ("codes", codes), ("output", output)];
        kafka::start_with(name, "tables", &topics, &["commit_ms=100", "threads=2"])
    }

    /// Results by key of the order, in order.
    fn results(&self) -> BTreeMap<String, Vec<String>> {
        let mut results: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for record in kafka::read(&self.0[4]).iter().flatten() {
            results.entry(record.key_text()).or_default().push(record.value_text());
        }
        results
    }

    fn done(&self) -> bool {
        kafka::is_done(&self.0[0], &self.0[1]) && kafka::is_done(&self.0[0], &self.0[2])
    }
}

#[test]
fn joins_see_the_tables_and_find_them_again_after_a_restart() {
    let names = Names(["tables", "orders", "users", "codes", "out"].map(kafka::fresh));
    let [id, orders, users, codes, output] = &names.0;
    for topic in [orders, users, output] {
        kafka::create(topic, PARTITIONS);
    }
    // A global table needs no common partitioning.
    kafka::create(codes, 2);
    kafka::produce(codes, [Send::keyed("A", "apples", 1), Send::keyed("B", "beans", 1), Send::keyed("C", "cherries", 1)]);
    let user = |n: usize| format!("user{n}");
    kafka::produce(users, (0..50).map(|n| Send::keyed(user(n), format!("name{n}"), 10)));
    // A tombstone: user 7 is gone again.
    kafka::produce(users, [Send { value: None, ..Send::keyed(user(7), "", 11) }]);
    kafka::produce(orders, (0..60).map(|n| Send::keyed(user(n), ["A", "B", "X"][n % 3], 100 + n as i64)));

    let first = names.start("first");
    eventually("all is joined", || names.done());
    let expected = |n: usize| {
        let name = if n < 50 && n != 7 { format!("name{n}") } else { "nobody".into() };
        format!("{} by {name}: {}", ["A", "B", "X"][n % 3], ["apples", "beans", "?"][n % 3])
    };
    assert_eq!(names.results(), (0..60).map(|n| (user(n), vec![expected(n)])).collect());
    first.terminate();

    // While it is down the global table changes. The table comes back from its changelog: its topic is not read again.
    kafka::produce(codes, [Send::keyed("A", "apricots", 2), Send { value: None, ..Send::keyed("B", "", 2) }]);
    kafka::produce(orders, (0..60).map(|n| Send::keyed(user(n), ["A", "B", "X"][n % 3], 200 + n as i64)));
    let mut second = names.start("second");
    eventually("all is joined", || names.done());
    let again = |n: usize| expected(n).replace("apples", "apricots").replace("beans", "?");
    assert_eq!(names.results(), (0..60).map(|n| (user(n), vec![expected(n), again(n)])).collect());

    // The restored table equals its changelog.
    let mut changelog: BTreeMap<String, String> = BTreeMap::new();
    for record in kafka::read(&format!("{id}-users-changelog")).iter().flatten() {
        match record.value {
            Some(_) => changelog.insert(record.key_text(), record.value_text()),
            None => changelog.remove(&record.key_text()),
        };
    }
    assert_eq!(changelog.len(), 49);
    second.wait_until_running();
    let rows: BTreeMap<String, String> = second.rows().into_iter().map(|(k, v)| (k, v.as_str().unwrap().to_owned())).collect();
    assert_eq!(rows, changelog);

    // It follows the global table while it runs.
    kafka::produce(codes, [Send::keyed("C", "carrots", 3)]);
    std::thread::sleep(std::time::Duration::from_secs(2));
    kafka::produce(orders, [Send::keyed("user1", "C", 300)]);
    eventually("all is joined", || names.done());
    assert_eq!(names.results()["user1"][2], "C by name1: carrots");
    second.terminate();
}
