use super::*;

topology! {
    fn coded() -> Coded {
        let input: Stream<Text, Text> = stream("in");
        let codes: GlobalTable<String, String> = global_table("codes");
        input.join(codes, |_, v| v.clone(), |v, code| format!("{v}+{code}")).to("inner");
        input.left_join(codes, |k, _| k.clone(), |v, code| format!("{v}+{}", code.map_or("none", |c| c))).to("left");
        input.try_left_join(codes, |_, v| v.clone(), |v, code| code.cloned().ok_or_else(|| format!("no code {v}"))).to("checked");
    }
}

topology! {
    fn keyed() -> Keyed {
        let input: Stream<Text, Text> = stream("in");
        let codes: GlobalTable<String, String> = global_table("codes");
        input.join(codes, |_, v| v.clone(), |k, v, code| format!("{k:?}:{v}+{code}")).to("inner");
        input.try_left_join(codes, |_, v| v.clone(), |k, v, code| k.as_ref().map(|k| format!("{k}:{v}+{code:?}")).ok_or("null")).to("left");
    }
}

#[test]
fn a_closure_of_three_parameters_sees_the_key_of_the_stream_which_may_be_null() {
    let driver = TestDriver::builder(keyed()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "codes", &[(Some("x"), Some("X"), 50)]);
    pipe(&driver, "in", &[(None, Some("x"), 5), (Some("a"), Some("x"), 6), (Some("a"), Some("y"), 7)]);
    assert_eq!(read(&driver, "inner"), ["-=None:x+X@5", "a=Some(\"a\"):x+X@6"]);
    assert_eq!(read(&driver, "left"), ["a=a:x+Some(\"X\")@6", "a=a:y+None@7"]);
}

topology! {
    fn both_keys() -> BothKeys {
        let input: Stream<Text, Text> = stream("in");
        let codes: GlobalTable<String, String> = global_table("codes");
        // The key that was made for the row is not null where there is a row, and may be null where
        // there may be none.
        input.join(codes, |_, v| v.to_uppercase(), |k, code_key, v, code| format!("{k:?}:{}:{v}+{code}", code_key.as_str())).to("inner");
        input.join(codes, |k, _| k.clone(), |_, code_key, v, code| format!("{}:{v}+{code}", code_key.as_str())).to("of_key");
        input.left_join(codes, |k, _| k.clone(), |k, code_key, v, code| format!("{}{code_key:?}:{v}+{code:?}", k.is_some())).to("left");
        input
            .try_join(codes, |_, v| v.to_uppercase(), { let bad = "y"; move |_, code_key, v, code| if v == bad { Err("y") } else { Ok(format!("{code_key}{code}")) } })
            .to("tried");
        input.try_left_join(codes, |_, v| v.to_uppercase(), |_, key, _, code| code.map(|code| format!("{key}{code}")).ok_or("none")).to("tried_left");
    }
}

#[test]
fn a_closure_of_four_parameters_sees_the_key_of_the_row_too() {
    let driver = TestDriver::builder(both_keys()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "codes", &[(Some("X"), Some("1"), 50), (Some("Y"), Some("2"), 50), (Some("a"), Some("3"), 50)]);
    pipe(&driver, "in", &[(None, Some("x"), 5), (Some("a"), Some("y"), 6), (Some("b"), Some("z"), 7)]);
    assert_eq!(read(&driver, "inner"), ["-=None:X:x+1@5", "a=Some(\"a\"):Y:y+2@6"]);
    assert_eq!(read(&driver, "of_key"), ["a=a:y+3@6"]);
    assert_eq!(read(&driver, "left"), ["-=falseNone:x+None@5", "a=trueSome(\"a\"):y+Some(\"3\")@6", "b=trueSome(\"b\"):z+None@7"]);
    assert_eq!(read(&driver, "tried"), ["-=X1@5"]);
    assert_eq!(read(&driver, "tried_left"), ["-=X1@5", "a=Y2@6"]);
    assert_eq!(driver.dropped(), 1, "a null key of a row");
    assert_eq!(driver.metrics().skipped_errors, 2);
}

#[test]
fn any_key_finds_its_row() {
    let driver = TestDriver::builder(coded()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "codes", &[(Some("x"), Some("X"), 50), (None, Some("Y"), 51)]);
    assert_eq!(driver.dropped(), 1, "a null key in the table's topic");
    pipe(&driver, "in", &[(Some("x"), Some("x"), 5), (Some("a"), Some("x"), 6), (None, Some("b"), 7), (Some("x"), None, 8)]);
    assert_eq!(shown(&driver, "inner"), [("x=x+X@5", "5"), ("a=x+X@6", "6")].map(|(r, t)| (r.to_owned(), t.to_owned())));
    assert_eq!(read(&driver, "left"), ["x=x+X@5", "a=x+none@6", "-=b+none@7"]);
    assert_eq!(read(&driver, "checked"), ["x=X@5", "a=X@6"]);
    assert_eq!(driver.dropped(), 1 + 3, "a null value by each join");
    assert_eq!(driver.metrics().skipped_errors, 1);
}

#[test]
fn the_table_can_be_looked_into_and_forgets() {
    let driver = driver(coded());
    pipe(&driver, "codes", &[(Some("x"), Some("X"), 50), (Some("y"), Some("Y"), 51), (Some("x"), None, 52)]);
    assert_eq!(driver.store(Coded::CODES).unwrap().all_with_timestamps(), [("y".to_owned(), "Y".to_owned(), 51)]);
    assert_eq!(driver.store(Coded::CODES).unwrap().get("x"), None);
}

#[test]
fn bytes_of_another_type_are_an_error_that_names_the_table() {
    let driver = driver(coded());
    let codes = driver.input::<str, str>("codes").unwrap();
    let error = codes.pipe_raw(Some(b"x"), Some(&[0xff]), 1).unwrap_err().to_string();
    assert!(error.starts_with("a record cannot be decoded at codes-0 offset 0 (node `codes`"), "{error}");
}

#[test]
fn bytes_of_another_type_are_left_out_if_the_handler_says_so() {
    let driver = TestDriver::builder(coded()).on_decode_error(OnError::Continue).build().unwrap();
    let codes = driver.input::<str, str>("codes").unwrap();
    codes.pipe_raw(Some(b"x"), Some(&[0xff]), 1).unwrap();
    codes.pipe_at("x", "good", 2).unwrap();
    assert_eq!(driver.dropped(), 1);
}
