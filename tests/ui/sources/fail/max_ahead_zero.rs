//! A guard that lets nothing of now through.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views").max_ahead(millis(0));
        views.to("out");
    }
}

fn main() {}
