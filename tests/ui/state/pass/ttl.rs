//! All that keeps rows by key can let them expire; the duration may be a parameter or a constant.
use std::time::Duration;

use streams_runtime::prelude::*;

const DAY: Duration = days(1);

topology! {
    pub fn example(hours_to_live: u64) -> Example {
        let users: Table<String, String> = table("users").ttl(DAY);
        let views: Stream<String, String> = stream("views");
        let grouped = views.group_by_key();
        let counts: Table<String, u64> = grouped.count().ttl(hours(*hours_to_live)).without_cache();
        let last: Table<String, String> = views.to_table().without_changelog().ttl(minutes(1));
        let short: Table<String, String> = users.filter(|_, user| user.len() < 3).ttl(minutes(1));
        let both: Table<String, String> = users.join(last, |user, view| format!("{user}{view}")).ttl(minutes(1));
        let per_name: Table<String, u64> = short.group_by(|key, name| (name.clone(), key.clone())).count().ttl(minutes(1));
        let named = users.map_values(|user| user.to_uppercase()).ttl(minutes(1)).named("named");
        counts.to_stream().to("counts");
        both.to_stream().to("both");
        per_name.to_stream().to("per-name");
        named.to_stream().to("named");
    }
}

fn main() {}
