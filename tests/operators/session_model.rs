//! Sessions against plain lists: random records, some late, with all caches, commits in between, and what the changelog is worth.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

type InSession = Windowed<String, SessionWindow>;

topology! {
    fn updates(gap_ms: u64, grace_ms: u64, retention_ms: u64) -> Updates {
        let input: Stream<String, String> = stream("in");
        let rows: Table<InSession, String> = input
            .group_by_key()
            .windowed_by(sessions(millis(*gap_ms)).grace(millis(*grace_ms)))
            .aggregate(|| "*".to_owned(), |_, v, a| format!("{a}{v}"), |_, a, b| format!("({a}{b})"))
            .retention(millis(*retention_ms));
        rows.to_stream().to("out");
    }

    fn finals(gap_ms: u64, grace_ms: u64, retention_ms: u64) -> Finals {
        let input: Stream<String, String> = stream("in");
        let rows: Table<InSession, String> = input
            .group_by_key()
            .windowed_by(sessions(millis(*gap_ms)).grace(millis(*grace_ms)))
            .emit_on_close()
            .aggregate(|| "*".to_owned(), |_, v, a| format!("{a}{v}"), |_, a, b| format!("({a}{b})"))
            .retention(millis(*retention_ms));
        rows.to_stream().to("out");
    }

    fn shell() -> ShellTopology {
        let rows: SessionStore<String, String> = session_store(millis(50));
        let input: Stream<String, String> = stream("in");
        input.process(Interpreter, rows).to("out");
    }
}

/// End, start and key: the order in which sessions close.
type At = (i64, i64, String);

/// The sessions that there are, and what was told of them.
#[derive(Default)]
struct Model {
    rows: BTreeMap<At, String>,
    newest_end_ms: i64,
    stream_time_ms: i64,
    emitted_ms: i64,
    told: Vec<String>,
    dropped: u64,
}

struct Windows {
    gap_ms: i64,
    grace_ms: i64,
    retention_ms: i64,
    on_close: bool,
}

fn shown((end_ms, start_ms, key): &At, value: &str) -> String {
    format!("{key}@{start_ms}-{end_ms}={value}")
}

impl Model {
    fn seen(&self, retention_ms: i64) -> BTreeMap<At, String> {
        let expired_ms = self.newest_end_ms - retention_ms;
        self.rows.iter().filter(|((end_ms, ..), _)| *end_ms > expired_ms).map(|(at, v)| (at.clone(), v.clone())).collect()
    }

    fn record(&mut self, key: &str, t: i64, value: &str, windows: &Windows) {
        self.stream_time_ms = self.stream_time_ms.max(t);
        let closed_ms = self.stream_time_ms - windows.gap_ms - windows.grace_ms;
        let near = |(end_ms, start_ms, k): &At| k == key && *end_ms >= t - windows.gap_ms && *start_ms <= t + windows.gap_ms;
        let found: Vec<(At, String)> = self.seen(windows.retention_ms).into_iter().filter(|(at, _)| near(at)).collect();
        let end_ms = found.iter().map(|((end_ms, ..), _)| *end_ms).chain([t]).max().unwrap();
        let start_ms = found.iter().map(|((_, start_ms, _), _)| *start_ms).chain([t]).min().unwrap();
        if end_ms < closed_ms {
            self.dropped += 1;
        } else {
            let merged = found.iter().fold("*".to_owned(), |a, (_, b)| format!("({a}{b})")) + value;
            if (start_ms, end_ms) != (t, t) {
                for (at, _) in &found {
                    self.rows.remove(at);
                    self.told.push(shown(at, "-"));
                }
            }
            let at = (end_ms, start_ms, key.to_owned());
            self.told.push(shown(&at, &merged));
            self.rows.insert(at, merged);
            self.newest_end_ms = self.newest_end_ms.max(end_ms);
        }
        if windows.on_close {
            self.told.clear();
            let closing = self.rows.iter().filter(|((end_ms, ..), _)| (self.emitted_ms..closed_ms).contains(end_ms));
            self.told.extend(closing.map(|(at, value)| shown(at, value)));
            self.emitted_ms = self.emitted_ms.max(closed_ms);
        }
    }
}

fn told(driver: &TestDriver) -> Vec<String> {
    let records = driver.output::<InSession, Text>("out").read_all();
    let one = |(key, value, timestamp_ms): (InSession, Text, i64)| {
        let SessionWindow { start_ms, end_ms } = key.window;
        assert_eq!(timestamp_ms, end_ms);
        shown(&(end_ms, start_ms, key.key), value.as_deref().unwrap_or("-"))
    };
    records.into_iter().map(|r| one((r.key, r.value, r.timestamp_ms))).collect()
}

fn rows(driver: &TestDriver, store: StoreName<InSession, String>) -> BTreeMap<At, String> {
    let rows = driver.session_store(store).unwrap().all();
    rows.into_iter().map(|(key, session, value)| ((session.end_ms, session.start_ms, key), value)).collect()
}

