//! A join of streams keeps the records of both sides.
use streams_runtime::prelude::*;

struct Length(usize);

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let words: Stream<String, String> = stream("words");
        let both = lines.map_values(|line| Length(line.len())).join(words, |_, word| word.clone(), within(minutes(1)));
        both.to("out");
    }
}

fn main() {}
