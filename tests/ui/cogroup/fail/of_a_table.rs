//! `cogroup` of a table.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Table<String, i64> = table("views");
        let sums: Table<String, i64> = views.cogroup(|_, n, sum| sum + n).aggregate(|| 0);
    }
}

fn main() {}
