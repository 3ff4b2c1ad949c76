//! Operators that look at one record at a time.

use std::sync::{Arc, Mutex};

use super::*;

topology! {
    fn placed() -> Placed {
        let input: Stream<String, String> = stream("in");
        let kept = input.filter(|_, v, cx| v != "no" && cx.offset() != 1);
        kept.map(|k, v, cx| (format!("{k}!"), format!("{v} {}", place(cx)))).to("map");
        kept.map_values(|v, cx| format!("{v} {}", place(cx))).to("map_values");
        kept.map_values_with_key(|k, v, cx| format!("{k}{v} {}", place(cx))).to("map_values_with_key");
        kept.select_key(|k, _, cx| format!("{k}{}", cx.offset())).to("select_key");
        kept.flat_map(|k, v, out, cx| {
            out(k, &format!("{v} {}", cx.offset()));
            out(k, &place(cx));
        })
        .to("flat_map");
        kept.flat_map_values(|v, out, cx| for _ in 0..2 { out(&format!("{v} {}", place(cx))) }).to("flat_map_values");
        kept.flat_map_values_with_key(|k, v, out, cx| out(&format!("{k}{v} {}", place(cx)))).to("flat_map_values_with_key");
        input.filter_not(|_, _, cx| cx.timestamp_ms() < 20).to("filter_not");
    }
}

#[test]
fn every_closure_sees_where_its_record_came_from() {
    let driver = driver(placed());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 20), (Some("b"), Some("y"), 30), (Some("c"), Some("z"), 10)]);
    assert_eq!(read(&driver, "map"), ["a!=x in/0/0@20<20@20", "c!=z in/0/2@10<30@10"]);
    assert_eq!(read(&driver, "map_values"), ["a=x in/0/0@20<20@20", "c=z in/0/2@10<30@10"]);
    assert_eq!(read(&driver, "map_values_with_key"), ["a=ax in/0/0@20<20@20", "c=cz in/0/2@10<30@10"]);
    assert_eq!(read(&driver, "select_key"), ["a0=x@20", "c2=z@10"]);
    assert_eq!(read(&driver, "flat_map"), ["a=x 0@20", "a=in/0/0@20<20@20", "c=z 2@10", "c=in/0/2@10<30@10"]);
    assert_eq!(read(&driver, "flat_map_values").len(), 4);
    assert_eq!(read(&driver, "flat_map_values_with_key"), ["a=ax in/0/0@20<20@20", "c=cz in/0/2@10<30@10"]);
    assert_eq!(read(&driver, "filter_not"), ["a=x@20", "b=y@30"]);
}

topology! {
    fn tried() -> Tried {
        let input: Stream<String, String> = stream("in");
        let number = input.try_map_values(|v, cx| {
            cx.set_header("at", cx.offset().to_string());
            v.parse::<i64>()
        });
        number.try_filter(|_, n, cx| if cx.headers().last("at").is_some() { Ok(*n > 0) } else { Err("no header") }).to("out");
    }
}

#[test]
fn twins_take_it_too_and_a_failed_call_leaves_no_header_behind() {
    let driver = TestDriver::builder(tried()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("1"), 1), (Some("a"), Some("x"), 2), (Some("a"), Some("-3"), 3), (Some("a"), Some("4"), 4)]);
    let raw: Vec<_> = std::iter::from_fn(|| driver.read_raw("out")).map(|record| record.headers).collect();
    assert_eq!(raw.iter().map(|headers| headers.last("at").flatten()).collect::<Vec<_>>(), [Some(&b"0"[..]), Some(b"3")]);
    assert!(raw.iter().all(|headers| headers.len() == 2), "{raw:?}");
}

topology! {
    fn siblings() -> Siblings {
        let input: Stream<String, String> = stream("in");
        input.to("before");
        let marked = input.map_values(|v, cx| { cx.headers_mut().add("mark", Some(b"1")); v.clone() });
        marked.peek(|_, _, cx| cx.headers_mut().add("mark", Some(b"2"))).to("twice");
        marked.filter(|_, _, cx| { cx.headers_mut().clear(); cx.set_header("only", "x"); true }).to("cleared");
        marked.to("once");
        input.select_key(|k, _, cx| { cx.set_header("trace", "new"); k.clone() }).to("replaced");
        input.to("after");
    }
}

