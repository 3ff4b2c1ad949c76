//! An operator as it is spelled in Java.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, i64> = stream("views");
        let counts: Table<String, u64> = views.groupByKey().count();
    }
}

fn main() {}
