//! The topic that a stream's consumers share would have the name of some state.
use streams_runtime::prelude::*;

topology! {
    #[optimized]
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let counts: Table<String, u64> = lines.group_by_key().count().named("words");
        let words = lines.select_key(|_, line| line.clone());
        let longest: Table<String, String> = words.group_by_key().reduce(|a, b| a.max(b).clone());
    }
}

fn main() {}
