//! A topic whose type is known to rustc only, and is no text.
use streams_runtime::prelude::*;

pub struct Settings {
    pub partitions: u32,
}

topology! {
    pub fn example(settings: Settings) -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to(settings.partitions);
    }
}

fn main() {}
