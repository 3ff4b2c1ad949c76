//! How long late records are waited for should be seen, with sliding windows too.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String>, u64> = views.group_by_key().windowed_by(sliding(minutes(1))).emit_on_close().count();
        counts.to_stream().to("out");
    }
}

fn main() {}
