//! Queries of many rows: order, pages, cursors, and tasks that are not ready.

#![allow(clippy::unwrap_used)] // tests

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::prelude::*;
use streams_runtime::query::Cursor;
use streams_runtime::stores::{KeyValueBackend, MemoryStores, StoreContext, StoreError, StoreFactory};
use streams_runtime::{App, Producer, QueryError, Streams};

topology! {
    fn shop() -> Shop {
        let words: Stream<String, u64> = stream("words");
        let prices: GlobalTable<String, u64> = global_table("prices");
        let names: Table<u32, String> = table("names").versioned(hours(1));
        let sums: Table<String, u64> = words.group_by_key().reduce(|sum, n| sum + n);
        let minutes: Table<Windowed<String>, u64> = words.group_by_key().windowed_by(tumbling(millis(10))).count().retention(hours(1));
        let visits: Table<Windowed<String, SessionWindow>, u64> = words.group_by_key().windowed_by(sessions(millis(5))).count().retention(hours(1));
        words.join(prices, |word, _| word.clone(), |n, price| n * price).for_each(|_, _| {});
    }
}

const PARTITIONS: i32 = 3;

fn log() -> EmbeddedLog {
    let log = EmbeddedLog::in_memory();
    for topic in ["words", "prices", "names"] {
        log.create_topic(topic, PARTITIONS).unwrap();
    }
    log
}

fn streams(log: &EmbeddedLog) -> Streams<Shop> {
    Streams::new(shop()).application_id("shop").embedded_log(log.clone()).commit_interval(Duration::from_millis(50))
}

fn word(n: u64) -> String {
    format!("{}{:03}", if n.is_multiple_of(2) { "a" } else { "b" }, n)
}

/// 200 words, each at its number in milliseconds; every tenth of the versions of 60 names is a deletion.
async fn running() -> App<Shop> {
    let log = log();
    let words = Producer::new(&log, Shop::WORDS);
    for n in 0..200 {
        words.send(word(n), n).timestamp_ms(n as i64).enqueue().await.unwrap();
    }
    let prices = words.for_topic(Shop::PRICES_TOPIC);
    for n in 0..50 {
        prices.send(word(n), n).timestamp_ms(0).enqueue().await.unwrap();
    }
    let names = words.for_topic(Shop::NAMES_TOPIC);
    for n in 0..60 {
        names.send(n, format!("old {n}")).timestamp_ms(0).enqueue().await.unwrap();
        let next = names.send(n, (n % 10 != 0).then(|| format!("name {n}")));
        next.timestamp_ms(100).enqueue().await.unwrap();
    }
    words.flush().await.unwrap();
    let app = streams(&log).start().await.unwrap();
    app.drained().await.unwrap();
    app
}

/// Rows in pages, through a token each time, as a web service would.
macro_rules! by_tokens {
    ($rows:expr, $size:expr) => {{
        let (mut all, mut token): (Vec<_>, Option<String>) = (Vec::new(), None);
        loop {
            let mut rows = $rows;
            if let Some(token) = token.take() {
                rows = rows.after(token.parse::<Cursor>().unwrap());
            }
            let page = rows.page($size).await.unwrap();
            assert!(page.rows.len() <= $size);
            all.extend(page.rows);
            let Some(next) = page.next else { break all };
            token = Some(next.to_string());
        }
    }};
}

/// All ways to read the same rows give the same, and the reverse is the reverse.
macro_rules! check_all_ways {
    ($rows:expr) => {{
        let all = $rows.all().await.unwrap();
        for size in [1, 7, 1_000] {
            assert_eq!(by_tokens!($rows, size), all);
            let mut paged = Vec::new();
            let mut pages = $rows.pages(size);
            while let Some(page) = pages.next().await.unwrap() {
                assert!(!page.is_empty() && page.len() <= size);
                paged.extend(page);
            }
            assert_eq!(paged, all);
        }
        let mut reversed = $rows.reverse().all().await.unwrap();
        assert_eq!(by_tokens!($rows.reverse(), 4), reversed);
        reversed.reverse();
        assert_eq!(reversed, all);
        assert_eq!($rows.limit(5).all().await.unwrap(), &all[..all.len().min(5)]);
        assert_eq!($rows.limit(5).pages(2).next().await.unwrap().unwrap(), &all[..all.len().min(2)]);
        assert_eq!($rows.first().await.unwrap().as_ref(), all.first());
        assert_eq!($rows.reverse().first().await.unwrap().as_ref(), all.last());
        all
    }};
}

/// Task by task, in each by key.
fn is_by_task_and_key<V>(rows: &[(String, V)]) -> bool {
    let place = |key: &String| (streams_runtime::partition::partition_for_key(key.as_bytes(), PARTITIONS), key.clone());
    rows.is_sorted_by_key(|(key, _)| place(key))
}

