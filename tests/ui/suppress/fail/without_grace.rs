//! When the windows close is not said.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let counts: Table<Windowed<String>, u64> = views.group_by_key().windowed_by(hopping(minutes(2), minutes(1))).count();
        let views_per_minute = counts.map_values(|n| n / 2);
        let closed = views_per_minute.suppress(until_window_closes());
        closed.to_stream().to("out");
    }
}

fn main() {}
