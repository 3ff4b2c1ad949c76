//! Different numbers of partitions are no mistake behind a repartition.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines").partitions(4);
        let users: Table<String, String> = table("users").partitions(6);
        let same = lines.repartition().partitions(6).named("lines-by-user");
        same.join(users, |line, user| format!("{line}{user}")).to("joined");
        // After a key change the repartition that is inserted takes care of the number.
        let other = lines.select_key(|_, line| line.clone()).join(users, |line, user| format!("{line}{user}"));
        other.to("other");
    }
}

fn main() {
    let _ = example();
}
