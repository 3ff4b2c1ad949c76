//! A type that has no wire format is read.
use streams_runtime::prelude::*;

struct View {
    ms: u64,
}

topology! {
    pub fn example() -> Example {
        let views: Stream<String, View> = stream("views");
        views.for_each(|_, view| println!("{}", view.ms));
    }
}

fn main() {}
