//! Two stores of one name.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let words: Table<String, u64> = lines.group_by_key().count();
        let letters: Table<String, u64> = lines.group_by(|_, v| v.clone()).count().named("words");
        words.to_stream().to("out");
        letters.to_stream().to("out");
    }
}

fn main() {}
