//! Records that are counted.

use streams_runtime::prelude::*;

use crate::field::field;
use crate::first::note_first;

topology! {
    /// Records per key.
    pub(crate) fn count(input: String, output: String) -> Count {
        let views: Stream<str, str> = stream(input);
        let counts: Table<String, u64> = views.peek(|_, _| note_first()).group_by_key().count();
        counts.to_stream().to(output);
    }
}

topology! {
    /// Records per page, through a repartition topic.
    pub(crate) fn count_by(input: String, output: String) -> CountBy {
        let views: Stream<str, str> = stream(input);
        let by_page: Table<String, u64> = views.peek(|_, _| note_first()).group_by(|_, v| field(v, "\"page\":\"").to_owned()).count();
        by_page.to_stream().to(output);
    }
}

topology! {
    /// Words of lines.
    pub(crate) fn word_count(input: String, output: String) -> WordCount {
        let lines: Stream<Option<String>, str> = stream(input);
        let words: Table<String, u64> = lines
            .peek(|_, _| note_first())
            .flat_map_values(|line, out| for word in line.split(' ') { out(word) })
            .group_by(|_, word| word.to_owned())
            .count();
        words.to_stream().to(output);
    }
}
