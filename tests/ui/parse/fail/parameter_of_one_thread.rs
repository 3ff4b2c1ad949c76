//! A function that threads cannot share.
use streams_runtime::prelude::*;

topology! {
    pub fn example(keep: Box<dyn Fn(&String, &String) -> bool>) -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.filter(|key, line| keep(key, line)).to("out");
    }
}

fn main() {}
