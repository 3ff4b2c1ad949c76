//! `cogroup` behind an aggregation.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, i64> = stream("views");
        let sums: Table<String, i64> = views.group_by_key().count().cogroup(|_, n, sum| sum + n).aggregate(|| 0);
    }
}

fn main() {}
