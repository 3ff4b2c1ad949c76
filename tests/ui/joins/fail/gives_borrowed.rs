//! A joiner that gives a part of a row.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let rows: Table<String, (String, u64)> = table("rows").with(Utf8, Json);
        lines.join(rows, |_, row| &row.0).to("joined");
    }
}

fn main() {}
