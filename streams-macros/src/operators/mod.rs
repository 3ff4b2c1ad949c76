//! The table of operators: one file and one row each. Parsing, checking and code generation read the row; nobody repeats it.

mod aggregate;
mod branch;
mod cogroup;
mod cogroup_aggregate;
mod cogroup_further;
mod cogroup_windowed_by;
mod count;
mod dedup;
mod dedup_by;
mod filter;
mod filter_not;
mod flat_map;
mod flat_map_values;
mod flat_map_values_with_key;
mod for_each;
mod global_table;
mod group_by;
mod group_by_key;
mod join;
mod key_value_store;
mod left_join;
mod map;
mod map_values;
mod map_values_with_key;
mod merge;
mod no_default;
#[cfg(test)]
mod notes;
mod options;
mod otherwise;
mod outer_join;
mod peek;
mod present;
mod print;
mod process;
mod process_values;
mod reduce;
#[cfg(test)]
mod reference;
mod repartition;
mod select_key;
mod session_store;
mod split;
mod store_types;
mod stream;
mod suppress;
mod table;
mod table_aggregate;
mod table_count;
mod table_filter;
mod table_filter_not;
mod table_group_by;
mod table_join;
mod table_left_join;
mod table_map_values;
mod table_map_values_with_key;
mod table_outer_join;
mod table_reduce;
mod table_transform_values;
mod to;
mod to_stream;
mod to_stream_with_key;
mod to_table;
mod versioned_store;
mod window_store;
mod windowed_aggregate;
mod windowed_by;
mod windowed_cogroup_aggregate;
mod windowed_count;
mod windowed_reduce;

#[cfg(test)]
pub(crate) use notes::NOTES;
pub(crate) use options::{OPTIONS, OptionRow};
#[cfg(test)]
pub(crate) use reference::{ENTRIES, Entry};

/// What a name in a topology stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Stream,
    Table,
    GlobalTable,
    /// Between `group_by` and the aggregation.
    Grouped,
    /// Between `windowed_by` and the aggregation.
    Windowed,
    /// Between a table's `group_by` and the aggregation.
    GroupedTable,
    /// Between `cogroup` and the aggregation.
    Cogrouped,
    /// Between the `windowed_by` of a cogroup and the aggregation.
    WindowedCogroup,
    /// Between `split` and `otherwise`.
    Split,
    /// The streams of a finished `split`.
    Branches,
    /// A store for processors.
    Store,
    /// Behind a sink.
    Nothing,
}

impl Kind {
    /// In messages.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Kind::Stream => "stream",
            Kind::Table => "table",
            Kind::GlobalTable => "global table",
            Kind::Grouped => "grouped stream",
            Kind::Windowed => "windowed stream",
            Kind::GroupedTable => "grouped table",
            Kind::Cogrouped => "cogroup",
            Kind::WindowedCogroup => "windowed cogroup",
            Kind::Split => "split",
            Kind::Branches => "finished split",
            Kind::Store => "store",
            Kind::Nothing => "stream that has ended",
        }
    }

    /// Waits for its aggregation.
    pub(crate) fn is_grouped(self) -> bool {
        matches!(self, Kind::Grouped | Kind::Windowed | Kind::GroupedTable)
    }

    /// Several streams that wait for their common aggregation.
    pub(crate) fn is_cogroup(self) -> bool {
        matches!(self, Kind::Cogrouped | Kind::WindowedCogroup)
    }

    /// The operators that make a table of it, as a message says them.
    pub(crate) fn ended_by(self) -> Option<&'static str> {
        if self.is_cogroup() {
            return Some("`.aggregate(|| …)`");
        }
        self.is_grouped().then_some("`.count()`, `.reduce(…)` or `.aggregate(…)`")
    }

    /// The type that a user writes, if one can be written; of a store the row knows it.
    fn written(self) -> Option<&'static str> {
        match self {
            Kind::Stream => Some("Stream"),
            Kind::Table => Some("Table"),
            Kind::GlobalTable => Some("GlobalTable"),
            Kind::Store | Kind::Grouped | Kind::Windowed | Kind::GroupedTable | Kind::Cogrouped | Kind::WindowedCogroup => None,
            Kind::Split | Kind::Branches | Kind::Nothing => None,
        }
    }
}

