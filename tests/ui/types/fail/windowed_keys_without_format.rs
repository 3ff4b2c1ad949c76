//! The bytes of a key in a window do not hold its end.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let counts: Stream<Windowed<String>, u64> = stream("counts");
        counts.for_each(|key, n| println!("{} {n}", key.window.end_ms));
    }
}

fn main() {}
