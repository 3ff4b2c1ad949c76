use super::*;

topology! {
    fn maps() -> Maps {
        let t: Table<String, String> = table("in");
        let view = t.map_values_with_key(|k, v| format!("{k}{v}"));
        view.to_stream().to("view");
        let stored: Table<String, i64> = view.map_values(|v| v[1..].parse::<i64>().ok());
        stored.to_stream().map_values(|n| n.map(|n| n.to_string())).to("stored");
        let requests: Stream<Text, Text> = stream("requests");
        requests.left_join(view, |request, row| format!("{request}+{}", row.map_or("none", |row| row))).to("joined");
    }
}

#[test]
fn deletions_pass_and_a_none_deletes() {
    let driver = driver(maps());
    pipe(&driver, "in", &[(Some("a"), Some("7"), 5), (Some("a"), Some("x"), 3), (Some("b"), None, 4), (None, Some("1"), 9)]);
    assert_eq!(shown(&driver, "view")[0], ("a=a7@5".to_owned(), "5".to_owned()));
    assert_eq!(read(&driver, "stored"), ["a=7@5", "a=-@3", "b=-@4"]);
    assert!(driver.store(Maps::STORED).unwrap().all().is_empty());
    assert_eq!(driver.dropped(), 1, "the null key");
}

#[test]
fn rows_are_looked_up_through_the_view() {
    let driver = driver(maps());
    pipe(&driver, "in", &[(Some("a"), Some("7"), 5)]);
    pipe(&driver, "requests", &[(Some("a"), Some("r"), 1), (Some("b"), Some("r"), 2), (None, Some("r"), 3)]);
    assert_eq!(read(&driver, "joined"), ["a=r+a7@1", "b=r+none@2", "-=r+none@3"]);
}

topology! {
    fn may_fail() -> MayFail {
        let t: Table<String, String> = table("in");
        let numbers = t.try_map_values(|v| v.parse::<i64>());
        numbers.try_filter(|_, n| if *n < 0 { Err("negative") } else { Ok(*n > 1) }).to_stream().to("out");
    }
}

#[test]
fn an_error_goes_to_the_process_handler() {
    let driver = TestDriver::builder(may_fail()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("7"), 1), (Some("a"), Some("x"), 2), (Some("a"), Some("-1"), 3), (Some("a"), Some("8"), 4)]);
    assert_eq!(read_numbers::<i64>(&driver, "out"), ["a=7@1", "a=-@2", "a=8@4"]);
    let strict = TestDriver::new(may_fail()).unwrap();
    let stopped = try_pipe(&strict, "in", Some("a"), Some("x"), 1).unwrap_err().to_string();
    assert!(stopped.contains("numbers"), "{stopped}");
}
