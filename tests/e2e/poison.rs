//! A record that is not of the type that the topology reads.

use tests::process::eventually;

use crate::kafka::{self, Send};

struct Poisoned {
    id: String,
    input: String,
    output: String,
    dead: String,
}

/// Ten numbers in one partition, of which number 5 is none.
fn poisoned() -> Poisoned {
    let [id, input, output, dead] = ["poison", "in", "out", "dead"].map(kafka::fresh);
    for topic in [&input, &output, &dead] {
        kafka::create(topic, 1);
    }
    kafka::produce(
        &input,
        (0..10u64).map(|n| Send {
            key: Some(b"key".to_vec()),
            value: Some(if n == 5 { b"poison".to_vec() } else { n.to_be_bytes().to_vec() }),
            timestamp_ms: 1_000 + n as i64,
            headers: vec![("trace".into(), Some(b"t".to_vec()))],
            ..Send::default()
        }),
    );
    Poisoned { id, input, output, dead }
}

impl Poisoned {
    fn start(&self, handler: &str) -> tests::process::Pipeline {
        let (id, input, output) = (format!("id={}", self.id), format!("input={}", self.input), format!("output={}", self.output));
        kafka::start("poison", &["numbers", &id, &input, &output, "commit_ms=50", handler])
    }

    fn out(&self) -> Vec<u64> {
        kafka::read(&self.output)[0].iter().map(kafka::Got::number).collect()
    }
}

#[test]
fn fail_ends_the_application_at_the_record() {
    let poisoned = poisoned();
    for _ in 0..2 {
        let end = poisoned.start("on_decode=fail").end();
        let error = end.error.unwrap();
        assert!(error.contains(&format!("{}-0 offset 5", poisoned.input)) && error.contains("8 bytes expected, 6 found"), "{error}");
        assert!(kafka::committed(&poisoned.id, &poisoned.input)[0] <= 5);
    }
    // It left the group at once, as one that ends well does.
    let state = kafka::tool(&["consumer-groups", "--describe", "--group", &poisoned.id, "--members"]);
    assert!(!state.contains("-control"), "{state}");
    // With another handler it goes on behind the record; nothing before it is lost.
    let pipeline = poisoned.start("on_decode=continue");
    eventually("all is committed", || kafka::is_done(&poisoned.id, &poisoned.input));
    pipeline.terminate();
    let out = poisoned.out();
    assert!(out.ends_with(&[0, 2, 4, 6, 8]) || out.ends_with(&[6, 8]) && out.starts_with(&[0, 2, 4]), "{out:?}");
}

#[test]
fn continue_leaves_it_out_and_counts_it() {
    let poisoned = poisoned();
    let mut pipeline = poisoned.start("on_decode=continue");
    let status = pipeline.wait_for("it is counted", |s| s.skipped > 0);
    assert_eq!(status.skipped, 1);
    eventually("all is committed", || kafka::is_done(&poisoned.id, &poisoned.input));
    pipeline.terminate();
    assert_eq!(poisoned.out(), [0, 2, 4, 6, 8]);
}

#[test]
fn dead_letters_carry_the_record_and_what_was_wrong() {
    let poisoned = poisoned();
    let pipeline = poisoned.start(&format!("on_decode=dead-letter:{}", poisoned.dead));
    eventually("all is committed", || kafka::is_done(&poisoned.id, &poisoned.input));
    pipeline.terminate();
    assert_eq!(poisoned.out(), [0, 2, 4, 6, 8]);
    let dead = kafka::read(&poisoned.dead);
    assert_eq!(dead[0].len(), 1);
    let record = &dead[0][0];
    assert_eq!((record.key_text(), record.value_text(), record.timestamp_ms), ("key".into(), "poison".into(), 1_005));
    let header = |name: &str| {
        let found = record.headers.iter().find(|(n, _)| n == name).and_then(|(_, v)| v.clone());
        String::from_utf8(found.unwrap_or_else(|| panic!("no header `{name}`: {:?}", record.headers))).unwrap()
    };
    assert_eq!(header("trace"), "t");
    assert_eq!(header("__streams.errors.topic"), poisoned.input);
    assert_eq!(header("__streams.errors.partition"), "0");
    assert_eq!(header("__streams.errors.offset"), "5");
    assert_eq!(header("__streams.errors.message"), "value: 8 bytes expected, 6 found");
}