/// One argument.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Arg {
    /// A closure (or the name of a function) with these parameters; as every closure of an operator
    /// it may have one more, `cx`.
    Closure(&'static [&'static str]),
    /// Any expression.
    Value(&'static str),
    /// The name of a node of one of these kinds.
    Operand(&'static [Kind]),
    /// A store, or a tuple of stores.
    Stores,
    /// One topic.
    Topic,
    /// A topic, a list of topics, or a pattern.
    Topics,
    /// One topic, or a closure that computes it; it may have one parameter more, `cx`.
    TopicOrClosure(&'static [&'static str]),
}

/// The parameter of a joiner that is the key of the row in a global table.
pub(crate) const TABLE_KEY: &str = "table_key";

/// A row.
#[derive(Debug)]
pub(crate) struct Operator {
    pub(crate) name: &'static str,
    /// What it is called on; nothing for a source.
    pub(crate) on: Option<Kind>,
    pub(crate) gives: Kind,
    /// The ways to call it.
    pub(crate) shapes: &'static [&'static [Arg]],
    /// Records may have another key behind it.
    pub(crate) changes_key: bool,
    /// Records must be partitioned by their key in front of it.
    pub(crate) needs_key: bool,
    /// Makes state that needs a name.
    pub(crate) state: bool,
    /// Has a `try_` twin, whose closures return `Result`.
    pub(crate) twin: bool,
    /// May end a statement.
    pub(crate) effect: bool,
    pub(crate) options: &'static [&'static OptionRow],
    /// One sentence, for lists.
    #[cfg_attr(not(test), expect(dead_code, reason = "OPERATORS.md is made of it, by a test"))]
    pub(crate) doc: &'static str,
}

impl Operator {
    /// May be bound with a tuple of names, one for each output of the processor.
    pub(crate) fn may_have_outputs(&self) -> bool {
        matches!(self.name, "process" | "process_values")
    }
}

/// Rows by identity: there is one of each.
impl PartialEq for Operator {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.on == other.on
    }
}

/// All operators.
pub(crate) const OPERATORS: &[&Operator] = &[
    &stream::ROW,
    &table::ROW,
    &global_table::ROW,
    &key_value_store::ROW,
    &window_store::ROW,
    &session_store::ROW,
    &versioned_store::ROW,
    &filter::ROW,
    &filter_not::ROW,
    &map::ROW,
    &map_values::ROW,
    &map_values_with_key::ROW,
    &flat_map::ROW,
    &flat_map_values::ROW,
    &flat_map_values_with_key::ROW,
    &select_key::ROW,
    &peek::ROW,
    &for_each::ROW,
    &print::ROW,
    &present::ROW,
    &dedup::ROW,
    &dedup_by::ROW,
    &merge::ROW,
    &split::ROW,
    &branch::ROW,
    &otherwise::ROW,
    &no_default::ROW,
    &repartition::ROW,
    &to::ROW,
    &to_table::ROW,
    &group_by_key::ROW,
    &group_by::ROW,
    &join::ROW,
    &left_join::ROW,
    &outer_join::ROW,
    &process::ROW,
    &process_values::ROW,
    &count::ROW,
    &reduce::ROW,
    &aggregate::ROW,
    &cogroup::ROW,
    &windowed_by::ROW,
    &windowed_count::ROW,
    &windowed_reduce::ROW,
    &windowed_aggregate::ROW,
    &cogroup_further::ROW,
    &cogroup_windowed_by::ROW,
    &cogroup_aggregate::ROW,
    &windowed_cogroup_aggregate::ROW,
    &to_stream::ROW,
    &to_stream_with_key::ROW,
    &table_filter::ROW,
    &table_filter_not::ROW,
    &table_map_values::ROW,
    &table_map_values_with_key::ROW,
    &table_transform_values::ROW,
    &suppress::ROW,
    &table_join::ROW,
    &table_left_join::ROW,
    &table_outer_join::ROW,
    &table_group_by::ROW,
    &table_count::ROW,
    &table_reduce::ROW,
    &table_aggregate::ROW,
];

/// What can be called on `kind` under `name`, and whether it is the `try_` twin. Without a kind: the sources.
pub(crate) fn find(on: Option<Kind>, name: &str) -> Option<(&'static Operator, bool)> {
    let exact = |name: &str| OPERATORS.iter().copied().find(|row| row.on == on && row.name == name);
    match exact(name) {
        Some(row) => Some((row, false)),
        None => exact(name.strip_prefix("try_")?).map(|row| (row, true)),
    }
}

/// Names of all operators of a kind; without a kind, of all sources.
pub(crate) fn names(on: Option<Kind>) -> impl Iterator<Item = &'static str> {
    OPERATORS.iter().filter(move |row| row.on == on).map(|row| row.name)
}
