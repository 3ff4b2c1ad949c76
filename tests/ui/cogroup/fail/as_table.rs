//! A cogroup that is not ended.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, i64> = stream("views");
        let sums: Table<String, i64> = views.group_by_key().cogroup(|_, n, sum| sum + n);
    }
}

fn main() {}
