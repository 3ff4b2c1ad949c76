//! Joins of two streams against pairs of all records: random records, some late, with the results that everything comes to in the end.

use proptest::prelude::*;

use super::*;

fn or_none(value: Option<&String>) -> &str {
    value.map_or("-", String::as_str)
}

topology! {
    fn joined(before_ms: i64, after_ms: i64, grace_ms: u64) -> Joined {
        let left: Stream<String, String> = stream("left");
        let right: Stream<String, String> = stream("right");
        let inner = left.join(right, |l, r| format!("{l}+{r}"), within(millis(0)).before_ms(*before_ms).after_ms(*after_ms).grace(millis(*grace_ms)));
        let lefts = left.left_join(right, |l, r| format!("{l}+{}", or_none(r)), within(millis(0)).before_ms(*before_ms).after_ms(*after_ms).grace(millis(*grace_ms)));
        let outers = left.outer_join(right, |l, r| format!("{}+{}", or_none(l), or_none(r)), within(millis(0)).before_ms(*before_ms).after_ms(*after_ms).grace(millis(*grace_ms)));
        inner.to("inner");
        lefts.to("lefts");
        outers.to("outers");
    }
}

/// A record: its side, key, time and number.
#[derive(Clone, Debug)]
struct Piped {
    is_left: bool,
    key: u8,
    time_ms: i64,
}

/// How much earlier than the latest record another may be.
const LATE_MS: i64 = 30;
const FIRST_MS: i64 = 1_000;

fn records() -> impl Strategy<Value = Vec<Piped>> {
    let record = (any::<bool>(), 0u8..3, 0i64..LATE_MS, 0i64..12);
    prop::collection::vec(record, 1..80).prop_map(|records| {
        let mut latest_ms = FIRST_MS;
        let piped = |(is_left, key, late_ms, on_ms): (bool, u8, i64, i64)| {
            latest_ms += on_ms;
            Piped { is_left, key, time_ms: latest_ms - if on_ms % 3 == 0 { 0 } else { late_ms } }
        };
        records.into_iter().map(piped).collect()
    })
}

/// What the joins come to: pairs, left and right records without a partner; each with the time.
#[derive(Default)]
struct Model {
    pairs: Vec<String>,
    lefts_alone: Vec<String>,
    rights_alone: Vec<String>,
}

fn model(records: &[Piped], before_ms: i64, after_ms: i64) -> Model {
    let mut model = Model::default();
    let meet = |a: &Piped, b: &Piped| {
        let (left, right) = if a.is_left { (a, b) } else { (b, a) };
        let apart_ms = right.time_ms - left.time_ms;
        a.is_left != b.is_left && a.key == b.key && (-before_ms..=after_ms).contains(&apart_ms)
    };
    let mut latest_ms = -1;
    for (index, record) in records.iter().enumerate() {
        latest_ms = latest_ms.max(record.time_ms);
        let mut met_before = false;
        for (earlier_index, earlier) in records[..index].iter().enumerate().filter(|(_, earlier)| meet(earlier, record)) {
            met_before = true;
            let (left, right) = if record.is_left { (index, earlier_index) } else { (earlier_index, index) };
            model.pairs.push(format!("k{}={left}+{right}@{}", record.key, record.time_ms.max(earlier.time_ms)));
        }
        // One whose window has ended when it comes does not wait for those that follow.
        let ended = record.time_ms + if record.is_left { after_ms } else { before_ms } < latest_ms;
        let meets_later = records[index..].iter().any(|later| meet(record, later));
        // Another one of the same side, key and time that finds a partner while this one waits ends its waiting as well; as that partner
        // meets this one too, it is among the above.
        if !met_before && (ended || !meets_later) {
            let (alone, shown) = match record.is_left {
                true => (&mut model.lefts_alone, format!("k{}={index}+-@{}", record.key, record.time_ms)),
                false => (&mut model.rights_alone, format!("k{}=-+{index}@{}", record.key, record.time_ms)),
            };
            alone.push(shown);
        }
    }
    model
}

fn sorted(results: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut results: Vec<String> = results.into_iter().filter(|result| !result.starts_with("end=")).collect();
    results.sort();
    results
}

proptest! {
    #[test]
    fn every_pair_within_the_windows_meets_once_and_what_meets_none_is_told_once(
        records in records(),
        before_ms in -10i64..25,
        width_ms in 0i64..30,
        commit_every in 1usize..20,
    ) {
        let after_ms = width_ms - before_ms;
        // Nothing that is late is too late.
        let grace_ms = (LATE_MS - before_ms.min(after_ms)).max(0) + LATE_MS;
        let driver = TestDriver::builder(joined(before_ms, after_ms, grace_ms as u64)).cache_max_bytes(1 << 20).build().unwrap();
        for (index, record) in records.iter().enumerate() {
            let topic = if record.is_left { "left" } else { "right" };
            pipe(&driver, topic, &[(Some(&format!("k{}", record.key)), Some(&index.to_string()), record.time_ms)]);
            if index % commit_every == 0 {
                driver.commit().unwrap();
            }
        }
        // All windows close.
        pipe(&driver, "left", &[(Some("end"), Some("end"), 1_000_000)]);
        pipe(&driver, "right", &[(Some("end"), Some("end"), 2_000_000)]);
        let Model { pairs, lefts_alone, rights_alone } = model(&records, before_ms, after_ms);
        prop_assert_eq!(sorted(read(&driver, "inner")), sorted(pairs.iter().cloned()));
        let expected = sorted(pairs.iter().chain(&lefts_alone).cloned());
        prop_assert_eq!(sorted(read(&driver, "lefts")), expected);
        let expected = sorted(pairs.iter().chain(&lefts_alone).chain(&rights_alone).cloned());
        prop_assert_eq!(sorted(read(&driver, "outers")), expected);
        prop_assert_eq!(driver.dropped(), 0);
    }
}