/// What a changelog comes to, by the bytes of its keys: those of the key, 8 of the end, 8 of the start.
fn replayed(driver: &TestDriver) -> BTreeMap<At, String> {
    let mut rows = BTreeMap::new();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    while let Some(record) = driver.read_raw("test-rows-changelog") {
        let mut key = record.key.unwrap();
        let bounds = key.split_off(key.len() - 16);
        let (end, start) = bounds.split_at(8);
        let at = (i64::from_be_bytes(end.try_into().unwrap()), i64::from_be_bytes(start.try_into().unwrap()), text(key));
        match record.value {
            Some(value) => rows.insert(at, text(value)),
            None => rows.remove(&at),
        };
    }
    rows
}

fn caches() -> impl Strategy<Value = usize> {
    prop_oneof![2 => Just(0usize), 1 => 1usize..2000, 1 => Just(1 << 20)]
}

/// Keys, times that go on slowly, and whether to commit.
fn records() -> impl Strategy<Value = Vec<(u8, i64, bool)>> {
    prop::collection::vec((0u8..3, 0i64..60, prop::bool::weighted(0.1)), 1..120)
        .prop_map(|all| all.into_iter().enumerate().map(|(i, (k, t, commit))| (k, t + 3 * i as i64, commit)).collect())
}

fn key(key: u8) -> String {
    format!("k{}", "x".repeat(usize::from(key)))
}

proptest! {
    #[test]
    fn sessions_are_what_the_rule_says(
        records in records(),
        gap_ms in 1i64..20,
        grace_ms in 0i64..30,
        more_ms in prop_oneof![Just(0i64), 0i64..100],
        on_close in any::<bool>(),
        cache_max_bytes in caches(),
    ) {
        let windows = Windows { gap_ms, grace_ms, retention_ms: gap_ms + grace_ms + more_ms, on_close };
        let (gap, grace, retention) = (gap_ms as u64, grace_ms as u64, windows.retention_ms as u64);
        let driver = if on_close {
            TestDriver::builder(finals(gap, grace, retention)).cache_max_bytes(cache_max_bytes).build().unwrap()
        } else {
            TestDriver::builder(updates(gap, grace, retention)).cache_max_bytes(cache_max_bytes).build().unwrap()
        };
        let store = if on_close { Finals::ROWS } else { Updates::ROWS };
        let mut model = Model { newest_end_ms: -1, stream_time_ms: -1, emitted_ms: i64::MIN, ..Model::default() };
        let mut heard = BTreeMap::new();
        for (i, (k, t, commit)) in records.iter().enumerate() {
            let value = (i % 10).to_string();
            model.record(&key(*k), *t, &value, &windows);
            pipe(&driver, "in", &[(Some(&key(*k)), Some(&value), *t)]);
            if on_close || cache_max_bytes == 0 {
                prop_assert_eq!(told(&driver), std::mem::take(&mut model.told), "record {}: {} at {}", i, k, t);
            }
            prop_assert_eq!(rows(&driver, store), model.seen(windows.retention_ms), "record {}: {} at {}", i, k, t);
            if *commit {
                driver.commit().unwrap();
            }
        }
        driver.commit().unwrap();
        prop_assert_eq!(rows(&driver, store), model.seen(windows.retention_ms));
        prop_assert_eq!(driver.dropped(), model.dropped);
        // Nobody hears of what leaves by its age, so that readers of the changelog and downstream have all rows.
        prop_assert_eq!(&replayed(&driver), &model.rows);
        if !on_close && cache_max_bytes > 0 {
            for told in told(&driver) {
                let (at, value) = told.split_once('=').unwrap();
                if value == "-" {
                    prop_assert!(heard.remove(at).is_some(), "the end of {} which nobody heard of", at);
                } else {
                    heard.insert(at.to_owned(), value.to_owned());
                }
            }
            let rows = model.rows.iter().map(|(at, value)| shown(at, value));
            let mut rows: Vec<String> = rows.collect();
            rows.sort();
            let mut heard: Vec<String> = heard.iter().map(|(at, value)| format!("{at}={value}")).collect();
            heard.sort();
            prop_assert_eq!(heard, rows);
        }
    }
}

/// Key, start, length, and what is done there.
type Op = (u8, i64, i64, What);

#[derive(Clone, Debug)]
enum What {
    Put(String),
    Remove,
    Fetch,
    Find(i64),
    Back(i64),
    Keys(u8, i64),
    Commit,
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let what = prop_oneof![
        5 => "[a-z]{0,3}|[a-z]{40}".prop_map(What::Put),
        2 => Just(What::Remove),
        2 => Just(What::Fetch),
        2 => (0i64..60).prop_map(What::Find),
        2 => (0i64..60).prop_map(What::Back),
        1 => (0u8..4, 0i64..60).prop_map(|(to, ms)| What::Keys(to, ms)),
        1 => Just(What::Commit),
    ];
    // A few bounds only, so that sessions are met again.
    prop::collection::vec((0u8..4, 0i64..10, 0i64..4, what), 1..150)
        .prop_map(|ops| ops.into_iter().enumerate().map(|(i, (k, t, long, what))| (k, 5 * t + i as i64 / 2, 7 * long, what)).collect())
}

