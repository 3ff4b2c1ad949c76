//! Tables whose rows expire against a plain map: random updates in any order of time, caches,
//! commits and restarts.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

topology! {
    fn rows() -> RowsTopology {
        let rows: Table<String, String> = table("rows").ttl(millis(TTL_MS));
        let clicks: Stream<String, String> = stream("clicks");
        let sizes: Table<u64, u64> = rows.group_by(|k, v| (v.len() as u64, k.clone())).count();
        clicks.left_join(rows, |_, row| row.map_or("-".to_owned(), Clone::clone)).to("found");
        rows.to_stream().to("changes");
        sizes.to_stream().to("sizes");
    }
}

const TTL_MS: u64 = 50;

#[derive(Clone, Debug)]
enum Step {
    /// A new value, or a deletion, at a time before or after the largest one.
    Update(u8, Option<String>, i64),
    /// A look at a row.
    Look(u8, i64),
    Commit,
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let key = || 0u8..5;
    let ahead_ms = || prop_oneof![6 => 0i64..20, 2 => -60i64..0, 1 => 40i64..70];
    let step = prop_oneof![
        6 => (key(), prop::option::weighted(0.8, "[a-z]{1,3}"), ahead_ms()).prop_map(|(k, v, ms)| Step::Update(k, v, ms)),
        4 => (key(), ahead_ms()).prop_map(|(k, ms)| Step::Look(k, ms)),
        1 => Just(Step::Commit),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 1..60)
}

/// The rows with their times, and what becomes of them.
#[derive(Default)]
struct Model {
    rows: BTreeMap<String, (String, i64)>,
    stream_time_ms: i64,
    /// Each change as it is without a cache.
    changes: Vec<String>,
}

impl Model {
    /// The time of a record that is so far ahead of the largest one.
    fn advance(&mut self, ahead_ms: i64) -> i64 {
        let time_ms = (self.stream_time_ms + ahead_ms).max(0);
        self.stream_time_ms = self.stream_time_ms.max(time_ms);
        let due = |row_ms: i64| row_ms + TTL_MS as i64;
        let mut expired: Vec<(i64, String)> = self.rows.iter().map(|(k, (_, row_ms))| (due(*row_ms), k.clone())).collect();
        expired.retain(|(due_ms, _)| *due_ms <= self.stream_time_ms);
        expired.sort();
        for (due_ms, key) in expired {
            self.rows.remove(&key);
            self.changes.push(format!("{key}=-@{due_ms}"));
        }
        time_ms
    }

    fn update(&mut self, key: String, value: Option<&String>, time_ms: i64) {
        let due_ms = time_ms + TTL_MS as i64;
        match value {
            Some(value) if due_ms > self.stream_time_ms => {
                self.changes.push(format!("{key}={value}@{time_ms}"));
                self.rows.insert(key, (value.clone(), time_ms));
            }
            _ => {
                let gone_ms = if value.is_some() { due_ms } else { time_ms };
                self.changes.push(format!("{key}=-@{gone_ms}"));
                self.rows.remove(&key);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn rows_are_those_of_a_map(steps in steps(), cache_max_bytes in prop::sample::select(vec![0, 600, 1 << 20])) {
        let driver = cached(rows(), cache_max_bytes);
        let mut model = Model::default();
        let settle = || (0..4).for_each(|_| driver.commit().unwrap());
        for step in steps {
            match step {
                Step::Update(k, value, ahead_ms) => {
                    let (key, time_ms) = (format!("k{k}"), model.advance(ahead_ms));
                    send(&driver, "rows", &[(&key, value.as_deref().unwrap_or("-"), time_ms)]);
                    model.update(key, value.as_ref(), time_ms);
                }
                Step::Look(k, ahead_ms) => {
                    let (key, time_ms) = (format!("k{k}"), model.advance(ahead_ms));
                    send(&driver, "clicks", &[(&key, "", time_ms)]);
                    let found = model.rows.get(&key).map_or("-", |(value, _)| value);
                    prop_assert_eq!(read(&driver, "found"), vec![format!("{key}={found}@{time_ms}")]);
                }
                Step::Commit => settle(),
                Step::Restart => driver.restart().unwrap(),
            }
            let there: Vec<(String, String)> = model.rows.iter().map(|(k, (v, _))| (k.clone(), v.clone())).collect();
            prop_assert_eq!(driver.store(RowsTopology::ROWS).unwrap().all(), there);
        }
        settle();
        let mut sizes: BTreeMap<u64, u64> = BTreeMap::new();
        model.rows.values().for_each(|(value, _)| *sizes.entry(value.len() as u64).or_default() += 1);
        let counted = driver.store(RowsTopology::SIZES).unwrap().all();
        prop_assert_eq!(counted.into_iter().filter(|(_, n)| *n > 0).collect::<Vec<_>>(), sizes.into_iter().collect::<Vec<_>>());
        if cache_max_bytes == 0 {
            prop_assert_eq!(read(&driver, "changes"), model.changes.clone());
            prop_assert_eq!(read(&driver, "test-rows-changelog"), model.changes);
        }
    }
}
