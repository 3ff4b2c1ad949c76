//! What each operator does with nulls, times, headers and late records, and what Kafka Streams calls it: OPERATORS.md is made of it.
//! A test compares it with the table of operators, both ways.

use super::Kind;

/// An entry of the reference.
pub(crate) struct Entry {
    pub(crate) on: Option<Kind>,
    pub(crate) name: &'static str,
    /// Kafka Streams' counterpart.
    pub(crate) kafka: &'static str,
    /// Null keys and null values.
    pub(crate) nulls: &'static str,
    /// The timestamp of a result.
    pub(crate) time: &'static str,
    pub(crate) headers: &'static str,
    /// Records and changes that are out of order or late.
    pub(crate) late: &'static str,
}

const OLDER_ROW: &str = "an older record replaces the row all the same; with `.versioned(…)` it is an earlier version, or dropped and counted if it is older than the history";
const OLDER_SIDE: &str = "an older update joins like any other; of a versioned table it is dropped and counted";
const OLDER_ROWS: &str = "an older update joins like any other; of a versioned table it is dropped and counted; by a foreign key an answer to a row that has changed since, by its stored bytes, is dropped and counted, and the row asks again";

/// The semantics of operators that look at one record at a time.
const fn per_record(name: &'static str, kafka: &'static str) -> Entry {
    Entry { on: Some(Kind::Stream), name, kafka, nulls: PASSED, time: "the record's", headers: KEPT, late: ANY_ORDER }
}

/// The first record of each key or id.
const fn deduplication(name: &'static str, kafka: &'static str) -> Entry {
    Entry {
        nulls: "a null key, and a null id, is passed on",
        late: "an earlier record is compared as well; one older than the stream time less the windows and their grace is passed on",
        ..per_record(name, kafka)
    }
}

/// What only says how what follows works.
const fn preparing(on: Kind, name: &'static str, kafka: &'static str) -> Entry {
    Entry { on: Some(on), name, kafka, nulls: LATER, time: LATER, headers: LATER, late: LATER }
}

/// An aggregation of a stream without windows.
const fn aggregation(name: &'static str, kafka: &'static str) -> Entry {
    Entry {
        on: Some(Kind::Grouped),
        name,
        kafka,
        nulls: "a null key or value is dropped and counted; where the key was changed before, a null key does not reach the repartition topic and is not counted",
        time: "the larger of the row's and the record's",
        headers: TRIGGER,
        late: ANY_ORDER,
    }
}

/// An aggregation in windows.
const fn windowed(name: &'static str, kafka: &'static str) -> Entry {
    Entry {
        on: Some(Kind::Windowed),
        name,
        kafka,
        nulls: "a null key is dropped and counted; a null value is aggregated, but dropped and counted in sliding windows",
        time: "the larger of the row's and the record's; in sessions the end of the session",
        headers: "those of the record being processed when the result is sent; updates of sessions have none",
        late: "a record is dropped and counted once for each window that is closed for it, by the stream time of the operator and the grace",
    }
}

/// An aggregation of a grouped table.
const fn regrouped(name: &'static str, kafka: &'static str) -> Entry {
    Entry {
        on: Some(Kind::GroupedTable),
        name,
        kafka,
        nulls: "a deletion takes the old value back out of its group; a row with a null group key is in no group, and counted",
        time: "the larger of the row's and the change's",
        headers: TRIGGER,
        late: "an older update of a key takes effect like any other; over a versioned table it is ignored",
    }
}

/// A table made of one table.
const fn view(name: &'static str, kafka: &'static str) -> Entry {
    Entry {
        on: Some(Kind::Table),
        name,
        kafka,
        nulls: "a deletion is passed on without calling the closure",
        time: "the change's",
        headers: KEPT,
        late: ANY_ORDER,
    }
}

const PASSED: &str = "passed to the closure, where the types have them";
const KEPT: &str = "kept";
const TRIGGER: &str = "those of the record being processed when the result is sent";
const ANY_ORDER: &str = "taken as they come";
const LATER: &str = "see what follows";
const NONE: &str = "–";

