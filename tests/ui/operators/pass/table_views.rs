//! Views with and without stores.
use streams_runtime::prelude::*;

topology! {
    pub fn example(least: usize) -> Example {
        let users: Table<String, String> = table("users");
        let events: Table<String, String> = table("events").without_store();

        // Without a store; read twice, and through each other.
        let long = users.filter(|_, user| user.len() >= *least);
        let loud = long.map_values(|user| user.to_uppercase());
        long.to_stream().to("long");
        loud.to_stream().to("loud");

        // With a store: by the written type, by name, and one that is only queried.
        let lengths: Table<String, u64> = loud.map_values_with_key(|key, user| (key.len() + user.len()) as u64);
        lengths.to_stream().to("lengths");
        users.filter_not(|_, user| user.is_empty()).named("known").to_stream().to("known-users");
        users.map_values(|user| user.parse::<i64>().ok()).named("numbers");

        // A store further down needs none at the source; so does a stream of changes.
        let kept: Table<String, String> = events.filter(|key, _| key.starts_with('k'));
        let requests: Stream<String, String> = stream("requests");
        requests.join(kept, |request, event| format!("{request}{event}")).to("out");

        // Rows are looked up through views.
        requests.left_join(loud, |request, user| format!("{request}{user:?}")).to("asked");
    }
}

fn main() {
    let _ = (Example::LENGTHS, Example::KEPT);
    let _ = example(4);
}
