//! The operators, one file each: a public method on a handle, the operator value it returns, and the node that the value becomes
//! when it is attached to what follows.

mod aggregate;
mod branch;
mod closure;
mod cogroup;
mod count;
mod filter;
mod flat_map;
mod flat_map_values;
mod for_each;
mod foreign_key_join;
mod global_join;
mod grace;
mod group_by;
mod group_changes;
mod joiner;
mod key_format;
mod map;
mod map_values;
mod materialized;
mod merge;
mod one_topic;
mod partitioned_by;
mod peek;
mod print;
mod process;
mod process_values;
mod reduce;
mod repartition;
mod rows;
mod select_key;
mod settle;
mod source;
mod state;
mod stores_of;
mod stream_join;
mod suppress;
mod table_filter;
mod table_group_by;
mod table_join;
mod table_map_values;
mod table_source;
mod table_table_join;
mod table_transform_values;
mod to;
mod to_stream;
mod to_table;
mod versions;
mod windowed;

pub use aggregate::{Aggregate, AggregateNode};
pub use branch::{Branch, BranchNode};
pub use cogroup::{Cogroup, CogroupAggregate, CogroupAggregateNode, CogroupNode, CogroupRecord, CogroupState, CogroupWindows};
pub use cogroup::{SameGroupKey, SessionCogroupAggregate, SessionCogroupAggregateNode};
pub use cogroup::{WindowedCogroup, WindowedCogroupAggregate, WindowedCogroupAggregateNode};
pub use count::{Count, CountNode};
pub use filter::{Filter, FilterNode};
pub use flat_map::{FlatMap, FlatMapNode};
pub use flat_map_values::{FlatMapValues, FlatMapValuesNode, FlatMapValuesWithKey, FlatMapValuesWithKeyNode};
pub use for_each::ForEach;
pub use foreign_key_join::{ForeignKey, ForeignKeyJoin, OfItsType, RightKeys, RightRowChanges, SubscribeNode, Written};
pub use global_join::{GlobalJoin, GlobalJoinNode, GlobalLeftJoin, GlobalLeftJoinNode};
pub use grace::GraceNode;
pub use group_changes::{AggregateChanges, CountChanges, FoldChange, FoldChanges, FoldChangesNode, ReduceChanges};
pub use joiner::{Inner, InnerWithAnyKey, InnerWithKey, Joiner, Left, LeftWithKey, Outer, OuterWithKey};
pub use key_format::{AllBytes, InWindows, KeyFormat};
pub use map::{Map, MapNode};
pub use map_values::{MapValues, MapValuesNode, MapValuesWithKey, MapValuesWithKeyNode};
pub use materialized::Materialized;
pub use merge::{MergesInto, RightSide, Sides};
pub use one_topic::{OneTopic, SameRecords};
pub use partitioned_by::{ByKey, ByPartitioner, ChoosePartitions, IntoPartitions};
pub use peek::{Peek, PeekNode};
pub use print::{Print, PrintNode};
pub use process::{Process, ProcessBranchingNode, ProcessNode};
pub use process_values::{ProcessValues, ProcessValuesNode};
pub use reduce::{Reduce, ReduceNode, ReducesTo};
pub use rows::{Rows, StoreRows};
pub use select_key::{SelectKey, SelectKeyNode};
pub use settle::{Plain, Settle, Try};
pub use source::{ByClosure, ByRecord, ExtractTimestamp, RecordTimestamp, Run, Source, SourceRecord, StreamSource};
pub(crate) use state::TableStore;
pub use stores_of::StoresOf;
pub use stream_join::{JoinItself, JoinItselfNode, JoinStreams, JoinedStreams, LeftRecords, RightRecords, SameStreamKey};
pub use suppress::{
    Closing, LimitedUntilWindowCloses, Orders, Rule, Suppress, SuppressNode, SuppressedRows, Suppression, UntilTimeLimit,
    UntilWindowCloses, until_time_limit, until_window_closes,
};
pub use table_filter::{FilterRows, TableFilter, TableFilterNode};
pub use table_group_by::{TableGroupBy, TableGroupByNode};
pub use table_join::{SameKey, TableJoin, TableJoinNode, TableLeftJoin, TableLeftJoinNode};
pub use table_map_values::{CallRow, KeyAndValue, MapRows, TableMapValues, TableMapValuesNode, ValueOnly};
pub use table_source::{PlainTableNode, TableData, TableSource};
pub use table_table_join::{InnerJoin, JoinSides, JoinTables, JoinedRows, LeftChanges, LeftJoin, OuterJoin, RightChanges, SameTableKey};
pub use table_transform_values::{TransformValues, TransformValuesNode, TransformedRows, ValueTransformer};
pub use to::{DynamicSink, Sink, To};
pub use to_stream::{ToStream, ToStreamNode, ToStreamWithKey, ToStreamWithKeyNode};
pub use to_table::{ToTable, ToTableNode};
#[cfg(doc)]
pub(crate) use versions::put_version;
pub use windowed::{AggregateFold, CountFold, Fold, ReduceFold, SlidingAggregate, SlidingAggregateNode, SlidingWindowedStream};
pub use windowed::{
    AggregateSessions, CountSessions, Folded, ReduceSessions, SessionAggregate, SessionAggregateNode, SessionFold, SessionWindowedStream,
};
pub use windowed::{FixedRows, SlidingRows, WindowRows};
pub use windowed::{Merging, TimeAggregate, TimeAggregateNode, TimeWindowedStream, WithoutMerger};
