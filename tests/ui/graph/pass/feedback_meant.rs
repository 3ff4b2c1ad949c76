//! What comes back to its topic on purpose, or does not come back at all.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let tasks: Stream<String, u64> = stream("tasks");
        let users: Table<String, String> = table("users");

        // A queue of retries, which ends.
        tasks.filter(|_, left| *left > 0).map_values(|left| left - 1).to("tasks").feedback();
        // A change of the table makes no result here.
        tasks.join(users, |left, user| format!("{user}{left}")).to("users");
        // Started with an underscore, nothing need read it.
        let _unread = tasks.filter(|_, left| *left == 0);
    }
}

fn main() {
    let _ = example();
}
