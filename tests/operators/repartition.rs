use super::*;

topology! {
    fn twice() -> Twice {
        let input: Stream<Text, String> = stream("in");
        let once = input.repartition().named("once");
        once.map_values(|v| format!("{v}1")).repartition().named("again").to("out");
        once.to("once");
    }
}

#[test]
fn records_go_through_both_topics_in_order_of_time_and_null_keys_are_lost() {
    let driver = driver(twice());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 5), (None, Some("y"), 6)]);
    assert_eq!(read(&driver, "test-once-repartition"), ["a=x@5"]);
    assert_eq!(read(&driver, "test-again-repartition"), ["a=x1@5"]);
    assert_eq!(shown(&driver, "out"), [("a=x1@5".to_owned(), "5".to_owned())]);
    assert_eq!(read(&driver, "once"), ["a=x@5"]);
    assert_eq!(driver.dropped(), 0);
}
