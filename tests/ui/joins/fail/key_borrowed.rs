//! A key made for a global table that borrows.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, (String, u64)> = stream("lines").with(Utf8, Json);
        let rows: GlobalTable<String, String> = global_table("rows");
        lines.join(rows, |_, line| &line.0, |line, row| format!("{}{row}", line.1)).to("joined");
    }
}

fn main() {}
