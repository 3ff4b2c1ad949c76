//! Windows are per key.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String>, u64> = views.windowed_by(tumbling(minutes(1))).count();
        counts.to_stream().to("out");
    }
}

fn main() {}
