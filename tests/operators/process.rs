use super::*;

/// Forwards what it gets as told by the value: to another time, with another key, several times, or with an error.
struct Told;

impl Processor<String, String> for Told {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = ();

    fn process<O: Forward<String, String>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, ()>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        match r.value.as_str() {
            "twice" => {
                out.forward(cx, r.key, &"first".to_owned());
                out.forward_at(cx, r.key, &"second".to_owned(), r.timestamp_ms + 100);
                out.forward(cx, r.key, &"third".to_owned());
            }
            "rekey" => out.forward(cx, &format!("{}{}", r.key, r.key), r.value),
            "mark" => {
                cx.headers_mut().add("mark", Some(b"m"));
                out.forward(cx, r.key, r.value);
            }
            "where" => {
                let place = format!("{}-{}@{}", cx.topic(), cx.partition(), cx.offset());
                let metadata = cx.record_metadata().map(|from| format!("{}-{}@{}", from.topic, from.partition, from.offset));
                assert_eq!(metadata.as_deref(), Some(place.as_str()));
                out.forward(cx, r.key, &place);
            }
            "task" => {
                let task = format!("{} {}", cx.application_id(), cx.task_id());
                out.forward(cx, r.key, &task);
            }
            "fail" => {
                out.forward(cx, r.key, &"before the error".to_owned());
                return Err("told to".into());
            }
            _ => {}
        }
        Ok(())
    }
}

/// Sums the lengths of the values of a key.
struct Lengths;

impl FixedKeyProcessor<String, String> for Lengths {
    type ValueOut = u64;
    type Stores = KeyValue<String, u64>;

    fn process<O: ForwardValue<u64>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let sum = cx.store(cx.stores).get(r.key)?.copied().unwrap_or(0) + r.value.len() as u64;
        cx.store(cx.stores).put(r.key, sum)?;
        out.forward(cx, &sum);
        out.forward_at(cx, &sum, 1);
        Ok(())
    }
}

/// Keeps the first value of a key, forgets it at an empty one.
struct Keep;

impl Processor<String, String> for Keep {
    type KeyOut = ();
    type ValueOut = ();
    type Stores = (KeyValue<String, String>, KeyValue<String, u64>);

    fn process<O: Forward<(), ()>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        _: &mut O,
    ) -> Result<(), BoxError> {
        let (first, forgotten) = cx.stores;
        if r.value.is_empty() {
            if cx.store(first).delete(r.key)?.is_some() {
                let n = cx.store(forgotten).get(r.key)?.copied().unwrap_or(0);
                cx.store(forgotten).put(r.key, n + 1)?;
            }
        } else {
            cx.store(first).put_if_absent(r.key, r.value.clone())?;
        }
        Ok(())
    }
}

/// Reads what `Keep` keeps.
struct Look;

impl Processor<String, String> for Look {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = KeyValue<String, String>;

    fn process<O: Forward<String, String>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let there = cx.store(cx.stores).get_with_timestamp(r.value)?.map_or("nothing".to_owned(), |(v, t)| format!("{v}@{t}"));
        out.forward(cx, r.key, &there);
        Ok(())
    }
}

/// Announces each record with a new one, before the record itself.
struct Announce;

impl Processor<String, String> for Announce {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = ();

    fn process<O: Forward<String, String>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, ()>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let mut headers = Headers::default();
        headers.add("own", Some(b"1"));
        out.forward_new(cx, &"next".to_owned(), r.value, 7, headers);
        out.forward(cx, r.key, r.value);
        Ok(())
    }
}

/// The same, under the key of the record.
struct AnnounceValue;

impl FixedKeyProcessor<String, String> for AnnounceValue {
    type ValueOut = str;
    type Stores = ();

    fn process<O: ForwardValue<str>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, ()>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        out.forward_new(cx, "next", 7, Headers::default());
        out.forward(cx, r.value);
        Ok(())
    }
}

/// Puts under a key that is null.
struct NullPut;

impl Processor<Text, String> for NullPut {
    type KeyOut = ();
    type ValueOut = ();
    type Stores = KeyValue<String, String>;

    fn process<O: Forward<(), ()>>(
        &mut self,
        r: Record<'_, Text, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        _: &mut O,
    ) -> Result<(), BoxError> {
        assert_eq!(cx.store(cx.stores).get(r.key)?, None);
        Ok(cx.store(cx.stores).put(r.key, r.value.clone())?)
    }
}

topology! {
    fn announced() -> AnnouncedTopology {
        let input: Stream<String, String> = stream("in");
        input.process(Announce).to("records");
        input.process_values(AnnounceValue).to("values");
    }

    fn told() -> ToldTopology {
        let input: Stream<String, String> = stream("in");
        let copy = input.process(Told);
        copy.to("out");
        input.to("copy");
    }

    fn lengths() -> LengthsTopology {
        let sums: KeyValueStore<String, u64> = key_value_store();
        let input: Stream<String, String> = stream("in");
        let by_key = input.process_values(Lengths, sums);
        // The key did not change: nothing is repartitioned.
        let counts: Table<String, u64> = by_key.group_by_key().count();
        counts.to_stream().to("counts");
        by_key.to("out");
    }

    fn kept() -> Kept {
        let first: KeyValueStore<String, String> = key_value_store();
        let forgotten: KeyValueStore<String, u64> = key_value_store();
        let input: Stream<String, String> = stream("in");
        let questions: Stream<String, String> = stream("questions");
        input.process(Keep, (first, forgotten));
        questions.process(Look, first).to("answers");
    }

    fn null_put() -> NullPutTopology {
        let rows: KeyValueStore<String, String> = key_value_store();
        let input: Stream<Text, String> = stream("in");
        input.process(NullPut, rows);
    }
}

