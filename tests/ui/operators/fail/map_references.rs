//! References from the closure of `map`.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, i64> = stream("views");
        views.map(|k, v| (k, v)).to("out");
    }
}

fn main() {}
