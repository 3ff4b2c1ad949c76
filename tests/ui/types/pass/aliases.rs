//! The written type may be an alias, also a generic one.
use streams_runtime::prelude::*;

type Lines = Stream<String, String>;
type Of<V> = Table<String, V>;
type InWindows = Table<Windowed<String>, u64>;
mod types {
    pub type Everywhere = streams_runtime::GlobalTable<String, u64>;
}

topology! {
    pub fn example() -> Example {
        let lines: Lines = stream("lines");
        let prices: Of<u64> = table("prices");
        let everywhere: types::Everywhere = global_table("everywhere");
        let counts: Of<u64> = lines.group_by_key().count();
        let sums: Of<u64> = lines.group_by_key().aggregate(|| 0, |_, line, sum| sum + line.len() as u64);
        let windows: InWindows = lines.group_by_key().windowed_by(tumbling(minutes(5))).count();
        let both: Of<u64> = counts.join(sums, |count, sum| count + sum);
        lines.join(prices, |line, price| format!("{line}{price}")).to("priced");
        lines.join(everywhere, |key, _| key.clone(), |line, n| format!("{line}{n}")).to("everywhere-joined");
        both.to_stream().to("both");
        windows.to_stream().to("windows");
    }
}

fn main() {
    let counts: streams_runtime::StoreName<String, u64> = Example::COUNTS;
    assert_eq!(counts.name(), "counts");
    assert_eq!(Example::EVERYWHERE.name(), "everywhere");
}
