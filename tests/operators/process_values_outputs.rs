use super::*;

/// Numbers to the first output, what is not one to the second, and both to the third as they came; counts by key in a store.
struct Sort;

impl BranchingFixedKeyProcessor<String, String> for Sort {
    type Outputs = (OutValue<i64>, OutValue<String>, OutValue<str>);
    type Stores = KeyValue<String, u64>;

    fn init(&mut self, cx: &mut ProcessorContext<'_, Self::Stores>) -> Result<(), BoxError> {
        cx.schedule_from(ScheduleKind::StreamTime, 100, 100);
        Ok(())
    }

    fn process<O: ValueOutlets<Self::Outputs>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let seen = cx.store(cx.stores).get(r.key)?.copied().unwrap_or(0) + 1;
        cx.store(cx.stores).put(r.key, seen)?;
        let (numbers, words, all) = out.ways();
        match r.value.parse::<i64>() {
            Ok(n) => numbers.forward(cx, &n),
            Err(_) if r.value == "fail" => return Err("told to".into()),
            Err(_) => words.forward_at(cx, r.value, r.timestamp_ms + 1),
        }
        all.forward(cx, r.value);
        Ok(())
    }

    fn punctuate(&mut self, _: ScheduleId, time_ms: i64, cx: &mut ProcessorContext<'_, Self::Stores>) -> Result<(), BoxError> {
        cx.store(cx.stores).put(&"punctuated at".to_owned(), time_ms as u64)?;
        Ok(())
    }
}

/// Each record to both outputs at once.
struct Both;

impl BranchingFixedKeyProcessor<String, String> for Both {
    type Outputs = (OutValue<String>, OutValue<String>);
    type Stores = ();

    fn process<O: ValueOutlets<Self::Outputs>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, ()>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        out.ways().forward(cx, r.value);
        Ok(())
    }
}

topology! {
    fn sort() -> SortTopology {
        let seen: KeyValueStore<String, u64> = key_value_store();
        let input: Stream<String, String> = stream("in");
        let (numbers, words, all) = input.process_values(Sort, seen);
        // Keys are what they were: no topic comes between.
        let sums: Table<String, i64> = numbers.group_by_key().reduce(|sum, n| sum + n);
        sums.to_stream().to("sums");
        words.to("words");
        all.map_values(|value| value.len().to_string()).to("lengths");
    }

    fn both() -> BothTopology {
        let input: Stream<String, String> = stream("in");
        let (left, right) = input.process_values(Both);
        left.merge(right).to("merged");
        left.to("left");
    }
}

#[test]
fn each_output_keeps_the_key_and_has_its_own_type() {
    let driver = driver(sort());
    pipe(
        &driver,
        "in",
        &[(Some("a"), Some("3"), 5), (Some("b"), Some("bee"), 6), (Some("a"), Some("4"), 7), (Some("a"), Some("ant"), 120)],
    );
    assert_eq!(read_numbers::<i64>(&driver, "sums"), ["a=3@5", "a=7@7"]);
    assert_eq!(read(&driver, "words"), ["b=bee@7", "a=ant@121"]);
    assert_eq!(read(&driver, "lengths"), ["a=1@5", "b=3@6", "a=1@7", "a=3@120"]);
    let seen = driver.store(SortTopology::SEEN).unwrap();
    assert_eq!(seen.all(), [("a".to_owned(), 3), ("b".to_owned(), 1), ("punctuated at".to_owned(), 120)]);
}

#[test]
fn no_topic_comes_between() {
    assert!(!SortTopology::DESCRIPTION.contains("repartition"), "{}", SortTopology::DESCRIPTION);
}

#[test]
fn an_error_goes_to_the_handler() {
    let driver = TestDriver::builder(sort()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("fail"), 1), (Some("a"), Some("1"), 2)]);
    assert_eq!(read_numbers::<i64>(&driver, "sums"), ["a=1@2"]);
    assert_eq!(read(&driver, "lengths"), ["a=1@2"]);
    assert_eq!(driver.metrics().skipped_errors, 1);
}

#[test]
fn all_outputs_at_once_get_a_record_in_their_order() {
    let driver = driver(both());
    pipe(&driver, "in", &[(Some("a"), Some("1"), 5)]);
    assert_eq!(read(&driver, "merged"), ["a=1@5", "a=1@5"]);
    assert_eq!(read(&driver, "left"), ["a=1@5"]);
}
