//! Results that are sent once, when they are final, across a process that is killed before: counts of windows that are open, sessions that wait
//! in a `suppress`, and orders that are held until the table of prices has had time to hear of changes.

use std::collections::{BTreeMap, BTreeSet};

use tests::process::{Pipeline, eventually};

use crate::kafka::{self, Got, Send};

const PARTITIONS: usize = 3;
/// Four for each partition.
const KEYS: usize = 12;

/// Sizes of the topology `windows`, in milliseconds.
const SIZE: i64 = 10_000;
const GRACE: i64 = 5_000;
const GAP: i64 = 5_000;
const WAIT: i64 = 10_000;

/// What all partitions get to see: records at these seconds. 27 is late only for who knows which windows the killed process has sent: its window
/// is still in the store.
const CLICKS: Script =
    Script { before: &[1, 8, 12, 4, 14, 9, 19, 6, 22, 17, 28, 13, 31, 26, 37], after: &[27, 33, 39, 35, 44, 38, 46, 36, 52, 1000] };
/// 3 makes one session of two. So does 27, of two that the killed process left. What is late after it stands behind what makes it late: the
/// stream time of sessions begins anew with a process.
const VISITS: Script = Script { before: &[0, 6, 3, 20, 24, 22, 2, 30], after: &[27, 33, 44, 12, 31, 48, 46, 70, 1000] };
/// 23 is late only for who knows of the 35 that the killed process has held.
const ORDERS: Script = Script { before: &[12, 26, 18, 35, 31, 24], after: &[23, 30, 46, 33, 1000] };
/// 22, 28 and 33 come after orders that they are for, and 60 before all orders, none of which it is for. 33 is a deletion.
const PRICES: Script = Script { before: &[0, 20, 60], after: &[22, 28, 33, 34, 50] };

struct Script {
    before: &'static [i64],
    after: &'static [i64],
}

#[derive(Clone, Copy)]
struct Record {
    key: usize,
    /// Its number in the script.
    step: usize,
    at: i64,
}

impl Script {
    /// The records of these steps. Each key leaves out every fourth step, no two of a partition the same.
    fn records(&self, steps: std::ops::Range<usize>) -> Vec<Record> {
        let seconds = self.before.iter().chain(self.after).enumerate().skip(steps.start).take(steps.len());
        let records = seconds.flat_map(|(step, second)| (0..KEYS).map(move |key| Record { key, step, at: second * 1_000 + key as i64 }));
        records.filter(|r| (r.key + r.step) % 4 != 3).collect()
    }

    fn before(&self) -> Vec<Record> {
        self.records(0..self.before.len())
    }

    fn after(&self) -> Vec<Record> {
        self.records(self.before.len()..self.before.len() + self.after.len())
    }
}

impl Record {
    fn partition(&self) -> usize {
        self.key % PARTITIONS
    }

    fn order(&self) -> String {
        format!("order{}", self.step)
    }

    /// Each visit of a key adds to an octal digit of its own: a sum tells which ones are in it, and how often.
    fn visit(&self) -> u64 {
        1 << (3 * self.step)
    }

    fn price(&self) -> Option<String> {
        (self.at / 1_000 != 33).then(|| format!("price{}", self.step))
    }
}

/// The largest time of each partition.
#[derive(Default)]
struct Clock([i64; PARTITIONS]);

impl Clock {
    fn now(&self, key: usize) -> i64 {
        self.0[key % PARTITIONS]
    }

    fn see(&mut self, record: &Record) -> i64 {
        let now = &mut self.0[record.partition()];
        *now = record.at.max(*now);
        *now
    }
}

/// Results as text, `key window=value@time`, and how often each came.
type Results = BTreeMap<String, usize>;

fn counted(results: impl IntoIterator<Item = String>) -> Results {
    let mut counted = Results::new();
    results.into_iter().for_each(|result| *counted.entry(result).or_default() += 1);
    counted
}