/// All entries, in the order of the table.
pub(crate) const ENTRIES: &[Entry] = &[
    Entry {
        on: None,
        name: "stream",
        kafka: "StreamsBuilder.stream",
        nulls: "a null where the type has none goes to the decode handler",
        time: "the record's, or what `.timestamp(…)` computes; a negative one drops the record, counted, and so does one further ahead of the wall clock than `.max_ahead(…)`",
        headers: KEPT,
        late: "per task the record with the smallest timestamp of all inputs comes next",
    },
    Entry {
        on: None,
        name: "table",
        kafka: "StreamsBuilder.table",
        nulls: "a null value deletes the row, also one that is not there; a null key is dropped and counted",
        time: "the record's",
        headers: KEPT,
        late: OLDER_ROW,
    },
    Entry {
        on: None,
        name: "global_table",
        kafka: "StreamsBuilder.globalTable",
        nulls: "a null value deletes the row; a null key is dropped and counted",
        time: "the record's",
        headers: "not kept",
        late: "an older record replaces the row all the same; there is no order in time with the streams that look it up",
    },
    Entry {
        on: None,
        name: "key_value_store",
        kafka: "StreamsBuilder.addStateStore, Stores.keyValueStoreBuilder",
        nulls: "a null key is an error of the processor",
        time: "rows get the time of the context",
        headers: NONE,
        late: NONE,
    },
    Entry {
        on: None,
        name: "session_store",
        kafka: "StreamsBuilder.addStateStore, Stores.sessionStoreBuilder",
        nulls: "a null key is an error of the processor",
        time: "rows get the end of their session",
        headers: NONE,
        late: "a session that ends before the largest end less the retention is left out",
    },
    Entry {
        on: None,
        name: "window_store",
        kafka: "StreamsBuilder.addStateStore, Stores.windowStoreBuilder",
        nulls: "a null key is an error of the processor",
        time: "rows get the time of the context",
        headers: NONE,
        late: "what is put at a time before the largest one less the retention is left out",
    },
    Entry {
        on: None,
        name: "versioned_store",
        kafka: "StreamsBuilder.addStateStore, Stores.versionedKeyValueStoreBuilder",
        nulls: "a null key is an error of the processor",
        time: "each version has the time that it is put at",
        headers: NONE,
        late: "what is put at a time before the largest one less the history is refused and counted",
    },
    per_record("filter", "KStream.filter"),
    per_record("filter_not", "KStream.filterNot"),
    per_record("map", "KStream.map"),
    per_record("map_values", "KStream.mapValues"),
    per_record("map_values_with_key", "KStream.mapValues(ValueMapperWithKey)"),
    per_record("flat_map", "KStream.flatMap"),
    per_record("flat_map_values", "KStream.flatMapValues"),
    per_record("flat_map_values_with_key", "KStream.flatMapValues(ValueMapperWithKey)"),
    per_record("select_key", "KStream.selectKey"),
    per_record("peek", "KStream.peek"),
    per_record("for_each", "KStream.foreach"),
    per_record("print", "KStream.print"),
    Entry {
        on: Some(Kind::Stream),
        name: "merge",
        kafka: "KStream.merge",
        nulls: "passed on",
        time: "the record's",
        headers: KEPT,
        late: "no order between the streams but that of the task's inputs",
    },
    Entry { nulls: "null values are left out, and not counted; null keys are passed on", ..per_record("present", "KStream.filter") },
    deduplication("dedup", "KStream.deduplicateByKey (KIP-655)"),
    deduplication("dedup_by", "KStream.deduplicateByKeyValue (KIP-655)"),
    per_record("split", "KStream.split"),
    Entry { on: Some(Kind::Split), ..per_record("branch", "BranchedKStream.branch") },
    Entry { on: Some(Kind::Split), ..per_record("otherwise", "BranchedKStream.defaultBranch") },
    Entry {
        on: Some(Kind::Split),
        name: "no_default",
        kafka: "BranchedKStream.noDefaultBranch",
        nulls: "a record that no branch takes is gone, without being counted",
        time: "the record's",
        headers: KEPT,
        late: ANY_ORDER,
    },
    Entry {
        on: Some(Kind::Stream),
        name: "repartition",
        kafka: "KStream.repartition",
        nulls: "a null key is left out, without being counted",
        time: "the record's",
        headers: KEPT,
        late: ANY_ORDER,
    },
    Entry {
        on: Some(Kind::Stream),
        name: "to",
        kafka: "KStream.to",
        nulls: "written as nulls",
        time: "the record's",
        headers: "written",
        late: ANY_ORDER,
    },
    Entry {
        on: Some(Kind::Stream),
        name: "to_table",
        kafka: "KStream.toTable",
        nulls: "a null value deletes the row; a null key is dropped and counted",
        time: "the record's",
        headers: KEPT,
        late: OLDER_ROW,
    },
    preparing(Kind::Stream, "group_by_key", "KStream.groupByKey"),
    preparing(Kind::Stream, "group_by", "KStream.groupBy"),
    Entry {
        on: Some(Kind::Stream),
        name: "join",
        kafka: "KStream.join",
        nulls: "a null key or value is dropped and counted, with a global table a null value or a null mapped key",
        time: "the stream record's; of two streams the larger of both",
        headers: TRIGGER,
        late: "a table is looked up as it is when the record comes, a versioned one as it was at the record's time, with `.grace(…)` once the stream time has passed that by so much; a stream's records are found while they are kept: width of the windows and grace, by the time of their side",
    },
    Entry {
        on: Some(Kind::Stream),
        name: "left_join",
        kafka: "KStream.leftJoin",
        nulls: "a null value is dropped and counted; a null key is joined with `None`, but dropped and counted on the right of two streams",
        time: "the stream record's; of two streams the larger of both, or that of the record that found no partner",
        headers: "those of the record being processed, also of results for records that found no partner",
        late: "as join; a record without a partner whose window has ended when it comes is joined with `None` at once, and with a partner that comes within the grace as well; with `.hold_unmatched()` it waits until window and grace are over, and has one or the other",
    },
    Entry {
        on: Some(Kind::Stream),
        name: "outer_join",
        kafka: "KStream.outerJoin",
        nulls: "a null value is dropped and counted; a null key is joined with `None`",
        time: "the larger of both, or that of the record that found no partner",
        headers: "those of the record being processed, also of results for records that found no partner",
        late: "as left_join, on both sides",
    },
    Entry {
        on: Some(Kind::Stream),
        name: "process",
        kafka: "KStream.process",
        nulls: "passed to the processor, where the types have them",
        time: "the context's, or what the processor says",
        headers: "those of the context, which the processor can change",
        late: ANY_ORDER,
    },
    Entry {
        on: Some(Kind::Stream),
        name: "process_values",
        kafka: "KStream.processValues",
        nulls: "passed to the processor, where the types have them",
        time: "the context's, or what the processor says",
        headers: "those of the context, which the processor can change",
        late: ANY_ORDER,
    },
    aggregation("count", "KGroupedStream.count"),
    aggregation("reduce", "KGroupedStream.reduce"),
    aggregation("aggregate", "KGroupedStream.aggregate"),
    preparing(Kind::Grouped, "windowed_by", "KGroupedStream.windowedBy"),
    windowed("count", "TimeWindowedKStream.count, SessionWindowedKStream.count"),
    windowed("reduce", "TimeWindowedKStream.reduce, SessionWindowedKStream.reduce"),
    windowed("aggregate", "TimeWindowedKStream.aggregate, SessionWindowedKStream.aggregate with its Merger"),
    preparing(Kind::Grouped, "cogroup", "KGroupedStream.cogroup"),
    preparing(Kind::Cogrouped, "cogroup", "CogroupedKStream.cogroup"),
    preparing(Kind::Cogrouped, "windowed_by", "CogroupedKStream.windowedBy"),
    Entry { on: Some(Kind::Cogrouped), ..aggregation("aggregate", "CogroupedKStream.aggregate") },
    Entry {
        on: Some(Kind::WindowedCogroup),
        late: "as in windows; each stream has a stream time of its own",
        ..windowed("aggregate", "TimeWindowedCogroupedKStream.aggregate")
    },
    Entry {
        on: Some(Kind::Table),
        name: "to_stream",
        kafka: "KTable.toStream",
        nulls: "a deletion is a record with the value `None`",
        time: "the change's",
        headers: KEPT,
        late: ANY_ORDER,
    },
    Entry {
        on: Some(Kind::Table),
        name: "to_stream_with_key",
        kafka: "KTable.toStream(KeyValueMapper)",
        nulls: "a deletion is a record with the value `None`; the closure sees it as `None`",
        time: "the change's",
        headers: KEPT,
        late: ANY_ORDER,
    },
    Entry {
        nulls: "a deletion, or a row that does not pass any more, is a deletion; over a table with a store only if the row passed before",
        ..view("filter", "KTable.filter")
    },
    Entry {
        nulls: "a deletion, or a row that does not pass any more, is a deletion; over a table with a store only if the row passed before",
        ..view("filter_not", "KTable.filterNot")
    },
    view("map_values", "KTable.mapValues"),
    view("map_values_with_key", "KTable.mapValues(ValueMapperWithKey)"),
    Entry { nulls: "the transformer sees deletions as `None`", ..view("transform_values", "KTable.transformValues") },
    Entry {
        nulls: "deletions wait as well; with `until_window_closes` they do not leave",
        time: "that of the last change held back",
        headers: "those of the last change held back",
        late: "a change of a key that waits replaces what waits, and not its time",
        ..view("suppress", "KTable.suppress")
    },
    Entry {
        nulls: "a row that either side lacks is not there; a deletion is sent if the other side has a row; a value without bytes, such as an empty string, is a row, by a foreign key as well",
        time: "the larger of both sides'",
        headers: TRIGGER,
        late: OLDER_ROWS,
        ..view("join", "KTable.join")
    },
    Entry {
        nulls: "the right side may be `None`; a deletion of a key that neither table had says nothing; a value without bytes, such as an empty string, is a row, by a foreign key as well",
        time: "the larger of both sides'",
        headers: TRIGGER,
        late: OLDER_ROWS,
        ..view("left_join", "KTable.leftJoin")
    },
    Entry {
        nulls: "either side may be `None`; a deletion of a key that neither table had says nothing",
        time: "the larger of both sides'",
        headers: TRIGGER,
        late: OLDER_SIDE,
        ..view("outer_join", "KTable.outerJoin")
    },
    preparing(Kind::Table, "group_by", "KTable.groupBy"),
    regrouped("count", "KGroupedTable.count"),
    regrouped("reduce", "KGroupedTable.reduce"),
    regrouped("aggregate", "KGroupedTable.aggregate"),
];
