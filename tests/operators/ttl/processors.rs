//! Key-value stores of processors whose rows expire.

use super::*;

/// Counts the records of each key: says how many there were before, and which keys there are.
struct Seen;

impl Processor<String, String> for Seen {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = KeyValue<String, u64>;

    fn init(&mut self, cx: &mut ProcessorContext<'_, Self::Stores>) -> Result<(), BoxError> {
        cx.schedule(ScheduleKind::WallClock, 1_000);
        Ok(())
    }

    fn process<O: Forward<String, String>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let seen = cx.stores;
        if r.value == "delete" {
            cx.store(seen).delete(r.key)?;
            return Ok(());
        }
        let before = cx.store(seen).get(r.key)?.copied().unwrap_or(0);
        cx.store(seen).put(r.key, before + 1)?;
        let keys = cx.store(seen).all()?.into_iter().map(|(key, _)| key).collect::<Vec<_>>().join(",");
        out.forward(cx, r.key, &format!("{before} of {keys}"));
        Ok(())
    }

    fn punctuate<O: Forward<String, String>>(
        &mut self,
        _: ScheduleId,
        _: i64,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        _: &mut O,
    ) -> Result<(), BoxError> {
        let seen = cx.stores;
        cx.store(seen).put("clock", 1)?;
        Ok(())
    }
}

/// Says what a table has under a key.
struct Look;

impl Processor<String, String> for Look {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = ReadOnly<KeyValue<String, String>>;

    fn process<O: Forward<String, String>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let rows = cx.stores;
        let found = format!("{:?}", cx.store(rows).get_with_timestamp(r.key)?);
        out.forward(cx, r.key, &found);
        Ok(())
    }
}

topology! {
    fn counting() -> Counting {
        let seen: KeyValueStore<String, u64> = key_value_store().ttl(millis(100));
        let input: Stream<String, String> = stream("in");
        input.process(Seen, seen).to("out");
    }

    fn looking() -> Looking {
        let users: Table<String, String> = table("users").ttl(millis(100));
        let input: Stream<String, String> = stream("in");
        input.process(Look, users).to("out");
    }
}

#[test]
fn get_finds_no_row_that_has_expired() {
    for cache_max_bytes in CACHES {
        let driver = cached(counting(), cache_max_bytes);
        let steps =
            [("a", "x", 0), ("b", "x", 60), ("a", "x", 99), ("c", "x", 160), ("a", "x", 199), ("c", "delete", 200), ("b", "x", 400)];
        send(&driver, "in", &steps);
        let said = ["a=0 of a@0", "b=0 of a,b@60", "a=1 of a,b@99", "c=0 of a,c@160", "a=0 of a,c@199", "b=0 of b@400"];
        assert_eq!(read(&driver, "out"), said, "cache {cache_max_bytes}");
        driver.commit().unwrap();
        let changelog = driver.output::<String, Option<u64>>("test-seen-changelog").read_all();
        let changelog: Vec<_> = changelog.iter().map(|r| (&*r.key, r.value, r.timestamp_ms)).collect();
        let all = [
            ("a", Some(1), 0),
            ("b", Some(1), 60),
            ("a", Some(2), 99),
            ("b", None, 160),
            ("c", Some(1), 160),
            ("a", None, 199),
            ("a", Some(1), 199),
            ("c", None, 200),
            ("a", None, 299),
            ("b", Some(1), 400),
        ];
        let last = [("a", None, 299), ("b", Some(1), 400), ("c", None, 200)];
        assert_eq!(changelog, if cache_max_bytes == 0 { &all[..] } else { &last[..] });
    }
}

#[test]
fn what_is_put_too_late_is_not_there() {
    let driver = driver(counting());
    send(&driver, "in", &[("new", "x", 500), ("old", "x", 400), ("old", "x", 401)]);
    assert_eq!(read(&driver, "out"), ["new=0 of new@500", "old=0 of new@400", "old=0 of new,old@401"]);
    // A schedule by the wall clock puts at a time of its own.
    driver.advance_wall_clock_ms(1_000).unwrap();
    let seen = driver.store(Counting::SEEN).unwrap();
    assert_eq!(seen.get_with_timestamp("clock"), Some((1, 1_000)));
    send(&driver, "in", &[("far", "x", 10_000)]);
    assert_eq!(seen.all(), [("far".to_owned(), 1)]);
    driver.advance_wall_clock_ms(1_000).unwrap();
    assert_eq!(seen.get("clock"), None, "2000 ms are over when the stream time is 10000 ms");
}

#[test]
fn processors_that_read_a_table_see_what_it_has() {
    for cache_max_bytes in CACHES {
        let driver = cached(looking(), cache_max_bytes);
        send(&driver, "users", &[("a", "ann", 7)]);
        send(&driver, "in", &[("a", "", 106), ("a", "", 107)]);
        assert_eq!(read(&driver, "out"), ["a=Some((\"ann\", 7))@106", "a=None@107"]);
    }
}
