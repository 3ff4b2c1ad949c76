//! Tables: their views, groups and changes, with caches and without.

use super::*;

topology! {
    fn viewed() -> Viewed {
        let users: Table<String, String> = table("users");
        users.filter(|_, _, cx| { cx.set_header("mark", "filter"); cx.offset() != 1 }).to_stream().to("filter");
        users.filter_not(|_, _, cx| cx.offset() == 1).to_stream().to("filter_not");
        let marked = users.map_values(|v, cx| { cx.set_header("mark", "map"); format!("{v} {}", place(cx)) });
        marked.to_stream().to("map_values");
        let kept: Table<String, String> = users.map_values_with_key(|k, v, cx| { cx.set_header("mark", k); format!("{k}{v}{}", cx.offset()) });
        kept.to_stream().to("kept");
        users.to_stream_with_key(|k, v, cx| { cx.set_header("mark", "key"); format!("{k}{}{}", v.is_some(), cx.offset()) }).to("to_stream");
        users.to_stream().to("plain");
    }
}

#[test]
fn closures_of_tables_see_the_change_and_mark_it() {
    let driver = driver(viewed());
    pipe(&driver, "users", &[(Some("a"), Some("x"), 5), (Some("b"), Some("y"), 6), (Some("a"), None, 7)]);
    assert_eq!(marked(&driver, "filter"), ["a=x@5 mark:filter", "a=-@7"]);
    assert_eq!(marked(&driver, "filter_not"), ["a=x@5", "a=-@7"]);
    assert_eq!(marked(&driver, "map_values"), ["a=x users/0/0@5<5@5 mark:map", "b=y users/0/1@6<6@6 mark:map", "a=-@7"]);
    assert_eq!(marked(&driver, "kept"), ["a=ax0@5 mark:a", "b=by1@6 mark:b", "a=-@7"]);
    assert_eq!(marked(&driver, "to_stream"), ["atrue0=x@5 mark:key", "btrue1=y@6 mark:key", "afalse2=-@7 mark:key"]);
    assert_eq!(marked(&driver, "plain"), ["a=x@5", "b=y@6", "a=-@7"]);
}

#[test]
fn behind_a_cache_a_change_has_the_place_and_the_headers_of_its_own_record() {
    let driver = TestDriver::builder(viewed()).cache_max_bytes(1 << 20).build().unwrap();
    pipe(&driver, "users", &[(Some("a"), Some("x"), 5), (Some("a"), Some("z"), 6), (Some("b"), Some("y"), 9)]);
    driver.commit().unwrap();
    assert_eq!(marked(&driver, "map_values"), ["a=z users/0/1@6<9@6 mark:map", "b=y users/0/2@9<9@9 mark:map"]);
    // The store behind the view has a cache as well.
    assert_eq!(marked(&driver, "kept"), ["a=az1@6 mark:a", "b=by2@9 mark:b"]);
    assert_eq!(marked(&driver, "plain"), ["a=z@6", "b=y@9"]);
    driver.restart().unwrap();
    assert_eq!(driver.store(Viewed::KEPT).unwrap().get("a"), Some("az1".to_owned()));
}

topology! {
    fn tried_views() -> TriedViews {
        let users: Table<String, String> = table("users");
        let numbers = users.try_map_values(|v, cx| { cx.set_header("mark", "1"); v.parse::<i64>() });
        numbers.try_filter(|_, n, cx| if cx.offset() == 2 { Err("not this one") } else { Ok(*n > 0) }).to_stream().to("out");
        users.try_filter_not(|_, v, cx| if cx.topic() == "users" { Ok(v == "0") } else { Err("elsewhere") }).to_stream().to("not");
        users.try_map_values_with_key(|k, v, cx| v.parse::<i64>().map(|n| format!("{k}{n}{}", cx.offset()))).to_stream().to("with_key");
        users.try_to_stream_with_key(|k, _, cx| if cx.offset() == 1 { Err("no") } else { Ok(k.clone()) }).to("to_stream");
    }
}

#[test]
fn twins_of_tables_take_it_too() {
    let driver = TestDriver::builder(tried_views()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "users", &[(Some("a"), Some("7"), 1), (Some("b"), Some("x"), 2), (Some("c"), Some("8"), 3), (Some("d"), Some("0"), 4)]);
    let numbers = driver.output::<String, Option<i64>>("out").read_all();
    let numbers: Vec<_> = numbers.iter().map(|record| (record.key.as_str(), record.value, record.headers.len())).collect();
    assert_eq!(numbers, [("a", Some(7), 2)]);
    assert_eq!(marked(&driver, "not"), ["a=7@1", "b=x@2", "c=8@3"]);
    assert_eq!(marked(&driver, "with_key"), ["a=a70@1", "b=-@2", "c=c82@3", "d=d03@4"]);
    assert_eq!(marked(&driver, "to_stream"), ["a=7@1", "c=8@3", "d=0@4"]);
}

