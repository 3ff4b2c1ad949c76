//! Joins by a foreign key on the embedded log: tables that are divided differently, several threads, restarts, and the topics between.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::broker::{Broker, OffsetAt, TopicPartition};
use streams_runtime::partition::partition_for_key;
use streams_runtime::prelude::*;
use streams_runtime::record::NewRecord;
use streams_runtime::{Streams, end_of_input};

/// Numbers as text: not the format that numbers have by themselves.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Decimal;

impl Codec<u64> for Decimal {
    type Slot = u64;

    fn encode(&self, value: &u64, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        out.extend_from_slice(value.to_string().as_bytes());
        Ok(Encoded::Bytes)
    }

    fn decode<'a>(&self, bytes: Option<&'a [u8]>, slot: &'a mut u64) -> Result<&'a u64, CodecError> {
        let text = bytes.and_then(|bytes| std::str::from_utf8(bytes).ok());
        *slot = text.and_then(|text| text.parse().ok()).ok_or(CodecError::UnexpectedNull)?;
        Ok(slot)
    }
}

fn user_of(order: &str) -> Option<u64> {
    order.split_once(':').and_then(|(user, _)| user.parse().ok())
}

fn joined(order: &str, user: Option<&String>) -> String {
    format!("{order}+{}", user.map_or("none", String::as_str))
}

topology! {
    pub fn letters() -> Letters {
        let orders: Table<String, String> = table("orders");
        let users: Table<u64, String> = table("users").with(Decimal, Utf8);
        let inner: Table<String, String> = orders.join(users, |order| user_of(order), |order, user| joined(order, Some(user)));
        inner.to_stream().to("inner");
        let left = orders.left_join(users, |order| user_of(order), |order, user| joined(order, user));
        left.to_stream().to("left");
        // The right side comes out of a repartition, whose topic goes by nothing but its writer's.
        let news: Stream<String, String> = stream("news");
        let titles: Table<String, String> = news.select_key(|_, title| title[..1].to_owned()).to_table();
        let titled = inner.join(titles, |letter| letter.rsplit('+').next().map(|town| town[..1].to_owned()), |letter, title| format!("{letter}/{title}"));
        titled.to_stream().to("titled");
    }
}

const ORDERS: i32 = 3;
const USERS: i32 = 2;

/// The tables as they are, and the log that they are written to.
struct Tables {
    log: EmbeddedLog,
    orders: BTreeMap<String, String>,
    users: BTreeMap<String, String>,
    random: u64,
    now_ms: i64,
}

impl Tables {
    fn new() -> Self {
        let log = EmbeddedLog::in_memory();
        for (topic, partitions) in [("orders", ORDERS), ("users", USERS), ("news", 4), ("inner", 1), ("left", 1), ("titled", 1)] {
            log.create_topic(topic, partitions).unwrap();
        }
        Tables { log, orders: BTreeMap::new(), users: BTreeMap::new(), random: 7, now_ms: 0 }
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % limit
    }

    fn write(&mut self, topic: &str, key: String, value: Option<String>) {
        self.now_ms += 1;
        let partition = partition_for_key(key.as_bytes(), self.log.partitions(topic).unwrap());
        let record =
            NewRecord { key: Some(key.as_bytes()), value: value.as_deref().map(str::as_bytes), timestamp_ms: self.now_ms, offset: 0 };
        self.log.append(topic, Some(partition), record).unwrap();
        let rows = if topic == "orders" { &mut self.orders } else { &mut self.users };
        match value {
            Some(value) => rows.insert(key, value),
            None => rows.remove(&key),
        };
    }

    /// Random changes of few keys, so that they meet.
    fn change(&mut self, count: usize) {
        for _ in 0..count {
            let (word, gone) = (self.below(5), self.below(5) == 0);
            if self.below(3) < 2 {
                let (order, user) = (self.below(20), self.below(9));
                let value = if user == 8 { format!("w{word}") } else { format!("{user}:w{word}") };
                self.write("orders", format!("order{order}"), (!gone).then_some(value));
            } else {
                let user = self.below(8);
                self.write("users", user.to_string(), (!gone).then(|| format!("town{word}")));
            }
        }
    }

    fn app(&self) -> Streams<Letters> {
        let commits = Duration::from_millis(3);
        Streams::new(letters()).application_id("app").embedded_log(self.log.clone()).commit_interval(commits).linger(Duration::ZERO)
    }

    fn right(&self, order: &str) -> Option<&String> {
        user_of(order).and_then(|user| self.users.get(&user.to_string()))
    }

    fn check(&self) {
        let inner = self.orders.iter().filter_map(|(key, order)| Some((key.clone(), joined(order, Some(self.right(order)?)))));
        assert_eq!(last_values(&self.log, "inner"), inner.collect());
        let left = self.orders.iter().map(|(key, order)| (key.clone(), joined(order, self.right(order))));
        assert_eq!(last_values(&self.log, "left"), left.collect());
    }
}

fn records(log: &EmbeddedLog, topic: &str, mut each: impl FnMut(i32, &str, Option<&[u8]>)) {
    for partition in 0..log.partitions(topic).unwrap() {
        for record in log.read(topic, partition, 0, usize::MAX).unwrap().iter() {
            each(partition, std::str::from_utf8(record.key.unwrap()).unwrap(), record.value);
        }
    }
}

