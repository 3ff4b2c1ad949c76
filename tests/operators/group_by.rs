use super::*;

topology! {
    fn by_first_letter() -> ByFirstLetter {
        let input: Stream<String, String> = stream("in");
        let counts: Table<String, u64> = input.group_by(|_, v| v.chars().next().map(String::from)).count();
        counts.to_stream().to("out");
    }

    fn already_there() -> AlreadyThere {
        let input: Stream<String, String> = stream("in");
        let counts: Table<String, u64> = input.filter(|_, v| !v.is_empty()).group_by_key().count();
        counts.to_stream().to("out");
    }
}

#[test]
fn records_meet_through_the_repartition_topic_of_the_state() {
    let driver = driver(by_first_letter());
    pipe(
        &driver,
        "in",
        &[(Some("1"), Some("apple"), 1), (Some("2"), Some("axe"), 2), (Some("3"), Some(""), 3), (Some("4"), Some("bee"), 4)],
    );
    assert_eq!(read(&driver, "test-counts-repartition"), ["a=apple@1", "a=axe@2", "b=bee@4"]);
    assert_eq!(read_numbers::<u64>(&driver, "out"), ["a=1@1", "a=2@2", "b=1@4"]);
    assert_eq!(driver.dropped(), 0, "null keys are lost at the repartition without being counted");
}

#[test]
fn without_a_key_change_nothing_is_repartitioned() {
    let driver = driver(already_there());
    pipe(&driver, "in", &[(Some("1"), Some("apple"), 1)]);
    assert!(driver.read_raw("test-counts-repartition").is_none());
    assert_eq!(read_numbers::<u64>(&driver, "out"), ["1=1@1"]);
}
