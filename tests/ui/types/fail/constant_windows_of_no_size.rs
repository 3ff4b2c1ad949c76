//! A constant says that windows have no size.
use std::time::Duration;

use streams_runtime::prelude::*;

const SIZE: Duration = seconds(0);

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let counts: Table<Windowed<String>, u64> = lines.group_by_key().windowed_by(tumbling(SIZE)).count();
        counts.to_stream().to("out");
    }
}

fn main() {}
