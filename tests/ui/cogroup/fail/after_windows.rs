//! `cogroup` behind its windows.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, i64> = stream("views");
        let sums: Table<Windowed<String>, i64> =
            views.group_by_key().windowed_by(tumbling(minutes(1))).cogroup(|_, n, sum| sum + n).aggregate(|| 0);
    }
}

fn main() {}
