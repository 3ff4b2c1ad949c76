//! What a value may be: what cannot be read back as it was written is refused when it is put, and every type with a format comes back as it was,
//! whatever the cache, and across a restart.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use streams_runtime::OnError;
use streams_runtime::prelude::*;
use streams_test::TestDriver;

use super::pipe;

const CACHES: [usize; 3] = [0, 300, 1 << 20];

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, StreamData)]
struct Sum {
    sum: f64,
    n: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, StreamData)]
struct Deep {
    inner: Option<Box<Deep>>,
    twice: Option<Option<u64>>,
}

topology! {
    fn sums() -> Sums {
        let input: Stream<String, f64> = stream("in");
        let grouped = input.group_by_key();
        let all: Table<String, Sum> = grouped.aggregate(|| Sum { sum: 0.0, n: 0 }, |_, v, s| Sum { sum: s.sum + v, n: s.n + 1 });
        all.to_stream().to("all");
        let windows: Table<Windowed<String>, Sum> = grouped
            .windowed_by(tumbling(millis(100)).grace(millis(0)))
            .aggregate(|| Sum { sum: 0.0, n: 0 }, |_, v, s| Sum { sum: s.sum + v, n: s.n + 1 });
        windows.to_stream().map(|key, sum| (key.key.clone(), sum.clone())).to("windows");
        let visits: Table<Windowed<String, SessionWindow>, Sum> = grouped.windowed_by(sessions(millis(100)).grace(millis(0))).aggregate(
            || Sum { sum: 0.0, n: 0 },
            |_, v, s| Sum { sum: s.sum + v, n: s.n + 1 },
            |_, a, b| Sum { sum: a.sum + b.sum, n: a.n + b.n },
        );
        visits.to_stream().map(|key, sum| (key.key.clone(), sum.clone())).to("visits");
        let last: Table<String, Sum> = input.map_values(|v| Sum { sum: *v, n: 1 }).to_table();
        last.to_stream().to("last");
    }

    fn nested() -> Nested {
        let input: Stream<String, u64> = stream("in");
        let deep: Table<String, Deep> = input.map_values(|levels| levels_of(*levels)).to_table();
        deep.to_stream().to("out");
    }

    fn by_foreign_key() -> ByForeignKey {
        let orders: Table<String, String> = table("orders");
        let divisors: Table<String, f64> = table("divisors");
        let ratios = divisors.map_values(|divisor| Sum { sum: 1.0 / divisor, n: 1 });
        let joined = orders.join(ratios, |_, order| order.clone(), |order, ratio| format!("{order}:{}", ratio.sum));
        joined.to_stream().to("of_the_right");
        let shares = divisors.map_values(|divisor| Sum { sum: 1.0 / divisor, n: 1 });
        let mirrored = shares.join(orders, |_, ratio| ratio.n.to_string(), |ratio, order| format!("{}:{order}", ratio.sum));
        mirrored.to_stream().to("of_the_left");
    }

    fn held() -> Held {
        let orders: Table<String, String> = table("orders").versioned(hours(1));
        let divisors: Stream<String, f64> = stream("divisors");
        let ratios = divisors.map_values(|divisor| Sum { sum: 1.0 / divisor, n: 1 });
        let joined = ratios.join(orders, |ratio, order| format!("{}:{order}", ratio.sum)).grace(millis(10));
        joined.to("out");
    }

    fn ranges() -> Ranges {
        let numbers: KeyValueStore<i64, i64> = key_value_store();
        let small: KeyValueStore<i8, i64> = key_value_store();
        let input: Stream<i64, i64> = stream("in");
        input.process(Range, (numbers, small)).to("out");
    }
}

/// So many levels; `u64::MAX` is what JSON cannot tell from `None`.
fn levels_of(levels: u64) -> Deep {
    match levels {
        u64::MAX => Deep { inner: None, twice: Some(None) },
        0 => Deep { inner: None, twice: None },
        more => Deep { inner: Some(Box::new(levels_of(more - 1))), twice: None },
    }
}

struct Range;

impl Processor<i64, i64> for Range {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = (KeyValue<i64, i64>, KeyValue<i8, i64>);

