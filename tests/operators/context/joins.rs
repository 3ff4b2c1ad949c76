//! Joins of all kinds: the context is that of the record that came last, and each result has
//! headers of its own.

use super::*;

topology! {
    fn streams() -> Streams {
        let left: Stream<String, String> = stream("left");
        let right: Stream<String, String> = stream("right");
        let inner = left.join(right, |_, l, r, cx| { cx.headers_mut().add("mark", Some(b"1")); format!("{l}{r} {}", place(cx)) }, within(millis(10)));
        inner.to("inner");
        let alone = left.left_join(
            right,
            |_, l, r, cx| { cx.headers_mut().add("mark", Some(b"1")); format!("{l}{} {}", r.map_or("-", |r| r), place(cx)) },
            within(millis(10)).grace(millis(0)),
        );
        alone.to("alone");
        let outer = left.try_outer_join(
            right,
            |k, l, r, cx| if cx.offset() == 9 { Err("never") } else { Ok(format!("{k}{}{}{}", l.is_some(), r.is_some(), cx.topic())) },
            within(millis(10)).grace(millis(0)),
        );
        outer.to("outer");
        let itself = left.join(left, |_, a, b, cx| { cx.headers_mut().add("mark", Some(b"1")); format!("{a}{b}{}", cx.offset()) }, within(millis(10)))
            .single_store();
        itself.to("itself");
        let tried = left.try_join(right, |_, l, r, cx| if cx.offset() == 0 { Ok(format!("{l}{r}")) } else { Err("later") }, within(millis(10)));
        tried.to("tried");
        let tried_left = left.try_left_join(right, |_, l, _, cx| if cx.partition() == 0 { Ok(l.clone()) } else { Err("no") }, within(millis(1)).grace(millis(0)));
        tried_left.to("tried_left");
        left.to("after");
    }
}

#[test]
fn joins_of_streams_see_the_record_that_came_last_and_nothing_of_the_one_that_closed_a_window() {
    let driver = TestDriver::builder(streams()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "left", &[(Some("k"), Some("a"), 1), (Some("k"), Some("b"), 2)]);
    pipe(&driver, "right", &[(Some("k"), Some("x"), 3)]);
    // The first one alone is given up when this one closes its window.
    pipe(&driver, "left", &[(Some("o"), Some("c"), 20), (Some("o"), Some("d"), 40)]);
    assert_eq!(marked(&driver, "inner"), ["k=ax right/0/0@3<3@3 mark:1", "k=bx right/0/0@3<3@3 mark:1"]);
    let alone = ["k=ax right/0/0@3<3@3 mark:1", "k=bx right/0/0@3<3@3 mark:1", "o=c- /-1/-1@40<40@20 mark:1"];
    assert_eq!(marked(&driver, "alone"), alone);
    assert_eq!(marked(&driver, "outer"), ["k=ktruetrueright@3", "k=ktruetrueright@3", "o=otruefalse@20"]);
    let itself = ["k=aa0@1 mark:1", "k=ba1@2 mark:1", "k=ab1@2 mark:1", "k=bb1@2 mark:1", "o=cc2@20 mark:1", "o=dd3@40 mark:1"];
    assert_eq!(marked(&driver, "itself"), itself);
    assert_eq!(marked(&driver, "tried"), ["k=ax@3", "k=bx@3"]);
    // What is given up comes from nowhere, so that its partition is none.
    assert_eq!(marked(&driver, "tried_left"), ["k=b@3"]);
    assert_eq!(marked(&driver, "after"), ["k=a@1", "k=b@2", "o=c@20", "o=d@40"]);
}

