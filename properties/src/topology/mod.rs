//! Topologies as data: what is generated, written as text, and interpreted by the model.

mod kinds;
mod sides;

use serde::{Deserialize, Serialize};

/// A node, by its place in [`Topology::nodes`].
pub type Id = usize;

/// A topology. Its nodes stand in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topology {
    /// What it reads.
    pub topics: Vec<Topic>,
    /// Sources, operators and sinks.
    pub nodes: Vec<Node>,
    /// Whether it is `#[optimized]`.
    #[serde(default)]
    pub optimized: bool,
}

/// A topic that is read, in one node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// Whether keys may be null.
    pub null_keys: bool,
    /// What values are.
    pub value: Value,
}

/// A type of values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Base {
    /// `String`
    Text,
    /// `i64`
    Long,
    /// `u64`
    Count,
    /// `Basket`: a struct with a map, floats and an enum, in JSON.
    Basket,
}

/// A type of values in a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    /// Without nulls.
    pub base: Base,
    /// Whether there may be nulls.
    pub null: bool,
}

/// A type of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Key {
    /// `String`, or `Option<String>`
    Text {
        /// Whether there may be nulls.
        null: bool,
    },
    /// `Windowed<String>` with windows of this size.
    Window(i64),
    /// `Windowed<String>` with sliding windows of this width.
    Sliding(i64),
    /// `Windowed<String, SessionWindow>`
    Session,
}

/// What a node gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A stream.
    Stream(Key, Value),
    /// A table.
    Table(Key, Base),
    /// A global table.
    Global(Base),
    /// A `split`, which only branches follow.
    Split(Key, Value),
    /// Nothing.
    Sink,
}

/// A node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// What it does, and to what.
    pub op: Op,
    /// Whether it is written in one chain with the node that follows, its only reader.
    pub chained: bool,
}

/// The part of a record that a closure looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Part {
    /// Its key.
    Key,
    /// Its value.
    Value,
    /// Both.
    Both,
}

/// A condition: the code of a part, divided, leaves this rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Test {
    /// Of what.
    pub part: Part,
    /// By what.
    pub modulus: u64,
    /// What is left.
    pub rest: u64,
}

/// A new value. The key is only looked at by operators that see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Map {
    /// Text with a mark behind it.
    Mark(char),
    /// Text with the key before it.
    WithKey(char),
    /// A number.
    Long(i64),
    /// Text with a mark, or null where the test holds.
    Maybe(char, Test),
    /// A basket of text with a mark.
    Basket(char),
}

/// A new key: one of the first letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewKey {
    /// Made of what.
    pub part: Part,
    /// How many letters.
    pub letters: u64,
    /// Where this holds, the key is null.
    pub null: Option<Test>,
}

/// An aggregation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fold {
    /// `count`
    Count,
    /// `reduce`; where the test holds for the value, the row is deleted.
    Reduce(Option<Test>),
    /// `aggregate` to text, or to a number; where the test holds for the value, the row is deleted.
    Aggregate(Base, Option<Test>),
}

/// Kinds of windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WindowKind {
    /// Tumbling, hopping, unlimited.
    Time,
    /// Sliding.
    Sliding,
    /// Sessions.
    Session,
}

/// Windows of an aggregation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Windows {
    /// Of which kind.
    pub kind: WindowKind,
    /// Where the first one starts.
    pub first: i64,
    /// Their size, or time difference, or gap; [`i64::MAX`]: one window without an end.
    pub size: i64,
    /// From start to start.
    pub advance: i64,
    /// How long they take records after their end.
    pub grace: i64,
    /// Whether each gives one result when it closes.
    pub on_close: bool,
    /// How long the store keeps them, if that is said.
    pub retention: Option<i64>,
}

impl Windows {
    /// Whether tumbling and hopping windows are written by hand, as windows of one's own: some are,
    /// and are what they would be otherwise.
    pub fn are_by_hand(&self) -> bool {
        (self.size + self.grace) / 10 % 2 == 1
    }
}

/// What a join needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum How {
    /// Both sides.
    Inner,
    /// The left side.
    Left,
    /// Either side.
    Outer,
}

/// The rows of a table source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rows {
    /// In a store.
    Stored,
    /// `.without_store()`
    Nowhere,
    /// `.versioned(…)`, with so much history.
    Versioned(i64),
    /// `.ttl(…)`: each for so long.
    Expiring(i64),
}

/// Until when a table's changes are held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Until {
    /// Until their window closes, so long after its end.
    Close(i64),
    /// For so long, and of so many keys at most.
    Time(i64, Option<usize>),
}

/// Which records of two streams meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Within {
    /// How much earlier the right one may be.
    pub before: i64,
    /// How much later.
    pub after: i64,
    /// How long after that the window closes.
    pub grace: i64,
}

/// The closure of a join: text of both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joiner {
    /// Between them.
    pub mark: char,
    /// Tables only: null where this holds for both.
    pub null: Option<Test>,
}

