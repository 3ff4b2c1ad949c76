use super::*;

topology! {
    fn towns() -> Towns {
        let homes: Table<String, String> = table("in");
        let by_town = homes.group_by(|_, town| ((town != "nowhere").then(|| town.clone()), 1i64));
        let counts: Table<String, u64> = by_town.count();
        counts.to_stream().to("counts");
        let sums: Table<String, i64> = by_town.reduce(|a, b| a + b, |a, b| a - b);
        sums.to_stream().to("sums");
    }

    fn names() -> Names {
        let homes: Table<String, String> = table("in");
        let names: Table<String, String> = homes
            .group_by(|name, town| (town[..1].to_owned(), format!("{name}{}", &town[1..])))
            .aggregate(String::new, |_, name, all| all + "+" + name, |_, name, all| all + "-" + name);
        names.to_stream().to("out");
    }
}

#[test]
fn a_row_leaves_its_group_and_joins_another_the_old_one_first() {
    let driver = driver(towns());
    let moves = [(Some("ann"), Some("rome"), 1), (Some("bob"), Some("rome"), 5), (Some("ann"), Some("oslo"), 3), (Some("bob"), None, 4)];
    pipe(&driver, "in", &moves);
    let counts = read_numbers::<u64>(&driver, "counts");
    assert_eq!(counts, ["rome=1@1", "rome=2@5", "rome=1@5", "oslo=1@3", "rome=0@5"], "the later one of both times; an empty group stays");
    assert_eq!(read_numbers::<i64>(&driver, "sums"), counts);
}

#[test]
fn a_change_within_a_group_is_subtracted_and_added_at_once() {
    let driver = driver(names());
    pipe(&driver, "in", &[(Some("ann"), Some("x1"), 1), (Some("ann"), Some("x2"), 2), (Some("ann"), Some("y3"), 3)]);
    assert_eq!(read(&driver, "out"), ["x=+ann1@1", "x=+ann1-ann1+ann2@2", "x=+ann1-ann1+ann2-ann2@3", "y=+ann3@3"]);
}

#[test]
fn a_null_group_is_no_group_and_nothing_is_counted_as_dropped() {
    let driver = driver(towns());
    pipe(&driver, "in", &[(Some("ann"), Some("nowhere"), 1), (Some("ann"), Some("nowhere"), 2), (Some("ann"), Some("rome"), 3)]);
    pipe(&driver, "in", &[(Some("ann"), Some("nowhere"), 4), (Some("cid"), None, 5), (None, Some("rome"), 6)]);
    assert_eq!(read_numbers::<u64>(&driver, "counts"), ["rome=1@3", "rome=0@4"]);
    assert_eq!(driver.dropped(), 1, "the null key of the source");
}

#[test]
fn headers_of_the_change_go_through_the_repartition_topic() {
    let driver = driver(names());
    pipe(&driver, "in", &[(Some("ann"), Some("x1"), 7)]);
    assert_eq!(shown(&driver, "out"), [("x=+ann1@7".to_owned(), "7".to_owned())]);
}

topology! {
    fn emptied() -> Emptied {
        let t: Table<String, String> = table("in");
        let sums: Table<String, i64> = t
            .group_by(|_, v| ("all".to_owned(), v.parse::<i64>().unwrap_or(0)))
            .reduce(|a, b| Some(a + b), |a, b| (a != b).then_some(a - b));
        sums.to_stream().to("out");
    }

    fn may_fail() -> MayFail {
        let t: Table<String, String> = table("in");
        let sums: Table<String, i64> = t
            .try_group_by(|_, v| v.parse::<i64>().map(|n| ("all".to_owned(), n)))
            .try_reduce(|a, b| if *b == 13 { Err("unlucky") } else { Ok(a + b) }, |a, b| Ok(a - b));
        sums.to_stream().to("out");
    }
}

#[test]
fn a_subtractor_may_empty_the_group() {
    let driver = driver(emptied());
    pipe(&driver, "in", &[(Some("a"), Some("5"), 1), (Some("a"), None, 2), (Some("b"), Some("3"), 3)]);
    assert_eq!(read_numbers::<i64>(&driver, "out"), ["all=5@1", "all=-@2", "all=3@3"]);
}

