//! Aggregations of streams, in windows and without, and cogroups: a row has the headers that its
//! last record was given.

use super::*;

topology! {
    fn folded() -> Folded {
        let words: Stream<String, String> = stream("words");
        let joined: Table<String, String> = words.group_by_key().reduce(|a, b, cx| { cx.headers_mut().add("mark", Some(b"r")); format!("{a}{b}{}", cx.offset()) });
        joined.to_stream().to("reduced");
        let grouped = words.group_by(|k, v, cx| { cx.set_header("group", cx.offset().to_string()); format!("{k}{}", v.len()) });
        let sums: Table<String, i64> = grouped.aggregate(
            |cx| { cx.set_header("new", "1"); cx.timestamp_ms() * 100 },
            |_, v, sum, cx| { cx.set_header("mark", "a"); sum + v.len() as i64 + i64::from(cx.topic() == "words") },
        );
        sums.to_stream().map_values(|sum| sum.map(|sum| sum.to_string())).to("sums");
        let tried: Table<String, i64> = words.group_by_key().try_aggregate(
            || 0,
            |_, _, sum: i64, cx| { cx.set_header("mark", "t"); if cx.offset() == 1 { Err("not this one") } else { Ok(sum + 1) } },
        );
        tried.to_stream().map_values(|sum| sum.map(|sum| sum.to_string())).to("tried");
        let last: Table<String, String> = words.group_by_key().try_reduce(|_, b, cx| if cx.partition() == 0 { Ok(b.clone()) } else { Err("elsewhere") });
        last.to_stream().to("last");
        words.to("after");
    }
}

const WORDS: &[(Option<&str>, Option<&str>, i64)] =
    &[(Some("a"), Some("x"), 1), (Some("a"), Some("y"), 2), (Some("b"), Some("z"), 3), (Some("a"), Some("w"), 4)];

#[test]
fn the_row_of_an_aggregation_keeps_the_headers_of_its_last_record() {
    let driver = TestDriver::builder(folded()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "words", WORDS);
    assert_eq!(marked(&driver, "reduced"), ["a=x@1", "a=xy1@2 mark:r", "b=z@3", "a=xy1w3@4 mark:r"]);
    let sums = ["a1=101@1 group:0 new:1 mark:a", "a1=102@2 group:1 mark:a", "b1=301@3 group:2 new:1 mark:a", "a1=103@4 group:3 mark:a"];
    assert_eq!(marked(&driver, "sums"), sums);
    assert_eq!(marked(&driver, "tried"), ["a=1@1 mark:t", "b=1@3 mark:t", "a=2@4 mark:t"]);
    assert_eq!(marked(&driver, "last").len(), 4);
    assert_eq!(marked(&driver, "after"), ["a=x@1", "a=y@2", "b=z@3", "a=w@4"]);
}

#[test]
fn a_cache_keeps_them_with_the_row_and_a_restart_loses_none() {
    let driver = TestDriver::builder(folded()).on_process_error(OnError::Continue).cache_max_bytes(1 << 20).build().unwrap();
    pipe(&driver, "words", WORDS);
    assert!(marked(&driver, "reduced").is_empty());
    driver.restart().unwrap();
    assert_eq!(marked(&driver, "reduced"), ["a=xy1w3@4 mark:r", "b=z@3"]);
    assert_eq!(marked(&driver, "tried"), ["a=2@4 mark:t", "b=1@3 mark:t"]);
    pipe(&driver, "words", &[(Some("a"), Some("!"), 5)]);
    driver.commit().unwrap();
    assert_eq!(marked(&driver, "reduced"), ["a=xy1w3!4@5 mark:r"]);
}

topology! {
    fn in_windows() -> InWindows {
        let words: Stream<String, String> = stream("words");
        let grouped = words.group_by_key();
        let hopping_counts: Table<Windowed<String>, i64> = grouped.windowed_by(hopping(millis(10), millis(5))).aggregate(
            |_cx| 0,
            |_, _, sum, cx| { cx.headers_mut().add("mark", Some(b"h")); sum + 1 + cx.offset() * 10 },
        );
        hopping_counts.to_stream_with_key(|key, _| format!("{}@{}", key.key, key.window.start_ms)).map_values(|sum| sum.map(|sum| sum.to_string())).to("hopping");
        let sliding_words: Table<Windowed<String>, String> =
            grouped.windowed_by(sliding(millis(10))).reduce(|a, b, cx| { cx.headers_mut().add("mark", Some(b"s")); format!("{a}{b}{}", cx.offset()) });
        sliding_words.to_stream_with_key(|key, _| format!("{}@{}", key.key, key.window.start_ms)).to("sliding");
        let closed: Table<Windowed<String>, i64> = grouped.windowed_by(tumbling(millis(10)).grace(millis(0))).emit_on_close().try_aggregate(
            || 0,
            |_, _, sum, cx| { cx.set_header("lost", "1"); if cx.topic() == "words" { Ok(sum + 1) } else { Err("elsewhere") } },
        );
        closed.to_stream_with_key(|key, _, cx| format!("{}@{}:{}", key.key, key.window.start_ms, cx.offset())).map_values(|sum| sum.map(|sum| sum.to_string())).to("closed");
        let sessions_of: Table<Windowed<String, SessionWindow>, i64> = grouped.windowed_by(sessions(millis(10))).aggregate(
            |cx| cx.offset(),
            |_, _, sum, cx| { cx.set_header("lost", "1"); sum + cx.timestamp_ms() },
            |_, a, b, cx| a + b + 1000 * cx.offset(),
        );
        sessions_of.to_stream_with_key(|key, _| key.key.clone()).map_values(|sum| sum.map(|sum| sum.to_string())).to("sessions");
        let tried: Table<Windowed<String>, String> =
            grouped.windowed_by(tumbling(millis(10))).try_reduce(|a, b, cx| if cx.offset() == 9 { Err("no") } else { Ok(format!("{a}{b}")) });
        tried.to_stream_with_key(|key, _| key.key.clone()).to("tried");
        words.to("after");
    }
}