/// What the topology has to do, by its rules alone.
#[derive(Default)]
struct Model {
    clicks: Clock,
    /// By key and start of the window: how many, and the time of the latest.
    windows: BTreeMap<(usize, i64), (u64, i64)>,
    visits: Clock,
    /// Start, end and sum of a key's sessions.
    sessions: BTreeMap<usize, Vec<(i64, i64, u64)>>,
    prices: BTreeMap<usize, BTreeMap<i64, Option<String>>>,
    orders: Clock,
    held: Vec<Record>,
    sold: Vec<String>,
    /// How many clicks and visits were late, by partition.
    late: [[u64; PARTITIONS]; 2],
}

impl Model {
    fn click(&mut self, record: &Record) {
        let (now, start) = (self.clicks.see(record), record.at - record.at % SIZE);
        if start + SIZE + GRACE <= now {
            self.late[0][record.partition()] += 1;
            return;
        }
        let (count, latest) = self.windows.entry((record.key, start)).or_default();
        (*count, *latest) = (*count + 1, record.at.max(*latest));
    }

    fn visit(&mut self, record: &Record) {
        let open_from = self.visits.see(record) - GAP - GRACE;
        let sessions = self.sessions.entry(record.key).or_default();
        let (near, mut others): (Vec<_>, Vec<_>) =
            sessions.iter().partition(|(start, end, _)| start - GAP <= record.at && record.at <= end + GAP);
        let mut merged = (record.at, record.at, record.visit());
        for (start, end, sum) in &near {
            merged = (merged.0.min(*start), merged.1.max(*end), merged.2 + sum);
        }
        if merged.1 < open_from {
            self.late[1][record.partition()] += 1;
            return;
        }
        // A session that has ended would be sent again as a part of another one. The script has no such record, for one result each.
        assert!(near.iter().all(|(_, end, _)| *end >= open_from), "{}", record.at);
        others.push(merged);
        *sessions = others;
    }

    fn price(&mut self, record: &Record) {
        self.prices.entry(record.key).or_default().insert(record.at, record.price());
    }

    fn order(&mut self, record: &Record) {
        if record.at < self.orders.now(record.key) - WAIT {
            self.sell(record);
            return;
        }
        self.held.push(*record);
        let now = self.orders.see(record);
        let is_due = |held: &Record| held.partition() == record.partition() && held.at <= now - WAIT;
        let (due, held): (Vec<Record>, Vec<Record>) = self.held.iter().partition(|held| is_due(held));
        self.held = held;
        due.iter().for_each(|order| self.sell(order));
    }

    fn sell(&mut self, order: &Record) {
        let price = self.prices.get(&order.key).and_then(|prices| prices.range(..=order.at).next_back()?.1.clone());
        self.sold.push(format!("k{}={} for {}@{}", order.key, order.order(), price.as_deref().unwrap_or("nothing"), order.at));
    }

    /// What has closed, by the clocks as they are: counts, sums, and all that was sold.
    fn results(&self) -> [Results; 3] {
        let windows = self.windows.iter().filter(|((key, start), _)| start + SIZE + GRACE <= self.clicks.now(*key));
        let windows = windows.map(|((key, start), (count, latest))| format!("k{key} {start}={count}@{latest}"));
        let sessions = self.sessions.iter().flat_map(|(key, sessions)| sessions.iter().map(move |session| (key, session)));
        let sessions = sessions.filter(|(key, (_, end, _))| end + GAP + GRACE < self.visits.now(**key));
        let sessions = sessions.map(|(key, (start, end, sum))| format!("k{key} {start} to {end}={sum:o}@{end}"));
        [counted(windows), counted(sessions), counted(self.sold.iter().cloned())]
    }