    fn process<O: Forward<String, String>>(
        &mut self,
        record: Record<'_, i64, i64>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let (numbers, small) = cx.stores;
        if *record.value != 0 {
            cx.store(numbers).put(record.key, *record.value)?;
            return Ok(cx.store(small).put(&(*record.key as i8), *record.value)?);
        }
        let keys = |rows: Vec<(i64, i64)>| rows.into_iter().map(|row| row.0).collect::<Vec<_>>();
        let found = [
            ("all", keys(cx.store(numbers).all()?)),
            ("-5..=5", keys(cx.store(numbers).range(&-5i64..=&5)?)),
            ("..=-1", keys(cx.store(numbers).range(..=&-1i64)?)),
            ("-1..", keys(cx.store(numbers).range(&-1i64..)?)),
            ("5..=-5", keys(cx.store(numbers).range(&5i64..=&-5)?)),
            ("reverse -5..", keys(cx.store(numbers).reverse_range(&-5i64..)?)),
            ("i8", cx.store(small).all()?.into_iter().map(|row| row.0.into()).collect()),
        ];
        for (name, rows) in found {
            out.forward(cx, &name.to_owned(), &format!("{rows:?}"));
        }
        Ok(())
    }
}

#[test]
fn what_json_has_no_number_for_is_refused_when_it_is_put() {
    for cache in CACHES {
        let driver = TestDriver::builder(sums()).cache_max_bytes(cache).on_process_error(OnError::Continue).build().unwrap();
        let input = driver.input::<str, f64>("in").unwrap();
        for (value, at) in [(1.0, 1), (2.0, 2), (f64::NAN, 3), (f64::INFINITY, 4), (4.0, 5)] {
            input.pipe_at("k", value, at).unwrap();
        }
        driver.restart().unwrap();
        input.pipe_at("k", 8.0, 6).unwrap();
        driver.commit().unwrap();
        assert_eq!(driver.store(Sums::ALL).unwrap().get("k"), Some(Sum { sum: 15.0, n: 4 }), "cache {cache}");
        assert_eq!(driver.store(Sums::LAST).unwrap().get("k"), Some(Sum { sum: 8.0, n: 1 }), "cache {cache}");
        for topic in ["windows", "visits"] {
            let last = driver.output::<String, Option<Sum>>(topic).read_all().into_iter().filter_map(|record| record.value).next_back();
            assert_eq!(last, Some(Sum { sum: 15.0, n: 4 }), "{topic}, cache {cache}");
        }
    }
}

#[test]
fn by_default_the_record_that_makes_it_stops_the_task() {
    for cache in CACHES {
        let driver = TestDriver::builder(sums()).cache_max_bytes(cache).build().unwrap();
        let input = driver.input::<str, f64>("in").unwrap();
        input.pipe_at("k", 1.0, 1).unwrap();
        let error = input.pipe_at("k", f64::NAN, 2).unwrap_err().to_string();
        assert!(error.contains("NaN is no number"), "{error}");
    }
}

#[test]
fn a_row_without_bytes_in_a_join_by_foreign_key_is_left_to_the_process_handler() {
    for cache in CACHES {
        let driver = TestDriver::builder(by_foreign_key()).cache_max_bytes(cache).on_process_error(OnError::Continue).build().unwrap();
        let (orders, divisors) = (driver.input::<str, str>("orders").unwrap(), driver.input::<str, f64>("divisors").unwrap());
        let results = |topic| {
            driver.commit().unwrap();
            let results = driver.output::<String, Option<String>>(topic).read_all().into_iter();
            results.map(|record| record.value.unwrap_or_default()).collect::<Vec<_>>()
        };
        orders.pipe_at("1", "two", 1).unwrap();
        divisors.pipe_at("two", 2.0, 2).unwrap();
        assert_eq!((results("of_the_right"), results("of_the_left")), (vec!["two:0.5".into()], vec!["0.5:two".into()]), "cache {cache}");
        divisors.pipe_at("two", 0.0, 3).unwrap();
        orders.pipe_at("2", "two", 4).unwrap();
        // Of a left row only the bytes that are stored are looked at, and here they are a
        // divisor's.
        assert_eq!((results("of_the_right"), results("of_the_left")), (vec![], vec!["inf:two".into()]), "cache {cache}");
        divisors.pipe_at("two", 4.0, 5).unwrap();
        let mut right = results("of_the_right");
        right.sort();
        assert_eq!((right, results("of_the_left")), (vec!["two:0.25".to_owned(); 2], vec!["0.25:two".into()]), "cache {cache}");
    }
}

