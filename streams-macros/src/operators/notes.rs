//! What else OPERATORS.md says of an operator. A test compares the names with the table of operators.

use super::Kind;

/// What else is to be known of an operator.
pub(crate) struct Note {
    pub(crate) on: Option<Kind>,
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
}

const fn note(on: Kind, name: &'static str, text: &'static str) -> Note {
    Note { on: Some(on), name, text }
}

/// In the order in which they are said.
pub(crate) const NOTES: &[Note] = &[
    Note {
        on: None,
        name: "table",
        text: "`.ttl(duration)`: a row of time t has expired when the stream time of the task reaches t and the ttl; each update gives it a new time. Rows expire before the record that moved the time reaches an operator, in the order of time and key, so that nothing looks up a row that has expired; a row that has expired when it comes is a deletion. To expire is to be deleted: what follows gets the deletion and the changelog a tombstone, both with the time t and the ttl, and with a cache at the next flush. With `#[optimized]` the table keeps its own changelog, since the tombstones have no place in a topic of yours",
    },
    Note {
        on: None,
        name: "key_value_store",
        text: "`.ttl(duration)`: as of `table`; the processors hear nothing of it, `get` finds no row that has expired",
    },
    note(
        Kind::Stream,
        "join",
        "windows: `within(difference)` reaches so far back and ahead, both ends included; `.before(duration)` and `.after(duration)` say how much earlier or later than the left record the right one may be, `.before_ms(ms)` and `.after_ms(ms)` the same with numbers, which may be negative; `.grace(duration)` keeps records so much longer",
    ),
    note(Kind::Stream, "left_join", "windows: as of `join`"),
    note(Kind::Stream, "outer_join", "windows: as of `join`"),
    note(
        Kind::Grouped,
        "windowed_by",
        "`tumbling(size)`: windows that follow each other, from a multiple of the size (included) to the next one (not included)",
    ),
    note(
        Kind::Grouped,
        "windowed_by",
        "`hopping(size, advance)`: windows of this size, one from each multiple of the advance on; the end is not included",
    ),
    note(Kind::Grouped, "windowed_by", "`sliding(difference)`: windows of records that are at most so far apart; both ends are included"),
    note(
        Kind::Grouped,
        "windowed_by",
        "`sessions(gap)`: from the first record to the last, both included; two records exactly the gap apart are in one session; `aggregate` has a merger",
    ),
    note(
        Kind::Grouped,
        "windowed_by",
        "`unlimited()`: one window from time 0 on that never ends, or from `.start_on(ms)` on (milliseconds since 1970); earlier records are in no window",
    ),
    note(
        Kind::Grouped,
        "windowed_by",
        "`custom(windows)`: windows of your own, of a type that implements `CustomWindows` and says which windows a time is in, with start and end, and how long the longest is; lengths may differ, windows may overlap and leave gaps; a record in a gap is in no window",
    ),
    note(
        Kind::Grouped,
        "windowed_by",
        "of windows of your own is asked: they contain the time, come in the order of their starts, end in that order too, are no longer than the longest, and are the same whenever they are asked for; a record for which they are not goes to the process handler, with the window; if they are not when windows close or are read, that is an error",
    ),
    note(
        Kind::Grouped,
        "windowed_by",
        "the bytes of a key in a window have its start only, of windows of your own too: `TimeWindowed::in_windows(KeyCodec, windows)` reads them, as `TimeWindowed::of(KeyCodec, size)` does where all have one size",
    ),
    note(
        Kind::Grouped,
        "windowed_by",
        "`.grace(duration)` of all but `unlimited()`: a tumbling or hopping window, or one of your own, is closed when the stream time has reached its end and the grace, a sliding one when it has passed them, a session when it has passed end, gap and grace",
    ),
    note(
        Kind::Grouped,
        "windowed_by",
        "a session at the very edge (stream time = end + gap + grace): a record not before its end is still taken, but unless `.retention(…)` keeps it longer the session has left the store, so that the record begins a session anew, as in Kafka Streams",
    ),
    note(
        Kind::Grouped,
        "windowed_by",
        "`.emit_on_close().flush_after(duration)`: a window that has waited so long by the wall clock since its first record is sent, closed or not; one that gets a record after that has a second result, and one that gets none is not sent again; after a restart windows that are not closed wait anew",
    ),
    note(
        Kind::Grouped,
        "windowed_by",
        "`.emit_on_close()` is enough for final results; a `suppress(until_window_closes())` behind it holds each back until a later window has a result",
    ),
    note(
        Kind::Grouped,
        "aggregate",
        "`.ttl(duration)`, also behind `count` and `reduce`: as of `table`; an aggregate that is updated after it has expired begins anew",
    ),
    note(Kind::Cogrouped, "windowed_by", "windows: as of a grouped stream"),
    note(
        Kind::Table,
        "suppress",
        "`until_window_closes()`: a sliding window or a session still takes a record at the stream time at which its result leaves (end + grace, of sessions end + gap + grace), and has then a second one, as in Kafka Streams; that of a session, unless `.retention(…)` keeps it longer, is the result of a session begun anew",
    ),
    note(Kind::Table, "suppress", "after a restart stream times begin anew, so that a late record may have a second result as well"),
    note(
        Kind::Table,
        "suppress",
        "behind `.emit_on_close()` there is nothing left to do for `until_window_closes()`: its stream time would move with results only, and each wait for that of a later window",
    ),
];
