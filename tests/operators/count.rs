use super::*;

topology! {
    fn counted() -> Counted {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<String, u64> = input.group_by_key().count();
        counts.to_stream().to("out");
    }
}

const RECORDS: &[(Option<&str>, Option<&str>, i64)] =
    &[(Some("a"), Some("x"), 5), (Some("b"), Some("x"), 9), (Some("a"), Some("x"), 3), (None, Some("x"), 10), (Some("a"), None, 11)];

#[test]
fn each_count_goes_on_with_the_later_time() {
    let driver = driver(counted());
    pipe(&driver, "in", RECORDS);
    assert_eq!(read_numbers::<u64>(&driver, "out"), ["a=1@5", "b=1@9", "a=2@5"]);
    assert_eq!(driver.store(Counted::COUNTS).unwrap().all_with_timestamps(), [("a".to_owned(), 2, 5), ("b".to_owned(), 1, 9)]);
    assert_eq!(driver.dropped(), 2);
}

#[test]
fn with_a_cache_the_store_is_the_same_and_the_last_count_goes_on() {
    let driver = TestDriver::builder(counted()).cache_max_bytes(1 << 20).build().unwrap();
    pipe(&driver, "in", RECORDS);
    assert!(read(&driver, "out").is_empty());
    driver.commit().unwrap();
    assert_eq!(read_numbers::<u64>(&driver, "out"), ["a=2@5", "b=1@9"]);
    assert_eq!(driver.store(Counted::COUNTS).unwrap().all_with_timestamps(), [("a".to_owned(), 2, 5), ("b".to_owned(), 1, 9)]);
    assert_eq!(driver.dropped(), 2);
}

#[test]
fn the_changelog_has_every_flushed_row_with_its_time() {
    let driver = driver(counted());
    pipe(&driver, "in", RECORDS);
    assert_eq!(read_numbers::<u64>(&driver, "test-counts-changelog"), ["a=1@5", "b=1@9", "a=2@5"]);
}
