use std::sync::{Arc, Mutex};

use super::*;

/// Numbers to the first output, words to the second under another key, and what is empty to both sides as a count when the time comes.
#[derive(Default)]
struct Sort {
    empty: u64,
}

impl BranchingProcessor<String, String> for Sort {
    type Outputs = (Out<String, i64>, Out<u64, String>, Out<String, u64>);
    type Stores = KeyValue<String, i64>;

    fn init(&mut self, cx: &mut ProcessorContext<'_, Self::Stores>) -> Result<(), BoxError> {
        cx.schedule_from(ScheduleKind::StreamTime, 100, 100);
        Ok(())
    }

    fn process<O: Outlets<Self::Outputs>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let (numbers, words, _) = out.ways();
        match r.value.parse::<i64>() {
            Ok(n) => {
                let sum = cx.store(cx.stores).get(r.key)?.copied().unwrap_or(0) + n;
                cx.store(cx.stores).put(r.key, sum)?;
                numbers.forward(cx, r.key, &sum);
            }
            Err(_) if r.value.is_empty() => self.empty += 1,
            Err(_) if r.value == "fail" => return Err("told to".into()),
            Err(_) => {
                cx.headers_mut().add("word", None);
                words.forward_at(cx, &(r.value.len() as u64), r.value, r.timestamp_ms + 1);
            }
        }
        Ok(())
    }

    fn punctuate<O: Outlets<Self::Outputs>>(
        &mut self,
        _: ScheduleId,
        _: i64,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let (numbers, _, counts) = out.ways();
        let empty = std::mem::take(&mut self.empty);
        counts.forward(cx, &"empty".to_owned(), &empty);
        numbers.forward(cx, &"called".to_owned(), &0);
        Ok(())
    }
}

/// Each record to both outputs.
struct Both;

impl BranchingProcessor<String, String> for Both {
    type Outputs = (Out<String, String>, Out<String, String>);
    type Stores = ();

    fn process<O: Outlets<Self::Outputs>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, ()>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        out.ways().forward(cx, r.key, r.value);
        out.ways().forward_at(cx, r.key, r.value, r.timestamp_ms * 2);
        Ok(())
    }
}

/// One output only; says when it ends.
struct Single(Arc<Mutex<Vec<&'static str>>>);

impl BranchingProcessor<String, String> for Single {
    type Outputs = (Out<str, str>,);
    type Stores = ();

    fn init(&mut self, _: &mut ProcessorContext<'_, ()>) -> Result<(), BoxError> {
        self.0.lock().unwrap().push("init");
        Ok(())
    }

    fn process<O: Outlets<Self::Outputs>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, ()>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let (only,) = out.ways();
        only.forward(cx, r.key, r.value);
        Ok(())
    }

    fn close(&mut self) {
        self.0.lock().unwrap().push("close");
    }
}

/// The eighth part of a number goes to one of eight outputs.
struct Eight;

type Number = Out<String, i64>;

impl BranchingProcessor<String, i64> for Eight {
    type Outputs = (Number, Number, Number, Number, Number, Number, Number, Number);
    type Stores = ();

    fn process<O: Outlets<Self::Outputs>>(
        &mut self,
        r: Record<'_, String, i64>,
        cx: &mut ProcessorContext<'_, ()>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let (a, b, c, d, e, f, g, h) = out.ways();
        match r.value % 8 {
            0 => a.forward(cx, r.key, r.value),
            1 => b.forward(cx, r.key, r.value),
            2 => c.forward(cx, r.key, r.value),
            3 => d.forward(cx, r.key, r.value),
            4 => e.forward(cx, r.key, r.value),
            5 => f.forward(cx, r.key, r.value),
            6 => g.forward(cx, r.key, r.value),
            _ => h.forward(cx, r.key, r.value),
        }
        Ok(())
    }
}

