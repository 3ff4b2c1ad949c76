//! Sides that meet are divided alike, or are said to be.
use streams_runtime::prelude::*;

fn by_length<V>(key: &String, _: &V, partitions: u32) -> u32 {
    key.len() as u32 % partitions
}

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines").with(Json, Utf8);
        let users: Table<String, String> = table("users");
        let plain: Stream<String, String> = stream("plain").with(Utf8, Utf8);
        let ours: Table<String, String> = table("ours").with(Json, Utf8);

        // The same format on both sides, by name or by type.
        lines.join(ours, |a, b| format!("{a}{b}")).to("same");
        plain.join(users, |a, b| format!("{a}{b}")).to("default");
        // A repartition writes keys in the format of their type.
        lines.repartition().named("again").join(users, |a, b| format!("{a}{b}")).to("again");
        // A key that is changed is divided anew.
        let by_line = lines.select_key(|_, line| line.clone());
        let joined = by_line.join(users, |a, b| format!("{a}{b}"));
        joined.to("by-line");
        let merged: Table<String, u64> = lines.merge(plain).group_by(|_, line| line.clone()).count();
        merged.to_stream().to("merged");
        // What is only written need not meet.
        lines.merge(plain).to("all");
        // Somebody vouches for it.
        lines.left_join(users, |a, b| format!("{a}{b:?}")).copartitioned().to("vouched");
        // One function divides both sides.
        let left = plain.repartition().partitioned_by(by_length).named("left");
        let right: Table<String, String> = table("divided").partitioned_by(by_length);
        left.join(right, |a, b| format!("{a}{b}")).to("divided-by-length");
        let closure = plain.repartition().partitioned_by(|_, line, partitions| line.len() as u32 % partitions).named("closure");
        closure.join(users, |a, b| format!("{a}{b}")).copartitioned().to("divided-somehow");
        // A pattern that says how many partitions its topics have.
        let logs: Stream<String, String> = stream(pattern("logs-.*")).partitions(4);
        logs.join(users, |a, b| format!("{a}{b}")).to("logs-of-users");
        // A topic in one format.
        lines.map_values(|line| line.len() as u64).to("lengths").with(Utf8, BigEndian);
        let lengths: Stream<String, u64> = stream("lengths");
        lengths.to("out");
    }
}

fn main() {
    let _ = example();
}
