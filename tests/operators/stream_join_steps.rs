//! Left and outer joins of streams, step by step, against the rules of Kafka Streams written down
//! plainly: which records wait, when they are looked at, and how far such a look goes. And
//! `.hold_unmatched()` against its own rule, and against what everything comes to in the end.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

fn or_none(value: Option<&String>) -> &str {
    value.map_or("-", String::as_str)
}

topology! {
    fn joined(before_ms: i64, after_ms: i64, grace_ms: u64) -> Joined {
        let left: Stream<String, String> = stream("left");
        let right: Stream<String, String> = stream("right");
        let lefts = left.left_join(right, |l, r| format!("{l}+{}", or_none(r)), within(millis(0)).before_ms(*before_ms).after_ms(*after_ms).grace(millis(*grace_ms)));
        let outers = left.outer_join(right, |l, r| format!("{}+{}", or_none(l), or_none(r)), within(millis(0)).before_ms(*before_ms).after_ms(*after_ms).grace(millis(*grace_ms)));
        lefts.to("lefts");
        outers.to("outers");
    }

    fn held(before_ms: i64, after_ms: i64, grace_ms: u64) -> Held {
        let left: Stream<String, String> = stream("left");
        let right: Stream<String, String> = stream("right");
        let lefts = left
            .left_join(right, |l, r| format!("{l}+{}", or_none(r)), within(millis(0)).before_ms(*before_ms).after_ms(*after_ms).grace(millis(*grace_ms)))
            .hold_unmatched();
        let outers = left
            .outer_join(right, |l, r| format!("{}+{}", or_none(l), or_none(r)), within(millis(0)).before_ms(*before_ms).after_ms(*after_ms).grace(millis(*grace_ms)))
            .hold_unmatched();
        lefts.to("lefts");
        outers.to("outers");
    }
}

#[derive(Clone, Copy, Debug)]
struct Windows {
    before_ms: i64,
    after_ms: i64,
    grace_ms: i64,
}

impl Windows {
    /// How far a record of a side reaches back and ahead.
    fn reach(&self, is_left: bool) -> (i64, i64) {
        if is_left { (self.before_ms, self.after_ms) } else { (self.after_ms, self.before_ms) }
    }

    fn is_closed(&self, row: &Row, time_ms: i64) -> bool {
        row.time_ms + self.reach(row.is_left).1 + self.grace_ms < time_ms
    }

    fn meet(&self, row: &Row, other: &Row) -> bool {
        let (before_ms, after_ms) = self.reach(row.is_left);
        row.is_left != other.is_left && row.key == other.key && (row.time_ms - before_ms..=row.time_ms + after_ms).contains(&other.time_ms)
    }
}

/// A record. Rows that wait are looked at in this order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    time_ms: i64,
    /// The right one comes first.
    is_left: bool,
    key: u8,
    number: usize,
}

impl Row {
    fn alone(&self) -> String {
        let Row { time_ms, is_left, key, number } = self;
        if *is_left { format!("k{key}={number}+-@{time_ms}") } else { format!("k{key}=-+{number}@{time_ms}") }
    }

    fn with(&self, other: &Row) -> String {
        let (left, right) = if self.is_left { (self.number, other.number) } else { (other.number, self.number) };
        format!("k{}={left}+{right}@{}", self.key, self.time_ms.max(other.time_ms))
    }

    fn topic(&self) -> &'static str {
        if self.is_left { "left" } else { "right" }
    }
}

/// A join, with all that it knows.
struct Model {
    windows: Windows,
    /// Whether records of the right side, too, have results without a partner.
    is_outer: bool,
    holds: bool,
    time_ms: i64,
    /// Kafka Streams' memory of the oldest record that waits.
    oldest_ms: Option<i64>,
    kept: Vec<Row>,
    /// The latest time of each side, the right one first.
    newest_ms: [i64; 2],
    waiting: BTreeSet<Row>,
}

impl Model {
    fn new(windows: Windows, is_outer: bool, holds: bool) -> Self {
        Model { windows, is_outer, holds, time_ms: -1, oldest_ms: None, kept: vec![], newest_ms: [-1; 2], waiting: BTreeSet::new() }
    }

