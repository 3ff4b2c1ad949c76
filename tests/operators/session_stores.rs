//! Session stores in processors.

use std::ops::ControlFlow;

use super::*;

/// Does what the value says, in a session from the time of the record on, and forwards what it finds.
struct Shell;

fn at(start_ms: i64, end_ms: i64) -> SessionWindow {
    SessionWindow { start_ms, end_ms }
}

impl Processor<Text, String> for Shell {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = Sessions<String, i64>;

    fn process<O: Forward<String, String>>(
        &mut self,
        r: Record<'_, Text, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let (st, t) = (cx.stores, r.timestamp_ms);
        let list = |rows: Vec<(SessionWindow, i64)>| {
            rows.iter().map(|(s, v)| format!("{}-{}:{v}", s.start_ms, s.end_ms)).collect::<Vec<_>>().join(" ")
        };
        let said = match r.value.split(' ').collect::<Vec<_>>()[..] {
            ["put", end_ms, n] => {
                cx.store(st).put(r.key, at(t, end_ms.parse()?), n.parse()?)?;
                return Ok(());
            }
            ["remove", end_ms] => {
                cx.store(st).remove(r.key, at(t, end_ms.parse()?))?;
                return Ok(());
            }
            ["session", end_ms] => format!("{:?}", cx.store(st).fetch_session(r.key, t, end_ms.parse()?)?),
            ["fetch"] => list(cx.store(st).fetch(r.key)?),
            ["back"] => list(cx.store(st).backward_fetch(r.key)?),
            ["find", to_ms] => list(cx.store(st).find_sessions(r.key, t, to_ms.parse()?)?),
            ["all"] => {
                let rows = cx.store(st).all()?;
                rows.iter().map(|(key, value)| format!("{key}:{value}")).collect::<Vec<_>>().join(" ")
            }
            ["last", from, to] => {
                let mut last = None;
                cx.store(st).visit_keys(from..to, i64::MIN, i64::MAX, Order::Descending, |key, session, value| {
                    last = Some(format!("{key}@{}-{}:{value}", session.start_ms, session.end_ms));
                    ControlFlow::Break(())
                })?;
                last.unwrap_or_default()
            }
            _ => return Err("unknown".into()),
        };
        out.forward(cx, &r.key.clone().unwrap_or_default(), &said);
        Ok(())
    }
}

topology! {
    fn shell() -> ShellTopology {
        let rows: SessionStore<String, i64> = session_store(millis(100));
        let input: Stream<Text, String> = stream("in");
        input.process(Shell, rows).to("out");
    }
}

fn values(driver: &TestDriver) -> Vec<String> {
    driver.output::<String, String>("out").read_all().into_iter().map(|r| r.value).collect()
}

fn tell(driver: &TestDriver, key: &str, timestamp_ms: i64, what: &str) {
    pipe(driver, "in", &[(Some(key), Some(what), timestamp_ms)]);
}

#[test]
fn sessions_come_in_order_of_their_ends_and_then_of_their_starts() {
    let driver = driver(shell());
    for (key, start_ms, what) in
        [("a", 10, "put 40 1"), ("a", 20, "put 30 2"), ("a", 5, "put 40 3"), ("b", 0, "put 9 4"), ("a", 10, "put 40 5")]
    {
        tell(&driver, key, start_ms, what);
    }
    for (start_ms, what) in [(0, "fetch"), (0, "back"), (31, "find 9"), (30, "find 20"), (10, "session 40"), (11, "session 40"), (0, "all")]
    {
        tell(&driver, "a", start_ms, what);
    }
    let all = "[a@20/30]:2 [a@5/40]:3 [a@10/40]:5 [b@0/9]:4";
    let told = ["20-30:2 5-40:3 10-40:5", "10-40:5 5-40:3 20-30:2", "5-40:3", "20-30:2 5-40:3 10-40:5", "Some(5)", "None", all];
    assert_eq!(values(&driver), told);
    tell(&driver, "a", 5, "remove 40");
    tell(&driver, "a", 5, "remove 41");
    tell(&driver, "a", 0, "fetch");
    assert_eq!(values(&driver), ["20-30:2 10-40:5"]);
    assert_eq!(driver.session_store(ShellTopology::ROWS).unwrap().fetch("a"), [(at(20, 30), 2), (at(10, 40), 5)]);
}

#[test]
fn ranges_of_keys_have_open_and_closed_ends_and_both_directions() {
    let driver = driver(shell());
    for key in ["a", "ab", "b", "c"] {
        tell(&driver, key, 1, "put 2 1");
        tell(&driver, key, 1, "put 3 2");
    }
    for what in ["last a b", "last b a", "last c d", "last d e"] {
        tell(&driver, "x", 0, what);
    }
    assert_eq!(values(&driver), ["ab@1-3:2", "", "c@1-3:2", ""]);
}

#[test]
fn what_is_out_of_retention_is_neither_seen_nor_put() {
    let driver = driver(shell());
    for (start_ms, what) in
        [(0, "put 0 1"), (0, "put 1 2"), (50, "put 101 3"), (0, "put 1 4"), (0, "put 2 5"), (0, "fetch"), (0, "session 1")]
    {
        tell(&driver, "a", start_ms, what);
    }
    assert_eq!(values(&driver), ["0-2:5 50-101:3", "None"]);
}

#[test]
fn a_null_key_can_be_asked_for_but_not_put_and_a_session_does_not_end_before_it_starts() {
    let driver = driver(shell());
    for what in ["fetch", "session 9", "remove 9"] {
        pipe(&driver, "in", &[(None, Some(what), 3)]);
    }
    assert_eq!(values(&driver), ["", "None"]);
    let told = try_pipe(&driver, "in", None, Some("put 9 1"), 3).unwrap_err().to_string();
    assert!(told.contains("a row of store `rows` needs a key"), "{told}");
    let driver = TestDriver::new(shell()).unwrap();
    let told = try_pipe(&driver, "in", Some("a"), Some("put 2 1"), 3).unwrap_err().to_string();
    assert!(told.contains("cannot end at 2 ms before it starts at 3 ms"), "{told}");
}