#[test]
fn a_header_that_is_set_goes_on_with_its_record_and_no_other_reader_sees_it() {
    let driver = driver(siblings());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 1), (Some("a"), Some("y"), 2)]);
    assert_eq!(marked(&driver, "twice"), ["a=x@1 mark:1 mark:2", "a=y@2 mark:1 mark:2"]);
    assert_eq!(marked(&driver, "cleared"), ["a=x@1 only:x", "a=y@2 only:x"]);
    assert_eq!(marked(&driver, "once"), ["a=x@1 mark:1", "a=y@2 mark:1"]);
    assert_eq!(shown(&driver, "replaced"), [("a=x@1".to_owned(), "new".to_owned()), ("a=y@2".to_owned(), "new".to_owned())]);
    for topic in ["before", "after"] {
        assert_eq!(shown(&driver, topic), [("a=x@1".to_owned(), "1".to_owned()), ("a=y@2".to_owned(), "2".to_owned())], "{topic}");
    }
}

topology! {
    fn emitted() -> Emitted {
        let input: Stream<String, String> = stream("in");
        let parts = input.flat_map_values(|v, out, cx| {
            for (index, part) in v.split(' ').enumerate() {
                if index > 0 {
                    cx.set_header("part", index.to_string());
                }
                out(part);
            }
            cx.set_header("part", "too late");
        });
        let inner = parts.flat_map_values(|part, out, cx| {
            out(part);
            cx.headers_mut().add("inner", Some(b"1"));
            out(part);
        });
        inner.to("inner");
        parts.to("parts");
        input.to("whole");
    }
}

#[test]
fn what_is_emitted_has_the_headers_that_were_set_before() {
    let driver = driver(emitted());
    pipe(&driver, "in", &[(Some("a"), Some("x y"), 1), (Some("b"), Some("z"), 2)]);
    assert_eq!(marked(&driver, "parts"), ["a=x@1", "a=y@1 part:1", "b=z@2"]);
    let inner = ["a=x@1", "a=x@1 inner:1", "a=y@1 part:1", "a=y@1 part:1 inner:1", "b=z@2", "b=z@2 inner:1"];
    assert_eq!(marked(&driver, "inner"), inner);
    assert_eq!(marked(&driver, "whole"), ["a=x y@1", "b=z@2"]);
}

topology! {
    fn divided() -> Divided {
        let input: Stream<String, String> = stream("in");
        let (early, late, rest) = input
            .split()
            .branch(|_, _, cx| { cx.set_header("asked", "1"); cx.offset() == 0 })
            .branch(|_, v| v == "late")
            .otherwise();
        early.to("early");
        late.to("late");
        rest.to("rest");
        input.to("all");
    }
}

#[test]
fn a_branch_decides_by_the_context_and_its_header_goes_on_whichever_way_the_record_goes() {
    let driver = driver(divided());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 1), (Some("a"), Some("late"), 2), (Some("a"), Some("z"), 3)]);
    assert_eq!(marked(&driver, "early"), ["a=x@1 asked:1"]);
    assert_eq!(marked(&driver, "late"), ["a=late@2 asked:1"]);
    assert_eq!(marked(&driver, "rest"), ["a=z@3 asked:1"]);
    assert_eq!(marked(&driver, "all"), ["a=x@1", "a=late@2", "a=z@3"]);
}

topology! {
    fn written() -> Written {
        let input: Stream<String, String> = stream("in");
        input.to(|_, v, cx| { cx.set_header("to", "1"); format!("{v}-{}", cx.offset()) });
        input.to("chosen").partitioned_by(|_, _, partitions, cx| { cx.set_header("of", partitions.to_string()); Some(0) });
        input.to(|_, v| format!("plain-{v}"));
        input.to("after");
    }
}

#[test]
fn closures_of_sinks_see_it_and_their_headers_are_written() {
    let driver = driver(written());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 1)]);
    assert_eq!(marked(&driver, "x-0"), ["a=x@1 to:1"]);
    assert_eq!(marked(&driver, "chosen"), ["a=x@1 of:1"]);
    assert_eq!(marked(&driver, "plain-x"), ["a=x@1"]);
    assert_eq!(marked(&driver, "after"), ["a=x@1"]);
}

topology! {
    fn ended(seen: Arc<Mutex<Vec<String>>>) -> Ended {
        let input: Stream<String, String> = stream("in");
        input.for_each(|k, v, cx| seen.lock().unwrap().push(format!("{k}{v} {} {} {}", place(cx), cx.task_id(), cx.application_id().is_empty())));
        input.try_for_each(|_, _, cx| if cx.record_metadata().is_some() { Ok(()) } else { Err("nowhere") });
    }
}

