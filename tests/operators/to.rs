use super::*;

topology! {
    fn written(output: String) -> Written {
        let input: Stream<Text, Text> = stream("in");
        input.to(output);
        input.to(|k, _, cx| format!("{}-{}-{}", k.as_deref().unwrap_or("none"), cx.topic(), cx.timestamp_ms() % 2));
        input.to("bytes").with(Nullable(Utf8), Nullable(Backwards));
    }

    fn feedback() -> Feedback {
        let input: Stream<String, String> = stream("in");
        let again: Stream<String, String> = stream("middle");
        input.map_values(|v| format!("{v}1")).to("middle");
        again.map_values(|v| format!("{v}2")).to("out");
    }
}

/// Text from its end.
#[derive(Clone, Copy, Default)]
struct Backwards;

impl Codec<String> for Backwards {
    type Slot = String;

    fn encode(&self, value: &String, out: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        if value == "unwritable" {
            return Err(CodecError::Invalid("cannot be turned around".into()));
        }
        out.extend(value.bytes().rev());
        Ok(Encoded::Bytes)
    }

    fn decode<'a>(&self, _: Option<&'a [u8]>, _: &'a mut String) -> Result<&'a String, CodecError> {
        Err(CodecError::Invalid("never read".into()))
    }
}

#[test]
fn to_a_parameter_to_computed_topics_and_in_another_format() {
    let driver = driver(written("given".to_owned()));
    pipe(&driver, "in", &[(Some("a"), Some("12"), 5), (None, None, 6)]);
    assert_eq!(read(&driver, "given"), ["a=12@5", "-=-@6"]);
    assert_eq!(read(&driver, "a-in-1"), ["a=12@5"]);
    assert_eq!(read(&driver, "none-in-0"), ["-=-@6"]);
    assert_eq!(read(&driver, "bytes"), ["a=21@5", "-=-@6"]);
}

#[test]
fn a_value_without_bytes_stops_the_task_whatever_the_handlers_say() {
    let topology = written("given".to_owned());
    let driver = TestDriver::builder(topology).on_process_error(OnError::Continue).on_decode_error(OnError::Continue).build().unwrap();
    let error = try_pipe(&driver, "in", Some("a"), Some("unwritable"), 5).unwrap_err().to_string();
    assert!(error.starts_with("a result cannot be written at in-0 offset 0") && error.ends_with("cannot be turned around"), "{error}");
}

#[test]
fn a_topic_that_is_written_and_read_is_piped_on() {
    let driver = driver(feedback());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 5)]);
    assert_eq!(shown(&driver, "out"), [("a=x12@5".to_owned(), "5".to_owned())]);
    assert_eq!(read(&driver, "middle"), ["a=x1@5"]);
}
