use super::*;

pub(super) fn or_none(value: Option<&String>) -> &str {
    value.map_or("none", String::as_str)
}

topology! {
    pub fn inner() -> InnerJoin {
        let left: Stream<Text, Text> = stream("left");
        let right: Stream<Text, Text> = stream("right");
        let j = left.join(right, |l, r| format!("{l}{r}"), within(millis(10)).grace(millis(5)));
        j.to("out");
    }

    pub fn lefts() -> LeftJoin {
        let left: Stream<Text, Text> = stream("left");
        let right: Stream<Text, Text> = stream("right");
        let j = left.left_join(right, |l, r| format!("{l}{}", or_none(r)), within(millis(50)).grace(millis(10)));
        j.to("out");
    }

    pub fn outer() -> OuterJoin {
        let left: Stream<Text, Text> = stream("left");
        let right: Stream<Text, Text> = stream("right");
        let j = left.outer_join(right, |l, r| format!("{}{}", or_none(l), or_none(r)), within(millis(50)).grace(millis(10)));
        j.to("out");
    }
}

#[test]
fn records_of_a_key_meet_within_the_windows_both_ends_included() {
    let driver = driver(inner());
    pipe(&driver, "left", &[(Some("a"), Some("1"), 100), (Some("b"), Some("2"), 100), (Some("a"), Some("3"), 95)]);
    pipe(
        &driver,
        "right",
        &[(Some("a"), Some("x"), 90), (Some("a"), Some("y"), 110), (Some("a"), Some("z"), 111), (Some("a"), Some("w"), 105)],
    );
    // In the order of time, with the later time; `z` is too far from both.
    assert_eq!(read(&driver, "out"), ["a=3x@95", "a=1x@100", "a=1y@110", "a=3w@105", "a=1w@105"]);
    pipe(&driver, "left", &[(Some("a"), Some("4"), 101)]);
    let result = |shown: &str| (shown.to_owned(), "101".to_owned());
    // Of the record that came last are the headers.
    assert_eq!(shown(&driver, "out"), [result("a=4w@105"), result("a=4y@110"), result("a=4z@111")]);
}

#[test]
fn equal_times_come_in_the_order_of_arrival_and_duplicates_are_kept() {
    let driver = driver(inner());
    pipe(&driver, "right", &[(Some("a"), Some("x"), 5), (Some("a"), Some("y"), 5), (Some("a"), Some("x"), 5), (Some("a"), Some("w"), 4)]);
    pipe(&driver, "left", &[(Some("a"), Some("1"), 5)]);
    assert_eq!(read(&driver, "out"), ["a=1w@5", "a=1x@5", "a=1y@5", "a=1x@5"]);
}

#[test]
fn nulls_are_dropped_by_an_inner_join() {
    let driver = driver(inner());
    pipe(&driver, "left", &[(None, Some("1"), 1), (Some("a"), None, 2), (None, None, 3)]);
    pipe(&driver, "right", &[(None, Some("1"), 1), (Some("a"), None, 2)]);
    assert_eq!(driver.dropped(), 5);
    assert!(read(&driver, "out").is_empty());
}

#[test]
fn a_record_is_found_until_its_side_has_moved_on() {
    let driver = driver(inner());
    pipe(&driver, "left", &[(Some("a"), Some("1"), 100)]);
    // The other side's time does not matter.
    pipe(&driver, "right", &[(Some("b"), Some("x"), 1_000), (Some("a"), Some("y"), 100)]);
    assert_eq!(read(&driver, "out"), ["a=1y@100"]);
    // 25 ms are the windows and the grace.
    pipe(&driver, "left", &[(Some("b"), Some("2"), 124)]);
    pipe(&driver, "right", &[(Some("a"), Some("z"), 100)]);
    assert_eq!(read(&driver, "out"), ["a=1z@100"]);
    pipe(&driver, "left", &[(Some("b"), Some("2"), 125)]);
    pipe(&driver, "right", &[(Some("a"), Some("z"), 100)]);
    assert!(read(&driver, "out").is_empty());
}

