use super::*;

topology! {
    fn folded() -> Folded {
        let input: Stream<Text, Text> = stream("in");
        let all: Table<String, String> = input.group_by_key().aggregate(
            || Some("*".to_owned()),
            |k, v, all: Text| (v != "end").then(|| format!("{}{}{v}", all.unwrap_or_default(), k.as_deref().unwrap_or("-"))),
        );
        all.to_stream().to("out");
    }

    fn checked() -> Checked {
        let input: Stream<String, String> = stream("in");
        let sums: Table<String, i64> = input.group_by_key().try_aggregate(|| 100, |_, v, sum: i64| v.parse::<i64>().map(|n| sum + n));
        sums.to_stream().to("out");
    }
}

#[test]
fn none_deletes_and_the_next_record_starts_again() {
    let driver = driver(folded());
    pipe(&driver, "in", &[(Some("k"), Some("x"), 5), (Some("k"), Some("y"), 3), (Some("k"), Some("end"), 4), (Some("k"), Some("z"), 1)]);
    assert_eq!(read(&driver, "out"), ["k=*kx@5", "k=*kxky@5", "k=-@5", "k=*kz@1"]);
    assert_eq!(driver.store(Folded::ALL).unwrap().all_with_timestamps(), [("k".to_owned(), "*kz".to_owned(), 1)]);
}

#[test]
fn null_keys_and_values_are_dropped() {
    let driver = driver(folded());
    pipe(&driver, "in", &[(None, Some("x"), 5), (Some("k"), None, 3)]);
    assert!(read(&driver, "out").is_empty());
    assert_eq!(driver.dropped(), 2);
}

#[test]
fn an_error_leaves_the_row_as_it_was() {
    for cache_max_bytes in [0, 1 << 20] {
        let driver = TestDriver::builder(checked()).on_process_error(OnError::Continue).cache_max_bytes(cache_max_bytes).build().unwrap();
        pipe(&driver, "in", &[(Some("k"), Some("x"), 1), (Some("k"), Some("1"), 2), (Some("k"), Some("y"), 3), (Some("k"), Some("4"), 4)]);
        assert_eq!(driver.store(Checked::SUMS).unwrap().get_with_timestamp("k"), Some((105, 4)));
        driver.commit().unwrap();
        let expected: &[&str] = if cache_max_bytes == 0 { &["k=101@2", "k=105@4"] } else { &["k=105@4"] };
        assert_eq!(read_numbers::<i64>(&driver, "out"), expected);
        assert_eq!(driver.metrics().skipped_errors, 2);
    }
}

#[test]
fn an_error_that_is_not_handled_says_where() {
    let driver = driver(checked());
    let error = try_pipe(&driver, "in", Some("k"), Some("x"), 1).unwrap_err().to_string();
    assert!(
        error.starts_with("processing failed at in-0 offset 0 (node `sums`") && error.ends_with("invalid digit found in string"),
        "{error}"
    );
}
