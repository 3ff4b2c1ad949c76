use super::*;

topology! {
    fn latest() -> Latest2 {
        let input: Stream<Text, Text> = stream("in");
        let t: Table<String, String> = input.map_values(|v| v.as_ref().map(|v| v.to_uppercase())).to_table();
        t.to_stream().to("out");
    }

    fn rekeyed() -> Rekeyed {
        let input: Stream<String, String> = stream("in");
        let t: Table<String, String> = input.select_key(|_, v| v.clone()).to_table();
        t.to_stream().to("out");
    }
}

#[test]
fn nulls_delete_and_null_keys_are_dropped() {
    let driver = driver(latest());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 9), (Some("b"), Some("y"), 1), (Some("a"), None, 4), (None, Some("z"), 5)]);
    assert_eq!(shown(&driver, "out"), [("a=X@9", "9"), ("b=Y@1", "1"), ("a=-@4", "4")].map(|(r, t)| (r.to_owned(), t.to_owned())));
    assert_eq!(driver.store(Latest2::T).unwrap().all(), [("b".to_owned(), "Y".to_owned())]);
    assert_eq!(driver.dropped(), 1);
}

#[test]
fn with_a_cache_the_last_change_goes_on_with_its_own_time_and_headers() {
    let driver = TestDriver::builder(latest()).cache_max_bytes(1 << 20).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("x"), 9), (Some("b"), Some("y"), 1), (Some("a"), Some("w"), 4)]);
    driver.commit().unwrap();
    assert_eq!(shown(&driver, "out"), [("a=W@4", "4"), ("b=Y@1", "1")].map(|(r, t)| (r.to_owned(), t.to_owned())));
}

#[test]
fn after_a_key_change_it_goes_through_a_repartition_topic() {
    let driver = driver(rekeyed());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 9)]);
    assert_eq!(read(&driver, "test-t-repartition"), ["x=x@9"]);
    assert_eq!(read(&driver, "out"), ["x=x@9"]);
}
