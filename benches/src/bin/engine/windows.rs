//! Records that are counted in windows.

use streams_runtime::prelude::*;

use crate::first::note_first;

topology! {
    /// Records per key and minute.
    pub(crate) fn tumbling_count(input: String, output: String) -> TumblingCount {
        let views: Stream<str, str> = stream(input);
        let counts: Table<Windowed<String>, u64> =
            views.peek(|_, _| note_first()).group_by_key().windowed_by(tumbling(minutes(1)).grace(millis(0))).count();
        counts.to_stream().to(output);
    }
}

topology! {
    /// Records per key and minute, every 20 seconds.
    pub(crate) fn hopping_count(input: String, output: String) -> HoppingCount {
        let views: Stream<str, str> = stream(input);
        let counts: Table<Windowed<String>, u64> =
            views.peek(|_, _| note_first()).group_by_key().windowed_by(hopping(minutes(1), seconds(20)).grace(millis(0))).count();
        counts.to_stream().to(output);
    }
}

topology! {
    /// Records per key that are not more than ten seconds apart.
    pub(crate) fn sliding_count(input: String, output: String) -> SlidingCount {
        let views: Stream<str, str> = stream(input);
        let counts: Table<Windowed<String>, u64> =
            views.peek(|_, _| note_first()).group_by_key().windowed_by(sliding(seconds(10)).grace(millis(0))).count();
        counts.to_stream().to(output);
    }
}

topology! {
    /// Records per key without a pause of ten seconds.
    pub(crate) fn session_count(input: String, output: String) -> SessionCount {
        let views: Stream<str, str> = stream(input);
        let counts: Table<Windowed<String, SessionWindow>, u64> = views
            .peek(|_, _| note_first())
            .group_by_key()
            .windowed_by(sessions(seconds(10)).grace(millis(0)))
            .count()
            .retention(minutes(1));
        counts.to_stream().to(output);
    }
}
