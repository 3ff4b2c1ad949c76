use super::*;

topology! {
    fn there() -> There {
        let t: Table<String, String> = table("in");
        let rows = t.to_stream().present();
        rows.map_values(|v| v.to_uppercase()).to("rows");
    }

    fn of_a_stream() -> OfAStream {
        let input: Stream<Text, Text> = stream("in");
        let lens: Table<String, i64> = input.present().group_by_key().aggregate(|| 0, |_, v, sum| sum + v.len() as i64);
        lens.to_stream().map_values(|n| n.map(|n| n.to_string())).to("lens");
    }
}

#[test]
fn what_is_there_goes_on_with_its_time_and_headers() {
    let driver = driver(there());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 3), (Some("a"), None, 4), (Some("b"), Some("y"), 1)]);
    assert_eq!(read(&driver, "rows"), ["a=X@3", "b=Y@1"]);
    assert_eq!(driver.metrics().dropped, 0, "a null that is left out is not dropped");
}

#[test]
fn null_keys_stay() {
    let driver = driver(of_a_stream());
    pipe(&driver, "in", &[(Some("a"), Some("xx"), 3), (None, Some("y"), 4), (Some("a"), None, 5)]);
    assert_eq!(read(&driver, "lens"), ["a=2@3"]);
    // The aggregation drops the null key; the null value did not reach it.
    assert_eq!(driver.metrics().dropped, 1);
}