    /// How many are open, wait and are held in each partition.
    fn unfinished(&self) -> [[usize; PARTITIONS]; 3] {
        let mut counts = [[0; PARTITIONS]; 3];
        let is_open = |key: usize, start: i64| start + SIZE + GRACE > self.clicks.now(key);
        self.windows.keys().filter(|(key, start)| is_open(*key, *start)).for_each(|(key, _)| counts[0][key % PARTITIONS] += 1);
        for (key, sessions) in &self.sessions {
            counts[1][key % PARTITIONS] += sessions.iter().filter(|(_, end, _)| end + GAP + GRACE >= self.visits.now(*key)).count();
        }
        self.held.iter().for_each(|order| counts[2][order.partition()] += 1);
        counts
    }
}

struct Application {
    /// The id, then the topics.
    names: [String; 8],
    /// What the script's times count from. Kafka deletes from changelogs of windows what is a day old, and takes nothing that is an hour ahead.
    begin: i64,
}

impl Application {
    fn new() -> Self {
        let names = ["windows", "clicks", "visits", "prices", "orders", "out", "ended", "sold"].map(kafka::fresh);
        names[1..].iter().for_each(|topic| kafka::create(topic, PARTITIONS as i32));
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64;
        Application { names, begin: (now - 3_600_000) / SIZE * SIZE }
    }

    fn start(&self, name: &str) -> Pipeline {
        let roles = ["id", "input", "visits", "prices", "orders", "output", "ended", "sold"];
        let topics: Vec<(&str, &String)> = roles.into_iter().zip(&self.names).collect();
        kafka::start_with(name, "windows", &topics, &["commit_ms=100", "threads=2", "session_ms=6000"])
    }

    fn produce(&self, topic: usize, records: &[Record], value: impl Fn(&Record) -> Option<Vec<u8>>) {
        let send = |r: &Record| Send {
            partition: Some(r.partition() as i32),
            value: value(r),
            ..Send::keyed(format!("k{}", r.key), "", self.begin + r.at)
        };
        kafka::produce(&self.names[topic], records.iter().map(send));
    }

    fn clicks(&self, records: &[Record], model: &mut Model) {
        records.iter().for_each(|r| model.click(r));
        self.produce(1, records, |_| Some(b"click".to_vec()));
    }

    fn visits(&self, records: &[Record], model: &mut Model) {
        records.iter().for_each(|r| model.visit(r));
        self.produce(2, records, |r| Some(r.visit().to_be_bytes().into()));
    }

    fn prices(&self, records: &[Record], model: &mut Model) {
        records.iter().for_each(|r| model.price(r));
        self.produce(3, records, |r| r.price().map(String::into_bytes));
    }

    fn orders(&self, records: &[Record], model: &mut Model) {
        records.iter().for_each(|r| model.order(r));
        self.produce(4, records, |r| Some(r.order().into_bytes()));
    }

    /// Everything that was written is processed and committed.
    fn wait(&self) {
        eventually("all is processed", || self.names[1..5].iter().all(|topic| kafka::is_done(&self.names[0], topic)));
    }

    /// The topics hold what has to be there, no more and no less.
    fn check(&self, expected: &[Results; 3]) {
        let without = |these: &Results, those: &Results| -> Results {
            these.iter().filter(|(result, times)| those.get(*result) != Some(times)).map(|(r, n)| (r.clone(), *n)).collect()
        };
        for ((results, expected), what) in self.results().iter().zip(expected).zip(["windows", "sessions", "orders"]) {
            let (missing, wrong) = (without(expected, results), without(results, expected));
            assert!(missing.is_empty() && wrong.is_empty(), "{what}: missing are {missing:?}, wrong are {wrong:?}");
        }
    }

