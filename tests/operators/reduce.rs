use super::*;

topology! {
    fn joined() -> Joined {
        let input: Stream<Text, Text> = stream("in");
        let all: Table<String, String> = input.group_by_key().reduce(|a, b| (b != "end").then(|| format!("{a}{b}")));
        all.to_stream().to("out");
    }

    fn summed() -> Summed {
        let input: Stream<String, String> = stream("in");
        let sums: Table<String, String> = input.group_by_key().try_reduce(|a, b| -> Result<String, BoxError> {
            let sum = a.parse::<i64>()? + b.parse::<i64>()?;
            Ok(sum.to_string())
        });
        sums.to_stream().to("out");
    }
}

#[test]
fn the_first_value_is_taken_as_it_is_and_none_deletes() {
    let driver = driver(joined());
    let values = ["x", "y", "end", "end", "z"];
    let records: Vec<_> = values.iter().enumerate().map(|(i, v)| (Some("k"), Some(*v), i as i64)).collect();
    pipe(&driver, "in", &records);
    pipe(&driver, "in", &[(None, Some("x"), 1), (Some("k"), None, 1)]);
    assert_eq!(read(&driver, "out"), ["k=x@0", "k=xy@1", "k=-@2", "k=end@3", "k=endz@4"]);
    assert_eq!(driver.dropped(), 2);
}

#[test]
fn an_error_leaves_the_row_as_it_was() {
    for cache_max_bytes in [0, 1 << 20] {
        let driver = TestDriver::builder(summed()).on_process_error(OnError::Continue).cache_max_bytes(cache_max_bytes).build().unwrap();
        pipe(&driver, "in", &[(Some("k"), Some("1"), 1), (Some("k"), Some("x"), 2), (Some("k"), Some("4"), 3)]);
        assert_eq!(driver.store(Summed::SUMS).unwrap().get_with_timestamp("k"), Some(("5".to_owned(), 3)));
        assert_eq!(driver.metrics().skipped_errors, 1);
    }
}
