//! Variables of closures may have the names of streams.
use streams_runtime::prelude::*;

topology! {
    pub fn example(limit: usize) -> Example {
        let lines: Stream<String, String> = stream("lines");
        let words = lines.flat_map_values(|lines, out| {
            for words in lines.split(' ') {
                out(words);
            }
        });
        let long = words.filter(|_, words| words.len() > *limit);
        long.map_values(|long| {
            let lines = long.len();
            lines
        })
        .map_values(|n| *n as u64)
        .to("lengths");
    }
}

fn main() {
    let _ = example(3);
}
