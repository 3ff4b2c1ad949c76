//! Window stores against a plain list: random operations, with duplicates and without, caches of all sizes, commits in between, and what the
//! changelog is worth.

use proptest::prelude::*;

use super::*;

const RETENTION_MS: i64 = 50;

/// Key, time, and what is done there.
type Op = (u8, i64, What);

#[derive(Clone, Debug)]
enum What {
    Put(String),
    Delete,
    Fetch,
    Until(i64),
    BackTo(i64),
    All(i64),
    Commit,
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let what = prop_oneof![
        5 => "[a-z]{0,3}|[a-z]{40}".prop_map(What::Put),
        1 => Just(What::Delete),
        2 => Just(What::Fetch),
        2 => (0i64..60).prop_map(What::Until),
        2 => (0i64..60).prop_map(What::BackTo),
        1 => (0i64..60).prop_map(What::All),
        1 => Just(What::Commit),
    ];
    // The times go on slowly, so that rows leave and late ones come.
    prop::collection::vec((0u8..4, 0i64..40, what), 1..150)
        .prop_map(|ops| ops.into_iter().enumerate().map(|(i, (k, t, what))| (k, t + i as i64, what)).collect())
}

/// Does what the value says at the time it says, and forwards what it finds.
struct Interpreter;

impl Processor<String, String> for Interpreter {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = WindowState<String, String>;

    fn process<O: Forward<String, String>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let (st, t) = (cx.stores, r.timestamp_ms);
        let (name, argument) = r.value.split_once(' ').unwrap();
        let to = || argument.parse::<i64>();
        let said = match name {
            "put" => {
                cx.store(st).put(r.key, argument.to_owned(), t)?;
                String::new()
            }
            "delete" => {
                cx.store(st).delete(r.key, t)?;
                String::new()
            }
            "fetch" => format!("{:?}", cx.store(st).fetch(r.key, t)?),
            "until" => format!("{:?}", cx.store(st).fetch_range(r.key, t, to()?)?),
            "back" => format!("{:?}", cx.store(st).backward_fetch(r.key, t, to()?)?),
            _ => {
                let rows = cx.store(st).fetch_all(t, to()?)?;
                format!("{:?}", rows.into_iter().map(|(key, value)| (key.window.start_ms, key.key, value)).collect::<Vec<_>>())
            }
        };
        out.forward(cx, r.key, &said);
        Ok(())
    }
}

topology! {
    fn plain() -> PlainTopology {
        let rows: WindowStore<String, String> = window_store(millis(50), millis(10));
        let input: Stream<String, String> = stream("in");
        input.process(Interpreter, rows).to("out");
    }

    fn duplicates() -> DuplicatesTopology {
        let rows: WindowStore<String, String> = window_store(millis(50), millis(10)).retain_duplicates();
        let input: Stream<String, String> = stream("in");
        input.process(Interpreter, rows).to("out");
    }
}

/// Rows in the order in which they were put.
struct Model {
    rows: Vec<(i64, String, String)>,
    newest_ms: i64,
    duplicates: bool,
}

impl Model {
    fn write(&mut self, k: &str, t: i64, value: Option<&String>) {
        if self.duplicates && value.is_none() {
            return;
        }
        self.newest_ms = self.newest_ms.max(t);
        if t <= self.newest_ms - RETENTION_MS {
            return;
        }
        if !self.duplicates {
            self.rows.retain(|(start_ms, key, _)| (*start_ms, key.as_str()) != (t, k));
        }
        self.rows.extend(value.map(|value| (t, k.to_owned(), value.clone())));
    }

    /// Those that are seen, in the order of time and key; of one key and time in the order in which they were put.
    fn seen(&self, from_ms: i64, to_ms: i64) -> Vec<(i64, String, String)> {
        let from_ms = from_ms.max(self.newest_ms - RETENTION_MS + 1);
        let mut rows: Vec<_> = self.rows.iter().filter(|(t, ..)| (from_ms..=to_ms).contains(t)).cloned().collect();
        rows.sort_by_key(|(t, key, _)| (*t, key.clone()));
        rows
    }

    fn of(&self, k: &str, from_ms: i64, to_ms: i64) -> Vec<(i64, String)> {
        self.seen(from_ms, to_ms).into_iter().filter(|(_, key, _)| key == k).map(|(t, _, value)| (t, value)).collect()
    }

    /// What the store must say to an operation, which is done to the model as well.
    fn expect(&mut self, k: &str, t: i64, what: &What) -> String {
        match what {
            What::Put(value) => self.write(k, t, Some(value)),
            What::Delete => self.write(k, t, None),
            What::Fetch => return format!("{:?}", self.of(k, t, t).pop().map(|(_, value)| value)),
            What::Until(to) => return format!("{:?}", self.of(k, t, t + to)),
            What::BackTo(to) => return format!("{:?}", self.of(k, t, t + to).into_iter().rev().collect::<Vec<_>>()),
            What::All(to) => return format!("{:?}", self.seen(t, t + to)),
            What::Commit => unreachable!("nothing is asked"),
        }
        String::new()
    }
}

/// What a changelog comes to, by the bytes of its keys: those of the key, 8 of the start, 4 of a sequence number.
fn replayed(driver: &TestDriver, newest_ms: i64) -> Vec<(i64, String, String)> {
    let mut rows = std::collections::BTreeMap::new();
    while let Some(record) = driver.read_raw("test-rows-changelog") {
        let (key, value) = (record.key.unwrap(), record.value);
        match value {
            Some(value) => rows.insert(key, value),
            None => rows.remove(&key),
        };
    }
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let mut rows: Vec<_> = rows
        .iter()
        .map(|(row, value)| {
            let (key, rest) = row.split_at(row.len() - 12);
            (i64::from_be_bytes(rest[..8].try_into().unwrap()), text(key), text(value))
        })
        .filter(|(t, ..)| *t > newest_ms - RETENTION_MS)
        .collect();
    rows.sort_by_key(|(t, key, _)| (*t, key.clone()));
    rows
}

proptest! {
    #[test]
    fn a_window_store_is_a_list(
        ops in ops(),
        duplicates_kept in any::<bool>(),
        cache_max_bytes in prop_oneof![Just(0usize), 1usize..2000, Just(1 << 20)],
    ) {
        let driver = if duplicates_kept {
            TestDriver::builder(duplicates()).cache_max_bytes(cache_max_bytes).build().unwrap()
        } else {
            TestDriver::builder(plain()).cache_max_bytes(cache_max_bytes).build().unwrap()
        };
        let mut model = Model { rows: Vec::new(), newest_ms: -1, duplicates: duplicates_kept };
        for (k, t, what) in &ops {
            let k = format!("k{}", "x".repeat(usize::from(*k)));
            let told = match what {
                What::Commit => {
                    driver.commit().unwrap();
                    continue;
                }
                What::Put(value) => format!("put {value}"),
                What::Delete => "delete ".to_owned(),
                What::Fetch => "fetch ".to_owned(),
                What::Until(to) => format!("until {}", t + to),
                What::BackTo(to) => format!("back {}", t + to),
                What::All(to) => format!("all {}", t + to),
            };
            pipe(&driver, "in", &[(Some(&k), Some(&told), *t)]);
            let said = driver.output::<String, String>("out").read().unwrap().value;
            prop_assert_eq!(said, model.expect(&k, *t, what), "{} {} at {}", k, told, t);
        }
        driver.commit().unwrap();
        prop_assert_eq!(replayed(&driver, model.newest_ms), model.seen(0, i64::MAX));
    }
}
