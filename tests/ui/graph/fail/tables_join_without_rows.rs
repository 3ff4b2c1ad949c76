//! Both sides of a join of tables look each other's rows up.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users").without_store();
        let towns: Table<String, String> = table("towns");
        users.join(towns, |user, town| format!("{user} of {town}")).to_stream().to("out");
    }
}

fn main() {}
