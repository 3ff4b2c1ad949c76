use std::ops::ControlFlow;

use super::*;

/// Does what the value says, at the time of the record, and forwards what it finds.
struct Shell;

impl Processor<String, String> for Shell {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = WindowState<String, i64>;

    fn process<O: Forward<String, String>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let (st, t) = (cx.stores, r.timestamp_ms);
        let list = |rows: Vec<(i64, i64)>| rows.iter().map(|(start_ms, v)| format!("{start_ms}:{v}")).collect::<Vec<_>>().join(" ");
        let all = |rows: Vec<(Windowed<String>, i64)>| rows.iter().map(|(w, v)| format!("{w}:{v}")).collect::<Vec<_>>().join(" ");
        let said = match r.value.split(' ').collect::<Vec<_>>()[..] {
            ["put", n] => {
                cx.store(st).put(r.key, n.parse()?, t)?;
                return Ok(());
            }
            ["delete"] => {
                cx.store(st).delete(r.key, t)?;
                return Ok(());
            }
            ["fetch"] => format!("{:?}", cx.store(st).fetch_with_timestamp(r.key.as_str(), t)?),
            ["until", to] => list(cx.store(st).fetch_range(r.key, t, to.parse()?)?),
            ["back", to] => list(cx.store(st).backward_fetch(r.key, t, to.parse()?)?),
            ["all", to] => all(cx.store(st).fetch_all(t, to.parse()?)?),
            ["all"] => all(cx.store(st).all()?),
            ["last"] => {
                let mut last = None;
                cx.store(st).visit_all(i64::MIN, i64::MAX, Order::Descending, |key, window, value| {
                    last = Some(format!("{key}@{}:{value}", window.start_ms));
                    ControlFlow::Break(())
                })?;
                format!("{last:?}")
            }
            _ => return Err("unknown".into()),
        };
        out.forward(cx, r.key, &said);
        Ok(())
    }
}

/// Puts under a key that is null.
struct NullPut;

impl Processor<Text, String> for NullPut {
    type KeyOut = ();
    type ValueOut = ();
    type Stores = WindowState<String, String>;

    fn process<O: Forward<(), ()>>(
        &mut self,
        r: Record<'_, Text, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        _: &mut O,
    ) -> Result<(), BoxError> {
        cx.store(cx.stores).delete(r.key, 0)?;
        assert_eq!(cx.store(cx.stores).fetch(r.key, 0)?, None);
        assert_eq!(cx.store(cx.stores).fetch_range(r.key, 0, 9)?, []);
        Ok(cx.store(cx.stores).put(r.key, r.value.clone(), 0)?)
    }
}

topology! {
    fn shell() -> ShellTopology {
        let rows: WindowStore<String, i64> = window_store(millis(100), millis(10));
        let input: Stream<String, String> = stream("in");
        input.process(Shell, rows).to("out");
    }

    fn duplicates() -> DuplicatesTopology {
        let rows: WindowStore<String, i64> = window_store(millis(100), millis(10)).retain_duplicates();
        let input: Stream<String, String> = stream("in");
        input.process(Shell, rows).to("out");
    }

    fn null_put() -> NullPutTopology {
        let rows: WindowStore<String, String> = window_store(millis(100), millis(10));
        let input: Stream<Text, String> = stream("in");
        input.process(NullPut, rows);
    }

    fn of_sizes(retention_ms: u64, size_ms: u64) -> OfSizes {
        let rows: WindowStore<String, i64> = window_store(millis(*retention_ms), millis(*size_ms));
        let input: Stream<String, String> = stream("in");
        input.process(Shell, rows).to("out");
    }
}

/// Pipes steps (key, what, time), with caches of all sizes and commits or without, and gives what is said.
fn said<T: Topology>(topology: impl Fn() -> T, steps: &[(&str, &str, i64)]) -> Vec<String> {
    let mut before = None;
    // Nothing, about two rows, everything.
    for cache_max_bytes in [0, 250, 1 << 20] {
        for commit in [false, true] {
            let driver = TestDriver::builder(topology()).cache_max_bytes(cache_max_bytes).build().unwrap();
            for (key, what, time_ms) in steps {
                pipe(&driver, "in", &[(Some(key), Some(what), *time_ms)]);
                if commit {
                    driver.commit().unwrap();
                }
            }
            let said = read(&driver, "out");
            assert_eq!(before.get_or_insert(said.clone()), &said, "cache of {cache_max_bytes} bytes, commit {commit}");
        }
    }
    before.unwrap()
}

