//! A join of tables that is written as state makes what has no wire format.
use streams_runtime::prelude::*;

struct Length(usize);

topology! {
    pub fn example() -> Example {
        let lines: Table<String, String> = table("lines");
        let words: Table<String, String> = table("words");
        let lengths: Table<String, Length> = lines.join(words, |line, word| Length(line.len() + word.len()));
        lengths.to_stream().to("out");
    }
}

fn main() {}
