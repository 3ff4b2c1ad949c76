//! Joins of two streams and joins by a foreign key, over several partitions, across a process that is killed.

use std::collections::BTreeMap;

use tests::process::{Pipeline, eventually};

use crate::kafka::{self, Send};

const PARTITIONS: i32 = 3;
const ORDERS: usize = 60;

struct Names([String; 7]);

impl Names {
    fn fresh() -> Self {
        let names = Names(["joins", "orders", "payments", "accounts", "customers", "out", "owners"].map(kafka::fresh));
        names.0[1..].iter().for_each(|topic| kafka::create(topic, PARTITIONS));
        names
    }

    fn start(&self, name: &str) -> Pipeline {
        let [id, orders, payments, accounts, customers, output, owners] = &self.0;
        let topics = [
            ("id", id),
            ("input", orders),
            ("payments", payments),
            ("accounts", accounts),
            ("customers", customers),
            ("output", output),
            ("owners", owners),
        ];
        kafka::start_with(name, "joins", &topics, &["commit_ms=100", "threads=2", "session_ms=6000"])
    }

    fn internal(&self, name: &str) -> String {
        format!("{}-{name}", self.0[0])
    }

    /// Everything that was written is processed and committed, internal topics too.
    fn wait(&self) {
        let internal = [
            "paid-left-repartition",
            "paid-right-repartition",
            "owned-subscription-registration-topic",
            "owned-subscription-response-topic",
        ];
        let topics: Vec<String> = self.0[1..5].iter().cloned().chain(internal.map(|name| self.internal(name))).collect();
        // What one commit writes is behind the next topic only after the one that follows.
        for _ in 0..2 {
            eventually("all is processed", || topics.iter().all(|topic| kafka::is_done(&self.0[0], topic)));
        }
    }

    /// How often each result of the join of streams came.
    fn results(&self) -> BTreeMap<String, usize> {
        let mut results = BTreeMap::new();
        for record in kafka::read(&self.0[5]).iter().flatten() {
            assert!(record.value_text().starts_with(&record.key_text()) || record.value_text().starts_with('?'));
            *results.entry(record.value_text()).or_default() += 1;
        }
        results
    }

    /// The last owner of each account.
    fn owners(&self) -> BTreeMap<String, String> {
        let mut owners = BTreeMap::new();
        for record in kafka::read(&self.0[6]).iter().flatten() {
            match record.value {
                Some(_) => owners.insert(record.key_text(), record.value_text()),
                None => owners.remove(&record.key_text()),
            };
        }
        owners
    }
}

#[test]
fn joins_find_everything_again_after_a_kill() {
    let names = Names::fresh();
    let [_, orders, payments, accounts, customers, ..] = &names.0;
    let order = |n: usize| format!("order{n:02}");
    // Every second order is paid, and nobody ordered what the last payments are for. Nothing is closed yet.
    kafka::produce(orders, (0..ORDERS).map(|n| Send::keyed(format!("a{n}"), order(n), 1_000 + n as i64)));
    kafka::produce(
        payments,
        (0..ORDERS + 4).filter(|n| n.is_multiple_of(2)).map(|n| Send::keyed(format!("b{n}"), order(n), 3_000 + n as i64)),
    );
    let account = |n: usize, customer: usize| Send::keyed(format!("account{n}"), format!("customer{customer}:{n}"), 1_000);
    kafka::produce(accounts, (0..40).map(|n| account(n, n % 10)));
    kafka::produce(customers, (0..8).map(|n| Send::keyed(format!("customer{n}"), format!("name{n}"), 1_000)));

    let mut first = names.start("first");
    names.wait();
    let paid = |n: &usize| n.is_multiple_of(2);
    let mut expected: BTreeMap<String, usize> = (0..ORDERS).filter(paid).map(|n| (format!("{}/paid", order(n)), 1)).collect();
    assert_eq!(names.results(), expected);
    let owner = |n: usize, customer: usize, name: &str| (format!("account{n}"), format!("customer{customer}:{n} of {name}{customer}"));
    let mut owners: BTreeMap<String, String> = (0..40).filter(|n| n % 10 < 8).map(|n| owner(n, n % 10, "name")).collect();
    assert_eq!(names.owners(), owners);
    first.kill();

    // The next process finds in its stores who waits for a payment, and who is subscribed to a customer.
    kafka::produce(customers, (5..10).map(|n| Send::keyed(format!("customer{n}"), format!("new{n}"), 2_000)));
    kafka::produce(accounts, [account(0, 1), Send { value: None, ..account(1, 1) }]);
    // These come so late that all that was before is closed; one for each partition, and more.
    let late = |n: usize| format!("late{n:02}");
    kafka::produce(orders, (0..40).map(|n| Send::keyed(format!("c{n}"), late(n), 1_000_000)));
    let mut second = names.start("second");
    names.wait();
    expected.extend((0..ORDERS).filter(|n| !paid(n)).map(|n| (format!("{}/unpaid", order(n)), 1)));
    expected.insert("?/paid".to_owned(), 2);
    assert_eq!(names.results(), expected);
    owners.extend((0..40).filter(|n| n % 10 >= 5).map(|n| owner(n, n % 10, "new")));
    owners.extend([owner(0, 1, "name")]);
    owners.remove("account1");
    assert_eq!(names.owners(), owners);
    second.wait_until_running();
    let rows: BTreeMap<String, String> = second.rows().into_iter().map(|(k, v)| (k, v.as_str().unwrap().to_owned())).collect();
    assert_eq!(rows, owners);
    second.terminate();

    let settings = kafka::internal_settings(&names.0[0]);
    let is_set = |topic: &str, setting: &str| assert!(settings[&names.internal(topic)].contains(setting), "{topic}: {settings:?}");
    for store in ["paid-outer-this-join-store", "paid-outer-other-join-store"] {
        is_set(&format!("{store}-changelog"), "cleanup.policy=delete");
    }
    for topic in ["paid-left-repartition", "owned-subscription-registration-topic", "owned-subscription-response-topic"] {
        is_set(topic, "retention.ms=-1");
    }
}