/// What a node does. The first field is its input.
#[allow(missing_docs)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Op {
    /// `stream(…)`
    Stream(Vec<usize>),
    /// `table(…)`
    Table(usize, Rows),
    /// `global_table(…)`
    GlobalTable(usize),
    /// `filter`, or `filter_not`, of a stream or a table.
    Filter { input: Id, test: Test, not: bool, stored: bool },
    /// `map_values`, or `map_values_with_key`, of a stream or a table.
    MapValues { input: Id, map: Map, with_key: bool, stored: bool },
    /// `map`
    Map { input: Id, key: NewKey, map: Map },
    /// `flat_map_values`, or `flat_map_values_with_key`: up to so many values.
    FlatMapValues { input: Id, times: u64, with_key: bool },
    /// `flat_map`
    FlatMap { input: Id, times: u64, key: NewKey },
    /// `select_key`
    SelectKey { input: Id, key: NewKey },
    /// `merge`
    Merge { input: Id, other: Id },
    /// `split` with its branches.
    Split { input: Id, tests: Vec<Test>, otherwise: bool },
    /// One output of a split.
    Branch { input: Id, index: usize },
    /// `process_values` with a store: numbers the records of a key.
    ProcessValues { input: Id },
    /// `process`: a record with a new key, and one later with its own.
    Process { input: Id, letters: u64 },
    /// `repartition`
    Repartition { input: Id },
    /// `to_table`
    ToTable { input: Id },
    /// `to_stream`
    ToStream { input: Id },
    /// `group_by_key`, or `group_by`, and what follows.
    Aggregate { input: Id, by: Option<NewKey>, windows: Option<Windows>, fold: Fold },
    /// Two grouped streams in one aggregate.
    Cogroup { input: Id, other: Id, by: [Option<NewKey>; 2], windows: Option<Windows>, base: Base },
    /// `suppress`
    Suppress { input: Id, until: Until },
    /// `group_by` of a table, and what follows; with a map, of new values.
    GroupTable { input: Id, by: NewKey, map: Option<Map>, fold: Fold },
    /// `join`, or `left_join`, of a stream with a table; with a grace, records wait so long.
    JoinTable { input: Id, table: Id, how: How, joiner: Joiner, grace: Option<i64> },
    /// `join`, or `left_join`, of a stream with a global table.
    JoinGlobal { input: Id, table: Id, key: NewKey, how: How, joiner: Joiner },
    /// `join`, `left_join` or `outer_join` of two tables.
    JoinTables { input: Id, other: Id, how: How, joiner: Joiner, stored: bool },
    /// `join`, `left_join` or `outer_join` of two streams.
    JoinStreams { input: Id, other: Id, how: How, joiner: Joiner, within: Within },
    /// `join`, or `left_join`, of two tables by a foreign key.
    JoinForeign { input: Id, other: Id, key: NewKey, how: How, joiner: Joiner, stored: bool },
    /// `to`: a topic, or, with a test, one of two for each record.
    To { input: Id, topic: String, or: Option<(Test, String)> },
}

impl Op {
    /// What it reads, in the order of its sides.
    pub fn inputs(&self) -> Vec<Id> {
        match *self {
            Op::Stream(_) | Op::Table(..) | Op::GlobalTable(_) => vec![],
            Op::Filter { input, .. }
            | Op::MapValues { input, .. }
            | Op::Map { input, .. }
            | Op::FlatMapValues { input, .. }
            | Op::FlatMap { input, .. }
            | Op::SelectKey { input, .. }
            | Op::Split { input, .. }
            | Op::Branch { input, .. }
            | Op::Repartition { input }
            | Op::ToTable { input }
            | Op::ToStream { input }
            | Op::ProcessValues { input }
            | Op::Process { input, .. }
            | Op::Aggregate { input, .. }
            | Op::GroupTable { input, .. }
            | Op::Suppress { input, .. }
            | Op::To { input, .. } => vec![input],
            Op::Merge { input, other }
            | Op::JoinTables { input, other, .. }
            | Op::JoinStreams { input, other, .. }
            | Op::Cogroup { input, other, .. }
            | Op::JoinForeign { input, other, .. } => vec![input, other],
            Op::JoinTable { input, table, .. } | Op::JoinGlobal { input, table, .. } => vec![input, table],
        }
    }

    /// Whether it starts a chain.
    pub fn is_source(&self) -> bool {
        self.inputs().is_empty()
    }
}

impl Key {
    /// The keys of aggregates in these windows.
    pub fn of(windows: Option<Windows>) -> Key {
        match windows {
            Some(Windows { kind: WindowKind::Time, size, .. }) => Key::Window(size),
            Some(Windows { kind: WindowKind::Sliding, size, .. }) => Key::Sliding(size),
            Some(Windows { kind: WindowKind::Session, .. }) => Key::Session,
            None => Key::Text { null: false },
        }
    }
}

impl Map {
    /// The type of its results.
    pub fn gives(self) -> Value {
        match self {
            Map::Mark(_) | Map::WithKey(_) => Value { base: Base::Text, null: false },
            Map::Long(_) => Value { base: Base::Long, null: false },
            Map::Maybe(..) => Value { base: Base::Text, null: true },
            Map::Basket(_) => Value { base: Base::Basket, null: false },
        }
    }
}

impl Fold {
    /// The type of the aggregates of these values.
    pub fn gives(self, values: Base) -> Base {
        match self {
            Fold::Count => Base::Count,
            Fold::Reduce(_) => values,
            Fold::Aggregate(base, _) => base,
        }
    }
}

impl NewKey {
    /// The type of the keys.
    pub fn gives(self) -> Key {
        Key::Text { null: self.null.is_some() }
    }
}
