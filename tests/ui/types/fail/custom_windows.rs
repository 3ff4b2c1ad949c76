//! `custom` takes a type that tells the windows of a time.
use streams_runtime::prelude::*;

struct Months;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String>, u64> = views.group_by_key().windowed_by(custom(Months).grace(hours(1))).emit_on_close().count();
        counts.to_stream().to("out");
    }
}

fn main() {}
