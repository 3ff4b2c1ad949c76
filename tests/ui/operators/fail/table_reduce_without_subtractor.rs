//! What leaves a group has to be taken out.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let sales: Table<String, i64> = table("sales");
        let sums: Table<String, i64> = sales.group_by(|_, n| ("all".to_owned(), *n)).reduce(|a, b| a + b);
        sums.to_stream().to("out");
    }
}

fn main() {}
