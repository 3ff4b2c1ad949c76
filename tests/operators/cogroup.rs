use streams_runtime::Topology;
use streams_runtime::plan::{SinkPlan, SourceTopics};

use super::*;

topology! {
    fn joined() -> Joined {
        let words: Stream<Text, Text> = stream("words");
        let numbers: Stream<String, i64> = stream("numbers");
        let others = numbers.group_by_key();
        let texts: Table<String, String> = words
            .group_by_key()
            .cogroup(|_, v, there| there + v.as_deref().unwrap_or("-"))
            .cogroup(others, |k, n, there| format!("{there}{k}{n}"))
            .aggregate(|| "*".to_owned());
        texts.to_stream().to("out");
    }

    fn regrouped(min: i64) -> Regrouped {
        let words: Stream<String, String> = stream("words");
        let numbers: Stream<String, i64> = stream("numbers");
        let more: Stream<String, String> = stream("more");
        let by_sign = numbers.filter(|_, n| *n >= *min).group_by(|_, n| if *n < 0 { "minus".to_owned() } else { "plus".to_owned() });
        let plain = more.group_by_key();
        let named = more.group_by(|_, v| v.clone());
        let all = words.group_by(|_, v| v.clone()).cogroup(|_, _, n| n + 1).cogroup(by_sign, |_, _, n| n + 10);
        let counts: Table<String, u64> =
            all.cogroup(plain, |_, _, n| n + 100).cogroup(named, |_, _, n| n + 1000).named("by-value").aggregate(|| 0);
        counts.to_stream().to("out");
    }

    fn in_windows() -> InWindows {
        let words: Stream<Text, Text> = stream("words");
        let others: Stream<Text, Text> = stream("others");
        let grouped = others.group_by_key();
        let windows = words
            .group_by_key()
            .try_cogroup(|_, v, n: u64| match v.as_deref() {
                Some("!") => Err("no"),
                _ => Ok(n + 1),
            })
            .cogroup(grouped, |_, _, n| n + 10)
            .windowed_by(tumbling(millis(10)));
        let sums: Table<Windowed<String>, u64> = windows.aggregate(|| 0).retention(seconds(1));
        sums.to_stream().map(|k, v| (k.to_string(), v.map(|v| v.to_string()))).to("out");
    }

    fn until_z() -> UntilZ {
        let words: Stream<Text, Text> = stream("words");
        let others: Stream<Text, Text> = stream("others");
        let grouped = others.group_by_key();
        let texts: Table<String, String> = words
            .group_by_key()
            .cogroup(|_, v, there: Text| Some(there.unwrap_or_default() + v.as_deref()?))
            .cogroup(grouped, |_, _, _| None)
            .aggregate(|| None);
        // Its values before a change are asked for.
        let lengths: Table<String, u64> = texts.group_by(|_, text| (text.len().to_string(), text.clone())).count();
        texts.to_stream().to("out");
        lengths.to_stream().to("lengths");
    }
}

topology! {
    fn in_sessions() -> InSessions {
        let words: Stream<Text, Text> = stream("words");
        let others: Stream<str, str> = stream("others");
        let grouped = others.group_by_key();
        let texts: Table<Windowed<String, SessionWindow>, String> = words
            .group_by_key()
            .try_cogroup(|_, v, there: String| if v.as_deref() == Some("!") { Err("no") } else { Ok(there + v.as_deref().unwrap_or("-")) })
            .cogroup(grouped, |_, v, there| there + &v.to_uppercase())
            .windowed_by(sessions(millis(10)).grace(millis(20)))
            .aggregate(|| "*".to_owned(), |k, a, b| format!("{a}{k}{b}"));
        texts.to_stream().map(|k, v| (k.to_string(), v.clone())).to("out");
    }
}

#[test]
fn sessions_of_all_streams_are_merged() {
    let driver = TestDriver::builder(in_sessions()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "words", &[(Some("a"), Some("x"), 100), (Some("a"), None, 120)]);
    pipe(&driver, "others", &[(Some("a"), Some("y"), 110), (Some("b"), Some("z"), 100)]);
    let made = [
        "[a@100/100]=*x@100",
        "[a@120/120]=*-@120",
        "[a@100/100]=-@100",
        "[a@120/120]=-@120",
        "[a@100/120]=*a*xa*-Y@120",
        "[b@100/100]=*Z@100",
    ];
    assert_eq!(read(&driver, "out"), made);
    // The closure fails: the session stays. What is late among the words is not among the others.
    pipe(&driver, "words", &[(Some("a"), Some("!"), 125), (Some("c"), Some("x"), 94), (Some("c"), Some("x"), 109)]);
    pipe(&driver, "others", &[(Some("c"), Some("x"), 94)]);
    assert_eq!(read(&driver, "out"), ["[c@109/109]=*x@109", "[c@94/94]=*X@94"]);
    assert_eq!((driver.dropped(), driver.metrics().skipped_errors), (1, 1));
}

