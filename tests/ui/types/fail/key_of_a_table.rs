//! A table's key.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let rates: Table<f32, String> = table("rates");
        rates.to_stream().to("out");
    }
}

fn main() {}
