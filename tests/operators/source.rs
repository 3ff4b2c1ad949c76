use super::*;

topology! {
    fn sources() -> Sources {
        let two: Stream<String, String> = stream(["in1", "in2"]);
        let some: Stream<String, String> = stream(pattern("logs-.+"));
        two.merge(some).to("out");
    }

    fn event_time() -> EventTime {
        let input: Stream<String, i64> = stream("in").timestamp(|_, v| *v);
        input.to("out");
    }

    fn formats() -> Formats {
        let input: Stream<u32, f64> = stream("in");
        input.map(|k, v| (u64::from(*k), *v as i32)).to("out");
    }
}

#[test]
fn one_stream_over_topics_and_a_pattern() {
    let driver = driver(sources());
    for (topic, value) in [("in1", "a"), ("logs-x", "b"), ("in2", "c"), ("logs-y", "d"), ("logs-x", "e")] {
        pipe(&driver, topic, &[(Some("k"), Some(value), 1)]);
    }
    assert_eq!(read(&driver, "out"), ["k=a@1", "k=b@1", "k=c@1", "k=d@1", "k=e@1"]);
    let error = try_pipe(&driver, "my-logs-x", None, None, 1).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the topology does not read topic `my-logs-x`; it reads `in1`, `in2`, `logs-x`, `logs-y`, `logs-.+ (a pattern)`"
    );
}

#[test]
fn a_computed_time_is_the_records_time_and_a_negative_one_leaves_it_out() {
    let driver = driver(event_time());
    let input = driver.input::<str, i64>("in").unwrap();
    input.pipe_at("k", 70i64, 5).unwrap();
    input.pipe_at("k", -1i64, 6).unwrap();
    input.pipe_at("k", 0i64, 7).unwrap();
    assert_eq!(read_numbers::<i64>(&driver, "out"), ["k=70@70", "k=0@0"]);
    assert_eq!((driver.dropped(), driver.metrics().records_in), (1, 3));
}

#[test]
fn a_negative_record_time_leaves_the_record_out() {
    let driver = driver(sources());
    pipe(&driver, "in1", &[(Some("k"), Some("a"), -1), (Some("k"), Some("b"), 0)]);
    assert_eq!(read(&driver, "out"), ["k=b@0"]);
    assert_eq!(driver.dropped(), 1);
}

#[test]
fn standard_formats_are_those_of_kafka() {
    let driver = driver(formats());
    let raw = |key: &[u8], value: &[u8]| RawRecord {
        topic: "in".into(),
        key: Some(key.to_vec()),
        value: Some(value.to_vec()),
        timestamp_ms: 1,
        headers: Headers::default(),
    };
    driver.pipe_raw(raw(&[0, 0, 1, 0], &(-2.5f64).to_be_bytes())).unwrap();
    let out = driver.read_raw("out").unwrap();
    assert_eq!(out.key.unwrap(), [0, 0, 0, 0, 0, 0, 1, 0]);
    assert_eq!(out.value.unwrap(), [0xff, 0xff, 0xff, 0xfe]);
    let error = driver.pipe_raw(raw(&[0, 1], &[0; 8])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "a record cannot be decoded at in-0 offset 1 (node `input`, timestamp 1): key: 4 bytes expected, 2 found"
    );
}

#[test]
fn a_null_where_the_type_has_no_place_says_what_to_write() {
    let driver = driver(sources());
    let error = try_pipe(&driver, "in1", None, Some("v"), 1).unwrap_err().to_string();
    assert!(error.ends_with("key: it is null; write the type as `Option<…>` if the topic may hold nulls"), "{error}");
}
