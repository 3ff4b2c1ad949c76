//! What a program that declares topologies needs: `use streams_runtime::prelude::*;`.

pub use crate::client::TopicName;
pub use crate::codec::{
    BigEndian, Codec, CodecError, Encoded, Json, KeyData, Null, Nullable, RawBytes, SessionWindowed, StreamData, TimeWindowed, Unit, Utf8,
    UuidText,
};
pub use crate::context::{Context, RecordContext};
pub use crate::dropped::OnDropped;
pub use crate::error::{BoxError, OnError};
pub use crate::handles::{Cogrouped, GlobalTable, Grouped, Stream, Table};
pub use crate::headers::Headers;
pub use crate::operators::{SourceRecord, ValueTransformer, until_time_limit, until_window_closes};
pub use crate::plan::OffsetReset::{Earliest, Latest};
pub use crate::processor::{
    BranchingFixedKeyProcessor, BranchingProcessor, FixedKeyProcessor, Forward, ForwardValue, Out, OutValue, Outlets, Processor,
    ProcessorContext, ReadOnly, Record, ScheduleId, ScheduleKind, StoreHandle, ValueOutlets,
};
pub use crate::produce_error::OnProduceError;
pub use crate::stores::{
    GlobalRows, KeyValue, KeyValueStore, SessionStore, Sessions, VersionPut, Versioned, VersionedStore, WindowState, WindowStore,
};
pub use crate::topology::{StoreName, Topology};
pub use crate::windows::{
    CustomWindows, JoinWindows, SessionWindow, Window, Windowed, Windows, custom, days, hopping, hours, millis, minutes, seconds, sessions,
    sliding, tumbling, unlimited, within,
};
pub use streams_macros::{StreamData, topology};