#[test]
fn windows_have_headers_of_their_own_and_what_is_sent_on_close_has_those_of_the_record_that_closed_it() {
    let driver = driver(in_windows());
    pipe(&driver, "words", &[(Some("a"), Some("x"), 7), (Some("a"), Some("y"), 8), (Some("b"), Some("z"), 30)]);
    let hopping = ["a@0=1@7 mark:h", "a@5=1@7 mark:h", "a@0=12@8 mark:h", "a@5=12@8 mark:h", "b@25=21@30 mark:h", "b@30=21@30 mark:h"];
    assert_eq!(marked(&driver, "hopping"), hopping);
    let sliding = marked(&driver, "sliding");
    assert!(sliding.contains(&"a@0=xy1@8 mark:s".to_owned()), "{sliding:?}");
    assert!(sliding.iter().all(|shown| shown.matches("mark").count() <= 1), "{sliding:?}");
    assert_eq!(marked(&driver, "closed"), ["a@0:-1=2@8"]);
    assert_eq!(marked(&driver, "sessions"), ["a=7@7", "a=-@7", "a=1016@8", "b=32@30"]);
    assert_eq!(marked(&driver, "tried"), ["a=x@7", "a=xy@8", "b=z@30"]);
    assert_eq!(marked(&driver, "after"), ["a=x@7", "a=y@8", "b=z@30"]);
}

topology! {
    fn together() -> Together {
        let added: Stream<String, String> = stream("added");
        let removed: Stream<String, String> = stream("removed");
        let removals = removed.group_by_key();
        let items: Table<String, String> = added
            .group_by_key()
            .cogroup(|_, v, all: String, cx| { cx.set_header("mark", "+"); format!("{all}+{v}{}", cx.offset()) })
            .cogroup(removals, |_, v, all, cx| { cx.set_header("mark", "-"); format!("{all}-{v}{}", cx.topic()) })
            .aggregate(|cx| cx.offset().to_string());
        items.to_stream().to("items");
        let windowed: Table<Windowed<String>, String> = added
            .group_by_key()
            .try_cogroup(|_, v, all: String, cx| if cx.offset() == 9 { Err("no") } else { Ok(format!("{all}{v}")) })
            .try_cogroup(removals, |_, v, all, cx| if cx.offset() == 9 { Err("no") } else { Ok(format!("{all}{v}")) })
            .windowed_by(tumbling(millis(10)))
            .aggregate(|cx| cx.timestamp_ms().to_string());
        windowed.to_stream_with_key(|key, _| key.key.clone()).to("windowed");
        let visits: Table<Windowed<String, SessionWindow>, String> = added
            .group_by_key()
            .cogroup(|_, v, all: String| format!("{all}{v}"))
            .windowed_by(sessions(millis(10)))
            .aggregate(|cx| cx.offset().to_string(), |_, a, b, cx| format!("{b}{a}{}", cx.topic()));
        visits.to_stream_with_key(|key, _| key.key.clone()).to("visits");
        added.to("after");
    }
}

#[test]
fn streams_that_are_folded_together_each_see_their_own_record() {
    let driver = driver(together());
    pipe(&driver, "added", &[(Some("a"), Some("x"), 1)]);
    pipe(&driver, "removed", &[(Some("a"), Some("y"), 2)]);
    pipe(&driver, "added", &[(Some("a"), Some("z"), 3)]);
    assert_eq!(marked(&driver, "items"), ["a=0+x0@1 mark:+", "a=0+x0-yremoved@2 mark:-", "a=0+x0-yremoved+z1@3 mark:+"]);
    assert_eq!(marked(&driver, "windowed"), ["a=1x@1", "a=1xy@2", "a=1xyz@3"]);
    assert_eq!(marked(&driver, "visits"), ["a=0x@1", "a=-@1", "a=0x1addedz@3"]);
    assert_eq!(marked(&driver, "after"), ["a=x@1", "a=z@3"]);
}
