//! What is near to the mistakes, and right.
use streams_runtime::prelude::*;

topology! {
    #[optimized(merge_repartitions, single_store_self_joins)]
    /// Counts.
    pub fn some() -> Some {
        let lines: Stream<String, String> = stream("lines");
        let users: Table<String, String> = table("users");
        let words = lines.select_key(|_, line| line.clone());
        let counts: Table<String, u64> = words.group_by_key().count();
        let joined = words.join(users, |line, user| format!("{line}{user}"));
        joined.to("out");
        let pairs = words.join(words, |a, b| format!("{a}{b}"), within(seconds(1)));
        pairs.to("out");
    }

    #[optimized]
    pub fn all() -> All {
        let lines: Stream<Option<String>, String> = stream("lines");
        let users: Table<String, String> = table("users");
        let aged: Table<String, String> = table("aged").timestamp(|_, _| 0);
        let grouped = lines.group_by(|_, line| line.clone());
        let counts: Table<String, u64> = grouped.count();
        let per_hour: Table<Windowed<String>, u64> = grouped.windowed_by(tumbling(hours(1))).count();
        let named = lines.map_values(|line| line.clone()).select_key(|_, line| Some(line.clone()));
        let joined = named.left_join(users, |line, user| format!("{line}{}", user.map_or("", |user| user)));
        joined.left_join(aged, |line, _| line.clone()).to("out");
        let unnamed: Table<String, u64> = lines.group_by(|_, line| line.clone()).count();
    }
}

fn main() {
    assert!(All::DESCRIPTION.contains("[grouped-repartition]") && !All::DESCRIPTION.contains("[counts-repartition]"));
    assert!(All::DESCRIPTION.contains("[joined-repartition]") && All::DESCRIPTION.contains("[unnamed-repartition]"));
    assert!(All::DESCRIPTION_UNOPTIMIZED.contains("[counts-repartition]"));
    assert!(Some::DESCRIPTION.contains("[words-repartition]"));
}
