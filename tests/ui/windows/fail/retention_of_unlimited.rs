//! A window without an end cannot be forgotten.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String>, u64> = views.group_by_key().windowed_by(unlimited()).count().retention(hours(1));
        counts.to_stream().to("out");
    }
}

fn main() {}