topology! {
    fn lookups() -> Lookups {
        let orders: Stream<String, String> = stream("orders");
        let users: Table<String, String> = table("users");
        let rates: GlobalTable<String, String> = global_table("rates");
        let met = orders.join(users, |k, order, user, cx| { cx.set_header("mark", "join"); format!("{k}{order}{user} {}", place(cx)) });
        met.to("met");
        let maybe = orders.try_left_join(users, |_, order, user, cx| if cx.offset() == 9 { Err("no") } else { Ok(format!("{order}{}", user.is_some())) });
        maybe.to("maybe");
        orders.try_join(users, |_, order, _, cx| if cx.offset() == 9 { Err("no") } else { Ok(order.clone()) }).to("tried");
        orders.left_join(users, |_, order, _, cx| format!("{order}{}", cx.offset())).to("left");
        // Both closures, one of them, the other.
        orders.join(rates, |_, _, cx| format!("r{}", cx.offset()), |k, row, order, rate, cx| { cx.set_header("mark", "rate"); format!("{k}{row}{order}{rate}{}", cx.offset()) }).to("both");
        orders.left_join(rates, |_, _, cx| { cx.set_header("lost", "1"); format!("r{}", cx.offset()) }, |order, rate| format!("{order}{}", rate.is_some())).to("key");
        orders.try_join(rates, |_, _| "r0".to_owned(), |_, row, order, rate, cx| if cx.offset() == 9 { Err("no") } else { Ok(format!("{row}{order}{rate}")) }).to("joiner");
        orders.try_left_join(rates, |_, _, cx| format!("r{}", cx.partition()), |k, row, order, _, cx| if cx.offset() == 9 { Err("no") } else { Ok(format!("{k}{row}{order}")) }).to("all");
        // The closure that says which row takes the context, and the joiner has each of its forms.
        orders.join(rates, |_, _, cx| format!("r{}", cx.offset()), |row_of, key, order, rate| format!("{row_of}{key}{order}{rate}")).to("keys");
        orders.left_join(rates, |_, _, cx| format!("r{}", cx.offset()), |k, row, order, rate| format!("{k}{row}{order}{}", rate.is_some())).to("left_keys");
        orders.left_join(rates, |_, _| "r1".to_owned(), |k, row, order, rate, cx| format!("{k}{row}{order}{}{}", rate.is_some(), cx.offset())).to("left_cx");
        orders.to("after");
    }
}

#[test]
fn joins_with_tables_see_the_record_of_the_stream() {
    let driver = driver(lookups());
    pipe(&driver, "users", &[(Some("a"), Some("ann"), 1)]);
    pipe(&driver, "rates", &[(Some("r0"), Some("7"), 1)]);
    pipe(&driver, "orders", &[(Some("a"), Some("tea"), 5), (Some("b"), Some("jam"), 4)]);
    assert_eq!(marked(&driver, "met"), ["a=ateaann orders/0/0@5<5@5 mark:join"]);
    assert_eq!(marked(&driver, "maybe"), ["a=teatrue@5", "b=jamfalse@4"]);
    assert_eq!(marked(&driver, "tried"), ["a=tea@5"]);
    assert_eq!(marked(&driver, "left"), ["a=tea0@5", "b=jam1@4"]);
    assert_eq!(marked(&driver, "both"), ["a=ar0tea70@5 mark:rate"]);
    assert_eq!(marked(&driver, "key"), ["a=teatrue@5", "b=jamfalse@4"]);
    assert_eq!(marked(&driver, "joiner"), ["a=r0tea7@5", "b=r0jam7@4"]);
    assert_eq!(marked(&driver, "all"), ["a=ar0tea@5", "b=br0jam@4"]);
    assert_eq!(marked(&driver, "keys"), ["a=ar0tea7@5"]);
    assert_eq!(marked(&driver, "left_keys"), ["a=ar0teatrue@5", "b=br1jamfalse@4"]);
    assert_eq!(marked(&driver, "left_cx"), ["a=ar1teafalse0@5", "b=br1jamfalse1@4"]);
    assert_eq!(marked(&driver, "after"), ["a=tea@5", "b=jam@4"]);
}

