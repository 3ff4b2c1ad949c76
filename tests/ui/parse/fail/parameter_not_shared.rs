//! Parameters that threads cannot share.
use streams_runtime::prelude::*;

topology! {
    pub fn example(words: std::rc::Rc<Vec<String>>) -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.filter(|_, line| words.contains(line)).to("out");
    }
}

fn main() {}