#[test]
fn the_end_of_a_stream_sees_it() {
    let seen = Arc::default();
    let driver = driver(ended(Arc::clone(&seen)));
    pipe(&driver, "in", &[(Some("a"), Some("x"), 7)]);
    assert_eq!(*seen.lock().unwrap(), ["ax in/0/0@7<7 0_0 false"]);
}

/// An error at a record of offset 1.
fn not_the_second(cx: &RecordContext) -> Result<(), BoxError> {
    if cx.offset() == 1 { Err(BoxError::from("the second")) } else { Ok(()) }
}

topology! {
    fn twins() -> Twins {
        let input: Stream<String, String> = stream("in");
        input.try_filter_not(|_, _, cx| not_the_second(cx).map(|()| false)).to("filter_not");
        input.try_map(|k, v, cx| not_the_second(cx).map(|()| (k.clone(), v.clone()))).to("map");
        input.try_map_values_with_key(|_, v, cx| not_the_second(cx).map(|()| v.clone())).to("map_values_with_key");
        input.try_flat_map(|k, v, out, cx| not_the_second(cx).map(|()| out(k, v))).to("flat_map");
        input.try_flat_map_values(|v, out, cx| not_the_second(cx).map(|()| out(v))).to("flat_map_values");
        input.try_flat_map_values_with_key(|_, v, out, cx| not_the_second(cx).map(|()| out(v))).to("flat_map_values_with_key");
        input.try_select_key(|k, _, cx| not_the_second(cx).map(|()| k.clone())).to("select_key");
        input.try_peek(|_, _, cx| not_the_second(cx)).to("peek");
        let (yes, _no) = input.split().try_branch(|_, _, cx| not_the_second(cx).map(|()| true)).otherwise();
        yes.to("branch");
        let last: Table<String, String> = input.try_group_by(|k, _, cx| not_the_second(cx).map(|()| k.clone())).reduce(|_, v| v.clone());
        last.to_stream().to("group_by");
        let first = input.try_dedup_by(|_, v, cx| not_the_second(cx).map(|()| v.clone()), within(millis(10)));
        first.to("dedup_by");
    }
}

topology! {
    fn once() -> Once {
        let input: Stream<String, String> = stream("in");
        let first = input.dedup_by(|_, v, cx| { cx.set_header("mark", "1"); format!("{v}{}", cx.offset() / 2) }, within(millis(10)));
        first.to("first");
        input.to("all");
    }
}

#[test]
fn an_id_may_be_made_of_the_context() {
    let driver = driver(once());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 1), (Some("a"), Some("x"), 2), (Some("a"), Some("x"), 3)]);
    assert_eq!(marked(&driver, "first"), ["a=x@1 mark:1", "a=x@3 mark:1"]);
    assert_eq!(marked(&driver, "all"), ["a=x@1", "a=x@2", "a=x@3"]);
}

#[test]
fn an_error_of_a_twin_that_takes_it_goes_to_the_process_handler() {
    let driver = TestDriver::builder(twins()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("x"), 1), (Some("b"), Some("y"), 2), (Some("c"), Some("z"), 3)]);
    let topics = ["filter_not", "map", "map_values_with_key", "flat_map", "flat_map_values", "flat_map_values_with_key"];
    for topic in topics.into_iter().chain(["select_key", "peek", "branch", "group_by", "dedup_by"]) {
        assert_eq!(read(&driver, topic), ["a=x@1", "c=z@3"], "{topic}");
    }
    assert_eq!(driver.metrics().skipped_errors, 11);
}

/// A function that is given by its name has the parameters without the context.
fn shout(word: &String) -> String {
    word.to_uppercase()
}

fn same(key: &String, value: &String) -> bool {
    key == value
}

topology! {
    fn named() -> Named {
        let input: Stream<String, String> = stream("in");
        input.map_values(shout).to("shouted");
        input.filter(same).to("same");
    }
}

#[test]
fn the_name_of_a_function_stands_for_the_parameters_alone() {
    let driver = driver(named());
    pipe(&driver, "in", &[(Some("a"), Some("Xy"), 1)]);
    assert_eq!(read(&driver, "shouted"), ["a=XY@1"]);
    assert_eq!(read(&driver, "same"), Vec::<String>::new());
}
