use std::sync::{Arc, Mutex};

use super::*;

topology! {
    fn watched(seen: Arc<Mutex<Vec<String>>>) -> Watched {
        let input: Stream<String, String> = stream("in");
        input.peek(|k, v| seen.lock().unwrap().push(format!("{k}={v}"))).to("out");
    }
}

#[test]
fn every_record_is_seen_and_passes() {
    let seen = Arc::default();
    let driver = driver(watched(Arc::clone(&seen)));
    pipe(&driver, "in", &[(Some("a"), Some("1"), 1), (Some("b"), Some("2"), 2)]);
    assert_eq!(*seen.lock().unwrap(), ["a=1", "b=2"]);
    assert_eq!(read(&driver, "out"), ["a=1@1", "b=2@2"]);
}
