//! Every `try_` twin with every handler.

use std::sync::Arc;

use super::*;

/// Fails at a value of `bad`.
fn good(v: &str) -> Result<&str, BoxError> {
    if v == "bad" { Err(BoxError::from("it is bad")) } else { Ok(v) }
}

topology! {
    fn filter() -> Filter {
        let input: Stream<String, String> = stream("in");
        input.try_filter(|_, v| good(v).map(|_| true)).to("out");
    }
    fn filter_not() -> FilterNot {
        let input: Stream<String, String> = stream("in");
        input.try_filter_not(|_, v| good(v).map(|_| false)).to("out");
    }
    fn map() -> Map {
        let input: Stream<String, String> = stream("in");
        input.try_map(|k, v| good(v).map(|v| (k.clone(), v.to_owned()))).to("out");
    }
    fn map_values() -> MapValues {
        let input: Stream<String, String> = stream("in");
        input.try_map_values(|v| good(v).map(str::to_owned)).to("out");
    }
    fn map_values_with_key() -> MapValuesWithKey {
        let input: Stream<String, String> = stream("in");
        input.try_map_values_with_key(|_, v| good(v).map(str::to_owned)).to("out");
    }
    fn flat_map() -> FlatMap {
        let input: Stream<String, String> = stream("in");
        input.try_flat_map(|k, v, out| good(v).map(|v| out(k, v))).to("out");
    }
    fn flat_map_values() -> FlatMapValues {
        let input: Stream<String, String> = stream("in");
        input.try_flat_map_values(|v, out| good(v).map(&mut *out)).to("out");
    }
    fn flat_map_values_with_key() -> FlatMapValuesWithKey {
        let input: Stream<String, String> = stream("in");
        input.try_flat_map_values_with_key(|_, v, out| good(v).map(&mut *out)).to("out");
    }
    fn select_key() -> SelectKey {
        let input: Stream<String, String> = stream("in");
        input.try_select_key(|k, v| good(v).map(|_| k.clone())).to("out");
    }
    fn peek() -> Peek {
        let input: Stream<String, String> = stream("in");
        input.try_peek(|_, v| good(v).map(|_| ())).to("out");
    }
    fn branch() -> Branch {
        let input: Stream<String, String> = stream("in");
        let (yes, _no) = input.split().try_branch(|_, v| good(v).map(|_| true)).otherwise();
        yes.to("out");
    }
    fn for_each() -> ForEach {
        let input: Stream<String, String> = stream("in");
        input.filter(|_, v| v != "bad").to("out");
        input.try_for_each(|_, v| good(v).map(|_| ()));
    }
    fn group_by() -> GroupBy {
        let input: Stream<String, String> = stream("in");
        let last: Table<String, String> = input.try_group_by(|k, v| good(v).map(|_| k.clone())).reduce(|_, v| v.clone());
        last.to_stream().to("out");
    }
    fn aggregate() -> Aggregate {
        let input: Stream<String, String> = stream("in");
        let last: Table<String, String> = input.group_by_key().try_aggregate(String::new, |_, v, _: String| good(v).map(str::to_owned));
        last.to_stream().to("out");
    }
}

/// A topology with the handler.
type Make = fn(OnError) -> TestDriver;

fn make<T: Topology>(topology: T, handler: OnError) -> TestDriver {
    TestDriver::builder(topology).on_process_error(handler).build().unwrap()
}

/// Each twin.
const TWINS: &[(&str, Make)] = &[
    ("try_filter", |h| make(filter(), h)),
    ("try_filter_not", |h| make(filter_not(), h)),
    ("try_map", |h| make(map(), h)),
    ("try_map_values", |h| make(map_values(), h)),
    ("try_map_values_with_key", |h| make(map_values_with_key(), h)),
    ("try_flat_map", |h| make(flat_map(), h)),
    ("try_flat_map_values", |h| make(flat_map_values(), h)),
    ("try_flat_map_values_with_key", |h| make(flat_map_values_with_key(), h)),
    ("try_select_key", |h| make(select_key(), h)),
    ("try_peek", |h| make(peek(), h)),
    ("try_branch", |h| make(branch(), h)),
    ("try_for_each", |h| make(for_each(), h)),
    ("try_group_by", |h| make(group_by(), h)),
    ("try_aggregate", |h| make(aggregate(), h)),
];

