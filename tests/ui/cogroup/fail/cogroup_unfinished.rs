//! Nothing comes of a cogroup without its aggregate.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let both = views.group_by_key().cogroup(|_, _, n: u64| n + 1);
        views.to("out");
    }
}

fn main() {}
