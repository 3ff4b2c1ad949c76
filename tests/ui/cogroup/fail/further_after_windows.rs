//! A further stream behind the windows of a cogroup.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, i64> = stream("views");
        let sales: Stream<String, i64> = stream("sales");
        let sold = sales.group_by_key();
        let sums: Table<Windowed<String>, i64> =
            views.group_by_key().cogroup(|_, n, sum| sum + n).windowed_by(tumbling(minutes(1))).cogroup(sold, |_, n, sum| sum - n).aggregate(|| 0);
    }
}

fn main() {}
