//! A value with all that makes encodings hard: a map without order, floats with all their digits, an enum, and values within values.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use streams_runtime::prelude::StreamData;

use crate::values::{Datum, Folded, Shown, tail};

/// A value whose fields all follow from its label and its sum, so that a field that was lost or changed shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, StreamData)]
pub struct Basket {
    label: String,
    sum: f64,
    weights: HashMap<String, f64>,
    parts: Vec<Option<Part>>,
}

/// A value within a basket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Part {
    Empty,
    Counted(u64, i64),
    Named { name: String, share: f64 },
}

impl Basket {
    /// A basket with a label and what follows from it.
    pub fn of(label: &str) -> Self {
        Self::with_sum(label, 0.1)
    }

    /// [`of`](Self::of) with a sum.
    pub fn with_sum(label: &str, sum: f64) -> Self {
        let code = label.coded();
        let weight = |n: u64| ((code + n) as f64).sqrt() / 7.0;
        let parts = (0..code % 4).map(|n| match (code + n) % 4 {
            0 => None,
            1 => Some(Part::Empty),
            2 => Some(Part::Counted(code, -(n as i64))),
            _ => Some(Part::Named { name: label.to_owned(), share: sum / 3.0 }),
        });
        Basket {
            label: label.to_owned(),
            sum,
            weights: (0..2 + code % 6).map(|n| (format!("w{n}"), weight(n))).collect(),
            parts: parts.collect(),
        }
    }

    /// Whether all fields are what label and sum say.
    fn is_whole(&self) -> bool {
        *self == Self::with_sum(&self.label, self.sum)
    }
}

impl From<Basket> for Datum {
    fn from(basket: Basket) -> Self {
        if basket.is_whole() { Datum::Basket(basket.label, basket.sum.to_bits()) } else { Datum::Text(format!("broken: {basket:?}")) }
    }
}

impl Shown for Basket {
    fn shown(&self) -> String {
        if self.is_whole() { format!("{}:{:.3}", self.label, self.sum) } else { format!("broken: {self:?}") }
    }
    fn coded(&self) -> u64 {
        // Sums of sums grow beyond all numbers, where baskets are folded into baskets.
        self.label.coded() + (self.sum * 1000.0) as u64 % 1_000_000_007
    }
}

impl Folded for Basket {
    fn with(&self, value: &impl Shown) -> Self {
        Basket::with_sum(&self.label.with(value), self.sum / 3.0 + value.coded() as f64 / 7.0)
    }
    fn without(&self, value: &impl Shown) -> Self {
        Basket::with_sum(&tail(&self.label.without(value)), self.sum / 5.0 + value.coded() as f64 / 11.0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_on_the_way_shows() {
        let basket = Basket::with_sum("xx7", 2.0f64.sqrt());
        let json = serde_json::to_string(&basket).unwrap();
        assert_eq!(Datum::from(serde_json::from_str::<Basket>(&json).unwrap()), Datum::Basket("xx7".to_owned(), 2.0f64.sqrt().to_bits()));
        let other = json.replace("1.4142135623730951", "1.4142135623730954");
        assert!(other != json && matches!(Datum::from(serde_json::from_str::<Basket>(&other).unwrap()), Datum::Text(_)));
    }

    #[test]
    fn its_bytes_are_others_now_and_then() {
        let bytes = || serde_json::to_vec(&Basket::of("yy19")).unwrap();
        let first = bytes();
        assert!((0..50).any(|_| bytes() != first));
    }
}
