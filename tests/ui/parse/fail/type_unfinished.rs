//! A type that is being typed.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, Str
        let words: Stream<String, String> = stream("words");
        words.to("out");
    }
}

fn main() {}