#[test]
fn an_error_goes_to_the_process_handler_and_the_row_stays() {
    let driver = TestDriver::builder(may_fail()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("5"), 1), (Some("b"), Some("13"), 2), (Some("c"), Some("x"), 3), (Some("d"), Some("2"), 4)]);
    assert_eq!(read_numbers::<i64>(&driver, "out"), ["all=5@1", "all=7@4"]);
    // `x` was in no group, so it is not taken out of one.
    pipe(&driver, "in", &[(Some("c"), Some("1"), 5)]);
    assert_eq!(read_numbers::<i64>(&driver, "out"), ["all=8@5"]);
}

topology! {
    fn cached() -> Cached {
        let t: Table<String, String> = table("in");
        let c: Table<String, u64> = t.group_by(|_, v| (v.clone(), 0i64)).count();
        c.to_stream().to("out");
        let input: Stream<String, String> = stream("lines");
        let n: Table<String, u64> = input.group_by_key().count();
        let h: Table<u64, u64> = n.group_by(|_, n| (*n, 0i64)).count();
        h.to_stream().map_values(|n| n.map(|n| n.to_string())).select_key(|k, _| k.to_string()).to("histogram");
    }
}

#[test]
fn with_a_cache_only_what_was_sent_is_taken_back() {
    let driver = TestDriver::builder(cached()).cache_max_bytes(1 << 20).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("x"), 1), (Some("a"), Some("y"), 2), (Some("b"), Some("y"), 3)]);
    pipe(&driver, "lines", &[(Some("a"), Some("1"), 1), (Some("a"), Some("2"), 2), (Some("b"), Some("3"), 3)]);
    driver.commit().unwrap();
    driver.commit().unwrap();
    assert_eq!(read_numbers::<u64>(&driver, "out"), ["y=2@3"]);
    pipe(&driver, "in", &[(Some("a"), Some("x"), 4), (Some("a"), Some("z"), 5)]);
    pipe(&driver, "lines", &[(Some("b"), Some("4"), 4), (Some("b"), Some("5"), 5)]);
    driver.commit().unwrap();
    driver.commit().unwrap();
    assert_eq!(read_numbers::<u64>(&driver, "out"), ["y=1@5", "z=1@5"]);
    let mut histogram = read(&driver, "histogram");
    histogram.sort();
    assert_eq!(histogram, ["1=0@5", "1=1@3", "2=1@2", "3=1@5"]);
}

topology! {
    fn windowed_histograms() -> WindowedHistograms {
        let input: Stream<String, String> = stream("in");
        let tumbling: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(tumbling(millis(10))).count().named("tumbling");
        let of_tumbling: Table<u64, i64> = tumbling.group_by(|_, n| (*n, 1i64)).reduce(|a, b| a + b, |a, b| a - b).named("of-tumbling");
        of_tumbling.to_stream().select_key(|n, _| n.to_string()).to("tumbling");
        let sliding: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(sliding(millis(10)).grace(millis(90))).count().named("sliding");
        let of_sliding: Table<u64, i64> = sliding.group_by(|_, n| (*n, 1i64)).reduce(|a, b| a + b, |a, b| a - b).named("of-sliding");
        of_sliding.to_stream().select_key(|n, _| n.to_string()).to("sliding");
    }
}

/// Kafka Streams takes what a window began with out of its group, which has no row then.
#[test]
fn what_a_window_began_with_is_taken_out() {
    let driver = TestDriver::new(windowed_histograms()).unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("x"), 101)]);
    assert_eq!(read_numbers::<i64>(&driver, "tumbling"), ["0=-@101", "1=1@101"]);
    assert_eq!(read_numbers::<i64>(&driver, "sliding"), ["0=-@101", "1=1@101"]);
    pipe(&driver, "in", &[(Some("a"), Some("x"), 105)]);
    assert_eq!(read_numbers::<i64>(&driver, "tumbling"), ["1=0@105", "2=1@105"]);
    // The window behind the first record is new; the one that ends with the second begins with what is there of the first.
    assert_eq!(read_numbers::<i64>(&driver, "sliding"), ["0=-@105", "1=2@105", "1=1@105", "2=1@105"]);
}