#[test]
fn by_default_a_row_without_bytes_stops_a_join_by_foreign_key() {
    let driver = TestDriver::new(by_foreign_key()).unwrap();
    driver.input::<str, str>("orders").unwrap().pipe_at("1", "two", 1).unwrap();
    let error = driver.input::<str, f64>("divisors").unwrap().pipe_at("two", 0.0, 2).unwrap_err().to_string();
    assert!(error.contains("inf is no number"), "{error}");
}

#[test]
fn a_record_without_bytes_that_a_join_with_grace_would_hold_is_left_to_the_process_handler() {
    let driver = TestDriver::builder(held()).on_process_error(OnError::Continue).build().unwrap();
    driver.input::<str, str>("orders").unwrap().pipe_at("k", "a", 0).unwrap();
    let divisors = driver.input::<str, f64>("divisors").unwrap();
    for (divisor, at) in [(2.0, 1), (0.0, 2), (4.0, 3), (8.0, 100), (8.0, 200)] {
        divisors.pipe_at("k", divisor, at).unwrap();
    }
    let results: Vec<_> = driver.output::<String, String>("out").read_all().into_iter().map(|record| record.value).collect();
    assert_eq!(results, ["0.5:a", "0.25:a", "0.125:a"]);
}

#[test]
fn what_json_cannot_tell_apart_or_read_is_refused() {
    let driver = TestDriver::builder(nested()).cache_max_bytes(1 << 20).on_process_error(OnError::Continue).build().unwrap();
    let input = driver.input::<str, u64>("in").unwrap();
    for (key, levels) in [("flat", 0), ("deep", 100), ("too deep", 127), ("some none", u64::MAX)] {
        input.pipe_at(key, levels, 1).unwrap();
    }
    driver.restart().unwrap();
    let keys: Vec<String> = driver.store(Nested::DEEP).unwrap().all().into_iter().map(|row| row.0).collect();
    assert_eq!(keys, ["deep", "flat"]);
}

#[test]
fn ranges_over_signed_numbers_come_in_the_order_of_the_numbers() {
    for cache in CACHES {
        let driver = TestDriver::builder(ranges()).cache_max_bytes(cache).build().unwrap();
        let input = driver.input::<i64, i64>("in").unwrap();
        for key in [3, -1, 0, i64::MIN, -5, 100, -100] {
            input.pipe_at(key, 1, 1).unwrap();
        }
        driver.restart().unwrap();
        input.pipe_at(-3, 1, 2).unwrap();
        input.pipe_at(0, 0, 3).unwrap();
        let found: HashMap<String, String> = driver.output::<String, String>("out").read_pairs().into_iter().collect();
        let min = i64::MIN;
        for (range, expected) in [
            ("all", format!("[{min}, -100, -5, -3, -1, 0, 3, 100]")),
            ("-5..=5", "[-5, -3, -1, 0, 3]".to_owned()),
            ("..=-1", format!("[{min}, -100, -5, -3, -1]")),
            ("-1..", "[-1, 0, 3, 100]".to_owned()),
            ("5..=-5", "[]".to_owned()),
            ("reverse -5..", "[100, 3, 0, -1, -3, -5]".to_owned()),
            ("i8", "[-100, -5, -3, -1, 0, 3, 100]".to_owned()),
        ] {
            assert_eq!(found[range], expected, "{range}, cache {cache}");
        }
    }
}