#[tokio::test(flavor = "multi_thread")]
async fn key_value_stores_have_ranges_prefixes_and_pages() {
    let app = running().await;
    let sums = app.store(Shop::SUMS);
    let all = check_all_ways!(sums.rows());
    assert!(all.len() == 200 && is_by_task_and_key(&all));
    assert_eq!(sums.all().await.unwrap(), all);
    let range = check_all_ways!(sums.range("a100".."a150"));
    assert!(range.len() == 25 && is_by_task_and_key(&range));
    assert_eq!(sums.range("a100"..="a150").all().await.unwrap().len(), 26);
    assert_eq!(sums.range("b"..).all().await.unwrap().len(), 100);
    assert_eq!(sums.range("c"..).all().await.unwrap(), []);
    let prefix = check_all_ways!(sums.prefix("a1"));
    assert_eq!(prefix.len(), 50);
    assert!(prefix.iter().all(|(key, _)| key.starts_with("a1")));
}

#[tokio::test(flavor = "multi_thread")]
async fn global_tables_and_tables_with_a_history_have_them_too() {
    let app = running().await;
    let prices = app.store(Shop::PRICES);
    assert_eq!(check_all_ways!(prices.rows()).len(), 50);
    assert_eq!(check_all_ways!(prices.range("b".."b020")).len(), 10);
    assert_eq!(check_all_ways!(prices.prefix("a0")).len(), 25);
    let names = app.store(Shop::NAMES);
    assert_eq!(check_all_ways!(names.rows()).len(), 54);
    assert_eq!(check_all_ways!(names.range(&5u32..&15)).len(), 9);
    assert_eq!(names.get(&10u32).await.unwrap(), None);
    assert_eq!(names.get_as_of(&10u32, 50).await.unwrap(), Some(("old 10".to_owned(), 0)));
    assert_eq!(names.get_as_of(&11u32, 100).await.unwrap(), Some(("name 11".to_owned(), 100)));
    assert!(matches!(app.store(Shop::SUMS).get_as_of("a000", 1).await, Err(QueryError::Unknown { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_and_sessions_have_pages_and_the_latest() {
    let app = running().await;
    let minutes = app.store(Shop::MINUTES);
    let all = check_all_ways!(minutes.windows(..));
    assert_eq!((all.len(), minutes.fetch_all(..).await.unwrap()), (200, all.clone()));
    let some = check_all_ways!(minutes.windows(100..=120));
    assert!(some.len() == 30 && some.iter().all(|(key, _)| (100..=120).contains(&key.window.start_ms)));
    check_all_ways!(minutes.windows_of("a100", ..));
    let (from_ms, to_ms) = (120, 100);
    assert_eq!(minutes.windows(from_ms..to_ms).all().await.unwrap(), []);

    let visits = app.store(Shop::VISITS);
    assert_eq!(check_all_ways!(visits.sessions(..)).len(), 200);
    assert_eq!(check_all_ways!(visits.sessions(50..=59)).len(), 10);

    // Several windows and sessions of one key.
    let words = app.producer(Shop::WORDS);
    for at_ms in [300, 310, 311, 320, 330] {
        words.send("again", 1).timestamp_ms(at_ms).await.unwrap();
    }
    app.drained().await.unwrap();
    let of_key = check_all_ways!(minutes.windows_of("again", ..));
    assert_eq!(of_key.iter().map(|(w, n)| (w.start_ms, *n)).collect::<Vec<_>>(), [(300, 1), (310, 2), (320, 1), (330, 1)]);
    assert_eq!(check_all_ways!(minutes.windows_of("again", 310..330)).len(), 2);
    assert_eq!(minutes.latest_window("again").await.unwrap(), Some((Window { start_ms: 330, end_ms: 340 }, 1)));
    assert_eq!(minutes.latest_window("never").await.unwrap(), None);
    let sessions = check_all_ways!(visits.sessions_of("again", ..));
    assert_eq!(
        sessions.iter().map(|(s, n)| (s.start_ms, s.end_ms, *n)).collect::<Vec<_>>(),
        [(300, 300, 1), (310, 311, 2), (320, 320, 1), (330, 330, 1)]
    );
    assert_eq!(visits.latest_session("again").await.unwrap().unwrap().0, SessionWindow { start_ms: 330, end_ms: 330 });
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_asked_says_why() {
    let app = running().await;
    let sums = app.store(Shop::SUMS);
    assert!(matches!("nonsense!".parse::<Cursor>(), Err(QueryError::Cursor { .. })));
    let other = app.store(Shop::MINUTES).windows(..).page(1).await.unwrap().next.unwrap();
    let wrong = app.store(Shop::VISITS).sessions(..).after(sums.rows().page(1).await.unwrap().next.unwrap()).all().await;
    assert!(matches!(wrong, Err(QueryError::Key { .. })), "{wrong:?}");
    drop(other);
    app.shutdown(Duration::from_secs(10)).await.unwrap();
    assert!(matches!(sums.rows().all().await, Err(QueryError::Stopped)));
    assert!(matches!(sums.get("a000").await, Err(QueryError::Stopped)));
}

/// Holds up the task of one partition until it is let go.
#[derive(Clone, Debug, Default)]
struct HeldUp(Arc<(Mutex<bool>, Condvar)>);

impl StoreFactory for HeldUp {
    fn key_value(&self, store: StoreContext<'_>) -> Result<Box<dyn KeyValueBackend>, StoreError> {
        let (released, changed) = &*self.0;
        let released = released.lock().unwrap();
        if store.partition == 1 {
            drop(changed.wait_while(released, |released| !*released).unwrap());
        }
        MemoryStores.key_value(store)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_is_not_ready_is_named_or_left_out() {
    let log = log();
    let words = Producer::new(&log, Shop::WORDS);
    words.send_all((0..200).map(|n| (word(n), n))).await.unwrap();
    let held_up = HeldUp::default();
    let app = streams(&log).threads(6).stores(held_up.clone()).start().await.unwrap();
    let sums = app.store(Shop::SUMS);
    let of_partition =
        |partition| move |row: &(String, u64)| streams_runtime::partition::partition_for_key(row.0.as_bytes(), PARTITIONS) == partition;
    let all: Vec<(String, u64)> = (0..200).map(|n| (word(n), n)).collect();
    let others = all.iter().filter(|row| !of_partition(1)(row)).count();

    // The others come up; all that is there is theirs.
    let partial = async {
        loop {
            match sums.clone().partial().rows().all().await {
                Ok(rows) if rows.len() == others => break rows,
                Ok(_) => tokio::time::sleep(Duration::from_millis(2)).await,
                Err(error) => panic!("{error}"),
            }
        }
    };
    let rows = tokio::time::timeout(Duration::from_secs(20), partial).await.unwrap();
    assert!(!rows.iter().any(of_partition(1)));
    let error = sums.rows().all().await.unwrap_err();
    let QueryError::NotReady { store: "sums", task, .. } = &error else { panic!("{error}") };
    assert!(task.ends_with("_1"), "{task}");
    let (key, _) = all.iter().find(|row| of_partition(1)(row)).unwrap();
    assert!(matches!(sums.clone().partial().get(key).await, Err(QueryError::NotReady { .. })));
    assert_ne!(app.state(), streams_runtime::AppState::Running, "one task is not restored");

    *held_up.0.0.lock().unwrap() = true;
    held_up.0.1.notify_all();
    app.drained().await.unwrap();
    assert_eq!(sums.rows().all().await.unwrap().len(), 200);
}

topology! {
    fn guests() -> Guests {
        let guests: Table<String, String> = table("guests").ttl(millis(100));
        let visits: Stream<String, String> = stream("visits");
        let counts: Table<String, u64> = visits.group_by_key().count().ttl(millis(1_000));
        counts.to_stream().to("counts");
        guests.join(counts, |guest, n| format!("{guest}: {n}")).to_stream().to("known");
    }
}

/// Rows expire in a cache at once, also those that have come back with a restart.
#[tokio::test(flavor = "multi_thread")]
async fn no_query_finds_a_row_that_has_expired() {
    let log = EmbeddedLog::in_memory();
    ["guests", "visits", "counts", "known"].iter().for_each(|topic| log.create_topic(topic, 1).unwrap());
    let start = || Streams::new(guests()).application_id("guests").embedded_log(log.clone()).start();
    let guests = Producer::new(&log, Guests::GUESTS_TOPIC);
    let visits = guests.for_topic(Guests::VISITS);
    guests.send("ann", "Ann".to_owned()).timestamp_ms(1_000).await.unwrap();
    guests.send("bob", "Bob".to_owned()).timestamp_ms(1_050).await.unwrap();
    visits.send("bob", "x".to_owned()).timestamp_ms(1_110).await.unwrap();
    let app = start().await.unwrap();
    app.drained().await.unwrap();
    let bob = ("bob".to_owned(), "Bob".to_owned());
    assert_eq!(app.store(Guests::GUESTS).rows().all().await.unwrap(), std::slice::from_ref(&bob));
    assert_eq!(app.store(Guests::GUESTS).get("ann").await.unwrap(), None);
    app.shutdown(Duration::from_secs(10)).await.unwrap();

    let app = start().await.unwrap();
    app.drained().await.unwrap();
    assert_eq!(app.store(Guests::GUESTS).rows().all().await.unwrap(), [bob]);
    visits.send("ann", "x".to_owned()).timestamp_ms(1_150).await.unwrap();
    app.drained().await.unwrap();
    assert_eq!(app.store(Guests::GUESTS).rows().all().await.unwrap(), []);
    assert_eq!(app.store(Guests::COUNTS).get("bob").await.unwrap(), Some(1));
    app.shutdown(Duration::from_secs(10)).await.unwrap();

    let app = start().await.unwrap();
    app.drained().await.unwrap();
    assert_eq!(app.store(Guests::GUESTS).rows().all().await.unwrap(), [], "the changelog has the deletions");
    app.shutdown(Duration::from_secs(10)).await.unwrap();
}
