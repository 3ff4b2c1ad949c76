//! Every mistake the macro knows: code, message, explanation. Each row has a case in `tests/ui/<category>/fail`; a test fails
//! when one has none. Codes are never reused.

use super::Row;

macro_rules! rows {
    ($($name:ident = $code:literal: $message:literal, $explanation:literal;)*) => {
        $(pub(crate) const $name: &Row = &Row { code: $code, message: $message, explanation: $explanation };)*

        /// All rows, in the order of their codes.
        #[cfg(test)]
        pub(crate) const ROWS: &[&Row] = &[$($name),*];
    };
}

rows! {
    // The frame: `pub fn name(params) -> Type { … }`.
    NOT_A_TOPOLOGY = "T001": "a topology is written `pub fn name(params) -> Type { … }`: {why}",
        "The macro makes a struct `Type` and a function `name` that returns it. Both names are yours.";
    ITEM_NOT_ALLOWED = "T002": "{item} cannot stand in `topology!`; move it outside of the macro",
        "Only functions `fn name(params) -> Type { … }`, each of which is one topology, can stand there.";
    ATTRIBUTE_NOT_ALLOWED = "T003": "attribute `{attribute}` is not allowed on a topology; allowed are {known}",
        "The function that is written here is not the one that is compiled, so attributes could not keep their meaning.";
    GENERICS = "T004": "a topology has no generic parameters: write the types out",
        "Names of topics and state belong to one topology with known types. For a family of topologies write one `topology!` inside a `macro_rules!`.";
    FN_MODIFIER = "T005": "a topology is a plain `fn`: remove `{modifier}`",
        "The function only makes a value that describes the graph; nothing in it awaits, and nothing is evaluated at compile time.";
    RECEIVER = "T006": "a topology takes no `self`; give what it needs as parameters",
        "The function is free-standing. Parameters are kept in the struct that it returns and can be used in closures.";
    NO_RETURN_TYPE = "T007": "the topology needs a name for its type: `fn {name}(…) -> {suggestion} { … }`",
        "The macro defines a struct of that name; it carries the parameters, the description and the handles of all state.";
    RETURN_TYPE_NOT_A_NAME = "T008": "`-> {found}` must be one plain new name, such as `-> {suggestion}`",
        "The macro defines the struct itself, in the module where it stands; it cannot be a path, generic, or a type that exists.";
    PARAMETER_PATTERN = "T009": "a parameter is written `name: Type`, without patterns or `mut`; of attributes it may have doc comments and lint levels",
        "Parameters become fields of the topology, and closures see them as shared references.";
    PARAMETER_TYPE = "T010": "parameter `{name}` must own its value: `{found}` is {what}",
        "The topology is kept for as long as the application runs. Write `String` for `&str`, `Vec<T>` for `&[T]`, and a concrete type for `impl Trait`.";
    DUPLICATE_PARAMETER = "T011": "two parameters are called `{name}`; the first is at {first}",
        "Rename one of them.";
    OPTION_OF_MACRO = "T012": "unknown option of the macro: {found}; known is {known}",
        "`#[topology(crate = path)]`, or `#![runtime(path)]` at the start of `topology!`, says where the crate `streams_runtime` is when it was renamed.";

    // Statements.
    STATEMENT_NOT_ALLOWED = "T020": "{what} cannot stand in a topology: statements are `let name = stream.operator(…);` or `stream.operator(…).to(…);`",
        "The graph is the same for every record and every start of the application. Decide per record inside of a closure, or with `filter` and `split`.";
    ITEM_IN_BODY = "T021": "{what} cannot stand inside of a topology; move it outside of the macro",
        "The body is a graph, not code that runs.";
    MACRO_IN_BODY = "T022": "macro `{name}!` cannot stand here as a statement",
        "The graph must be readable for the macro before other macros are expanded. Inside of closures every macro can be used.";
    ATTRIBUTE_ON_STATEMENT = "T023": "attribute `{attribute}` is not allowed on a statement; only doc comments are",
        "The graph must be the same in every build, so there is no `#[cfg]` on its parts.";
    LET_PATTERN = "T024": "the left side of `let` is one name, or a tuple of names for `split` and `process`; found `{found}`",
        "Names are topics of conversation between statements; they cannot be mutable, ignored or taken apart.";
    LET_WITHOUT_VALUE = "T025": "`let {name}` has no value; write `let {name} = …;`",
        "Streams and tables are defined where they are named.";
    LET_ELSE = "T026": "`let … else` has no meaning in a topology",
        "A graph has no branches in time. Use `filter` or `split` for records.";
    MISSING_SEMICOLON = "T027": "`;` is missing at the end of this statement",
        "Statements end with `;`, the last one too.";
    HALF_TYPED = "T028": "an operator is expected after this `.`",
        "The rest of the topology was still expanded, so that the editor can complete here.";
    NOT_CALLED = "T029": "`.{name}` is not called; operators are methods: `.{name}(…)`",
        "A stream has operators only, no fields.";
    QUESTION_MARK = "T030": "`?` cannot stand in a topology: making a graph cannot fail",
        "For closures that can fail use the `try_` twin of the operator: its `Err` goes to the error handler.";
    AWAIT = "T031": "`.await` cannot stand in a topology: nothing in it waits",
        "Operators run on a worker thread for each record. Talk to services before or behind the topology.";
    UNEXPECTED = "T032": "`{found}` is not expected here: a statement is a chain `name.operator(…).operator(…)`",
        "A chain starts with a name or a source and goes on with `.operator(arguments)`.";
    BAD_ARGUMENT = "T033": "this argument is not complete Rust: {why}",
        "Arguments are Rust expressions: closures, names, literals.";
    TURBOFISH = "T034": "`{name}` takes no type arguments: types are written at sources and at state, everything between is inferred",
        "If a closure's result cannot be inferred, annotate the closure: `|value| -> Type { … }`.";
    NOTHING_HAPPENS = "T035": "nothing happens to `{name}` here; use it directly, or call an operator on it",
        "A second name for the same stream is not needed: a name can be used any number of times.";
    RESULT_DROPPED = "T036": "the result of `{operator}` is not used: bind it with `let`, or end the chain with {sinks}",
        "A statement without `let` must end in something that has an effect.";
    SINK_BOUND = "T037": "`{operator}` ends the stream, so there is nothing for `let` to name",
        "Write it as a statement of its own, without `let`.";

    // Sources, types, options, topics.
    SOURCE_NOT_ALONE = "T040": "a source stands alone: `let {name}: … = {source}(…);`, and operators follow in another statement",
        "The written type is that of the source, and the name can then be read any number of times.";
    SOURCE_WITHOUT_LET = "T041": "a source needs a name and a type: `let name: {written}<…> = {source}(…);`",
        "Types are written at sources; without one the wire format would not be known.";
    SOURCE_WITHOUT_TYPE = "T042": "the type of `{name}` is missing: `let {name}: {written}<Key, Value> = {source}(…);`",
        "Types are written at sources and at state; everything between is inferred.";
    WRITTEN_KIND = "T043": "`{operator}` gives a {gives}, but the type written here is `{found}`; {fix}",
        "The last part of the type's path says whether it is a stream, a table, a global table or a store.";
    TYPE_ARGUMENTS = "T044": "`{written}` needs two type arguments, key and value: `{written}<Key, Value>`",
        "Kafka's records have a key and a value. Where there is none, the type is `()`; where one may be missing, `Option<…>`.";
    TYPE_ON_TUPLE = "T045": "write no type on the tuple of a `{operator}`: {why}",
        "Remove the type.";
    UNKNOWN_SOURCE = "T046": "unknown source `{name}`{hint} (known are {known})",
        "A chain starts with one of these, or with the name of a stream or table that was defined before.";
    UNKNOWN_OPTION_PLACE = "T047": "option `{option}` does not belong to `{operator}`, which has {known}",
        "An option follows the source or operator that it is about, before the next operator.";
    DUPLICATE_OPTION = "T048": "option `{option}` is given twice",
        "Keep one of them.";
    OFFSET_RESET = "T049": "`offset_reset` takes `Earliest` or `Latest`, found `{found}`",
        "It says where to start in a topic for which the group has no committed offset.";
    PARTITIONS = "T050": "`partitions` takes a number written out that is greater than 0, found `{found}`",
        "The count is checked at compile time against the other side of a join, and at start against the topic.";
    NAMED = "T051": "`named` takes a name written as a string literal, found `{found}`",
        "Names of state become names of topics and of query handles, so the compiler must know them.";
    TOPIC_EXPRESSION = "T052": "a topic is text: a string literal, a constant, or an expression of the topology's parameters; found `{found}`",
        "All topics of a topology must be known when it starts. Where the text is known only then, so are the checks of it; the same expression is the same topic. Only `to` can compute a topic, for each record: `.to(|key, value, cx| …)`.";
    UNKNOWN_PARAMETER = "T053": "`{name}` is neither a parameter of the topology nor a constant{hint}",
        "A topic can be a parameter whose type is text, or a constant (`UPPER_CASE` or with a path).";
    PARAMETER_NOT_STRING = "T054": "parameter `{name}` is used as the name of a topic, so its type must be text, such as `String`, not `{found}`",
        "`String`, `&'static str`, `Arc<str>`, `Box<str>` and `Cow<'static, str>` are text; for anything else write the expression that gives it.";
    PATTERN_PLACE = "T055": "only `stream` can read topics by pattern",
        "A table is one topic: each of its partitions is a part of its state.";
    PATTERN_INVALID = "T056": "`pattern` takes one regular expression as a string literal, found `{found}`",
        "All topics that match are read, also those that appear later.";
    NO_TOPICS = "T057": "the list of topics is empty",
        "`stream([\"a\", \"b\"])` reads both.";
    TOPIC_CHARACTERS = "T058": "topic name `{name}` has `{bad}` in it: allowed are ASCII letters, digits, `.`, `_` and `-`",
        "That is Kafka's rule for topics.";
    TOPIC_LENGTH = "T059": "topic name of {length} characters: Kafka allows 1 to 249",
        "Choose a shorter one.";
    TOPIC_DOTS = "T060": "`{name}` cannot be the name of a topic",
        "Kafka keeps topics in directories of their name, so `.` and `..` are taken.";
    TOPIC_RESERVED = "T061": "topic `{name}`: names that begin with `__` belong to Kafka itself",
        "Kafka's own topics are called like that: `__consumer_offsets`, `__transaction_state`.";
    TOPIC_INTERNAL = "T062": "topic `{name}` ends like an internal topic (`{suffix}`); choose another name to write to",
        "`<application.id>-<name>-changelog` and `-repartition` are made, purged and deleted by the library.";
    STATE_NAME = "T063": "`{name}` cannot name state: {why}; write `.named(\"…\")` behind the operator",
        "The name becomes `<application.id>-<name>-changelog` or `-repartition`, and so obeys Kafka's rules for topics.";
    TOPIC_READ_TWICE = "T064": "topic `{topic}` is already read by `{first}` at {place}; use `{first}` here: a name can be read any number of times",
        "Reading a topic twice would need two positions in it.";
    TOPIC_STREAM_AND_TABLE = "T065": "topic `{topic}` is read as a {first_kind} by `{first}` at {place} and as a {second_kind} here",
        "A topic has one meaning in a topology. Read it as a table and take `to_stream()`, or as a stream and take `to_table()`.";
    STREAM_TOPIC_MISSING = "T066": "`{source}` needs {what}",
        "A source names what it reads.";
    TABLE_OF_NULLS = "T067": "a {kind} holds no nulls: write `{inner}` for `{found}`",
        "A null value in a table's topic deletes the row, and a null key has no row. `to_stream()` shows deletions as `None`.";

    // Names.
    UNKNOWN_NAME = "T070": "`{name}` is not defined{hint}",
        "A chain starts with a source or with the name of a stream or table of this topology; arguments of `merge`, `join` and `process` are such names.";
    DUPLICATE_NAME = "T071": "`{name}` is already defined at {first}; names in a topology are unique",
        "State is named by its `let`, so a name cannot be shadowed.";
    USED_BEFORE = "T072": "`{name}` is used before it is defined at {place}: a stream cannot feed itself",
        "Graphs have no cycles. Move the statement up; for real feedback write to a topic and read it with another source.";
    DUPLICATE_STATE = "T073": "the name `{name}` is already taken by `{operator}` at {first}",
        "State, and the repartition topics made for it, need names of their own: they become topics.";
    HANDLE_NAME = "T074": "`{name}` would give the query handle `{handle}`, which is {why}; rename the `let`",
        "Each topology type has the constants DESCRIPTION, MERMAID, DOT and FINGERPRINT, and one per state.";
    NAME_IN_CLOSURE = "T075": "`{name}` is a {kind} of the graph and cannot be used inside of a closure{fix}",
        "Closures see one record. Join a table, or attach a store to a processor.";

    // Operators.
    UNKNOWN_OPERATOR = "T080": "unknown operator `{name}`{hint} (a {kind} has {known})",
        "Operators have the meaning of Kafka Streams' with Rust's spelling. The message names those that are spelled most alike; OPERATORS.md lists all.";
    OPERATOR_KIND = "T081": "`{name}` works on a {wanted}, not on a {kind}{fix}",
        "Streams, tables, grouped streams and stores have different operators.";
    ARITY = "T082": "`{name}` takes {wanted}, found {found}",
        "The signature is told in the message.";
    CLOSURE_PARAMETERS = "T083": "`{name}` calls its closure with {wanted}, this one has {found}",
        "Closure arguments are references.";
    NOT_A_CLOSURE = "T084": "`{name}` takes a closure here: `{wanted}`",
        "A closure, or the name of a function.";
    CLOSURE_ASYNC = "T085": "closures of operators are not `async`",
        "They run on a worker thread, once for each record, and nothing waits there.";
    NO_TWIN = "T086": "`{name}` does not exist: `{operator}` takes no closure that could fail",
        "Operators with a closure per record have a `try_` twin.";
    OPERAND_NOT_A_NAME = "T087": "`{name}` takes the name of a {wanted}; give it one first: `let name = …;`",
        "Every statement is one chain; where chains meet, they meet by name.";
    OPERAND_KIND = "T088": "`{name}` takes a {wanted}; `{operand}` is a {kind}",
        "The kinds that can be joined or merged are told in the message.";
    SPLIT_EMPTY = "T089": "`split` without `.branch(…)`",
        "`let (a, b) = stream.split().branch(|key, value| …).otherwise();`";
    SPLIT_UNFINISHED = "T090": "`split` is not finished: end it with `.otherwise()`, or with `.no_default()` to drop what no branch takes",
        "Whether unmatched records are dropped should be seen.";
    SPLIT_COUNT = "T091": "`split` gives {wanted} streams, the tuple has {found} names",
        "One name for each `branch`, and one for `otherwise`.";
    SPLIT_NOT_A_TUPLE = "T092": "`split` gives {wanted} streams: write `let ({names}) = …;`",
        "One name for each `branch`, and one for `otherwise`; a tuple of one is written `(name,)`.";
    TUPLE_WITHOUT_SPLIT = "T093": "`{operator}` gives one {kind}, not a tuple",
        "Only `split` gives several streams, and `process` and `process_values` with a processor that has several outputs.";
    STATE_WITHOUT_NAME = "T094": "`{operator}` keeps state and needs a name: end the chain here with `let name: Table<{key}, Value> = ….{operator}(…);`, or write `.named(\"…\")` behind it",
        "State is named by its `let`. Nothing is named by a counter, so that a change elsewhere never renames your state.";
    STATE_WITHOUT_TYPE = "T095": "write the type of this state: `let {name}: {written}<{key}, Value> = …;`",
        "Types are written at sources and at state; they are checked against the closures and make the query handle.";
    REPARTITION_WITHOUT_NAME = "T096": "this `repartition` needs a name: bind it with `let`, or write `.named(\"…\")` behind it",
        "The name becomes the topic `<application.id>-<name>-repartition`.";
    JOIN_WITHOUT_NAME = "T097": "the key was changed by `{change}` at {place}, so this `{operator}` needs a repartition topic and with it a name: bind its result with `let`, or write `.named(\"…\")` behind it",
        "Both sides of a join must be partitioned alike, so records are written to a topic by their new key first.";
    PROCESSOR_IS_CLOSURE = "T098": "`{operator}` takes a processor, not a closure; for a closure use {instead}",
        "A processor is a value of a type with `fn process<O: Forward<K, V>>(&mut self, …)`.";
    GIVES_REFERENCE = "T099": "the closure of `{operator}` gives `{name}`, which is a reference to {what}; give the value itself: `*{name}` or `{name}.clone()`",
        "Closures see a record by reference, and what they make of it must live on without it. `*` copies a number, `clone()` anything.";

    // The graph.
    BRANCH_UNREAD = "T110": "nothing reads the branch `{name}`: its records would be lost without a trace{fix}",
        "Use it, start its name with `_`, or end with `.no_default()` instead of `.otherwise()`.";
    NO_SOURCE = "T111": "topology `{name}` reads nothing: it has no source",
        "`let lines: Stream<String, String> = stream(\"topic\");`";
    NO_SINK = "T112": "topology `{name}` has no effect: it has neither a sink nor state",
        "End a stream with `.to(\"topic\")`, `.for_each(…)` or a processor, or keep state in a table.";
    STORE_NOT_CONNECTED = "T113": "store `{name}` is connected to no processor",
        "`stream.process(MyProcessor::new(), {name})`, or remove the store.";
    STORE_TWICE = "T114": "store `{name}` is attached twice to this processor",
        "One handle is enough for all reads and writes.";
    KEY_CHANGE_BEFORE_STORES = "T115": "the key was changed by `{change}` at {place}, but this `{operator}` has stores, which are partitioned by key; put `.repartition().named(\"…\")` before it",
        "Without it records with the same key would meet different parts of the store.";
    PARTITIONS_DIFFER = "T116": "`{left}` was declared with {left_count} partitions (at {place}), `{right}` with {right_count}: sides of a join need the same number; put `.repartition().partitions({right_count})` before the join",
        "Partition i of one side meets partition i of the other.";
    GLOBAL_AGGREGATED = "T117": "`{name}` is a global table; it can only be joined",
        "Every instance holds all of it, so there is no part of it that one task could group or forward.";
    NOT_A_STORE = "T118": "`{name}` is a {kind}; `{operator}` takes stores and tables: `let store: KeyValueStore<K, V> = key_value_store();`",
        "Stores are for the processor to read and write, tables only to read.";
    NO_ROWS = "T125": "`{table}` keeps no rows (`.without_store()` at {place}), but `{operator}` needs them; remove `.without_store()`",
        "A join looks rows up, and a grouping takes the value before a change back out of its group.";
    TABLES_PARTITIONS_DIFFER = "T126": "`{left}` was declared with {left_count} partitions (at {place}), `{right}` with {right_count}: tables that are joined need the same number; read one of them as a stream and put `.repartition().partitions(…)` before its `.to_table()`",
        "Partition i of one side meets partition i of the other.";

    // `#[derive(StreamData)]`.
    DERIVE_OPTION = "T130": "unknown option `{found}` of `stream_data`; known are `codec = Type`, `key` and `allow_skip`",
        "`codec = MyCodec` names the type's wire format; without it, it is JSON. `key` says that equal values have the same bytes. `allow_skip` lets parts be lost that serde does not write.";
    DERIVE_LIFETIME = "T131": "`{name}` borrows (`{lifetime}`); a key or value owns what it holds",
        "Records are kept in stores and caches. Use `String` for `&str`.";
    DERIVE_UNION = "T132": "a union cannot be a key or a value",
        "There is no way to know which of its fields is set.";

    // Windows.
    WINDOW_SIZE = "T140": "`{windows}` needs windows of at least 1 ms, found `{found}`",
        "The size is a duration: `millis(500)`, `seconds(30)`, `minutes(5)`, or a `std::time::Duration`.";
    WINDOW_ADVANCE = "T141": "windows of `{size}` cannot advance by `{advance}`: at least 1 ms, and at most their size",
        "With a longer advance there would be records in no window. `tumbling(size)` makes windows that follow each other.";
    CLOSE_WITHOUT_GRACE = "T142": "`emit_on_close` needs to know when a window closes: write `{windows}(…).grace(…)`, with `millis(0)` if late records do not matter",
        "A window closes when the stream time has reached its end and its grace. What comes later is lost, so how long to wait should be seen.";
    CLOSE_OF_UNLIMITED = "T143": "`emit_on_close` on `unlimited()`: that window never closes, so there would never be a result",
        "Without `emit_on_close` each change is a result.";
    RETENTION_SHORT = "T144": "a retention of `{retention}` is too short: {least}",
        "The store would forget windows that still take records. Without `.retention(…)` it keeps them for size and grace.";

    // Sessions.
    MERGER_MISSING = "T150": "`aggregate` in sessions needs a {nth} closure, `|key, a, b| …`: a record can join two sessions, whose aggregates are then merged into one",
        "`count` and `reduce` merge by themselves.";
    MERGER_WITHOUT_SESSIONS = "T151": "`{windows}` windows are never merged, so `aggregate` takes no {nth} closure",
        "The last closure merges the aggregates of two sessions: `.windowed_by(sessions(gap)).aggregate(initializer, aggregator, merger)`.";
    SESSION_GAP = "T152": "`sessions` needs a gap of at least 1 ms, found `{found}`",
        "Records of a key that are not further apart than the gap are one session.";
    WINDOW_OF_KEY = "T153": "in these windows (`{windows}`) the key of the table is `{wanted}`, not `{found}`",
        "The key of a session has its start and its last record's time, that of other windows where they begin. Their bytes differ.";

    // Cogroups.
    COGROUP_STREAM_TWICE = "T155": "`{name}` is in this cogroup already (at {first}): one closure for each stream",
        "Do in one closure what both do.";
    COGROUP_TWICE = "T156": "`{name}` already goes on at {first}, so `{operator}` cannot take it too: its closures belong to one aggregate",
        "A cogroup leads to one state. For another one, write another cogroup of the same grouped streams.";
    COGROUP_UNFINISHED = "T157": "nothing comes of the cogroup `{name}`: end it with `let state: Table<Key, Value> = {name}.aggregate(|| …);`",
        "The closures of a cogroup run for the state that it ends in.";
    COGROUP_PARTITIONS = "T158": "`{left}` was declared with {left_count} partitions (at {place}), `{right}` with {right_count}: streams of a cogroup need the same number; put `.repartition().partitions({left_count})` before the grouping",
        "Partition i of each stream meets in one task, which keeps the aggregates of its keys.";

    // Joins of two streams.
    JOIN_WITHOUT_WINDOWS = "T160": "`{operator}` of two streams needs to know how far apart in time records may be: write `.{operator}(other, |left, right| …, within(…))`",
        "Streams have no end, so records meet only within windows: `within(minutes(5))`, with `.before(…)` and `.after(…)` for windows that reach further to one side.";
    STREAM_JOIN_WITHOUT_NAME = "T161": "`{operator}` of two streams keeps the records of both and needs a name: end the chain here with `let name = ….{operator}(…);`, or write `.named(\"…\")` behind it",
        "The stores are named after the join, as in `<name>-this-join-store`. Nothing is named by a counter, so that a change elsewhere never renames your state.";
    OUTER_WITHOUT_GRACE = "T162": "`{operator}` needs to know when a record has waited long enough for a partner: write `{windows}.grace(…)`, with `millis(0)` if late records do not matter",
        "A record without a partner is joined with `None` when its window and the grace have passed. How long that takes should be seen.";
    JOIN_WINDOWS_EMPTY = "T163": "these windows end before they begin: from {before_ms} ms before a record to {after_ms} ms after it",
        "`before` and `after` together must not be negative: `within(seconds(60)).after_ms(-20_000)` are 60 to 20 seconds before a record.";
    OUTER_JOIN_WITH_TABLE = "T164": "`{name}` takes a stream, and `{operand}` is a {kind}: a stream and a table have no outer join, since a change of the table makes no result; `left_join` keeps the records for which there is no row",
        "For changes of both sides make a table of the stream, `.to_table()`, and join the tables.";
    SINGLE_STORE = "T165": "`single_store` is for a stream that is joined with itself: `{stream}.join({stream}, …)`",
        "Two streams have two sets of records. Only `join` has it: the other joins also keep records that wait.";
    WITHIN_ARGUMENTS = "T166": "`within` takes one duration, found {found}; for windows that reach further to one side there are `.before(…)` and `.after(…)`",
        "`within(seconds(10)).after(seconds(2))` are records from 10 seconds before a record of the left stream to 2 seconds after it.";

    // Tables with a history.
    HISTORY_ZERO = "T170": "a history of `{found}` holds no past: write how far back the table is to be read, as in `.versioned(minutes(10))`",
        "Updates older than the history are refused, and a join finds no row for a record that is older. Without `.versioned(…)` a table has its latest rows only.";
    VERSIONED_WITHOUT_STORE = "T171": "`{table}` is versioned and without a store; remove `.without_store()`: the history is what the store keeps",
        "`.versioned(…)` says how long a store keeps what a key had before. Without a store nothing is kept at all.";
    GRACE_UNVERSIONED = "T172": "grace join on an unversioned table: `{table}` has its latest rows only{fix}",
        "`.grace(…)` holds a record until the table has heard of changes that were made before it, and then joins it with the row of its own time. That row is there only in a table with a history.";
    GRACE_WITHOUT_NAME = "T173": "`{operator}` with `.grace(…)` holds records and needs a name: end the chain here with `let name = ….{operator}(…).grace(…);`, or write `.named(\"…\")` behind it",
        "What is held is kept in a store `<name>-Buffer` with a changelog, so that a restart loses nothing. Nothing is named by a counter, so that a change elsewhere never renames your state.";
    GRACE_WITHOUT_HISTORY = "T174": "`grace` behind a join is for a table with a history; `{operand}` is a {kind}{fix}",
        "It holds records until a table has heard of changes that were made before them. A global table is filled on its own, and has its latest rows only.";
    GRACE_BEYOND_HISTORY = "T175": "`{table}` has a history of `{history}` (at {place}), which is shorter than this grace of `{grace}`: make the history at least as long",
        "A record is joined when the grace has passed, with the row of its own time. A table with a shorter history would have forgotten that row.";

    // Joins by a foreign key.
    FOREIGN_KEY_WITHOUT_NAME = "T180": "this `{operator}` by a foreign key needs a name: bind its result with `let`, or write `.named(\"…\")` behind it",
        "Left rows ask for right ones through the topics `<application.id>-<name>-subscription-registration-topic` and `…-subscription-response-topic`, and wait in the store `<name>-subscription-store`.";
    OUTER_BY_FOREIGN_KEY = "T181": "there is no outer join by a foreign key; use `left_join`, or `outer_join(table, |left, right| …)` for tables with the same key",
        "A right row that no left row names would have no key in the result.";
    FOREIGN_KEY_WINDOWED = "T182": "the keys of `{table}` are in windows, which a `{operator}` by a foreign key cannot send through its topics; give it another key first: `.to_stream().select_key(…).to_table()`",
        "The bytes of a key in a window hold the window's start only, and the tables of an aggregation in windows are divided by the key without its window.";
    FOREIGN_KEY_NO_ROWS = "T183": "`{operator}` needs the rows of the `{join}` at {place}, which are kept only with a written type: `let {name}: Table<Key, Value> = …`",
        "The rows of a join by a foreign key come from another task and cannot be made again when they are looked up, so they need a store.";

    // `suppress`.
    SUPPRESS_WITHOUT_WINDOWS = "T187": "suppress without end: `{table}` has no windows that could close; use `until_time_limit(…)`, or put `suppress` behind an aggregation with `windowed_by`",
        "`until_window_closes` looks for the windows in front of it, through views and joins of tables. What is read from a topic, or has another key since, has none that are known.";
    SUPPRESS_OF_UNLIMITED = "T188": "suppress without end: the window of `{windows}()` at {place} never closes, so nothing would ever leave",
        "Use `until_time_limit(…)`, or windows that end.";
    SUPPRESS_WITHOUT_GRACE = "T189": "`until_window_closes` needs to know when a window closes: write `{windows}(…).grace(…)` at {place}, with `millis(0)` if late records do not matter",
        "A window closes when the stream time has reached its end and its grace. What comes later is lost, so how long to wait should be seen.";
    SUPPRESS_VERSIONED = "T190": "`{table}` has a history, so some of its changes are older than the latest of their key, and `suppress` could not tell which to keep; read the topic without `.versioned(…)`, or give a view of it a store of its own first: `let name: Table<Key, Value> = …;`",
        "Kafka Streams has no `suppress` of versioned tables either.";
    SUPPRESS_FINAL_EARLY = "T191": "with `until_window_closes` nothing can leave early: a result would not be final; write `.shut_down_when_full()`, or use `until_time_limit(…)`",
        "One final result for each window is the promise of `until_window_closes`.";
    SUPPRESS_LIMIT_OPEN = "T192": "with `until_window_closes` and `{limit}` say what happens when there is more: `.shut_down_when_full()` must follow",
        "A result that left early would not be final, so the application can only stop.";
    SUPPRESS_WITHOUT_NAME = "T193": "`suppress` keeps changes for a while and needs a name: end the chain here with `let name = ….suppress(…);`, or write `.named(\"…\")` behind it",
        "What waits has a changelog, `<application.id>-<name>-changelog`, so that it is there after a restart.";

    // Processors.
    STORE_RETENTION_SHORT = "T194": "a retention of `{retention}` is shorter than a window of `{size}`",
        "A store keeps each window for its retention after its start, so at least for as long as it lasts: `window_store(retention, size)`.";
    OUTPUT_UNREAD = "T195": "nothing reads the output `{name}` of this processor: what it forwards there would be lost without a trace; start its name with `_` if that is meant",
        "A processor with several outputs gives one stream for each: `let (alerts, readings) = stream.process(MyProcessor, stores);`.";
    TABLE_NOT_READ = "T196": "`{operator}` cannot read the rows of `{name}`: {fix}",
        "A processor reads the store of a table, and this one has none that it could read.";
    ROWS_PARTITIONS_DIFFER = "T197": "`{left}` was declared with {left_count} partitions (at {place}), `{right}`, whose rows this `{operator}` reads, with {right_count}; put `.repartition().partitions({right_count})` before the `{operator}`",
        "A task has partition i of both, so that a key has its row there. A global table has all rows everywhere.";

    // Caches and changelogs.
    CHANGELOG_SETTING = "T198": "`changelog_setting` takes two texts that are written out, not `{found}`",
        "The name of a topic's setting and its value, as Kafka has them: `.changelog_setting(\"min.compaction.lag.ms\", \"60000\")`.";
    OPTION_WITHOUT_STORE = "T199": "`.{option}(…)` is said of a store, and this `{operator}` has none{fix}",
        "A view of a table has a store where its type is written or `.named(…)` follows; joins with tables keep nothing themselves.";
    SETTING_OF_NO_CHANGELOG = "T200": "`.changelog_setting(…)` and `.without_changelog()` contradict each other",
        "The settings are those of the topic that the second one leaves out.";
    CHANGELOG_OF_USERS = "T201": "the changelog of `{table}` is its topic, because of `#[optimized]`, and that is yours: `.{option}(…)` has no say in it",
        "In an optimized topology the rows of a table that is read from a topic come back from that topic.";

    // `#[optimized]`.
    OPTIMIZATION = "T210": "unknown optimization `{found}`; known are {known}, and `#[optimized]` alone is all of them",
        "`#[optimized(merge_repartitions)]` above the function asks for one of them.";

    // What a type may be.
    DERIVE_SKIP = "T220": "{part} does not come back as it was written (`{attribute}`): write it, or say that it may be lost: `#[stream_data(allow_skip)]`",
        "A value in a cache keeps it, a value that comes out of a store or a topic does not, so results would depend on the cache and on restarts.";
    DERIVE_SKIP_IF = "T221": "{part} cannot be read when it is left out (`skip_serializing_if`): add `#[serde(default)]`, or say that it may be lost: `#[stream_data(allow_skip)]`",
        "An `Option` that is missing is read as `None`; everything else needs a default, which has to be the value that is left out.";
    DERIVE_ONE_WAY = "T222": "this is written under one name and read under another: what is written to state and topics must be readable; use one name, or add the written one to those that are read",
        "Several names can be read: `#[serde(rename(serialize = \"a\", deserialize = \"b\"), alias = \"a\")]` is still two names; `#[serde(rename = \"a\", alias = \"b\")]` writes one and reads both.";

    // Waiting longer than Kafka Streams does.
    HOLD_WITHOUT_STREAMS = "T240": "`hold_unmatched` is for a left or outer join of two streams, and `{operand}` is a {kind}; remove it",
        "In a join of streams a record may have to wait for its partner. A table has a row of the key or has none when the record comes.";
    FLUSH_WITHOUT_CLOSE = "T241": "`flush_after` says when a result that waits for the close of its window leaves at the latest, and here none waits: write `.emit_on_close().flush_after({duration})`, or remove it",
        "Without `.emit_on_close()` each change of a window is a result at once.";

    // `cx`.
    CX_NOT_LAST = "T250": "`{found}` is the last parameter of a closure: `|{wanted}|`",
        "Any closure of an operator may take the context of its record as one parameter more: topic, partition, offset, time and headers. It stands behind all others.";
    CX_NEEDS_ALL = "T251": "`{name}` takes `{found}` behind all its parameters, `|{wanted}|`; here it stands where `{taken}` does",
        "Whether a closure takes the context is told by the number of its parameters, so the others cannot be left out. Those that are not needed are written `_`.";
    CX_TAKEN_FOR_VALUE = "T252": "`{name}` calls its closure with `|{wanted}|`, so `{found}` would be the context of the record{fix}",
        "A closure that has one parameter more than its operator calls it with is given the context: topic, partition, offset, time and headers of its record.";
    CX_OF_GLOBAL_JOINER = "T253": "a joiner with a global table that takes the context has five parameters: `|{wanted}|`; with fewer, `{found}` would be one of `|{called}|`",
        "Joiners are told apart by the number of their parameters. Those that take the context have all the others in front of it: the stream's key, the key of the row, the value and the row. Those that are not needed are written `_`.";

    // Deduplication.
    DEDUP_WITHOUT_NAME = "T260": "`{operator}` keeps which records it has passed on and needs a name: end the chain here with `let name = ….{operator}(…);`, or write `.named(\"…\")` behind it",
        "The store is named so. Nothing is named by a counter, so that a change elsewhere never renames your state.";

    // Rows that expire.
    TTL_PLACE = "T270": "`ttl` is said of rows by key, and {what}; {fix}",
        "A row of a table or of a key-value store expires when the stream time of its task is later than the row by its ttl. Windows, sessions, histories and global tables forget rows in ways of their own.";
    TTL_ZERO = "T271": "with a ttl of `{found}` no row of `{name}` would live: write at least 1 ms",
        "A row expires as soon as the stream time has reached its own time and the ttl.";
    TTL_VERSIONED = "T272": "`{name}` has a history, whose versions are kept for as long as that reaches: `.ttl(…)` and `.versioned(…)` exclude each other",
        "A deletion in a history is one version more, and a stream would still be joined with the one before it.";
    MAX_AHEAD_ZERO = "T273": "`.max_ahead({found})` leaves no room for clocks that differ: write at least 1 ms",
        "Of two machines one is always ahead by some milliseconds. A guard against the far future leaves some minutes.";

    // How records are divided into partitions.
    PARTITIONERS_DIFFER = "T300": "`{left}` is divided by {left_by}, `{right}` by {right_by}, so records of one key would not meet in this `{operator}`; name one function for both, `.partitioned_by(function)`, or put `.repartition()` behind the one that is not divided by its key; `.copartitioned()` behind `{behind}` says that they agree",
        "Partition i of one side meets partition i of the other. A source can say how its topic is divided: `stream(\"orders\").partitioned_by(by_order)`. Two closures cannot be compared, the paths of two functions can.";
    PARTITIONERS_OF_TOPIC = "T301": "`{source}` is said to be divided by {declared}, but the `to` at {sink_at} writes its topic by {written}",
        "`.partitioned_by(…)` behind a source says how those who write the topic choose the partition of a record.";
    FOREIGN_KEY_PARTITIONER = "T302": "`{right}` is divided by {by}, and `{operator}` by a foreign key asks for rows in the partitions of their keys; read it as a stream, and put `.repartition()` before its `.to_table()`",
        "A left row knows the key of the right one, not its value, and so can only be sent to the partition that follows from the key.";

    PATTERN_MEETS = "T303": "`{pattern}` matches topics that come later, and all topics that meet in this `{operator}` need the same number of partitions; say how many they have, `.partitions(n)` behind the source, or put `.repartition()` before the `{operator}`",
        "Partition i of one side meets partition i of the other. With `.partitions(n)` the start compares every topic that matches.";

    PATTERN_SYNTAX = "T304": "pattern `{pattern}` is no regular expression: {why}, at character {at}",
        "Its syntax is that of the crate `regex`, and it must match the whole name of a topic.";

    // Topics that are made of each other.
    FEEDBACK = "T305": "{what}, so that each record would come round without end; write to another topic, or `.feedback()` behind `to` if something on the way ends it",
        "A record that is read, changed and written to the topic that it came from is read again. Where that is meant, as with a queue of retries, a filter or a counter on the way must end it.";
    MERGED_PARTITIONS = "T307": "`{left}` was declared with {left_count} partitions, `{right}` with {right_count}: streams that are merged need the same number where a `{operator}` follows; put `.repartition().partitions({left_count})` behind one of them",
        "A record with the same key is in another partition of each topic, and so in another task.";

    // What leads to nothing.
    UNREAD = "T308": "nothing reads the {kind} `{name}`{so}; {fix}, or start its name with `_` if that is meant",
        "What is read, made or grouped must lead to a sink, to state or to an effect. A table with a written type is state, which can be queried.";

    // Everyday slips.
    QUESTION_IN_CLOSURE = "T330": "`?` in the closure of `{operator}`, which gives no `Result`; write `try_{operator}`: its closure gives one, and an `Err` goes to the process handler",
        "`?` leaves the closure with an error, so the closure has to give a `Result`, as those of the `try_` twins do: `.try_map_values(|value| Ok::<_, ParseIntError>(value.parse::<u64>()?))`.";
    GIVES_BORROWED = "T331": "the closure of `{operator}` gives `{found}`, which borrows from the record; what goes on owns its value: `{fix}`",
        "A record is gone when its closure has run, so that nothing can refer to it any more.";
    PARAMETER_NOT_SHARED = "T332": "parameter `{name}` must be one that threads can share: `{found}` {what}",
        "The tasks of a topology run on several threads, and all see the same parameters. Use `Arc` for `Rc`, a `Mutex` or an atomic for `Cell` and `RefCell`, and write `dyn Fn(…) + Send + Sync`.";
    TYPE_TWICE = "T333": "two topologies have the type `{name}`; the first is at {first}",
        "The macro makes a struct of that name for each, so that their names must differ.";
    STREAM_BY_FOREIGN_KEY = "T334": "a stream has no `{operator}` by a foreign key: `{operator}` of a stream and a table takes (table, |value, row| …) and looks up the row of the record's key; give the stream that key first, `.select_key(|key, value| …)`, or join with a `GlobalTable`, `(table, |key, value| …, |value, row| …)`",
        "Joins by a foreign key keep both sides, so that they are for tables: `orders.to_table()` makes one. A stream is joined as its records come.";
    NULL_IN_NULL = "T335": "`{found}` would be written as null whether the outer or the inner one is `None`; write `{inner}`",
        "A record has one null. For two kinds of absence use an enum with `#[derive(StreamData)]`.";
    TYPE_UNFINISHED = "T336": "the type of `{name}` is not finished: write `let {name}: Stream<Key, Value> = …;`",
        "The written type ends before the `=`; each `<` needs its `>`.";
    SELF_IN_CLOSURE = "T337": "there is no `self` in a topology; closures name its parameters directly{fix}",
        "The parameters of the function are references in closures: `|_, value| *value > *min`.";
}