    fn is_kept(&self, row: &Row) -> bool {
        let Windows { before_ms, after_ms, grace_ms } = self.windows;
        row.time_ms > self.newest_ms[usize::from(row.is_left)] - (before_ms + after_ms + grace_ms).max(1)
    }

    fn take(&mut self, row: &Row) -> Vec<String> {
        let mut results = vec![];
        self.time_ms = self.time_ms.max(row.time_ms);
        self.close(row, &mut results);
        let mut partners: Vec<Row> =
            self.kept.iter().filter(|other| self.windows.meet(row, other) && self.is_kept(other)).cloned().collect();
        partners.sort_by_key(|other| (other.time_ms, other.number));
        for other in &partners {
            results.push(row.with(other));
            self.waiting.retain(|waits| (waits.is_left, waits.key, waits.time_ms) != (other.is_left, other.key, other.time_ms));
        }
        let mut is_over = false;
        if partners.is_empty() && (row.is_left || self.is_outer) {
            let grace_ms = if self.holds { self.windows.grace_ms } else { 0 };
            is_over = row.time_ms + self.windows.reach(row.is_left).1 + grace_ms < self.time_ms;
            if is_over {
                results.push(row.alone());
            } else {
                self.waiting.insert(row.clone());
                self.oldest_ms = Some(self.oldest_ms.map_or(row.time_ms, |oldest_ms| oldest_ms.min(row.time_ms)));
            }
        }
        let newest_ms = &mut self.newest_ms[usize::from(row.is_left)];
        *newest_ms = row.time_ms.max(*newest_ms);
        if !(is_over && self.holds) {
            self.kept.push(row.clone());
        }
        results
    }

    fn close(&mut self, row: &Row, results: &mut Vec<String>) {
        let (time_ms, windows) = (self.time_ms, self.windows);
        let closed: Vec<Row> = if self.holds {
            self.waiting.iter().filter(|waits| windows.is_closed(waits, time_ms)).cloned().collect()
        } else {
            let after_ms = windows.reach(row.is_left).1;
            if row.time_ms != time_ms || self.oldest_ms.is_none_or(|oldest_ms| oldest_ms + after_ms + windows.grace_ms >= time_ms) {
                return;
            }
            self.oldest_ms = None;
            let (mut closed, mut is_open) = (vec![], [false; 2]);
            for waits in &self.waiting {
                self.oldest_ms = Some(waits.time_ms);
                if is_open == [true, true] {
                    break;
                }
                if windows.is_closed(waits, time_ms) {
                    closed.push(waits.clone());
                } else {
                    is_open[usize::from(waits.is_left)] = true;
                }
            }
            closed
        };
        for row in closed {
            results.push(row.alone());
            self.waiting.remove(&row);
            if self.holds {
                self.kept.retain(|kept| *kept != row);
            }
        }
    }
}

const LATE_MS: i64 = 40;

/// Times are multiples of 5, so that many records have the same.
fn records() -> impl Strategy<Value = Vec<Row>> {
    let record = (any::<bool>(), 0u8..3, 0i64..=LATE_MS / 5, 0i64..4);
    prop::collection::vec(record, 1..60).prop_map(|records| {
        let mut latest_ms = 1_000;
        let row = |(number, (is_left, key, late, on)): (usize, (bool, u8, i64, i64))| {
            latest_ms += on * 5;
            Row { time_ms: latest_ms - if on > 1 { 0 } else { late * 5 }, is_left, key, number }
        };
        records.into_iter().enumerate().map(row).collect()
    })
}

fn windows(grace: impl Strategy<Value = i64>) -> impl Strategy<Value = Windows> {
    (-2i64..6, 0i64..8, grace).prop_map(|(before, width, grace)| Windows {
        before_ms: before * 5,
        after_ms: (width - before) * 5,
        grace_ms: grace * 5,
    })
}

fn pipe_row(driver: &TestDriver, row: &Row) {
    pipe(driver, row.topic(), &[(Some(&format!("k{}", row.key)), Some(&row.number.to_string()), row.time_ms)]);
}

/// One record of each side that closes everything.
fn ends(records: &[Row]) -> [Row; 2] {
    [true, false].map(|is_left| Row { time_ms: 100_000, is_left, key: if is_left { 8 } else { 9 }, number: records.len() })
}

