//! Results on close, of something that does not close.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<String, u64> = views.group_by_key().emit_on_close().count();
        counts.to_stream().to("out");
    }
}

fn main() {}
