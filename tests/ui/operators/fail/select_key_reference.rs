//! The closure of `select_key` gives its parameter.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, i64> = stream("views");
        views.select_key(|_, v: &i64| { v }).to("out");
    }
}

fn main() {}
