//! Keys and values of any type, and the functions that the closures of topologies are made of. Both the generated text and the model call
//! these functions, so that what they mean cannot differ.

use std::fmt;

use serde::{Deserialize, Serialize};
use streams_runtime::prelude::{SessionWindow, Windowed};

use crate::basket::Basket;

/// A key or a value.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Datum {
    /// No key, or no value.
    Null,
    /// `String`.
    Text(String),
    /// `i64`.
    Long(i64),
    /// `u64`.
    Count(u64),
    /// A key in a window: key, start, end.
    Window(String, i64, i64),
    /// A basket, by what all its fields follow from: its label and the bits of its sum.
    Basket(String, u64),
}

impl Datum {
    /// Whether there is something.
    pub fn is_some(&self) -> bool {
        *self != Datum::Null
    }

    /// Nothing, if the condition does not hold.
    #[must_use]
    pub fn only_if(self, condition: bool) -> Datum {
        if condition { self } else { Datum::Null }
    }
}

impl fmt::Debug for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Datum::Null => f.write_str("null"),
            Datum::Text(text) => write!(f, "{text:?}"),
            Datum::Long(n) => write!(f, "{n}"),
            Datum::Count(n) => write!(f, "{n}"),
            Datum::Basket(label, sum) => write!(f, "{{{label:?} {:?}}}", f64::from_bits(*sum)),
            Datum::Window(key, start, end) if *end == i64::MAX => write!(f, "[{key}@{start}..]"),
            Datum::Window(key, start, end) => write!(f, "[{key}@{start}..{end}]"),
        }
    }
}

impl From<String> for Datum {
    fn from(text: String) -> Self {
        Datum::Text(text)
    }
}

impl From<i64> for Datum {
    fn from(n: i64) -> Self {
        Datum::Long(n)
    }
}

impl From<u64> for Datum {
    fn from(n: u64) -> Self {
        Datum::Count(n)
    }
}

/// What the closures do with keys and values of any type.
pub trait Shown {
    /// As text.
    fn shown(&self) -> String;
    /// As a number, for conditions.
    fn coded(&self) -> u64;
}

impl Shown for str {
    fn shown(&self) -> String {
        self.to_owned()
    }
    fn coded(&self) -> u64 {
        self.bytes().map(u64::from).sum()
    }
}

impl Shown for String {
    fn shown(&self) -> String {
        self.clone()
    }
    fn coded(&self) -> u64 {
        self.as_str().coded()
    }
}

impl Shown for i64 {
    fn shown(&self) -> String {
        self.to_string()
    }
    fn coded(&self) -> u64 {
        self.unsigned_abs()
    }
}

impl Shown for u64 {
    fn shown(&self) -> String {
        self.to_string()
    }
    fn coded(&self) -> u64 {
        *self
    }
}

impl<T: Shown> Shown for Option<T> {
    fn shown(&self) -> String {
        self.as_ref().map_or_else(|| "null".to_owned(), Shown::shown)
    }
    fn coded(&self) -> u64 {
        self.as_ref().map_or(0, Shown::coded)
    }
}

impl<T: Shown + ?Sized> Shown for &T {
    fn shown(&self) -> String {
        (**self).shown()
    }
    fn coded(&self) -> u64 {
        (**self).coded()
    }
}

impl Shown for Windowed<String> {
    fn shown(&self) -> String {
        format!("{}@{}", self.key, self.window.start_ms)
    }
    fn coded(&self) -> u64 {
        self.shown().coded()
    }
}

impl Shown for Windowed<String, SessionWindow> {
    fn shown(&self) -> String {
        format!("{}@{}", self.key, self.window.start_ms)
    }
    fn coded(&self) -> u64 {
        self.shown().coded()
    }
}

impl Shown for Datum {
    fn shown(&self) -> String {
        match self {
            Datum::Null => "null".to_owned(),
            Datum::Text(text) => text.shown(),
            Datum::Long(n) => n.shown(),
            Datum::Count(n) => n.shown(),
            Datum::Window(key, start, _) => format!("{key}@{start}"),
            Datum::Basket(label, sum) => Basket::with_sum(label, f64::from_bits(*sum)).shown(),
        }
    }
    fn coded(&self) -> u64 {
        match self {
            Datum::Null => 0,
            Datum::Long(n) => n.coded(),
            Datum::Count(n) => n.coded(),
            Datum::Basket(label, sum) => Basket::with_sum(label, f64::from_bits(*sum)).coded(),
            text => text.shown().coded(),
        }
    }
}

/// What aggregations fold.
pub trait Folded: Sized {
    /// Puts a value in. Not commutative, so that the order shows.
    fn with(&self, value: &impl Shown) -> Self;
    /// Takes a value out.
    fn without(&self, value: &impl Shown) -> Self;
}

impl Folded for String {
    fn with(&self, value: &impl Shown) -> Self {
        tail(&format!("{self},{}", value.shown()))
    }
    fn without(&self, value: &impl Shown) -> Self {
        tail(&format!("{self}-{}", value.shown()))
    }
}

impl Folded for i64 {
    fn with(&self, value: &impl Shown) -> Self {
        (self * 3 + (value.coded() % 1009) as i64 + 1) % 1009
    }
    fn without(&self, value: &impl Shown) -> Self {
        (self * 5 + (value.coded() % 1009) as i64 + 2) % 1009
    }
}

impl Folded for u64 {
    fn with(&self, value: &impl Shown) -> Self {
        (self * 3 + value.coded() % 1009 + 1) % 1009
    }
    fn without(&self, value: &impl Shown) -> Self {
        (self * 5 + value.coded() % 1009 + 2) % 1009
    }
}

impl Folded for Datum {
    fn with(&self, value: &impl Shown) -> Self {
        match self {
            Datum::Long(n) => Datum::Long(n.with(value)),
            Datum::Count(n) => Datum::Count(n.with(value)),
            Datum::Basket(label, sum) => Basket::with_sum(label, f64::from_bits(*sum)).with(value).into(),
            text => Datum::Text(text.shown().with(value)),
        }
    }
    fn without(&self, value: &impl Shown) -> Self {
        match self {
            Datum::Long(n) => Datum::Long(n.without(value)),
            Datum::Count(n) => Datum::Count(n.without(value)),
            Datum::Basket(label, sum) => Basket::with_sum(label, f64::from_bits(*sum)).without(value).into(),
            text => Datum::Text(text.shown().without(value)),
        }
    }
}

/// A key or value as text.
pub fn show<T: Shown>(value: &T) -> String {
    value.shown()
}

/// A key or value as a number.
pub fn code<T: Shown>(value: &T) -> u64 {
    value.coded()
}

/// An aggregate with one value more.
pub fn combine<A: Folded, T: Shown>(aggregate: &A, value: &T) -> A {
    aggregate.with(value)
}

/// An aggregate with one value taken out.
pub fn minus<A: Folded, T: Shown>(aggregate: &A, value: &T) -> A {
    aggregate.without(value)
}

/// A value with a number behind it.
pub fn numbered<T: Shown>(value: &T, number: i64) -> String {
    tail(&format!("{}/{number}", value.shown()))
}

/// The last 20 characters: values grow no further.
pub fn tail(text: &str) -> String {
    let skipped = text.chars().count().saturating_sub(20);
    text.chars().skip(skipped).collect()
}

/// One of the first `letters` letters, the keys of all topics.
pub fn letter(code: u64, letters: u64) -> String {
    char::from(b'a' + u8::try_from(code % letters.clamp(1, 26)).unwrap_or(0)).to_string()
}