    fn results(&self) -> [Results; 3] {
        let read = |topic: usize, shown: &dyn Fn(&Got) -> String| {
            let records: Vec<Got> = kafka::read(&self.names[topic]).into_iter().flatten().collect();
            counted(records.iter().map(|r| format!("{}@{}", shown(r), r.timestamp_ms - self.begin)))
        };
        // Kafka's bytes of keys in windows: the start, or end and start, behind the key.
        let split = |r: &Got, times: usize| {
            let key = r.key.as_deref().expect("a key");
            let (key, times) = key.split_at(key.len() - 8 * times);
            let times: Vec<i64> = times.chunks(8).map(|t| i64::from_be_bytes(t.try_into().unwrap()) - self.begin).collect();
            (String::from_utf8(key.to_vec()).unwrap(), times)
        };
        let window = |r: &Got| {
            let (key, times) = split(r, 1);
            format!("{key} {}={}", times[0], r.number())
        };
        let session = |r: &Got| {
            let (key, times) = split(r, 2);
            format!("{key} {} to {}={:o}", times[1], times[0], r.number())
        };
        [read(5, &window), read(6, &session), read(7, &|r| format!("{}={}", r.key_text(), r.value_text()))]
    }

    /// Names and settings of all internal topics, as Kafka's own tool shows them.
    fn changelogs_are_those_of_kafka_streams(&self) {
        const DAY: i64 = 24 * 60 * 60 * 1000;
        let retention = |ms: i64| vec!["cleanup.policy=compact,delete".to_owned(), format!("retention.ms={}", ms + DAY)];
        let compact = || vec!["cleanup.policy=compact".to_owned()];
        let history = format!("min.compaction.lag.ms={}", 10 * 60 * 1000 + DAY);
        let expected = [
            ("clicked", retention(SIZE + GRACE)),
            ("sums", retention(GAP + GRACE)),
            ("ended", compact()),
            ("prices", [compact(), vec![history]].concat()),
            ("sold-Buffer", compact()),
        ];
        let all =
            |set: Vec<String>| -> BTreeSet<String> { set.into_iter().chain(["message.timestamp.type=CreateTime".to_owned()]).collect() };
        let expected = expected.map(|(store, set)| (format!("{}-{store}-changelog", self.names[0]), all(set)));
        assert_eq!(kafka::internal_settings(&self.names[0]), BTreeMap::from(expected));
    }
}

/// All is committed when the process is killed, and so nothing is processed twice: each result comes once.
#[test]
fn final_results_are_right_after_a_kill_before_they_are_final() {
    let (app, mut model) = (Application::new(), Model::default());
    app.clicks(&CLICKS.before(), &mut model);
    app.visits(&VISITS.before(), &mut model);
    app.prices(&PRICES.before(), &mut model);
    let mut first = app.start("first");
    // A price is there before orders come, so that it does not matter which of the topics is read first.
    app.wait();
    app.orders(&ORDERS.before(), &mut model);
    app.wait();
    app.check(&model.results());
    assert!(model.unfinished().as_flattened().iter().all(|n| *n > 0), "{:?}", model.unfinished());
    let late_before = model.late;
    assert!(late_before.as_flattened().iter().all(|n| *n > 0), "{late_before:?}");
    assert_eq!(first.status().dropped, late_before.as_flattened().iter().sum::<u64>());
    first.kill();

    let mut second = app.start("second");
    app.clicks(&CLICKS.after(), &mut model);
    app.visits(&VISITS.after(), &mut model);
    let (late, orders): (Vec<Record>, Vec<Record>) = ORDERS.after().into_iter().partition(|order| order.step == ORDERS.before.len());
    app.orders(&late, &mut model);
    app.wait();
    app.prices(&PRICES.after(), &mut model);
    app.wait();
    app.orders(&orders, &mut model);
    app.wait();
    app.check(&model.results());
    let late: Vec<u64> = model.late.as_flattened().iter().zip(late_before.as_flattened()).map(|(all, before)| all - before).collect();
    assert!(late.iter().all(|n| *n > 0), "{late:?}");
    assert_eq!(second.status().dropped, late.iter().sum::<u64>());
    second.terminate();
    app.changelogs_are_those_of_kafka_streams();
}
