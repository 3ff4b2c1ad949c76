//! Graphs that come near to mistakes.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines").partitions(4);
        let users: Table<String, String> = table("users").partitions(4);
        let codes: GlobalTable<String, String> = global_table("codes");

        // A branch that is left out on purpose, in both ways.
        let (long, _short) = lines.split().branch(|_, line| line.len() > 10).otherwise();
        let (digits,) = lines.split().branch(|_, line| line.starts_with('1')).no_default();

        // The same number of partitions on both sides; a global table has no side.
        long.join(users, |line, user| format!("{line}{user}")).to("joined");
        let by_value = digits.select_key(|_, line| line.clone());
        by_value.join(codes, |key, _| key.clone(), |line, code| format!("{line}{code}")).to("coded");

        // A table that is only queried, and one that is only named.
        let counts: Table<String, u64> = lines.group_by_key().count();
        lines.group_by(|_, line| line.clone()).count().named("by-line");

        // Reading and writing one topic is feedback through Kafka, which has to be meant.
        by_value.to("lines").feedback();
    }
}

fn main() {
    let _ = Example::COUNTS;
    let _ = example();
}
