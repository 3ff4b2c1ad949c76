//! A topology is no method, and takes no `self`.
use streams_runtime::attribute::topology;
use streams_runtime::prelude::Stream;

struct App;

impl App {
    #[topology]
    pub fn example(&self) -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.to("out");
    }
}

fn main() {}