#[test]
fn a_left_record_without_a_partner_comes_when_its_window_has_closed() {
    let driver = driver(lefts());
    pipe(&driver, "left", &[(Some("b"), Some("1"), 10), (Some("a"), Some("2"), 10), (Some("c"), Some("3"), 20)]);
    pipe(&driver, "right", &[(Some("c"), Some("x"), 70), (Some("d"), Some("y"), 70)]);
    assert_eq!(read(&driver, "out"), ["c=3x@70"]);
    // In the order of time and key; with their own times and the headers of the record that closed them.
    pipe(&driver, "right", &[(Some("e"), Some("z"), 71)]);
    assert_eq!(shown(&driver, "out"), [("a=2none@10".to_owned(), "71".to_owned()), ("b=1none@10".to_owned(), "71".to_owned())]);
    // What comes when its window has ended does not wait; the grace does not count then.
    pipe(&driver, "left", &[(Some("f"), Some("4"), 20), (Some("f"), Some("5"), 21)]);
    assert_eq!(read(&driver, "out"), ["f=4none@20"]);
    assert_eq!(driver.dropped(), 0);
}

#[test]
fn a_null_key_of_the_left_side_is_joined_at_once_and_what_is_dropped_moves_the_time() {
    let driver = driver(lefts());
    pipe(&driver, "left", &[(Some("a"), Some("1"), 10), (None, Some("2"), 500)]);
    assert_eq!(read(&driver, "out"), ["-=2none@500"]);
    pipe(&driver, "right", &[(None, Some("x"), 600), (Some("b"), None, 700)]);
    assert_eq!(driver.dropped(), 2);
    pipe(&driver, "left", &[(Some("b"), Some("3"), 649)]);
    assert_eq!(read(&driver, "out"), ["b=3none@649"], "the windows before 650 have ended");
    pipe(&driver, "left", &[(Some("b"), Some("4"), 700)]);
    assert_eq!(read(&driver, "out"), ["a=1none@10"]);
}

#[test]
fn both_sides_of_an_outer_join_wait_the_right_one_comes_first() {
    let driver = driver(outer());
    pipe(&driver, "left", &[(Some("a"), Some("1"), 10), (Some("b"), Some("2"), 11)]);
    pipe(&driver, "right", &[(Some("z"), Some("x"), 10), (None, Some("y"), 12), (Some("b"), Some("w"), 12)]);
    assert_eq!(read(&driver, "out"), ["-=noney@12", "b=2w@12"]);
    pipe(&driver, "left", &[(Some("c"), Some("3"), 100)]);
    assert_eq!(read(&driver, "out"), ["z=nonex@10", "a=1none@10"]);
}

topology! {
    pub fn itself() -> Itself {
        let input: Stream<Text, Text> = stream("in");
        let once = input.join(input, |k, l, r| format!("{k}{l}{r}"), within(millis(30)).after(millis(10)).grace(millis(5))).single_store();
        let twice = input.join(input, |k, l, r| format!("{k}{l}{r}"), within(millis(30)).after(millis(10)).grace(millis(5)));
        once.to("once");
        twice.to("twice");
    }

    fn apart() -> Apart {
        let input: Stream<Text, Text> = stream("in");
        let j = input.try_join(input, |l, r| if l == "bad" { Err("bad") } else { Ok(format!("{l}{r}")) }, within(millis(60)).after_ms(-20)).single_store();
        j.to("out");
    }
}

#[test]
fn a_stream_joined_with_itself_has_the_same_results_over_one_store_and_over_two() {
    let driver = driver(itself());
    let times = [1000, 1010, 1030, 1015, 1030, 1040, 1005, 1000, 1041];
    for (index, time_ms) in times.into_iter().enumerate() {
        let key = if index % 3 == 2 { "b" } else { "a" };
        pipe(&driver, "in", &[(Some(key), Some(&index.to_string()), time_ms), (Some("a"), Some("x"), time_ms - 3)]);
    }
    let once = read(&driver, "once");
    assert_eq!(once, read(&driver, "twice"));
    assert!(once.len() > 40, "{}", once.len());
    pipe(&driver, "in", &[(None, Some("x"), 1050), (Some("a"), None, 1050)]);
    assert_eq!(driver.dropped(), 6, "each side of a join over two stores drops for itself");
}

