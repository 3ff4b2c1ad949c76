use super::*;

topology! {
    fn filters() -> Filters {
        let input: Stream<Text, Text> = stream("in");
        input.filter(|k, v| k.is_some() && v.is_some()).to("whole");
        input.filter_not(|k, v| k.is_some() && v.is_some()).to("nulls");
    }
}

#[test]
fn nulls_reach_the_closures_and_time_and_headers_stay() {
    let driver = driver(filters());
    pipe(&driver, "in", &[(Some("a"), Some("1"), 5), (None, Some("2"), 3), (Some("c"), None, 9)]);
    assert_eq!(shown(&driver, "whole"), [("a=1@5".to_owned(), "5".to_owned())]);
    assert_eq!(shown(&driver, "nulls"), [("-=2@3".to_owned(), "3".to_owned()), ("c=-@9".to_owned(), "9".to_owned())]);
    assert_eq!(driver.dropped(), 0);
}
