//! What the closures of a topology make of keys and values.

use crate::basket::Basket;
use crate::topology::{Joiner, Map, NewKey, Part, Test};
use crate::values::{Datum, code, letter, show, tail};

/// What the closures of a cogroup make of the values of their streams.
pub(super) fn of_side(side: usize, value: &Datum) -> Datum {
    Datum::Text(format!("{side}{}", show(value)))
}

/// Whether a test holds for a record.
pub(crate) fn holds(test: Test, key: &Datum, value: &Datum) -> bool {
    coded(test.part, key, value) % test.modulus == test.rest
}

pub(super) fn coded(part: Part, key: &Datum, value: &Datum) -> u64 {
    match part {
        Part::Key => code(key),
        Part::Value => code(value),
        Part::Both => code(key) + code(value),
    }
}

pub(super) fn mapped(map: Map, key: &Datum, value: &Datum) -> Datum {
    match map {
        Map::Mark(mark) => Datum::Text(tail(&format!("{}{mark}", show(value)))),
        Map::WithKey(mark) => Datum::Text(tail(&format!("{}{mark}{}", show(key), show(value)))),
        Map::Basket(mark) => Basket::of(&tail(&format!("{}{mark}", show(value)))).into(),
        Map::Long(times) => Datum::Long((code(value) % 1009) as i64 * times - 7),
        Map::Maybe(mark, null) => Datum::Text(tail(&format!("{}{mark}", show(value)))).only_if(!holds(null, key, value)),
    }
}

pub(super) fn new_key(new: NewKey, key: &Datum, value: &Datum) -> Datum {
    let null = new.null.is_some_and(|null| holds(null, key, value));
    Datum::Text(letter(coded(new.part, key, value), new.letters)).only_if(!null)
}

pub(super) fn joined(joiner: Joiner, left: &Datum, right: &Datum) -> Datum {
    let null = joiner.null.is_some_and(|null| (code(left) + code(right)) % null.modulus == null.rest);
    Datum::Text(tail(&format!("{}{}{}", show(left), joiner.mark, show(right)))).only_if(!null)
}