#[test]
fn windows_that_leave_out_the_same_time_join_no_record_with_itself() {
    let driver = TestDriver::builder(apart()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("1"), 1000), (Some("a"), Some("2"), 1020), (Some("a"), Some("bad"), 1040)]);
    assert_eq!(read(&driver, "out"), ["a=21@1020"]);
    pipe(&driver, "in", &[(Some("a"), Some("4"), 1060)]);
    // Records are kept for the width of the windows, 40 ms: the first is gone.
    assert_eq!(read(&driver, "out"), ["a=42@1060", "a=4bad@1060"]);
    assert_eq!(driver.metrics().skipped_errors, 2);
}

topology! {
    fn zero() -> Zero {
        let left: Stream<Text, Text> = stream("left");
        let right: Stream<Text, Text> = stream("right");
        let j = left.outer_join(right, |l, r| format!("{}{}", or_none(l), or_none(r)), within(millis(0)).grace(millis(0)));
        j.to("out");
        let itself = left.join(left, |l, r| format!("{l}{r}"), within(millis(0))).single_store();
        itself.to("itself");
    }
}

/// In Kafka Streams nothing is found: the stores' retention would be 0.
#[test]
fn windows_of_no_width_and_no_grace_join_records_of_the_same_time() {
    let driver = driver(zero());
    pipe(&driver, "left", &[(Some("a"), Some("1"), 10)]);
    pipe(&driver, "right", &[(Some("a"), Some("x"), 10), (Some("b"), Some("y"), 11)]);
    pipe(&driver, "left", &[(Some("a"), Some("2"), 11), (Some("a"), Some("3"), 12)]);
    assert_eq!(read(&driver, "out"), ["a=1x@10", "b=noney@11", "a=2none@11"]);
    assert_eq!(read(&driver, "itself"), ["a=11@10", "a=22@11", "a=33@12"]);
}

topology! {
    fn rekeyed() -> Rekeyed {
        let left: Stream<String, String> = stream("left");
        let right: Stream<String, String> = stream("right");
        let lefts = left.select_key(|_, v| v.get(..1).filter(|letter| *letter != "-").map(str::to_owned));
        let rights = right.select_key(|_, v| v.get(..1).filter(|letter| *letter != "-").map(str::to_owned));
        let users: Table<String, String> = table("users");
        let inner = lefts.join(rights, |l, r| format!("{l}+{r}"), within(millis(10)));
        let lefts_left = lefts.left_join(rights, |k, l, r| format!("{}{l}+{}", k.is_some(), or_none(r)), within(millis(10)).grace(millis(0)));
        let outers = lefts.outer_join(rights, |l, r| format!("{}+{}", or_none(l), or_none(r)), within(millis(10)).grace(millis(0)));
        let known = lefts.left_join(users, |l, user| format!("{l}+{}", or_none(user)));
        inner.to("inner");
        lefts_left.to("lefts");
        outers.to("outers");
        known.to("known");
    }
}

#[test]
fn changed_keys_go_through_a_topic_for_each_side_and_null_keys_where_one_side_suffices() {
    let driver = driver(rekeyed());
    pipe(&driver, "left", &[(Some("k"), Some("x1"), 5), (Some("k"), Some("-2"), 6)]);
    pipe(&driver, "right", &[(Some("k"), Some("x3"), 7), (Some("k"), Some("-4"), 8)]);
    assert_eq!(read(&driver, "test-inner-left-repartition"), ["x=x1@5"]);
    assert_eq!(read(&driver, "test-inner-right-repartition"), ["x=x3@7"]);
    assert_eq!(read(&driver, "test-lefts_left-left-repartition"), ["x=x1@5", "-=-2@6"]);
    assert_eq!(read(&driver, "test-lefts_left-right-repartition"), ["x=x3@7"]);
    assert_eq!(read(&driver, "test-outers-right-repartition"), ["x=x3@7", "-=-4@8"]);
    assert_eq!(read(&driver, "test-known-repartition"), ["x=x1@5", "-=-2@6"]);
    assert_eq!(read(&driver, "inner"), ["x=x1+x3@7"]);
    assert_eq!(read(&driver, "lefts"), ["-=false-2+none@6", "x=truex1+x3@7"]);
    assert_eq!(read(&driver, "outers"), ["-=-2+none@6", "x=x1+x3@7", "-=none+-4@8"]);
    assert_eq!(read(&driver, "known"), ["x=x1+none@5", "-=-2+none@6"]);
}

