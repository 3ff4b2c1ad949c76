//! Joins of tables, and tables of groups.
use streams_runtime::prelude::*;

struct Half;

impl ValueTransformer<u64, i64> for Half {
    type ValueOut = i64;
    type Stores = ();

    fn transform(&mut self, _: &u64, value: Option<&i64>, _: &mut ProcessorContext<'_, ()>) -> Result<Option<i64>, BoxError> {
        Ok(value.map(|value| value / 2))
    }
}

topology! {
    pub fn example() -> Example {
        let users: Table<String, String> = table("users").partitions(4);
        let towns: Table<String, String> = table("towns").partitions(4);
        let sales: Table<u64, i64> = table("sales");

        // Chains of views, and one with a store.
        let both = users.join(towns, |user, town| format!("{user} of {town}"));
        let any: Table<String, String> = both.outer_join(users, |both, user| both.or(user).cloned());
        any.left_join(towns, |a, t| (t.is_some()).then(|| a.len() as u64)).named("lengths").to_stream().to("lengths");
        users.join(users, |l, r| format!("{l}{r}")).to_stream().to("doubled");

        // A transformer without stores, as a view and with a store.
        let halves = sales.transform_values(Half);
        let quarters: Table<u64, i64> = halves.transform_values(Half, ());
        quarters.join(halves, |q, h| q + h).to_stream().to("parts");

        // Groups; a named one, and two of one grouping.
        let parity = sales.group_by(|key, n| (key % 2, *n));
        let sums: Table<u64, i64> = parity.reduce(|a, b| a + b, |a, b| a - b);
        let counts: Table<u64, u64> = parity.count();
        sums.join(counts, |sum, count| sum / (*count).max(1) as i64).to_stream().to("means");
        let texts: Table<u64, String> = sales
            .filter(|_, n| *n > 0)
            .group_by(|_, n| ((*n > 9).then_some(1u64), n.to_string()))
            .aggregate(String::new, |_, n, all| all + n, |_, n, all| all.replace(n.as_str(), ""));
        texts.to_stream().to("texts");
    }
}

fn main() {
    let _ = (Example::ANY, Example::QUARTERS, Example::SUMS, Example::COUNTS, Example::TEXTS);
    let _ = example();
}
