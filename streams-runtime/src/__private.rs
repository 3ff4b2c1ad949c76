//! Everything that generated code names, besides the handles in the user's own types. Not for direct use, and not stable.

pub use streams_macros::with_items;

pub use std::boxed::Box;
pub use std::clone::Clone;
pub use std::option::Option;
pub use std::string::{String, ToString};
pub use std::sync::Arc;
pub use std::vec::Vec;

pub use crate::checks::{Checks, Written};
pub use crate::client::TopicName;
pub use crate::client::generated::{FormatsOf, NoFormats, NoPlace, Placed, WrittenFormats, place};
pub use crate::codec::{
    Codec, CodecError, Element, Encoded, Json, JsonData, KeyData, MapKey, NoForm, Nullable, OwnedData, StreamData, copy,
};
pub use crate::handles::{GlobalTable, Grouped, Stream, Table, Typed};
pub use crate::node::{Discard, Push, PushChange, Shared, Tee};
pub use crate::operators::{
    BoxedRows, Divided, Enter, Formats, GraceNode, InWindows, LongPath, Materialized, OneTopic, Sides, TableSource, Unfit, default_formats,
    no_stores, owned_topic_name, partitioned_by, topic_name,
};
pub use crate::operators::{OtherKeys, keys_read};
pub use crate::plan::{
    ForeignKeyTopic, GlobalTablePlan, OffsetReset, SinkPlan, SourceChangelog, SourcePlan, SourceTopics, StoreKind, StorePlan,
    SubTopologyPlan, TopologyPlan,
};
pub use crate::stores::{GlobalStores, KeyValue};
pub use crate::task::TaskBuilder;
pub use crate::topology::{StoreName, Topology};

pub use std::time::Duration;

pub use crate::windows::{SessionWindow, Window, Windowed};

use crate::windows::{Custom, JoinWindows, TellsWindows, Windows};

/// Whether two constants name one topic.
pub const fn same_topic(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut same = a.len() == b.len();
    let mut at = 0;
    while same && at < a.len() {
        same = a[at] == b[at];
        at += 1;
    }
    same
}

/// Whether Kafka allows a constant as the name of a topic.
pub const fn is_topic_name(name: &str) -> bool {
    let name = name.as_bytes();
    let mut legal = !name.is_empty() && name.len() <= 249 && !matches!(name, b"." | b"..");
    let mut at = 0;
    while legal && at < name.len() {
        legal = name[at].is_ascii_alphanumeric() || matches!(name[at], b'.' | b'_' | b'-');
        at += 1;
    }
    legal
}

/// What was written for windows. What is not windows is told where the stream is cut into them; a second message would say it worse, so the
/// plan takes anything.
pub struct WrittenWindows<W>(pub W);

impl<W: Windows> WrittenWindows<W> {
    /// Looks at them before the start.
    pub fn check(&self, checks: &mut Checks, at: Written, retention: Option<Duration>, closes: Option<&'static str>) {
        checks.windows(at, &self.0, retention, closes);
    }

    /// The kind of store for an aggregation in them.
    pub fn store(&self, retention: Option<Duration>) -> StoreKind {
        StoreKind::windows(&self.0, retention)
    }
}

/// [`WrittenWindows::store`] for what is not windows.
pub trait NoWindows {
    /// Never called in a program that compiles.
    fn check(&self, _: &mut Checks, _: Written, _: Option<Duration>, _: Option<&'static str>) {}

    /// Never called in a program that compiles.
    fn store(&self, _: Option<Duration>) -> StoreKind {
        StoreKind::KeyValue
    }
}

impl<W> NoWindows for WrittenWindows<W> {}

/// Windows of one's own as they were written. They are asked for here, so that a type which tells
/// none is one mistake at its own place.
pub struct WrittenCustom<W>(pub W);

impl<W: Windows> WrittenCustom<W> {
    /// The windows.
    pub fn windows(self) -> W {
        self.0
    }
}

/// [`WrittenCustom::windows`] for types that tell no windows.
pub trait NoCustomWindows {
    /// What was given for windows.
    type Given;

    /// Never called in a program that compiles.
    fn windows(self) -> <Self::Given as TellsWindows>::Windows
    where
        Self::Given: TellsWindows,
        Self: Sized,
    {
        unreachable!("nothing implements `TellsWindows`")
    }
}

impl<W> NoCustomWindows for WrittenCustom<Custom<W>> {
    type Given = W;
}

/// What was written for the windows of a join, as [`WrittenWindows`].
pub struct WrittenJoinWindows<W>(pub W);

impl WrittenJoinWindows<JoinWindows> {
    /// Looks at them before the start.
    pub fn check(&self, checks: &mut Checks, at: Written, is_outer: bool) {
        checks.join_windows(at, &self.0, is_outer);
    }

    /// The kind of store for the ids of records within them.
    pub fn ids(&self) -> StoreKind {
        StoreKind::ids(&self.0)
    }

    /// The kind of store for one side of a join in them.
    pub fn store(&self) -> StoreKind {
        StoreKind::join_windows(&self.0)
    }
}

/// [`WrittenJoinWindows::store`] for what is not windows of a join.
pub trait NoJoinWindows {
    /// Never called in a program that compiles.
    fn check(&self, _: &mut Checks, _: Written, _: bool) {}

    /// Never called in a program that compiles.
    fn ids(&self) -> StoreKind {
        StoreKind::KeyValue
    }

    /// Never called in a program that compiles.
    fn store(&self) -> StoreKind {
        StoreKind::KeyValue
    }
}

impl<W> NoJoinWindows for WrittenJoinWindows<W> {}

pub use crate::__editor as editor;
pub use crate::editor;

/// Nothing for rustc.
#[cfg(not(rust_analyzer))]
#[doc(hidden)]
#[macro_export]
macro_rules! __editor {
    ($($tokens:tt)*) => {};
}

/// The body of a topology as it was written.
#[cfg(rust_analyzer)]
#[doc(hidden)]
#[macro_export]
macro_rules! __editor {
    ($($tokens:tt)*) => { $($tokens)* };
}