topology! {
    fn one_sided() -> OneSided {
        let left: Stream<Text, Text> = stream("left");
        let right: Stream<String, Text> = stream("right");
        let by_value = right.select_key(|_, v| v.clone().unwrap_or_default());
        let j = left.join(by_value, |k, l, r| format!("{k}{l}{r}"), within(millis(10)));
        let chained = j.left_join(left, |l, r| format!("{l}{}", or_none(r)), within(millis(10)).grace(millis(0))).named("again");
        chained.to("out");
    }
}

#[test]
fn one_side_alone_is_repartitioned_and_results_are_joined_again() {
    let plan = one_sided().plan();
    let sources: Vec<Vec<&str>> = plan.sub_topologies.iter().map(|part| part.sources.iter().map(|source| source.name).collect()).collect();
    assert_eq!(sources, [vec!["left", "j-right-repartition"], vec!["right"]]);
    let driver = driver(one_sided());
    pipe(&driver, "right", &[(Some("k"), Some("a"), 5)]);
    pipe(&driver, "left", &[(Some("a"), Some("1"), 6)]);
    // The record reaches the first join, and with its result the second one, before it comes to that itself.
    assert_eq!(read(&driver, "out"), ["a=a1a1@6"]);
}

topology! {
    fn impossible(after_ms: i64) -> Impossible {
        let left: Stream<Text, Text> = stream("left");
        let right: Stream<Text, Text> = stream("right");
        let j = left.join(right, |l, r| format!("{l}{r}"), within(millis(10)).after_ms(*after_ms));
        j.to("out");
    }

    fn no_value() -> NoValue {
        let left: Stream<String, ()> = stream("left");
        let right: Stream<String, String> = stream("right");
        let j = left.join(right, |(), r| r.clone(), within(millis(10)));
        j.to("out");
    }
}

#[test]
fn windows_that_end_before_they_begin_are_told_at_the_start() {
    let error = TestDriver::new(impossible(-11)).unwrap_err().to_string();
    assert!(error.contains("of `j`") && error.contains("the windows end before they begin"), "{error}");
    TestDriver::new(impossible(-10)).unwrap();
}

#[test]
fn a_value_without_bytes_is_a_value() {
    let driver = driver(no_value());
    try_pipe(&driver, "left", Some("a"), None, 1).unwrap();
    driver.restart().unwrap();
    pipe(&driver, "right", &[(Some("a"), Some("x"), 2)]);
    assert_eq!(read(&driver, "out"), ["a=x@2"]);
}

topology! {
    fn checked() -> Checked {
        let left: Stream<Text, Text> = stream("left");
        let right: Stream<Text, Text> = stream("right");
        let inner = left.try_join(right, |l, r| if r == "bad" { Err("bad") } else { Ok(format!("{l}{r}")) }, within(millis(10)));
        let lefts = left.try_left_join(right, |l, r| r.map(|r| format!("{l}{r}")).ok_or("no partner"), within(millis(10)).grace(millis(0)));
        let outers = left.try_outer_join(right, |k, l, r| Ok::<_, BoxError>(format!("{}{}", k.is_some(), or_none(l.or(r)))), within(millis(10)).grace(millis(0)));
        inner.to("inner");
        lefts.to("lefts");
        outers.to("outers");
    }
}

#[test]
fn an_error_goes_to_the_process_handler_and_the_other_pairs_go_on() {
    let driver = TestDriver::builder(checked()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "right", &[(Some("a"), Some("x"), 1), (Some("a"), Some("bad"), 2), (Some("a"), Some("y"), 3)]);
    pipe(&driver, "left", &[(Some("a"), Some("1"), 4), (Some("b"), Some("2"), 5), (None, Some("3"), 6), (Some("c"), Some("4"), 50)]);
    assert_eq!(read(&driver, "inner"), ["a=1x@4", "a=1y@4"]);
    assert_eq!(read(&driver, "lefts"), ["a=1x@4", "a=1bad@4", "a=1y@4"]);
    assert_eq!(read(&driver, "outers"), ["a=true1@4", "a=true1@4", "a=true1@4", "-=false3@6", "b=true2@5"]);
    assert_eq!(driver.metrics().skipped_errors, 3, "`bad`, the null key, and the one that waited");
}
