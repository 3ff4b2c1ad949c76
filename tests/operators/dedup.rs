use super::*;

topology! {
    fn by_key() -> ByKey {
        let input: Stream<Text, Text> = stream("in");
        let first = input.dedup(within(millis(10)));
        first.to("out");
    }

    fn by_id() -> ById {
        let input: Stream<Text, Text> = stream("in");
        let first = input.dedup_by(|_, v| v.as_ref().map(|v| v[..1].to_owned()), within(millis(10)).grace(millis(100)));
        first.to("out");
    }

    fn may_fail() -> MayFail {
        let input: Stream<String, String> = stream("in");
        input.try_dedup_by(|_, v| v.parse::<u64>(), within(millis(10))).named("numbers").to("out");
    }

    fn rekeyed() -> Rekeyed {
        let input: Stream<String, String> = stream("in");
        let first = input.select_key(|_, v| v.clone()).dedup(within(millis(10)));
        first.to("out");
    }

    fn one_sided() -> OneSided {
        let input: Stream<String, String> = stream("in");
        let first = input.dedup(within(millis(10)).after(millis(0)));
        first.to("out");
    }
}

#[test]
fn the_first_of_each_key_within_the_time_goes_on() {
    let driver = driver(by_key());
    let records = [(Some("a"), Some("1"), 100), (Some("a"), Some("2"), 110), (Some("b"), Some("3"), 100), (Some("a"), Some("4"), 111)];
    pipe(&driver, "in", &records);
    assert_eq!(read(&driver, "out"), ["a=1@100", "b=3@100", "a=4@111"]);
}

/// What was left out does not begin a time of its own: it is compared with those that went on.
#[test]
fn duplicates_do_not_lengthen_the_time() {
    let driver = driver(by_key());
    for at in [100, 106, 112] {
        pipe(&driver, "in", &[(Some("a"), Some("x"), at)]);
    }
    assert_eq!(read(&driver, "out"), ["a=x@100", "a=x@112"]);
}

#[test]
fn the_first_is_the_first_to_come_whatever_its_time() {
    let driver = driver(by_key());
    pipe(&driver, "in", &[(Some("a"), Some("late"), 105), (Some("a"), Some("early"), 95), (Some("a"), Some("earlier"), 94)]);
    assert_eq!(read(&driver, "out"), ["a=late@105", "a=earlier@94"]);
}

#[test]
fn what_is_too_old_to_be_compared_goes_on() {
    let driver = driver(by_key());
    pipe(&driver, "in", &[(Some("a"), Some("1"), 100), (Some("b"), Some("2"), 1000), (Some("a"), Some("3"), 100)]);
    assert_eq!(read(&driver, "out"), ["a=1@100", "b=2@1000", "a=3@100"]);
}

#[test]
fn null_keys_and_null_ids_go_on() {
    let driver = driver(by_id());
    for _ in 0..2 {
        pipe(&driver, "in", &[(None, Some("x"), 1), (Some("a"), None, 1)]);
    }
    assert_eq!(read(&driver, "out"), ["-=x@1", "a=-@1", "-=x@1", "a=-@1"]);
}

#[test]
fn ids_are_those_of_their_key() {
    let driver = driver(by_id());
    let values = [("a", "x1"), ("a", "y1"), ("a", "x2"), ("b", "x3"), ("ax", "1"), ("a", "x")];
    for (index, (key, value)) in values.into_iter().enumerate() {
        pipe(&driver, "in", &[(Some(key), Some(value), index as i64)]);
    }
    assert_eq!(read(&driver, "out"), ["a=x1@0", "a=y1@1", "b=x3@3", "ax=1@4"]);
}

#[test]
fn rows_come_back_from_the_changelog() {
    let driver = driver(by_key());
    pipe(&driver, "in", &[(Some("a"), Some("1"), 100)]);
    driver.restart().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("2"), 105), (Some("a"), Some("3"), 111)]);
    assert_eq!(read(&driver, "out"), ["a=1@100", "a=3@111"]);
}

#[test]
fn an_error_of_the_closure_goes_to_the_process_handler() {
    let driver = TestDriver::builder(may_fail()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("1"), 0), (Some("a"), Some("one"), 1), (Some("a"), Some("1"), 2), (Some("a"), Some("2"), 3)]);
    assert_eq!(read(&driver, "out"), ["a=1@0", "a=2@3"]);
}

#[test]
fn a_changed_key_goes_through_a_repartition_topic_of_its_name() {
    assert!(Rekeyed::DESCRIPTION.contains("first-repartition"), "{}", Rekeyed::DESCRIPTION);
    let driver = driver(rekeyed());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 0), (Some("b"), Some("x"), 1), (Some("c"), Some("y"), 2)]);
    assert_eq!(read(&driver, "out"), ["x=x@0", "y=y@2"]);
}

/// A record is compared with those up to 10 ms before it, and with none after it.
#[test]
fn windows_may_reach_to_one_side_only() {
    let driver = driver(one_sided());
    pipe(&driver, "in", &[(Some("a"), Some("1"), 100), (Some("a"), Some("2"), 99), (Some("a"), Some("3"), 109)]);
    assert_eq!(read(&driver, "out"), ["a=1@100", "a=2@99"]);
}
