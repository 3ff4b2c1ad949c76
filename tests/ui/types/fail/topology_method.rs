//! A topology is no method.
use streams_runtime::attribute::topology;
use streams_runtime::prelude::Stream;

struct App;

impl App {
    #[topology]
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("out");
    }
}

fn main() {}