proptest! {
    #[test]
    fn what_waits_is_looked_at_as_kafka_streams_does(records in records(), windows in windows(0i64..10)) {
        let driver = TestDriver::new(joined(windows.before_ms, windows.after_ms, windows.grace_ms as u64)).unwrap();
        let (mut lefts, mut outers) = (Model::new(windows, false, false), Model::new(windows, true, false));
        for row in records.iter().chain(&ends(&records)) {
            pipe_row(&driver, row);
            prop_assert_eq!(read(&driver, "lefts"), lefts.take(row), "left join at {:?}", row);
            prop_assert_eq!(read(&driver, "outers"), outers.take(row), "outer join at {:?}", row);
        }
    }

    #[test]
    fn what_is_held_has_a_partner_or_none(
        records in records(),
        windows in windows(0i64..14),
        restart_every in 1usize..30,
        cache in prop_oneof![Just(0usize), Just(1 << 20)],
    ) {
        let topology = held(windows.before_ms, windows.after_ms, windows.grace_ms as u64);
        let driver = TestDriver::builder(topology).cache_max_bytes(cache).build().unwrap();
        let (mut lefts, mut outers) = (Model::new(windows, false, true), Model::new(windows, true, true));
        let mut told: Vec<String> = vec![];
        let ends = ends(&records);
        for (index, row) in records.iter().chain(&ends).enumerate() {
            pipe_row(&driver, row);
            prop_assert_eq!(read(&driver, "lefts"), lefts.take(row), "left join at {:?}", row);
            let results = outers.take(row);
            prop_assert_eq!(read(&driver, "outers"), results.clone(), "outer join at {:?}", row);
            told.extend(results);
            if index % restart_every == restart_every - 1 {
                driver.restart().unwrap();
            }
        }
        // Whatever comes how late: nobody has both.
        for row in &records {
            let (number, alone) = (row.number.to_string(), row.alone());
            let is_alone = told.iter().filter(|result| **result == alone).count();
            let side = |result: &String| {
                let (_, values) = result.split('@').next()?.split_once('=')?;
                let (left, right) = values.split_once('+')?;
                Some(if row.is_left { (left == number, right != "-") } else { (right == number, left != "-") })
            };
            let has_partner = told.iter().any(|result| side(result) == Some((true, true)));
            prop_assert!(is_alone <= 1 && !(is_alone == 1 && has_partner), "{:?} of {:?}", row, told);
            // Within the grace everyone meets all partners, and has a result without one only if
            // there is none. A store lets go of a row at the very end of width and grace, as Kafka
            // Streams' does, so that a record which is late by all of it misses the first partner.
            let apart_ms = (-windows.before_ms.min(windows.after_ms)).max(0);
            if windows.grace_ms > LATE_MS + apart_ms {
                let partners: Vec<&Row> = records.iter().filter(|other| windows.meet(row, other)).collect();
                prop_assert_eq!(is_alone == 1, partners.is_empty(), "{:?} of {:?}", row, told);
                prop_assert!(partners.iter().all(|other| told.contains(&row.with(other))), "{:?} of {:?}", row, told);
            }
        }
    }
}

/// Several values of one key and time: the look comes to each of them, and ends at the second.
#[test]
fn a_look_ends_at_the_second_value_of_a_key() {
    let windows = Windows { before_ms: 30, after_ms: 30, grace_ms: 40 };
    let driver = TestDriver::new(joined(30, 30, 40)).unwrap();
    let mut model = Model::new(windows, true, false);
    let rows = [
        (true, 2, 1_032),
        (false, 1, 1_055),
        (false, 1, 1_055),
        (false, 0, 1_060),
        (true, 1, 1_074),
        (false, 2, 1_078),
        (false, 0, 1_101),
        (false, 2, 1_104),
        (true, 1, 1_113),
        (true, 0, 1_115),
        (false, 0, 1_126),
        (false, 0, 1_150),
        (true, 0, 1_190),
        (true, 0, 1_290),
    ];
    for (number, (is_left, key, time_ms)) in rows.into_iter().enumerate() {
        let row = Row { time_ms, is_left, key, number };
        pipe_row(&driver, &row);
        assert_eq!(read(&driver, "outers"), model.take(&row), "{row:?}");
    }
}