#[test]
fn values_by_key_and_time() {
    let steps = [
        ("b", "put 1", 20),
        ("a", "put 2", 30),
        ("b", "put 3", 30),
        ("b", "put 4", 10),
        ("b", "put 5", 20),
        ("b", "fetch", 20),
        ("b", "fetch", 21),
        ("b", "until 30", 11),
        ("b", "back 30", 0),
        ("b", "until 9", 10),
        ("all", "all", 0),
        ("all", "all 29", 10),
        ("last", "last", 0),
        ("b", "delete", 20),
        ("x", "delete", 20),
        ("b", "until 30", 10),
    ];
    let expected = [
        "b=Some((5, 20))@20",
        "b=None@21",
        "b=20:5 30:3@11",
        "b=30:3 20:5 10:4@0",
        "b=@10",
        "all=[b@10/20]:4 [b@20/30]:5 [a@30/40]:2 [b@30/40]:3@0",
        "all=[b@10/20]:4 [b@20/30]:5@10",
        "last=Some(\"b@30:3\")@0",
        "b=10:4 30:3@10",
    ];
    assert_eq!(said(shell, &steps), expected);
}

#[test]
fn what_is_out_of_retention_is_neither_seen_nor_taken() {
    let steps = [
        ("a", "put 1", 0),
        ("a", "put 2", 100),
        ("a", "fetch", 0),
        ("a", "put 3", 0),
        ("a", "until 200", 0),
        ("a", "put 4", 1),
        ("a", "until 200", 0),
        // A deletion is a put: it moves the time of the store.
        ("b", "delete", 150),
        ("a", "until 200", 0),
    ];
    assert_eq!(said(shell, &steps), ["a=None@0", "a=100:2@0", "a=1:4 100:2@0", "a=100:2@0"]);
}

#[test]
fn duplicates_stay_in_the_order_in_which_they_were_put() {
    let steps = [
        ("a", "put 3", 10),
        ("ab", "put 9", 10),
        ("a", "put 1", 10),
        ("a", "put 2", 5),
        ("a", "put 3", 10),
        // Nothing is deleted, and the time of the store stays where it is.
        ("a", "delete", 10),
        ("a", "delete", 500),
        ("a", "until 100", 0),
        ("a", "back 100", 0),
        ("a", "fetch", 10),
        ("all", "all", 0),
    ];
    let expected = [
        "a=5:2 10:3 10:1 10:3@0",
        "a=10:3 10:1 10:3 5:2@0",
        "a=Some((3, 10))@10",
        "all=[a@5/15]:2 [a@10/20]:3 [a@10/20]:1 [a@10/20]:3 [ab@10/20]:9@0",
    ];
    assert_eq!(said(duplicates, &steps), expected);
}

#[test]
fn a_window_under_a_null_key_is_an_error_and_not_lost_in_silence() {
    let driver = driver(null_put());
    let error = try_pipe(&driver, "in", None, Some("v"), 1).unwrap_err().to_string();
    assert!(error.ends_with("a row of store `rows` needs a key, and this one is null"), "{error}");
}

#[test]
fn a_store_that_forgets_its_windows_before_they_end_does_not_start() {
    let error = TestDriver::new(of_sizes(9, 10)).unwrap_err().to_string();
    assert!(error.contains("`window_store` of `rows`, `millis(*retention_ms)`: 9 ms is shorter than its windows"), "{error}");
    assert!(TestDriver::new(of_sizes(10, 10)).is_ok());
}

#[test]
fn a_window_store_comes_back_from_its_changelog() {
    for cache_max_bytes in [0, 1 << 20] {
        let driver = TestDriver::builder(duplicates()).cache_max_bytes(cache_max_bytes).build().unwrap();
        let steps = [("a", "put 1", 0), ("a", "put 7", 50), ("a", "put 5", 50), ("b", "put 2", 60), ("a", "put 6", 120)];
        for (key, what, time_ms) in steps {
            pipe(&driver, "in", &[(Some(key), Some(what), time_ms)]);
        }
        driver.commit().unwrap();
        driver.restart().unwrap();
        for (key, what, time_ms) in [("all", "all", 0), ("a", "put 9", 50), ("a", "until 200", 0), ("a", "put 3", 20)] {
            pipe(&driver, "in", &[(Some(key), Some(what), time_ms)]);
        }
        pipe(&driver, "in", &[(Some("a"), Some("until 200"), 0)]);
        let expected = ["all=[a@50/60]:7 [a@50/60]:5 [b@60/70]:2 [a@120/130]:6@0", "a=50:7 50:5 50:9 120:6@0", "a=50:7 50:5 50:9 120:6@0"];
        // The time of the store came back too: what was out of retention is refused.
        assert_eq!(read(&driver, "out"), expected, "cache of {cache_max_bytes} bytes");
    }
}