/// Every type with a format as a key and as a value: of a group, of windows, of sessions, of a table, of a store, of a repartition and of a foreign key.
macro_rules! walk {
    ($($name:ident: $ty:ty = $values:expr;)*) => {$(
        mod $name {
            use super::*;

            topology! {
                fn topology() -> Walk {
                    let input: Stream<$ty, $ty> = stream("in");
                    let counts: Table<$ty, u64> = input.group_by(|_, value| value.clone()).count();
                    counts.to_stream().to("counts");
                    let last: Table<$ty, $ty> = input.to_table();
                    last.to_stream().to("last");
                    let windows: Table<Windowed<$ty>, $ty> =
                        input.group_by_key().windowed_by(tumbling(millis(10)).grace(millis(0))).reduce(|_, new| new.clone());
                    windows.to_stream().map(|key, value| (key.key.clone(), value.clone())).to("windows");
                    let visits: Table<Windowed<$ty, SessionWindow>, $ty> =
                        input.group_by_key().windowed_by(sessions(millis(10)).grace(millis(0))).reduce(|_, new| new.clone());
                    visits.to_stream().map(|key, value| (key.key.clone(), value.clone())).to("visits");
                    let named = last.join(last, |value: &$ty| value.clone(), |left, _| left.clone()).named("named");
                    named.to_stream().to("named");
                }
            }

            #[test]
            fn comes_back() {
                let values: Vec<$ty> = $values;
                let mut before: Option<Vec<usize>> = None;
                for cache in CACHES {
                    let driver = TestDriver::builder(topology()).cache_max_bytes(cache).build().unwrap();
                    let input = driver.input::<$ty, $ty>("in").unwrap();
                    for round in 0..2 {
                        for value in &values {
                            input.pipe_at(value, value, 1 + round).unwrap();
                        }
                        driver.commit().unwrap();
                        driver.restart().unwrap();
                    }
                    for value in &values {
                        assert_eq!(driver.store(Walk::COUNTS).unwrap().get(value), Some(2), "cache {cache}");
                        assert_eq!(driver.store(Walk::LAST).unwrap().get(value).as_ref(), Some(value), "cache {cache}");
                    }
                    let topics = ["counts", "last", "windows", "visits", "named"];
                    let found = topics.map(|topic| {
                        let mut rows: BTreeMap<Option<Vec<u8>>, Option<Vec<u8>>> = BTreeMap::new();
                        while let Some(record) = driver.read_raw(topic) {
                            rows.insert(record.key, record.value);
                        }
                        rows.values().filter(|value| value.is_some()).count()
                    });
                    assert_eq!(driver.dropped(), 0);
                    let found = found.to_vec();
                    assert!(found.iter().all(|rows| *rows == found[0] && *rows > 0), "{found:?}, cache {cache}");
                    assert_eq!(*before.get_or_insert_with(|| found.clone()), found);
                }
            }
        }
    )*};
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, StreamData)]
enum Kind {
    Small,
    Large { size: i32 },
}

walk! {
    of_i8: i8 = vec![-1, 0, 1];
    of_i64: i64 = vec![i64::MIN, -1, 0, i64::MAX];
    of_u128: u128 = vec![0, u128::MAX];
    of_usize: usize = vec![0, usize::MAX];
    of_bool: bool = vec![true, false];
    of_char: char = vec!['a', 'é', '\u{10ffff}'];
    of_string: String = vec![String::new(), "a".to_owned(), "é".to_owned()];
    of_bytes: Vec<u8> = vec![vec![], vec![0, 255]];
    of_array: [u8; 3] = vec![[0; 3], [255; 3]];
    of_unit: () = vec![()];
    of_shared_text: Arc<str> = vec!["".into(), "a".into()];
    of_boxed: Box<i64> = vec![Box::new(-1), Box::new(1)];
    of_tuple: (String, i64, bool, Kind) = vec![("a".to_owned(), -1, true, Kind::Small), ("b".to_owned(), 1, false, Kind::Large { size: -1 })];
    of_list: Vec<(i64, String)> = vec![vec![], vec![(-1, "a".to_owned())]];
    of_options: Vec<Option<u8>> = vec![vec![None], vec![Some(1), None]];
    of_map: BTreeMap<String, Kind> = vec![BTreeMap::new(), [("a".to_owned(), Kind::Small)].into()];
    of_derived: Kind = vec![Kind::Small, Kind::Large { size: 1 }, Kind::Large { size: -1 }];
}

#[test]
fn values_of_no_key_come_back_too() {
    let driver = TestDriver::builder(no_keys()).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("1.5"), 1), (Some("a"), Some("2.5"), 2)]);
    driver.restart().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("2.5"), 3)]);
    let expected: HashMap<String, Vec<f64>> = [("1.5".to_owned(), vec![1.5]), ("2.5".to_owned(), vec![2.5, 2.5])].into();
    assert_eq!(driver.store(NoKeys::ALL).unwrap().get("a"), Some(expected));
}

topology! {
    fn no_keys() -> NoKeys {
        let input: Stream<String, String> = stream("in");
        let all: Table<String, HashMap<String, Vec<f64>>> = input.group_by_key().aggregate(HashMap::new, |_, text, mut all: HashMap<String, Vec<f64>>| {
            all.entry(text.clone()).or_default().push(text.parse().unwrap_or(0.0));
            all
        });
        all.to_stream().to("all");
    }
}