topology! {
    fn tables() -> Tables {
        let left: Table<String, String> = table("left");
        let right: Table<String, String> = table("right");
        let inner: Table<String, String> = left.join(right, |l, r, cx| { cx.set_header("mark", cx.topic().to_owned()); format!("{l}{r}") });
        inner.to_stream().to("inner");
        left.left_join(right, |l, r, cx| format!("{l}{}{}", r.is_some(), place(cx))).to_stream().to("left_join");
        left.outer_join(right, |l, r, cx| { cx.set_header("mark", "o"); format!("{}{}{}", l.is_some(), r.is_some(), cx.topic()) }).to_stream().to("outer");
        left.try_join(right, |l, r, cx| if cx.offset() == 1 { Err("no") } else { Ok(format!("{l}{r}")) }).to_stream().to("try_join");
        left.try_left_join(right, |l, _, cx| if cx.offset() == 9 { Err("no") } else { Ok(l.clone()) }).to_stream().to("try_left");
        left.try_outer_join(right, |l, _, cx| if cx.offset() == 9 { Err("no") } else { Ok(l.is_some().to_string()) }).to_stream().to("try_outer");
        // What asks for the row before a change calls the closure for it as well.
        let view = left.join(right, |l, r, cx| { cx.headers_mut().add("calls", Some(b"1")); format!("{l}{r}") });
        let groups: Table<String, u64> = view.group_by(|k, v| (k.clone(), v.clone())).count();
        groups.to_stream().map_values(|n| n.map(|n| n.to_string())).to("groups");
    }
}

#[test]
fn joins_of_tables_see_the_change_of_either_side() {
    let driver = TestDriver::builder(tables()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "left", &[(Some("k"), Some("a"), 1)]);
    pipe(&driver, "right", &[(Some("k"), Some("x"), 2)]);
    pipe(&driver, "left", &[(Some("k"), Some("b"), 3)]);
    assert_eq!(marked(&driver, "inner"), ["k=ax@2 mark:right", "k=bx@3 mark:left"]);
    assert_eq!(marked(&driver, "left_join"), ["k=afalseleft/0/0@1<1@1", "k=atrueright/0/0@2<2@2", "k=btrueleft/0/1@3<3@3"]);
    assert_eq!(marked(&driver, "outer"), ["k=truefalseleft@1 mark:o", "k=truetrueright@2 mark:o", "k=truetrueleft@3 mark:o"]);
    assert_eq!(marked(&driver, "try_join"), ["k=ax@2", "k=-@3"]);
    assert_eq!(marked(&driver, "try_left"), ["k=a@1", "k=a@2", "k=b@3"]);
    assert_eq!(marked(&driver, "try_outer"), ["k=true@1", "k=true@2", "k=true@3"]);
    assert_eq!(marked(&driver, "groups"), ["k=1@2 calls:1", "k=1@3 calls:1"]);
}

topology! {
    fn letters() -> Letters {
        let orders: Table<String, String> = table("orders");
        let users: Table<String, String> = table("users");
        let inner: Table<String, String> = orders.join(
            users,
            |_, order, cx| { cx.set_header("lost", cx.topic().to_owned()); order.clone() },
            |order, town, cx| { cx.set_header("mark", "fk"); format!("{order}{town}{}", cx.topic().ends_with("-subscription-response-topic")) },
        );
        inner.to_stream().to("inner");
        let left = orders.try_left_join(users, |order| order.clone(), |order, town, cx| if cx.offset() == 9 { Err("no") } else { Ok(format!("{order}{}", town.is_some())) });
        left.to_stream().to("left");
        let tried = orders.try_join(users, |_, order, cx| if cx.offset() < 9 { Some(order.clone()) } else { None }, |order, _| Ok::<_, BoxError>(order.clone()));
        tried.to_stream().to("tried");
        let plain = orders.left_join(users, |_, order, cx| if cx.partition() == 0 { Some(order.clone()) } else { None }, |order, town, cx| format!("{order}{}{}", town.is_some(), cx.partition()));
        plain.to_stream().to("plain");
    }
}

#[test]
fn a_join_by_a_foreign_key_sees_the_change_and_then_the_answer() {
    let driver = driver(letters());
    pipe(&driver, "users", &[(Some("ann"), Some("rome"), 1)]);
    pipe(&driver, "orders", &[(Some("1"), Some("ann"), 5)]);
    assert_eq!(marked(&driver, "inner"), ["1=annrometrue@5 mark:fk"]);
    assert_eq!(marked(&driver, "left"), ["1=anntrue@5"]);
    assert_eq!(marked(&driver, "tried"), ["1=ann@5"]);
    assert_eq!(marked(&driver, "plain"), ["1=anntrue0@5"]);
    pipe(&driver, "users", &[(Some("ann"), Some("oslo"), 7)]);
    assert_eq!(marked(&driver, "inner"), ["1=annoslotrue@7 mark:fk"]);
}
