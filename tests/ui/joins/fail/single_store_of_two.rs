//! One store for the records of two streams.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, String> = stream("orders");
        let more: Stream<String, String> = stream("more");
        let both = orders.join(more, |a, b| format!("{a}{b}"), within(seconds(1))).single_store();
        both.to("both");
    }
}

fn main() {}
