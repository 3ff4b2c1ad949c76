use super::*;

topology! {
    fn joined() -> Joined {
        let input: Stream<Text, Text> = stream("in");
        let users: Table<String, String> = table("users");
        input.join(users, |v, user| format!("{v}+{user}")).to("inner");
        input.left_join(users, |v, user| format!("{v}+{}", user.map_or("nobody", |u| u))).to("left");
    }

    fn rekeyed() -> Rekeyed {
        let input: Stream<String, String> = stream("in");
        let users: Table<String, String> = table("users");
        let by_value = input.select_key(|_, v| v.clone());
        let named = by_value.try_join(users, |v, user| match user.as_str() {
            "bad" => Err(BoxError::from(format!("no {v}"))),
            user => Ok(user.to_owned()),
        });
        named.to("out");
    }
}

topology! {
    fn keyed() -> Keyed {
        let input: Stream<Text, Text> = stream("in");
        let users: Table<String, String> = table("users");
        input.join(users, |k, v, user| format!("{k}:{v}+{user}")).to("inner");
        input.left_join(users, |k, v, user| format!("{}:{v}+{}", k.is_some(), user.map_or("nobody", |u| u))).to("left");
        input.try_join(users, |k, v, user| if k == user { Err("alike") } else { Ok(v.to_owned()) }).to("tried");
        input.try_left_join(users, |k, v, _| k.as_ref().map(|k| format!("{k}{v}")).ok_or("null")).to("left-tried");
    }
}

#[test]
fn a_closure_of_three_parameters_sees_the_key_which_only_a_left_join_may_find_null() {
    let driver = TestDriver::builder(keyed()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "users", &[(Some("a"), Some("ann"), 1), (Some("b"), Some("b"), 1)]);
    pipe(&driver, "in", &[(Some("a"), Some("1"), 2), (Some("b"), Some("2"), 3), (None, Some("3"), 4)]);
    assert_eq!(read(&driver, "inner"), ["a=a:1+ann@2", "b=b:2+b@3"]);
    assert_eq!(read(&driver, "left"), ["a=true:1+ann@2", "b=true:2+b@3", "-=false:3+nobody@4"]);
    assert_eq!(read(&driver, "tried"), ["a=1@2"]);
    assert_eq!(read(&driver, "left-tried"), ["a=a1@2", "b=b2@3"]);
    assert_eq!((driver.dropped(), driver.metrics().skipped_errors), (2, 2));
}

#[test]
fn the_table_is_read_as_it_is_and_its_changes_make_no_results() {
    for cache_max_bytes in [0, 1 << 20] {
        let driver = TestDriver::builder(joined()).cache_max_bytes(cache_max_bytes).build().unwrap();
        pipe(&driver, "in", &[(Some("a"), Some("1"), 1)]);
        pipe(&driver, "users", &[(Some("a"), Some("ann"), 9)]);
        pipe(&driver, "in", &[(Some("a"), Some("2"), 2), (Some("b"), Some("3"), 3)]);
        pipe(&driver, "users", &[(Some("a"), None, 1)]);
        pipe(&driver, "in", &[(Some("a"), Some("4"), 4)]);
        assert_eq!(shown(&driver, "inner"), [("a=2+ann@2".to_owned(), "2".to_owned())]);
        assert_eq!(read(&driver, "left"), ["a=1+nobody@1", "a=2+ann@2", "b=3+nobody@3", "a=4+nobody@4"]);
        assert_eq!(driver.dropped(), 0);
    }
}

#[test]
fn null_values_are_dropped_and_null_keys_by_the_inner_join() {
    let driver = driver(joined());
    pipe(&driver, "in", &[(Some("a"), None, 1)]);
    assert_eq!(driver.dropped(), 2, "once by each join");
    pipe(&driver, "in", &[(None, Some("1"), 2)]);
    assert_eq!(driver.dropped(), 3);
    assert_eq!(read(&driver, "left"), ["-=1+nobody@2"]);
    assert!(read(&driver, "inner").is_empty());
}

#[test]
fn after_a_key_change_records_meet_the_table_through_a_repartition_topic() {
    let driver = TestDriver::builder(rekeyed()).on_process_error(OnError::DeadLetter("dead".into())).build().unwrap();
    pipe(&driver, "users", &[(Some("x"), Some("xenia"), 1), (Some("y"), Some("bad"), 1)]);
    pipe(&driver, "in", &[(Some("a"), Some("x"), 5), (Some("a"), Some("y"), 6)]);
    assert_eq!(read(&driver, "test-named-repartition"), ["x=x@5", "y=y@6"]);
    assert_eq!(read(&driver, "out"), ["x=xenia@5"]);
    assert_eq!(read(&driver, "dead"), ["y=y@6"]);
}
