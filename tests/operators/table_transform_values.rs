use super::*;

/// Appends how often it was asked about the key; fails at `bad`.
struct Number;

impl ValueTransformer<String, String> for Number {
    type ValueOut = String;
    type Stores = KeyValue<String, u64>;

    fn transform(
        &mut self,
        key: &String,
        value: Option<&String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
    ) -> Result<Option<String>, BoxError> {
        if value.is_some_and(|value| value == "bad") {
            return Err("it is bad".into());
        }
        let asked = cx.store(cx.stores).get(key)?.map_or(1, |asked| asked + 1);
        cx.store(cx.stores).put(key, asked)?;
        Ok(value.map(|value| format!("{value}#{asked}")))
    }
}

/// Says of a row that is gone that it is.
struct Gone;

impl ValueTransformer<String, String> for Gone {
    type ValueOut = String;
    type Stores = ();

    fn transform(&mut self, _: &String, value: Option<&String>, _: &mut ProcessorContext<'_, ()>) -> Result<Option<String>, BoxError> {
        Ok(Some(value.map_or("gone", |value| value).to_owned()))
    }
}

topology! {
    fn stored() -> Stored {
        let t: Table<String, String> = table("in");
        let asked: KeyValueStore<String, u64> = key_value_store();
        let numbered: Table<String, String> = t.transform_values(Number, asked);
        numbered.to_stream().to("out");
    }

    fn view() -> View {
        let t: Table<String, String> = table("in");
        let view = t.transform_values(Gone);
        view.to_stream().to("out");
        let requests: Stream<String, String> = stream("requests");
        requests.left_join(view, |request, row| format!("{request}+{}", row.map_or("none", |row| row))).to("joined");
    }
}

#[test]
fn deletions_reach_the_transformer_and_its_result_is_stored() {
    let driver = driver(stored());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 5), (Some("a"), None, 6), (Some("a"), Some("y"), 3), (None, Some("z"), 9)]);
    assert_eq!(read(&driver, "out"), ["a=x#1@5", "a=-@6", "a=y#3@3"]);
    assert_eq!(driver.store(Stored::NUMBERED).unwrap().get("a"), Some("y#3".to_owned()));
    assert_eq!(driver.dropped(), 1, "the null key");
}

#[test]
fn a_view_makes_something_of_rows_that_are_not_there_too() {
    let driver = driver(view());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 5), (Some("b"), None, 6)]);
    pipe(&driver, "requests", &[(Some("a"), Some("r"), 1), (Some("b"), Some("r"), 2)]);
    assert_eq!(read(&driver, "out"), ["a=x@5", "b=gone@6"]);
    assert_eq!(read(&driver, "joined"), ["a=r+x@1", "b=r+gone@2"]);
}

#[test]
fn an_error_goes_to_the_process_handler_and_there_is_no_row() {
    let driver = TestDriver::builder(stored()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "in", &[(Some("a"), Some("x"), 1), (Some("a"), Some("bad"), 2)]);
    assert_eq!(read(&driver, "out"), ["a=x#1@1", "a=-@2"]);
    let strict = TestDriver::new(stored()).unwrap();
    let stopped = try_pipe(&strict, "in", Some("a"), Some("bad"), 1).unwrap_err().to_string();
    assert!(stopped.contains("numbered") && stopped.contains("it is bad"), "{stopped}");
}
