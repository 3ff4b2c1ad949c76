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

    fn by_record() -> ByRecord {
        let input: Stream<String, i64> = stream(["in", "other"]).timestamp(|_, v, record| {
            let shift_ms = record.headers().last("trace").flatten().map_or(0, |trace| trace.len() as i64);
            let of_topic_ms = if record.topic() == "other" { 1_000 } else { 0 };
            match *v {
                0 => record.partition_time_ms(),
                1 => record.timestamp_ms() + shift_ms + of_topic_ms,
                2 => record.offset() + 100 * i64::from(record.partition()),
                v => v,
            }
        });
        input.to("out");
    }

    fn rows_by_record() -> RowsByRecord {
        let rows: Table<String, i64> = table("in").timestamp(|_, v, record| v.map_or(record.timestamp_ms(), |v| v * 10));
        rows.to_stream().to("out");
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
fn a_time_may_be_computed_from_all_that_a_record_has() {
    let driver = driver(by_record());
    let pipe = |topic: &str, value: i64, timestamp_ms: i64, trace: &str| {
        let mut headers = Headers::default();
        headers.add("trace", Some(trace.as_bytes()));
        let value = Some(value.to_be_bytes().to_vec());
        driver.pipe_raw(RawRecord { topic: topic.into(), key: Some(b"k".to_vec()), value, timestamp_ms, headers }).unwrap();
    };
    // Before the first record the time of the partition is not known.
    pipe("in", 0, 9, "");
    pipe("in", 1, 50, "xxx");
    pipe("in", 1, 20, "");
    // The largest so far, not the last.
    pipe("in", 0, 9, "");
    pipe("in", 2, 9, "");
    // Each partition has its own.
    pipe("other", 0, 9, "");
    pipe("other", 1, 9, "");
    pipe("in", 0, 9, "");
    let times: Vec<i64> = driver.output::<String, i64>("out").read_all().iter().map(|r| r.timestamp_ms).collect();
    assert_eq!(times, [53, 20, 53, 4, 1_009, 53]);
    assert_eq!(driver.dropped(), 2);
}

#[test]
fn the_records_of_a_table_have_computed_times_too() {
    let driver = driver(rows_by_record());
    let input = driver.input::<str, Option<i64>>("in").unwrap();
    input.pipe_at("k", Some(7), 5).unwrap();
    input.pipe_at("k", None, 6).unwrap();
    assert_eq!(read_numbers::<i64>(&driver, "out"), ["k=7@70", "k=-@6"]);
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
