//! `custom` takes a type that tells the windows of a time, also for a cogroup.
use streams_runtime::prelude::*;

#[derive(Clone)]
struct Months;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String>, u64> = views.group_by_key().cogroup(|_, _, n| n + 1).windowed_by(custom(Months)).aggregate(|| 0);
        counts.to_stream().to("out");
    }
}

fn main() {}
