//! Stores against a plain map: random operations, caches of all sizes, commits in between, and what the changelog is worth.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// Key, and what is done with it.
type Op = (u8, What);

#[derive(Clone, Debug)]
enum What {
    Put(String),
    PutIfAbsent(String),
    Delete,
    Get,
    Range(u8),
    From,
    Until,
    Prefix(u8),
    All,
    ReverseAll,
    Count,
    Commit,
}

fn what() -> impl Strategy<Value = What> {
    // Values of several lengths, so that rows cost differently.
    let value = || "[a-z]{0,3}|[a-z]{40}";
    prop_oneof![
        4 => value().prop_map(What::Put),
        1 => value().prop_map(What::PutIfAbsent),
        2 => Just(What::Delete),
        3 => Just(What::Get),
        1 => (0u8..12).prop_map(What::Range),
        1 => Just(What::From),
        1 => Just(What::Until),
        1 => (0u8..12).prop_map(What::Prefix),
        1 => Just(What::All),
        1 => Just(What::ReverseAll),
        1 => Just(What::Count),
        1 => Just(What::Commit),
    ]
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    prop::collection::vec((0u8..12, what()), 1..120)
}

/// Does what the value says and forwards what it finds.
struct Interpreter;

impl Processor<String, String> for Interpreter {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = KeyValue<String, String>;

    fn process<O: Forward<String, String>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let st = cx.stores;
        let (name, argument) = r.value.split_once(' ').unwrap();
        let said = match name {
            "put" => {
                cx.store(st).put(r.key, argument.to_owned())?;
                String::new()
            }
            "absent" => format!("{:?}", cx.store(st).put_if_absent(r.key, argument.to_owned())?),
            "delete" => format!("{:?}", cx.store(st).delete(r.key)?),
            "get" => format!("{:?}", cx.store(st).get_with_timestamp(r.key)?),
            "range" => format!("{:?}", cx.store(st).range(r.key.as_str()..=argument)?),
            "from" => format!("{:?}", cx.store(st).reverse_range(r.key.as_str()..)?),
            "until" => format!("{:?}", cx.store(st).range(..r.key.as_str())?),
            "prefix" => format!("{:?}", cx.store(st).prefix_scan(argument)?),
            "count" => cx.store(st).approximate_num_entries()?.to_string(),
            "reverse" => format!("{:?}", cx.store(st).reverse_all()?),
            _ => format!("{:?}", cx.store(st).all()?),
        };
        out.forward(cx, r.key, &said);
        Ok(())
    }
}

topology! {
    fn interpreter() -> InterpreterTopology {
        let rows: KeyValueStore<String, String> = key_value_store();
        let input: Stream<String, String> = stream("in");
        input.process(Interpreter, rows).to("out");
    }

    fn latest() -> LatestTopology {
        let input: Stream<String, Text> = stream("in");
        let rows: Table<String, String> = input.to_table();
        rows.to_stream().to("out");
    }
}

fn key(key: u8) -> String {
    format!("k{key:02}")
}

/// Of ten keys, of one, or of none.
fn prefix(first: u8) -> String {
    key(first)[..2 + usize::from(first % 2)].to_owned()
}

/// What the store must say to an operation, which is done to the map as well.
fn expect(model: &mut BTreeMap<String, (String, i64)>, k: &str, what: &What, now_ms: i64) -> String {
    let rows = |rows: &mut dyn Iterator<Item = (&String, &(String, i64))>| {
        format!("{:?}", rows.map(|(k, (v, _))| (k.clone(), v.clone())).collect::<Vec<_>>())
    };
    match what {
        What::Put(v) => {
            model.insert(k.to_owned(), (v.clone(), now_ms));
            String::new()
        }
        What::PutIfAbsent(v) => {
            let there = model.get(k).map(|(v, _)| v.clone());
            if there.is_none() {
                model.insert(k.to_owned(), (v.clone(), now_ms));
            }
            format!("{there:?}")
        }
        What::Delete => format!("{:?}", model.remove(k).map(|(v, _)| v)),
        What::Get => format!("{:?}", model.get(k)),
        What::Range(to) if key(*to).as_str() < k => rows(&mut std::iter::empty()),
        What::Range(to) => rows(&mut model.range(k.to_owned()..=key(*to))),
        What::From => rows(&mut model.range(k.to_owned()..).rev()),
        What::Until => rows(&mut model.range(..k.to_owned())),
        What::Prefix(first) => rows(&mut model.iter().filter(|(k, _)| k.starts_with(&prefix(*first)))),
        What::All => rows(&mut model.iter()),
        What::ReverseAll => rows(&mut model.iter().rev()),
        What::Count => model.len().to_string(),
        What::Commit => unreachable!("nothing is asked"),
    }
}