fn records(values: &[&'static str]) -> Vec<(Option<&'static str>, Option<&'static str>, i64)> {
    values.iter().enumerate().map(|(i, v)| (Some("k"), Some(*v), i as i64)).collect()
}

#[test]
fn any_number_of_records_with_keys_and_times_of_choice() {
    let driver = driver(told());
    pipe(&driver, "in", &records(&["twice", "rekey", "nothing", "where"]));
    assert_eq!(read(&driver, "out"), ["k=first@0", "k=second@100", "k=third@0", "kk=rekey@1", "k=in-0@3@3"]);
}

#[test]
fn a_processor_knows_its_application_and_task() {
    let driver = TestDriver::builder(told()).application_id("app").build().unwrap();
    pipe(&driver, "in", &records(&["task"]));
    assert_eq!(read(&driver, "out"), ["k=app 0_0@0"]);
}

#[test]
fn headers_of_the_record_go_on_and_can_be_changed() {
    let driver = driver(told());
    pipe(&driver, "in", &records(&["mark", "twice"]));
    let marks = |topic: &str| {
        let records = driver.output::<String, String>(topic).read_all();
        records.iter().map(|r| (r.headers.last("mark").is_some(), r.headers.last("trace").is_some())).collect::<Vec<_>>()
    };
    assert_eq!(marks("out"), [(true, true), (false, true), (false, true), (false, true)]);
}

#[test]
fn a_new_record_has_a_time_and_headers_of_its_own() {
    let driver = driver(announced());
    pipe(&driver, "in", &records(&["first", "second"]));
    let told = |topic: &str| -> Vec<String> {
        let names = |headers: &Headers| headers.iter().map(|(name, _)| name.into_owned()).collect::<Vec<_>>().join(",");
        let records = driver.output::<String, String>(topic).read_all();
        records.iter().map(|r| format!("{}={}@{} {}", r.key, r.value, r.timestamp_ms, names(&r.headers))).collect()
    };
    assert_eq!(told("records"), ["next=first@7 own", "k=first@0 trace", "next=second@7 own", "k=second@1 trace"]);
    assert_eq!(told("values"), ["k=next@7 ", "k=first@0 trace", "k=next@7 ", "k=second@1 trace"]);
}

#[test]
fn an_error_goes_to_the_process_handler_and_what_was_forwarded_stays() {
    let driver = TestDriver::builder(told()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "in", &records(&["fail", "rekey"]));
    assert_eq!(read(&driver, "out"), ["k=before the error@0", "kk=rekey@1"]);
    assert_eq!(read(&driver, "copy"), ["k=fail@0", "k=rekey@1"], "the other reader of the stream gets the record");
    assert_eq!(driver.metrics().skipped_errors, 1);
}

#[test]
fn a_fixed_key_processor_needs_no_repartition_after_it() {
    let driver = driver(lengths());
    pipe(&driver, "in", &[(Some("a"), Some("xx"), 5), (Some("a"), Some("yyy"), 6)]);
    assert_eq!(read_numbers::<u64>(&driver, "out"), ["a=2@5", "a=2@1", "a=5@6", "a=5@1"]);
    assert!(driver.read_raw("test-counts-repartition").is_none());
    assert_eq!(driver.store(LengthsTopology::SUMS).unwrap().all(), [("a".to_owned(), 5)]);
    assert_eq!(driver.store(LengthsTopology::COUNTS).unwrap().get("a"), Some(4));
}

#[test]
fn processors_share_stores() {
    for cache_max_bytes in [0, 1 << 20] {
        let driver = TestDriver::builder(kept()).cache_max_bytes(cache_max_bytes).build().unwrap();
        pipe(&driver, "in", &[(Some("a"), Some("1"), 5), (Some("a"), Some("2"), 6), (Some("b"), Some("3"), 7)]);
        pipe(&driver, "questions", &[(Some("q"), Some("a"), 8)]);
        pipe(&driver, "in", &[(Some("a"), Some(""), 9), (Some("a"), Some(""), 9)]);
        pipe(&driver, "questions", &[(Some("q"), Some("a"), 10), (Some("q"), Some("b"), 10)]);
        assert_eq!(read(&driver, "answers"), ["q=1@5@8", "q=nothing@10", "q=3@7@10"]);
        assert_eq!(driver.store(Kept::FIRST).unwrap().all_with_timestamps(), [("b".to_owned(), "3".to_owned(), 7)]);
        assert_eq!(driver.store(Kept::FORGOTTEN).unwrap().all(), [("a".to_owned(), 1)]);
        driver.commit().unwrap();
        assert_eq!(driver.store(Kept::FIRST).unwrap().all_with_timestamps(), [("b".to_owned(), "3".to_owned(), 7)]);
    }
}

#[test]
fn a_row_under_a_null_key_is_an_error_and_not_lost_in_silence() {
    let driver = driver(null_put());
    let error = try_pipe(&driver, "in", None, Some("v"), 1).unwrap_err().to_string();
    assert!(error.ends_with("a row of store `rows` needs a key, and this one is null"), "{error}");
}
