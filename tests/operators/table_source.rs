use super::*;

topology! {
    fn tabled() -> Tabled {
        let t: Table<String, String> = table("in");
        t.to_stream().to("out");
    }
}

#[test]
fn the_last_record_counts_whatever_its_time_and_null_keys_are_dropped() {
    let driver = driver(tabled());
    pipe(&driver, "in", &[(Some("a"), Some("1"), 9), (Some("a"), Some("2"), 4), (None, Some("3"), 10), (Some("b"), None, 11)]);
    assert_eq!(read(&driver, "out"), ["a=1@9", "a=2@4", "b=-@11"]);
    assert_eq!(driver.store(Tabled::T).unwrap().all_with_timestamps(), [("a".to_owned(), "2".to_owned(), 4)]);
    assert_eq!(driver.dropped(), 1);
}