const INPUT: &[(Option<&str>, Option<&str>, i64)] = &[(Some("a"), Some("1"), 1), (Some("b"), Some("bad"), 2), (Some("c"), Some("3"), 3)];

#[test]
fn fail_stops_at_the_record() {
    for (twin, make) in TWINS {
        let driver = make(OnError::Fail);
        pipe(&driver, "in", &INPUT[..1]);
        let error = try_pipe(&driver, "in", Some("b"), Some("bad"), 2).unwrap_err().to_string();
        assert!(
            error.starts_with("processing failed at in-0 offset 1 (node `") && error.ends_with("timestamp 2): it is bad"),
            "{twin}: {error}"
        );
        assert_eq!(read(&driver, "out"), ["a=1@1"], "{twin}");
        assert!(matches!(try_pipe(&driver, "in", Some("c"), Some("3"), 3), Err(DriverError::Stopped)), "{twin}");
    }
}

#[test]
fn continue_leaves_the_record_out_and_counts_it() {
    for (twin, make) in TWINS {
        let driver = make(OnError::Continue);
        pipe(&driver, "in", INPUT);
        assert_eq!(read(&driver, "out"), ["a=1@1", "c=3@3"], "{twin}");
        assert_eq!((driver.metrics().skipped_errors, driver.dropped()), (1, 0), "{twin}");
    }
}

#[test]
fn a_dead_letter_is_the_record_as_it_came_and_why() {
    for (twin, make) in TWINS {
        let driver = make(OnError::DeadLetter("dead".to_owned()));
        pipe(&driver, "in", INPUT);
        assert_eq!(read(&driver, "out"), ["a=1@1", "c=3@3"], "{twin}");
        let dead = driver.output::<String, String>("dead").read().unwrap();
        assert_eq!((&dead.key[..], &dead.value[..], dead.timestamp_ms), ("b", "bad", 2), "{twin}");
        let header = |name: &str| String::from_utf8(dead.headers.last(name).flatten().unwrap().to_vec()).unwrap();
        assert_eq!(header("trace"), "2", "{twin}: the record's own headers come first");
        assert_eq!(header("__streams.errors.message"), "it is bad", "{twin}");
        assert_eq!(header("__streams.errors.topic"), "in", "{twin}");
        assert_eq!((header("__streams.errors.partition"), header("__streams.errors.offset")), ("0".to_owned(), "1".to_owned()), "{twin}");
        assert!(driver.output::<String, String>("dead").is_empty(), "{twin}");
    }
}

#[test]
fn a_function_is_asked_each_time() {
    for (twin, make) in TWINS {
        let handler = OnError::Custom(Arc::new(|error| match error.timestamp_ms {
            2 => OnError::DeadLetter(format!("dead-{}", error.source.to_string().replace(' ', "-"))),
            _ => OnError::Fail,
        }));
        let driver = make(handler);
        pipe(&driver, "in", INPUT);
        assert_eq!(read(&driver, "dead-it-is-bad"), ["b=bad@2"], "{twin}");
        assert!(try_pipe(&driver, "in", Some("d"), Some("bad"), 4).is_err(), "{twin}");
    }
}

#[test]
fn records_that_cannot_be_decoded_have_a_handler_of_their_own() {
    let bytes = |driver: &TestDriver, value: &[u8]| driver.input::<str, str>("in").unwrap().pipe_raw(Some(b"k"), Some(value), 7);
    // The process handler has no say.
    let driver = TestDriver::builder(map()).on_process_error(OnError::Continue).build().unwrap();
    let error = bytes(&driver, &[0xc3]).unwrap_err().to_string();
    assert!(error.starts_with("a record cannot be decoded at in-0 offset 0 (node `input`, timestamp 7): value: not UTF-8"), "{error}");

    let driver = TestDriver::builder(map()).on_decode_error(OnError::Continue).build().unwrap();
    bytes(&driver, &[0xc3]).unwrap();
    bytes(&driver, b"x").unwrap();
    assert_eq!(read(&driver, "out"), ["k=x@7"]);
    assert_eq!((driver.metrics().skipped_errors, driver.metrics().records_in), (1, 2));

    let driver = TestDriver::builder(map()).on_decode_error(OnError::DeadLetter("dead".into())).build().unwrap();
    bytes(&driver, &[0xc3]).unwrap();
    let dead = driver.read_raw("dead").unwrap();
    assert_eq!((dead.key.unwrap(), dead.value.unwrap()), (b"k".to_vec(), vec![0xc3]));
}
