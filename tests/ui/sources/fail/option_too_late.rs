//! An option in another statement than its source.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let late = lines.offset_reset(Latest).filter(|_, v| v.len() > 10);
        late.to("out");
    }
}

fn main() {}
