//! Windows of a table.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Table<String, i64> = table("views");
        let counts: Table<Windowed<String>, u64> = views.windowed_by(tumbling(minutes(1))).count();
    }
}

fn main() {}