topology! {
    fn sort() -> SortTopology {
        let sums: KeyValueStore<String, i64> = key_value_store();
        let input: Stream<String, String> = stream("in");
        let (numbers, words, counts) = input.process(Sort::default(), sums);
        numbers.to("numbers");
        // The key is another one: a topic comes between.
        let by_length: Table<u64, u64> = words.group_by_key().count();
        by_length.to_stream().map(|length, n| (length.to_string(), *n)).to("by-length");
        words.map(|length, word| (length.to_string(), word.clone())).to("words");
        counts.to("counts");
        input.to("copy");
    }

    fn both() -> BothTopology {
        let input: Stream<String, String> = stream("in");
        let (left, right) = input.process(Both);
        left.merge(right).to("merged");
        left.to("left");
        // What is sent here goes nowhere.
        let (_first, _second) = input.process(Both);
    }

    fn single(calls: Arc<Mutex<Vec<&'static str>>>) -> SingleTopology {
        let input: Stream<String, String> = stream("in");
        let (only,) = input.process(Single(Arc::clone(calls)));
        only.to("out");
    }

    fn eight() -> EightTopology {
        let input: Stream<String, i64> = stream("in");
        let (a, _b, _c, _d, _e, _f, _g, h) = input.process(Eight);
        a.to("first");
        h.to("last");
    }
}

#[test]
fn each_output_is_a_stream_of_its_own_type() {
    let driver = driver(sort());
    for (key, value, time_ms) in [("a", "3", 5), ("a", "ant", 6), ("a", "4", 7), ("b", "", 8), ("b", "bee", 9), ("b", "", 120)] {
        pipe(&driver, "in", &[(Some(key), Some(value), time_ms)]);
    }
    assert_eq!(read_numbers::<i64>(&driver, "numbers"), ["a=3@5", "a=7@7", "called=0@120"]);
    assert_eq!(read(&driver, "words"), ["3=ant@7", "3=bee@10"]);
    assert_eq!(read_numbers::<u64>(&driver, "by-length"), ["3=1@7", "3=2@10"]);
    assert_eq!(read_numbers::<u64>(&driver, "counts"), ["empty=2@120"]);
    assert_eq!(read(&driver, "copy").len(), 6);
    assert_eq!(driver.store(SortTopology::SUMS).unwrap().all(), [("a".to_owned(), 7)]);
}

/// As in Kafka Streams: the headers are the record's, and whoever reads it later finds them as they were left.
#[test]
fn headers_that_are_changed_stay_with_the_record_and_end_with_it() {
    let driver = driver(sort());
    pipe(&driver, "in", &[(Some("a"), Some("ant"), 6), (Some("a"), Some("3"), 7)]);
    let marked = |topic: &str| driver.read_raw(topic).map(|record| record.headers.last("word").is_some());
    assert_eq!((marked("words"), marked("copy")), (Some(true), Some(true)));
    assert_eq!((marked("numbers"), marked("copy")), (Some(false), Some(false)));
}

#[test]
fn an_error_of_a_processor_with_several_outputs_goes_to_the_handler() {
    let driver = TestDriver::builder(sort()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("fail"), 1), (Some("a"), Some("1"), 2)]);
    assert_eq!(read_numbers::<i64>(&driver, "numbers"), ["a=1@2"]);
    assert_eq!(driver.metrics().skipped_errors, 1);
    let error = TestDriver::new(sort()).and_then(|driver| try_pipe(&driver, "in", Some("a"), Some("fail"), 1));
    assert!(error.unwrap_err().to_string().contains("told to"));
}

#[test]
fn all_outputs_at_once_get_a_record_in_their_order() {
    let driver = driver(both());
    pipe(&driver, "in", &[(Some("a"), Some("1"), 5)]);
    assert_eq!(read(&driver, "merged"), ["a=1@5", "a=1@5", "a=1@10", "a=1@10"]);
    assert_eq!(read(&driver, "left"), ["a=1@5", "a=1@10"]);
}

#[test]
fn a_tuple_of_one_is_a_tuple() {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let driver = driver(single(Arc::clone(&calls)));
    pipe(&driver, "in", &[(Some("a"), Some("1"), 5)]);
    assert_eq!(read(&driver, "out"), ["a=1@5"]);
    driver.close().unwrap();
    assert_eq!(*calls.lock().unwrap(), ["init", "close"]);
}

#[test]
fn eight_outputs_are_the_most() {
    let driver = driver(eight());
    for n in 0..16i64 {
        driver.input::<str, i64>("in").unwrap().pipe_at("k", n, n).unwrap();
    }
    assert_eq!(read_numbers::<i64>(&driver, "first"), ["k=0@0", "k=8@8"]);
    assert_eq!(read_numbers::<i64>(&driver, "last"), ["k=7@7", "k=15@15"]);
}
