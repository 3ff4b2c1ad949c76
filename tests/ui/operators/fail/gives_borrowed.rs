//! A value that borrows from the record.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, (String, u64)> = stream("lines").with(Utf8, Json);
        let words = lines.map_values(|line| &line.0);
        let long = words.filter(|_, word| word.len() > 3);
        long.to("words");
    }
}

fn main() {}
