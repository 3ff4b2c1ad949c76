use super::*;

topology! {
    fn by_value() -> ByValue {
        let input: Stream<String, String> = stream("in");
        input.select_key(|k, v| (k != v).then(|| v.clone())).to("out");
    }
}

#[test]
fn the_value_stays_and_the_new_key_may_be_null() {
    let driver = driver(by_value());
    pipe(&driver, "in", &[(Some("a"), Some("b"), 1), (Some("a"), Some("a"), 2)]);
    assert_eq!(read(&driver, "out"), ["b=b@1", "-=a@2"]);
}
