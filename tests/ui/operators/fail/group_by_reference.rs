//! A reference from the closure of `group_by`.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, i64> = stream("views");
        let counts: Table<i64, u64> = views.group_by(|_, v| v).count();
    }
}

fn main() {}
