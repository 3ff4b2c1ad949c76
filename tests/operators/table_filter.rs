use super::*;

const RECORDS: &[(Option<&str>, Option<&str>, i64)] = &[
    (Some("a"), Some("small"), 1),
    (Some("a"), Some("LARGE"), 2),
    (Some("a"), Some("LARGER"), 3),
    (Some("a"), Some("small"), 4),
    (Some("a"), Some("small"), 5),
    (Some("b"), None, 6),
    (None, Some("LARGE"), 7),
    (Some("a"), Some("LARGE"), 3),
    (Some("a"), None, 2),
];

fn large(value: &str) -> bool {
    value.starts_with('L')
}

topology! {
    fn over_a_store() -> OverAStore {
        let t: Table<String, String> = table("in");
        t.filter(|_, v| large(v)).to_stream().to("view");
        let f: Table<String, String> = t.filter_not(|_, v| !large(v));
        f.to_stream().to("stored");
    }

    fn over_no_store() -> OverNoStore {
        let t: Table<String, String> = table("in").without_store();
        let view = t.filter(|_, v| large(v));
        view.to_stream().to("view");
        view.filter(|_, _| true).named("f").to_stream().to("stored");
    }
}

#[test]
fn a_row_is_deleted_only_where_one_was() {
    let driver = driver(over_a_store());
    pipe(&driver, "in", RECORDS);
    let expected = ["a=LARGE@2", "a=LARGER@3", "a=-@4", "a=LARGE@3", "a=-@2"];
    let view = shown(&driver, "view");
    assert_eq!(view.iter().map(|(record, _)| record).collect::<Vec<_>>(), expected);
    assert_eq!(view[2].1, "4", "the headers of the change");
    assert_eq!(read(&driver, "stored"), expected);
    assert!(driver.store(OverAStore::F).unwrap().all().is_empty());
    assert_eq!(driver.dropped(), 1, "the null key");
}

#[test]
fn without_a_store_every_record_that_does_not_pass_is_a_deletion() {
    let driver = driver(over_no_store());
    pipe(&driver, "in", RECORDS);
    let expected = ["a=-@1", "a=LARGE@2", "a=LARGER@3", "a=-@4", "a=-@5", "b=-@6", "a=LARGE@3", "a=-@2"];
    assert_eq!(read(&driver, "view"), expected);
    // A store further down knows again.
    assert_eq!(read(&driver, "stored"), ["a=LARGE@2", "a=LARGER@3", "a=-@4", "a=LARGE@3", "a=-@2"]);
    assert_eq!(driver.dropped(), 1, "the null key");
}

topology! {
    fn cached() -> Cached {
        let t: Table<String, String> = table("in");
        t.filter(|_, v| large(v)).to_stream().to("out");
    }
}

#[test]
fn with_a_cache_the_value_before_is_that_of_the_last_commit() {
    let driver = TestDriver::builder(cached()).cache_max_bytes(1 << 20).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("LARGE"), 1), (Some("a"), Some("small"), 2)]);
    driver.commit().unwrap();
    assert!(read(&driver, "out").is_empty(), "nothing had been sent, so nothing is taken back");
    pipe(&driver, "in", &[(Some("a"), Some("LARGE"), 3)]);
    driver.commit().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("LARGER"), 4), (Some("a"), Some("small"), 5)]);
    driver.commit().unwrap();
    assert_eq!(read(&driver, "out"), ["a=LARGE@3", "a=-@5"]);
}
