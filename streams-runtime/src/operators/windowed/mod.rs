//! Aggregations in windows: `windowed_by` and what can follow it.

mod fixed;
mod fold;
mod merging;
mod rows;
mod session;
mod session_fold;
mod session_state;
mod slide;
mod sliding;
mod state;
mod time;
mod unsent;

pub use fixed::FixedRows;
pub(super) use fold::fold_aggregate;
pub use fold::{AggregateFold, CountFold, Fold, ReduceFold};
pub use merging::Merging;
pub use rows::WindowRows;
pub use session::{SessionAggregate, SessionAggregateNode, SessionWindowedStream, WithoutMerger};
pub use session_fold::{AggregateSessions, CountSessions, Folded, ReduceSessions, SessionFold};
pub(super) use session_state::SessionState;
pub use slide::SlidingRows;
pub use sliding::{SlidingAggregate, SlidingAggregateNode, SlidingWindowedStream};
pub use time::{TimeAggregate, TimeAggregateNode, TimeWindowedStream};
pub use unsent::Sending;

use crate::codec::StreamData;
use crate::handles::Grouped;
use crate::windows::Windows;

impl<K, V> Grouped<K, V>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
{
    /// Cuts the records of each key into windows of event time; an aggregation follows.
    ///
    /// Kafka Streams: `windowedBy`.
    ///
    /// ```
    /// use streams_runtime::prelude::*;
    ///
    /// topology! {
    ///     pub fn views_per_minute() -> ViewsPerMinute {
    ///         let views: Stream<String, String> = stream("views");
    ///         let per_page: Table<Windowed<String>, u64> =
    ///             views.group_by_key().windowed_by(tumbling(minutes(1)).grace(seconds(10))).count();
    ///         per_page.to_stream().to("views-per-page");
    ///     }
    /// }
    /// ```
    pub fn windowed_by<W: Windows>(&self, windows: W) -> W::Over<K, V> {
        windows.over()
    }

    /// [`windowed_by`](Self::windowed_by) for generated code, which has one value for all that
    /// aggregates in the windows.
    #[doc(hidden)]
    pub fn in_windows<W: Windows>(&self, windows: &W) -> W::Over<K, V> {
        windows.clone().over()
    }
}