#[test]
fn streams_of_different_types_fold_into_one_aggregate() {
    let driver = driver(joined());
    pipe(&driver, "words", &[(Some("a"), Some("x"), 10)]);
    driver.input::<String, i64>("numbers").unwrap().pipe_at("a".to_owned(), 7, 4).unwrap();
    pipe(&driver, "words", &[(Some("a"), Some("y"), 12), (Some("b"), Some("z"), 3)]);
    assert_eq!(read(&driver, "out"), ["a=*x@10", "a=*xa7@10", "a=*xa7y@12", "b=*z@3"]);
    assert_eq!(driver.store(Joined::TEXTS).unwrap().get("a"), Some("*xa7y".to_owned()));
}

#[test]
fn null_keys_and_null_values_are_dropped() {
    let driver = driver(joined());
    pipe(&driver, "words", &[(None, Some("x"), 1), (Some("a"), None, 2)]);
    assert_eq!((read(&driver, "out"), driver.dropped()), (vec![], 2));
}

#[test]
fn results_have_the_headers_of_the_record() {
    let driver = driver(joined());
    pipe(&driver, "words", &[(Some("a"), Some("x"), 5), (Some("a"), Some("y"), 3)]);
    assert_eq!(shown(&driver, "out"), [("a=*x@5".to_owned(), "5".to_owned()), ("a=*xy@5".to_owned(), "3".to_owned())]);
}

#[test]
fn with_a_cache_the_last_aggregate_goes_on() {
    let driver = TestDriver::builder(joined()).cache_max_bytes(1 << 20).build().unwrap();
    pipe(&driver, "words", &[(Some("a"), Some("x"), 10), (Some("a"), Some("y"), 4)]);
    driver.input::<String, i64>("numbers").unwrap().pipe_at("a".to_owned(), 7, 11).unwrap();
    assert!(read(&driver, "out").is_empty());
    driver.commit().unwrap();
    assert_eq!(read(&driver, "out"), ["a=*xya7@11"]);
}

#[test]
fn each_stream_whose_key_was_changed_has_a_repartition_topic() {
    let topology = regrouped(i64::MIN);
    let plan = topology.plan();
    let sinks = plan.sub_topologies.iter().flat_map(|part| &part.sinks);
    let repartitions = sinks.filter_map(|sink| if let SinkPlan::Repartition { name, .. } = sink { Some(name.as_str()) } else { None });
    // That of the first is named after the state, those of the others after their names too.
    assert_eq!(repartitions.collect::<Vec<_>>(), ["counts", "counts-by_sign", "by-value"]);
    let last = plan.sub_topologies.iter().find(|part| !part.stores.is_empty()).unwrap();
    assert_eq!(last.copartitioned, [(0..last.sources.len()).collect::<Vec<_>>()]);
    assert_eq!(last.sources.iter().filter(|s| matches!(s.topics, SourceTopics::Repartition(_))).count(), 3);

    let driver = driver(topology);
    pipe(&driver, "words", &[(Some("1"), Some("plus"), 1)]);
    let numbers = driver.input::<String, i64>("numbers").unwrap();
    numbers.pipe_at("2".to_owned(), 5, 2).unwrap();
    numbers.pipe_at("2".to_owned(), -5, 3).unwrap();
    pipe(&driver, "more", &[(Some("plus"), Some("minus"), 4)]);
    assert_eq!(read_numbers::<u64>(&driver, "out"), ["plus=1@1", "plus=11@2", "minus=10@3", "plus=111@4", "minus=1010@4"]);
}

#[test]
fn in_windows_each_stream_has_a_time_of_its_own() {
    let driver = TestDriver::builder(in_windows()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "words", &[(Some("a"), Some("x"), 5), (Some("a"), Some("x"), 30), (Some("a"), Some("x"), 6), (Some("a"), Some("!"), 31)]);
    // Late among the words, but the others have only begun. A null value is aggregated.
    pipe(&driver, "others", &[(Some("a"), None, 7), (Some("a"), Some("x"), 40), (Some("a"), Some("x"), 8)]);
    assert_eq!(read(&driver, "out"), ["[a@0/10]=1@5", "[a@30/40]=1@30", "[a@0/10]=11@7", "[a@40/50]=10@40"]);
    assert_eq!((driver.dropped(), driver.metrics().skipped_errors), (2, 1));
}

#[test]
fn an_aggregate_that_is_none_deletes_the_row() {
    let driver = driver(until_z());
    pipe(&driver, "words", &[(Some("a"), Some("x"), 1), (Some("a"), Some("y"), 2)]);
    pipe(&driver, "others", &[(Some("a"), Some("z"), 3), (Some("b"), Some("z"), 4)]);
    pipe(&driver, "words", &[(Some("a"), Some("w"), 5)]);
    assert_eq!(read(&driver, "out"), ["a=x@1", "a=xy@2", "a=-@3", "b=-@4", "a=w@5"]);
    assert_eq!(read_numbers::<u64>(&driver, "lengths"), ["1=1@1", "1=0@2", "2=1@2", "2=0@3", "1=1@5"]);
}
