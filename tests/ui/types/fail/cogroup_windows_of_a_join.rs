//! The windows of a join for a cogroup.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, i64> = stream("views");
        let sums: Table<Windowed<String>, i64> =
            views.group_by_key().cogroup(|_, n, sum| sum + n).windowed_by(within(minutes(1))).aggregate(|| 0);
    }
}

fn main() {}
