use super::*;

fn or_none(value: Option<&String>) -> &str {
    value.map_or("none", String::as_str)
}

topology! {
    fn joins() -> Joins {
        let left: Table<String, String> = table("left");
        let right: Table<String, String> = table("right");
        left.join(right, |l, r| format!("{l}{r}")).to_stream().to("inner");
        left.left_join(right, |l, r| format!("{l}{}", or_none(r))).to_stream().to("left-joined");
        let outer: Table<String, String> = left.outer_join(right, |l, r| format!("{}{}", or_none(l), or_none(r)));
        outer.to_stream().to("outer");
    }
}

#[test]
fn each_side_updates_the_result_with_the_later_time() {
    let driver = driver(joins());
    pipe(&driver, "left", &[(Some("a"), Some("l"), 5)]);
    pipe(&driver, "right", &[(Some("a"), Some("r"), 3), (Some("b"), Some("x"), 9)]);
    pipe(&driver, "left", &[(Some("a"), None, 2)]);
    assert_eq!(shown(&driver, "inner"), [("a=lr@5".to_owned(), "3".to_owned()), ("a=-@3".to_owned(), "2".to_owned())]);
    assert_eq!(read(&driver, "left-joined"), ["a=lnone@5", "a=lr@5", "a=-@3"]);
    assert_eq!(read(&driver, "outer"), ["a=lnone@5", "a=lr@5", "b=nonex@9", "a=noner@3"]);
    let rows = driver.store(Joins::OUTER).unwrap().all_with_timestamps();
    assert_eq!(rows, [("a".to_owned(), "noner".to_owned(), 3), ("b".to_owned(), "nonex".to_owned(), 9)]);
}

#[test]
fn a_deletion_of_what_neither_side_had_says_nothing() {
    let driver = driver(joins());
    pipe(&driver, "left", &[(Some("a"), None, 1), (None, Some("l"), 2)]);
    pipe(&driver, "right", &[(Some("a"), None, 3)]);
    for topic in ["inner", "left-joined", "outer"] {
        assert!(read(&driver, topic).is_empty(), "{topic}");
    }
    assert_eq!(driver.dropped(), 1, "the null key");
}

topology! {
    fn behind() -> Behind {
        let left: Table<String, String> = table("left");
        let right: Table<String, String> = table("right");
        let third: Table<String, String> = table("third");
        let loud = right.map_values(|r| r.to_uppercase());
        let both = left.join(loud, |l, r| format!("{l}{r}"));
        let kept: Table<String, String> = both.map_values(|v| v.clone());
        let counts: Table<String, u64> = both.group_by(|k, v| (v.clone(), k.clone())).count();
        let all = both.join(third, |b, t| format!("{b}{t}"));
        kept.to_stream().to("kept");
        all.to_stream().to("all");
        counts.to_stream().to("counts");
    }
}

/// The first deletion finds no row on the other side any more, and the second none on the first:
/// those behind the caches would never hear of it.
#[test]
fn a_row_goes_whose_sides_are_deleted_between_two_flushes() {
    for cache_max_bytes in [0, 1 << 20] {
        let driver = TestDriver::builder(behind()).cache_max_bytes(cache_max_bytes).build().unwrap();
        let settle = || (0..4).for_each(|_| driver.commit().unwrap());
        let all = ["left", "right", "third"];
        for topic in all {
            pipe(&driver, topic, &[(Some("a"), Some("x"), 1), (Some("b"), Some("x"), 1)]);
            settle();
        }
        read(&driver, "kept");
        read(&driver, "all");
        all.iter().for_each(|topic| pipe(&driver, topic, &[(Some("a"), None, 2)]));
        settle();
        assert_eq!((read(&driver, "kept"), read(&driver, "all")), (vec!["a=-@2".to_owned()], vec!["a=-@2".to_owned()]));
        assert_eq!(driver.store(Behind::KEPT).unwrap().all(), [("b".to_owned(), "xX".to_owned())]);
        assert_eq!(driver.store(Behind::COUNTS).unwrap().get("xX"), Some(1), "cache {cache_max_bytes}");
        // A key that only one side had was never told, and is not now.
        pipe(&driver, "left", &[(Some("c"), Some("x"), 3), (Some("c"), None, 4)]);
        pipe(&driver, "right", &[(Some("c"), None, 4)]);
        settle();
        assert!(read(&driver, "all").is_empty());
    }
}

topology! {
    fn chain() -> Chain {
        let a: Table<String, String> = table("a");
        let b: Table<String, String> = table("b");
        let c: Table<String, String> = table("c");
        let ab = a.join(b, |a, b| format!("{a}{b}"));
        let long = ab.filter(|_, ab| ab.len() > 2);
        long.outer_join(c, |ab, c| format!("{}+{}", or_none(ab), or_none(c))).to_stream().to("out");
    }

    fn itself() -> Itself {
        let t: Table<String, String> = table("in");
        t.join(t, |l, r| format!("{l}{r}")).to_stream().to("out");
    }
}

#[test]
fn rows_are_looked_up_through_joins_and_filters() {
    let driver = driver(chain());
    pipe(&driver, "a", &[(Some("k"), Some("aa"), 7)]);
    pipe(&driver, "b", &[(Some("k"), Some("b"), 8)]);
    pipe(&driver, "c", &[(Some("k"), Some("c"), 1)]);
    pipe(&driver, "a", &[(Some("k"), Some("a"), 9), (Some("k"), Some("a"), 10)]);
    pipe(&driver, "c", &[(Some("k"), Some("d"), 2)]);
    assert_eq!(read(&driver, "out"), ["k=aab+none@8", "k=aab+c@8", "k=none+c@9", "k=none+d@2"]);
}

#[test]
fn a_table_joined_with_itself_has_two_results_for_each_change() {
    let driver = driver(itself());
    pipe(&driver, "in", &[(Some("k"), Some("1"), 1), (Some("k"), None, 2)]);
    assert_eq!(read(&driver, "out"), ["k=11@1", "k=11@1"], "a deletion meets no row on the other side");
}

topology! {
    fn may_fail() -> MayFail {
        let left: Table<String, String> = table("left");
        let right: Table<String, String> = table("right");
        let sums = left.try_join(right, |l, r| Ok::<_, std::num::ParseIntError>(l.parse::<i64>()? + r.parse::<i64>()?));
        sums.to_stream().to("out");
    }
}

#[test]
fn an_error_goes_to_the_process_handler_and_there_is_no_row() {
    let driver = TestDriver::builder(may_fail()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "left", &[(Some("a"), Some("1"), 1)]);
    pipe(&driver, "right", &[(Some("a"), Some("2"), 2), (Some("a"), Some("x"), 3), (Some("a"), Some("3"), 4)]);
    assert_eq!(read_numbers::<i64>(&driver, "out"), ["a=3@2", "a=-@3", "a=4@4"]);
}

#[test]
fn both_tables_are_partitioned_alike_and_the_plan_shows_the_stores() {
    assert!(Chain::DESCRIPTION.contains("long.outer_join"), "{}", Chain::DESCRIPTION);
    let plan = chain().plan();
    assert_eq!(plan.sub_topologies[0].copartitioned, [vec![0, 1], vec![0, 1, 2]]);
}