topology! {
    fn looked_up() -> LookedUp {
        let users: Table<String, String> = table("users");
        let view = users.map_values(|v, cx| { cx.set_header("lost", "1"); format!("{v}@{}", cx.topic()) });
        let passed = view.filter(|_, _, cx| { cx.set_header("lost", "2"); cx.offset() < 5 });
        let requests: Stream<String, String> = stream("requests");
        requests.left_join(passed, |_, request, row, cx| {
            cx.set_header("mark", row.is_some().to_string());
            format!("{request}+{}+{}", row.map_or("none", |row| row), place(cx))
        })
        .to("joined");
        requests.to("after");
    }
}

#[test]
fn a_view_that_is_looked_up_sees_the_record_that_asks_and_marks_nothing() {
    let driver = driver(looked_up());
    pipe(&driver, "users", &[(Some("a"), Some("x"), 5)]);
    pipe(&driver, "requests", &[(Some("a"), Some("r"), 1), (Some("b"), Some("s"), 9)]);
    let joined = ["a=r+x@requests+requests/0/0@1<5@1 mark:true", "b=s+none+requests/0/1@9<9@9 mark:false"];
    assert_eq!(marked(&driver, "joined"), joined);
    assert_eq!(marked(&driver, "after"), ["a=r@1", "b=s@9"]);
}

topology! {
    fn regrouped() -> Regrouped {
        let homes: Table<String, String> = table("homes");
        let grouped = homes.group_by(|_, town, cx| { cx.set_header("moved", cx.offset().to_string()); (town.clone(), town.clone()) });
        let last: Table<String, String> = grouped.reduce(
            |_, new, cx| { cx.set_header("by", "adder"); format!("{new}/{}", cx.topic().ends_with("-repartition")) },
            |rest, _, cx| { cx.set_header("by", "subtractor"); rest.clone() },
        );
        last.to_stream().to("reduced");
        let counted = homes.try_group_by(|_, town, cx| if cx.offset() == 9 { Err("never") } else { Ok((town.clone(), 1i64)) });
        let counts: Table<String, i64> = counted.aggregate(
            |cx| cx.offset() * 100,
            |_, one, sum, cx| { cx.set_header("by", "adder"); sum + one },
            |_, one, sum, cx| { cx.set_header("by", "subtractor"); sum - one },
        );
        counts.to_stream().map_values(|n| n.map(|n| n.to_string())).to("counts");
        let tried: Table<String, i64> = homes
            .group_by(|_, town| (town.clone(), 1i64))
            .try_aggregate(|| 0, |_, one, sum, cx| if cx.partition() == 0 { Ok(sum + one) } else { Err("elsewhere") }, |_, one, sum| Ok(sum - one));
        tried.to_stream().map_values(|n| n.map(|n| n.to_string())).to("tried");
        let kept: Table<String, String> = homes
            .group_by(|_, town| (town.clone(), town.clone()))
            .try_reduce(|_, new, cx| if cx.partition() == 0 { Ok(new.clone()) } else { Err("elsewhere") }, |rest, _| Ok(rest.clone()));
        kept.to_stream().to("kept");
    }
}

#[test]
fn groups_of_a_table_see_the_record_of_the_repartition_topic() {
    let driver = driver(regrouped());
    pipe(&driver, "homes", &[(Some("ann"), Some("oslo"), 1), (Some("bob"), Some("oslo"), 2), (Some("ann"), Some("rome"), 3)]);
    let reduced =
        ["oslo=oslo@1 moved:0", "oslo=oslo/true@2 moved:1 by:adder", "oslo=oslo/true@3 moved:2 by:subtractor", "rome=rome@3 moved:2"];
    assert_eq!(marked(&driver, "reduced"), reduced);
    // The initializer of `rome` sees the fourth record of the repartition topic.
    assert_eq!(marked(&driver, "counts"), ["oslo=1@1 by:adder", "oslo=2@2 by:adder", "oslo=1@3 by:subtractor", "rome=301@3 by:adder"]);
    assert_eq!(marked(&driver, "tried"), ["oslo=1@1", "oslo=2@2", "oslo=1@3", "rome=1@3"]);
    assert_eq!(marked(&driver, "kept"), ["oslo=oslo@1", "oslo=oslo@2", "oslo=oslo@3", "rome=rome@3"]);
}
