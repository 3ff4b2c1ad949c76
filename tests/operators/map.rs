use super::*;

topology! {
    fn swap() -> Swap {
        let input: Stream<Text, Text> = stream("in");
        input.map(|k, v| (v.clone(), k.clone())).to("out");
    }
}

#[test]
fn key_and_value_are_new_and_time_and_headers_stay() {
    let driver = driver(swap());
    pipe(&driver, "in", &[(Some("a"), Some("b"), 7), (None, Some("c"), 2), (Some("d"), None, 1)]);
    let expected = [("b=a@7", "7"), ("c=-@2", "2"), ("-=d@1", "1")].map(|(r, t)| (r.to_owned(), t.to_owned()));
    assert_eq!(shown(&driver, "out"), expected);
}
