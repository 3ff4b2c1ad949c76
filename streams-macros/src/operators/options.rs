//! Options: methods that follow a source or an operator and say something about it.

/// An option of an operator.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OptionRow {
    pub(crate) name: &'static str,
    /// Number of arguments, and how they are called in messages.
    pub(crate) arguments: &'static [&'static str],
    pub(crate) doc: &'static str,
}

pub(super) const TIMESTAMP: &OptionRow = &OptionRow {
    name: "timestamp",
    arguments: &["|key, value| … or |key, value, record| …"],
    doc: "Event time in ms, from the record itself.",
};
pub(super) const WITH: &OptionRow =
    &OptionRow { name: "with", arguments: &["key codec", "value codec"], doc: "Wire formats of this edge." };
pub(super) const OFFSET_RESET: &OptionRow =
    &OptionRow { name: "offset_reset", arguments: &["Earliest or Latest"], doc: "Where to start without a committed offset." };
pub(super) const PARTITIONS: &OptionRow = &OptionRow { name: "partitions", arguments: &["count"], doc: "Declared number of partitions." };
pub(super) const NAMED: &OptionRow = &OptionRow { name: "named", arguments: &["name"], doc: "Name of state or of a repartition topic." };
pub(super) const WITHOUT_STORE: &OptionRow =
    &OptionRow { name: "without_store", arguments: &[], doc: "A table that keeps no rows: its changes are only handed on." };

pub(super) const EMIT_ON_CLOSE: &OptionRow =
    &OptionRow { name: "emit_on_close", arguments: &[], doc: "One result for each window, when it closes." };
pub(super) const FLUSH_AFTER: &OptionRow = &OptionRow {
    name: "flush_after",
    arguments: &["duration"],
    doc: "Behind `emit_on_close`: a window that has waited so long by the wall clock is sent, closed or not.",
};
pub(super) const RETENTION: &OptionRow =
    &OptionRow { name: "retention", arguments: &["duration"], doc: "How long a window is kept after its start, a session after its end." };
pub(super) const VERSIONED: &OptionRow =
    &OptionRow { name: "versioned", arguments: &["history"], doc: "A table that can be read as it was at any time within its history." };

pub(super) const TTL: &OptionRow = &OptionRow {
    name: "ttl",
    arguments: &["duration"],
    doc: "Rows expire when the stream time of the task is so much later than theirs: they are deleted, for what follows and in the changelog.",
};

pub(super) const RETAIN_DUPLICATES: &OptionRow =
    &OptionRow { name: "retain_duplicates", arguments: &[], doc: "Keeps all values of one key and time." };

pub(super) const SINGLE_STORE: &OptionRow =
    &OptionRow { name: "single_store", arguments: &[], doc: "A stream joined with itself keeps its records once." };

pub(super) const HOLD_UNMATCHED: &OptionRow = &OptionRow {
    name: "hold_unmatched",
    arguments: &[],
    doc: "A record without a partner waits until its window and the grace are over, also one that comes late.",
};

pub(super) const MAX_AHEAD: &OptionRow =
    &OptionRow { name: "max_ahead", arguments: &["duration"], doc: "Leaves out records whose time is further ahead of the wall clock." };

pub(super) const GRACE: &OptionRow = &OptionRow {
    name: "grace",
    arguments: &["duration"],
    doc: "Holds records until a table with a history has heard of changes before them.",
};

pub(super) const PARTITIONED_BY: &OptionRow = &OptionRow {
    name: "partitioned_by",
    arguments: &["|key, value, partitions| …"],
    doc: "Which partitions a record goes to: one, several, none, or `None` for that of its key.",
};

pub(super) const COPARTITIONED: &OptionRow = &OptionRow {
    name: "copartitioned",
    arguments: &[],
    doc: "Both sides are divided alike, although formats or partitioners differ: the author of the topology vouches for it.",
};

pub(super) const FEEDBACK: &OptionRow = &OptionRow {
    name: "feedback",
    arguments: &[],
    doc: "The records are meant to come back to the topic that they are made of; some operator on the way must end it.",
};

pub(super) const WITHOUT_CACHE: &OptionRow =
    &OptionRow { name: "without_cache", arguments: &[], doc: "Every change of the state is handed on and logged at once." };
pub(super) const WITHOUT_CHANGELOG: &OptionRow = &OptionRow {
    name: "without_changelog",
    arguments: &[],
    doc: "State without a changelog: what its backend does not keep is lost with the task.",
};
pub(super) const CHANGELOG_SETTING: &OptionRow = &OptionRow {
    name: "changelog_setting",
    arguments: &["name", "value"],
    doc: "A setting of the changelog's topic, such as `min.compaction.lag.ms`; may be repeated.",
};

/// All options.
pub(crate) const OPTIONS: &[&OptionRow] = &[
    TIMESTAMP,
    WITH,
    OFFSET_RESET,
    PARTITIONS,
    NAMED,
    EMIT_ON_CLOSE,
    FLUSH_AFTER,
    RETENTION,
    WITHOUT_STORE,
    RETAIN_DUPLICATES,
    SINGLE_STORE,
    HOLD_UNMATCHED,
    MAX_AHEAD,
    VERSIONED,
    TTL,
    GRACE,
    PARTITIONED_BY,
    WITHOUT_CACHE,
    WITHOUT_CHANGELOG,
    CHANGELOG_SETTING,
    COPARTITIONED,
    FEEDBACK,
];
