use std::sync::{Arc, Mutex};

use super::*;

topology! {
    fn ended(seen: Arc<Mutex<Vec<String>>>) -> Ended {
        let input: Stream<String, String> = stream("in");
        input.for_each(|k, v| seen.lock().unwrap().push(format!("{k}={v}")));
    }
}

#[test]
fn every_record_is_seen_and_nothing_is_written() {
    let seen = Arc::default();
    let driver = driver(ended(Arc::clone(&seen)));
    pipe(&driver, "in", &[(Some("a"), Some("1"), 1), (Some("b"), Some("2"), 2)]);
    assert_eq!(*seen.lock().unwrap(), ["a=1", "b=2"]);
    assert_eq!(driver.metrics().records_out, 0);
}