/// Does what the value says and forwards what it finds.
struct Interpreter;

impl Processor<String, String> for Interpreter {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = Sessions<String, String>;

    fn process<O: Forward<String, String>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let (st, start_ms) = (cx.stores, r.timestamp_ms);
        let words: Vec<&str> = r.value.split(' ').collect();
        let long: i64 = words[1].parse()?;
        let session = SessionWindow { start_ms, end_ms: start_ms + long };
        let list = |rows: Vec<(SessionWindow, String)>| {
            let at = |(s, value): &(SessionWindow, String)| shown(&(s.end_ms, s.start_ms, r.key.clone()), value);
            rows.iter().map(at).collect::<Vec<_>>().join(" ")
        };
        let said = match words[0] {
            "put" => {
                cx.store(st).put(r.key, session, words[2].to_owned())?;
                String::new()
            }
            "remove" => {
                cx.store(st).remove(r.key, session)?;
                String::new()
            }
            "fetch" => {
                let own = cx.store(st).fetch_session(r.key, session.start_ms, session.end_ms)?.cloned();
                let (on, back) = (cx.store(st).fetch(r.key)?, cx.store(st).backward_fetch(r.key)?);
                assert_eq!(on, back.into_iter().rev().collect::<Vec<_>>());
                format!("{}|{}", own.unwrap_or_else(|| "-".to_owned()), list(on))
            }
            "find" => list(cx.store(st).find_sessions(r.key, start_ms, start_ms + long)?),
            "back" => list(cx.store(st).backward_find_sessions(r.key, start_ms, start_ms + long)?),
            _ => {
                let rows = cx.store(st).find_keys(r.key.as_str()..=words[2], start_ms, start_ms + long)?;
                let at = |(k, value): &(InSession, String)| shown(&(k.window.end_ms, k.window.start_ms, k.key.clone()), value);
                rows.iter().map(at).collect::<Vec<_>>().join(" ")
            }
        };
        out.forward(cx, r.key, &said);
        Ok(())
    }
}

const STORE_RETENTION_MS: i64 = 50;

impl Model {
    fn write(&mut self, at: At, value: Option<&String>) {
        if at.0 <= self.newest_end_ms - STORE_RETENTION_MS {
            return;
        }
        self.newest_end_ms = self.newest_end_ms.max(at.0);
        match value {
            Some(value) => self.rows.insert(at, value.clone()),
            None => self.rows.remove(&at),
        };
    }

    fn between(&self, k: &str, earliest_end_ms: i64, latest_start_ms: i64) -> Vec<String> {
        let seen = self.seen(STORE_RETENTION_MS);
        let near =
            seen.iter().filter(|((end_ms, start_ms, key), _)| key == k && *end_ms >= earliest_end_ms && *start_ms <= latest_start_ms);
        near.map(|(at, value)| shown(at, value)).collect()
    }
}

proptest! {
    #[test]
    fn a_session_store_is_a_list(ops in ops(), cache_max_bytes in caches()) {
        let driver = TestDriver::builder(shell()).cache_max_bytes(cache_max_bytes).build().unwrap();
        let mut model = Model { newest_end_ms: -1, ..Model::default() };
        for (k, t, long, what) in &ops {
            let (k, t) = (key(*k), *t);
            let own = (t + long, t, k.clone());
            let (told, expected) = match what {
                What::Commit => {
                    driver.commit().unwrap();
                    continue;
                }
                What::Put(value) => {
                    model.write(own, Some(value));
                    (format!("put {long} {value}"), String::new())
                }
                What::Remove => {
                    model.write(own, None);
                    (format!("remove {long}"), String::new())
                }
                What::Fetch => {
                    let there = model.seen(STORE_RETENTION_MS).get(&own).cloned();
                    let all = model.between(&k, i64::MIN, i64::MAX).join(" ");
                    (format!("fetch {long}"), format!("{}|{all}", there.unwrap_or_else(|| "-".to_owned())))
                }
                What::Find(ms) => (format!("find {ms}"), model.between(&k, t, t + ms).join(" ")),
                What::Back(ms) => {
                    let rows: Vec<String> = model.between(&k, t, t + ms).into_iter().rev().collect();
                    (format!("back {ms}"), rows.join(" "))
                }
                What::Keys(to, ms) => {
                    let keys = (0..4).map(key).filter(|other| (k.as_str()..=key(*to).as_str()).contains(&other.as_str()));
                    let rows: Vec<String> = keys.flat_map(|k| model.between(&k, t, t + ms)).collect();
                    (format!("keys {ms} {}", key(*to)), rows.join(" "))
                }
            };
            pipe(&driver, "in", &[(Some(&k), Some(&told), t)]);
            let said = driver.output::<String, String>("out").read().unwrap().value;
            prop_assert_eq!(said, expected, "{} {} at {}", k, told, t);
        }
        driver.commit().unwrap();
        prop_assert_eq!(rows(&driver, ShellTopology::ROWS), model.seen(STORE_RETENTION_MS));
        prop_assert_eq!(&replayed(&driver), &model.rows);
    }
}