/// What a topic of changes comes to.
fn last_values(log: &EmbeddedLog, topic: &str) -> BTreeMap<String, String> {
    let mut last = BTreeMap::new();
    records(log, topic, |_, key, value| match value {
        Some(value) => drop(last.insert(key.to_owned(), String::from_utf8(value.to_vec()).unwrap())),
        None => drop(last.remove(key)),
    });
    last
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_is_the_join_whatever_came_first_and_wherever_it_lies() {
    let mut tables = Tables::new();
    for (round, cache) in [0, 1 << 20, 400].into_iter().enumerate() {
        // Half of it is there before, half comes while it runs.
        tables.change(300);
        let app = tables.app().threads(1 + round).cache_max_bytes(cache).start().await.unwrap();
        for _ in 0..30 {
            tables.change(10);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        app.run_until(end_of_input()).await.unwrap();
        tables.check();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_those_who_wait_are_known() {
    let mut tables = Tables::new();
    for n in 0..20 {
        tables.write("orders", format!("order{n}"), Some(format!("{}:tea", n % 4)));
    }
    tables.app().start().await.unwrap().run_until(end_of_input()).await.unwrap();
    tables.check();
    // Stores are in memory: they come back from their changelogs.
    for user in 0..4 {
        tables.write("users", user.to_string(), Some(format!("town{user}")));
    }
    tables.write("orders", "order3".to_owned(), None);
    tables.app().threads(2).start().await.unwrap().run_until(end_of_input()).await.unwrap();
    tables.check();
    assert_eq!(last_values(&tables.log, "inner").len(), 19);
    tables.write("users", "2".to_owned(), None);
    tables.app().start().await.unwrap().run_until(end_of_input()).await.unwrap();
    tables.check();
    assert_eq!(last_values(&tables.log, "inner").len(), 14);
    // Of each topic in between: as many partitions as the table that it is joined with has, and keys where those of the table are.
    let topic = |end: &str| format!("app-inner-subscription-{end}");
    records(&tables.log, &topic("registration-topic"), |partition, user, _| {
        assert_eq!(partition, partition_for_key(user.as_bytes(), USERS))
    });
    records(&tables.log, &topic("response-topic"), |partition, order, _| {
        assert_eq!(partition, partition_for_key(order.as_bytes(), ORDERS))
    });
    let partitions = |topic: &str| tables.log.partitions(topic).unwrap();
    assert_eq!((partitions(&topic("registration-topic")), partitions(&topic("response-topic"))), (USERS, ORDERS));
    assert_eq!(partitions(&topic("store-changelog")), USERS);
    // Of the one whose right side is repartitioned: as many as that has.
    assert_eq!((partitions("app-titles-repartition"), partitions("app-titled-subscription-registration-topic")), (4, 4));
    for topic in [topic("registration-topic"), topic("response-topic")] {
        let config = tables.log.topic_config(&topic).wait().unwrap();
        assert_eq!((config["cleanup.policy"].as_str(), config["retention.ms"].as_str()), ("delete", "-1"));
    }
    assert_eq!(tables.log.topic_config(&topic("store-changelog")).wait().unwrap()["cleanup.policy"], "compact");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_side_may_be_repartitioned_and_the_left_one_joined_before() {
    let mut tables = Tables::new();
    let news = |key: &str, title: &str| {
        let record = NewRecord { key: Some(key.as_bytes()), value: Some(title.as_bytes()), timestamp_ms: 1, offset: 0 };
        tables.log.append("news", None, record).unwrap();
    };
    news("a", "t-one");
    news("b", "x-two");
    news("c", "t-three");
    tables.write("users", "1".to_owned(), Some("town".to_owned()));
    tables.write("orders", "order1".to_owned(), Some("1:tea".to_owned()));
    tables.app().start().await.unwrap().run_until(end_of_input()).await.unwrap();
    let titled = last_values(&tables.log, "titled");
    assert!(["1:tea+town/t-one", "1:tea+town/t-three"].contains(&titled["order1"].as_str()), "{titled:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_is_deleted_from_the_topics_between() {
    let mut tables = Tables::new();
    tables.change(200);
    let app = tables.app().repartition_purge_interval(Duration::from_millis(10)).start().await.unwrap();
    app.drained().await.unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    for (end, partitions) in [("registration", USERS), ("response", ORDERS)] {
        let topic = format!("app-left-subscription-{end}-topic");
        let all: Vec<_> = (0..partitions).map(|partition| TopicPartition::new(topic.as_str(), partition)).collect();
        loop {
            let starts = tables.log.offsets(&all, OffsetAt::Earliest, Default::default()).wait().unwrap();
            let ends = tables.log.offsets(&all, OffsetAt::Latest, Default::default()).wait().unwrap();
            assert!(ends.iter().all(|end| *end > 0), "{topic}: {ends:?}");
            if starts == ends {
                break;
            }
            assert!(Instant::now() < deadline, "{topic}: {starts:?} of {ends:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    app.shutdown(Duration::from_secs(10)).await.unwrap();
    tables.check();
}
