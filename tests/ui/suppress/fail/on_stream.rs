//! A stream holds nothing back.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let few = views.suppress(until_time_limit(seconds(1)));
        few.to("out");
    }
}

fn main() {}