/// What a changelog comes to.
fn replayed(driver: &TestDriver) -> BTreeMap<String, (String, i64)> {
    let mut rows = BTreeMap::new();
    for record in driver.output::<String, Text>("test-rows-changelog").read_all() {
        match record.value {
            Some(value) => rows.insert(record.key, (value, record.timestamp_ms)),
            None => rows.remove(&record.key),
        };
    }
    rows
}

fn rows(driver: &TestDriver, store: StoreName<String, String>) -> BTreeMap<String, (String, i64)> {
    driver.store(store).unwrap().all_with_timestamps().into_iter().map(|(k, v, t)| (k, (v, t))).collect()
}

proptest! {
    #[test]
    fn a_processors_store_is_a_map(ops in ops(), cache_max_bytes in prop_oneof![Just(0usize), 1usize..2000, Just(1 << 20)]) {
        let driver = TestDriver::builder(interpreter()).cache_max_bytes(cache_max_bytes).build().unwrap();
        let mut model = BTreeMap::new();
        for (now_ms, (k, what)) in ops.iter().enumerate() {
            let (k, now_ms) = (key(*k), now_ms as i64);
            let told = match what {
                What::Commit => {
                    driver.commit().unwrap();
                    continue;
                }
                What::Put(v) => format!("put {v}"),
                What::PutIfAbsent(v) => format!("absent {v}"),
                What::Delete => "delete ".to_owned(),
                What::Get => "get ".to_owned(),
                What::Range(to) => format!("range {}", key(*to)),
                What::From => "from ".to_owned(),
                What::Until => "until ".to_owned(),
                What::Prefix(first) => format!("prefix {}", prefix(*first)),
                What::All => "all ".to_owned(),
                What::ReverseAll => "reverse ".to_owned(),
                What::Count => "count ".to_owned(),
            };
            pipe(&driver, "in", &[(Some(&k), Some(&told), now_ms)]);
            let said = driver.output::<String, String>("out").read().unwrap().value;
            prop_assert_eq!(said, expect(&mut model, &k, what, now_ms), "{} {}", k, told);
        }
        prop_assert_eq!(&rows(&driver, InterpreterTopology::ROWS), &model);
        driver.commit().unwrap();
        prop_assert_eq!(&rows(&driver, InterpreterTopology::ROWS), &model);
        prop_assert_eq!(&replayed(&driver), &model);
    }

    #[test]
    fn a_table_comes_to_the_same_with_any_cache(
        changes in prop::collection::vec((0u8..12, prop::option::weighted(0.8, "[a-z]{0,30}")), 1..120),
        cache_max_bytes in prop_oneof![Just(0usize), 1usize..2000, Just(1 << 20)],
        commit_every in 1usize..50,
    ) {
        let driver = TestDriver::builder(latest()).cache_max_bytes(cache_max_bytes).build().unwrap();
        let mut model = BTreeMap::new();
        for (i, (k, value)) in changes.iter().enumerate() {
            let (k, now_ms) = (key(*k), i as i64);
            pipe(&driver, "in", &[(Some(&k), value.as_deref(), now_ms)]);
            match value {
                Some(value) => model.insert(k, (value.clone(), now_ms)),
                None => model.remove(&k),
            };
            if i % commit_every == 0 {
                driver.commit().unwrap();
            }
            prop_assert_eq!(&rows(&driver, LatestTopology::ROWS), &model);
        }
        driver.commit().unwrap();
        prop_assert_eq!(&replayed(&driver), &model);
        // What went downstream comes to the same, with the headers of the last update of each row.
        let mut seen = BTreeMap::new();
        for record in driver.output::<String, Text>("out").read_all() {
            let trace = record.headers.last("trace").flatten().map(|t| String::from_utf8(t.to_vec()).unwrap());
            prop_assert_eq!(trace, Some(record.timestamp_ms.to_string()));
            match record.value {
                Some(value) => seen.insert(record.key, (value, record.timestamp_ms)),
                None => seen.remove(&record.key),
            };
        }
        prop_assert_eq!(&seen, &model);
    }
}
