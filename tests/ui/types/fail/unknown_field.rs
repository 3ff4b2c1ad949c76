//! A field that the value does not have.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, (u64, String)> = stream("views").with(Utf8, Json);
        views.map_values(|view| view.ms).to("out");
    }
}

fn main() {}
