//! A reference from the closure of `select_key`.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, i64> = stream("views");
        views.select_key(|_, v| v).to("out");
    }
}

fn main() {}
