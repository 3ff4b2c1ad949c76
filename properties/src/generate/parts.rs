//! What is written between the brackets of an operator.

use super::draft::Draft;
use crate::feature::Feature;
use crate::topology::{Fold, Id, Joiner, Key, Kind, Map, NewKey, Part, Test, WindowKind, Windows};

const MARKS: &[char] = &['!', '?', '~', '^', '=', '_'];

impl Draft {
    pub(super) fn test(&mut self, part: Part) -> Test {
        let modulus = 2 + self.random.below(4);
        Test { part, modulus, rest: self.random.below(modulus) }
    }

    pub(super) fn part(&mut self) -> Part {
        self.random.pick(&[Part::Key, Part::Value, Part::Value, Part::Both])
    }

    pub(super) fn any_test(&mut self) -> Test {
        let part = self.part();
        self.test(part)
    }

    pub(super) fn mark(&mut self) -> char {
        self.random.pick(MARKS)
    }

    pub(super) fn map(&mut self, with_key: bool) -> Map {
        let mark = self.mark();
        match self.random.below(if with_key { 6 } else { 5 }) {
            0 => Map::Long(self.random.below(5) as i64 - 2),
            1 => Map::Maybe(mark, self.test(if with_key { Part::Both } else { Part::Value })),
            2 | 3 => Map::Mark(mark),
            4 => Map::Basket(mark),
            _ => Map::WithKey(mark),
        }
    }

    pub(super) fn new_key(&mut self) -> NewKey {
        let part = self.part();
        let letters = 2 + self.random.below(3);
        let null = if self.random.percent(30) { Some(self.test(Part::Value)) } else { None };
        NewKey { part, letters, null }
    }

    pub(super) fn fold(&mut self, feature: Feature) -> Fold {
        let null = if self.random.percent(25) { Some(self.test(Part::Value)) } else { None };
        match feature {
            Feature::Count | Feature::TableGroupCount => Fold::Count,
            Feature::Reduce => Fold::Reduce(null),
            Feature::TableGroupReduce => Fold::Reduce(None),
            Feature::Aggregate | Feature::TableGroupAggregate => Fold::Aggregate(self.base(), null),
            _ => {
                let fold = self.random.pick(&[Feature::Count, Feature::Reduce, Feature::Aggregate]);
                self.fold(fold)
            }
        }
    }

    pub(super) fn windows(&mut self, feature: Feature) -> Windows {
        if feature == Feature::Unlimited {
            let first = self.random.pick(&[0, 100, 250]);
            return Windows {
                kind: WindowKind::Time,
                first,
                size: i64::MAX,
                advance: i64::MAX,
                grace: 0,
                on_close: false,
                retention: None,
            };
        }
        if feature == Feature::Sliding {
            // So that none closes.
            let (size, grace) = (self.random.pick(&[10, 30, 60]), 1_000_000);
            return Windows { kind: WindowKind::Sliding, first: 0, size, advance: 0, grace, on_close: false, retention: None };
        }
        if feature == Feature::EmitSlidingOnClose {
            // So that some close, and few records are late.
            let (size, grace) = (self.random.pick(&[10, 30, 60]), self.random.pick(&[250, 400]));
            return Windows { kind: WindowKind::Sliding, first: 0, size, advance: 0, grace, on_close: true, retention: None };
        }
        if matches!(feature, Feature::Sessions | Feature::EmitSessionsOnClose) {
            let (size, grace) = (self.random.pick(&[10, 30, 50]), self.random.pick(&[0, 20, 100]));
            let on_close = feature == Feature::EmitSessionsOnClose;
            let retention = if self.random.percent(30) { Some(size + grace + self.random.pick(&[0, 100, 1000])) } else { None };
            return Windows { kind: WindowKind::Session, first: 0, size, advance: 0, grace, on_close, retention };
        }
        let on_close = feature == Feature::EmitOnClose || self.random.percent(25);
        let advance = self.random.pick(&[20, 30, 50]);
        let size = match feature {
            Feature::Tumbling => advance,
            Feature::Hopping => advance * 3 - self.random.pick(&[0, 10, 20]),
            _ if self.random.percent(50) => advance,
            _ => advance * 2,
        };
        let grace = self.random.pick(&[0, 10, 50, 200]);
        let retention = if self.random.percent(30) { Some(size + grace + self.random.pick(&[0, 100, 1000])) } else { None };
        Windows { kind: WindowKind::Time, first: 0, size, advance, grace, on_close, retention }
    }

    pub(super) fn joiner(&mut self, tables: bool) -> Joiner {
        let null = if tables && self.random.percent(25) { Some(self.test(Part::Both)) } else { None };
        Joiner { mark: self.mark(), null }
    }

    pub(super) fn group(&mut self) -> Option<NewKey> {
        if self.random.percent(40) { Some(self.new_key()) } else { None }
    }

    pub(super) fn storable(&mut self, input: Id) -> bool {
        matches!(self.kind(input), Kind::Table(Key::Text { .. }, _)) && self.random.percent(40)
    }
}
