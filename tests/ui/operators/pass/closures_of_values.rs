//! Closures that give values under the names of their parameters.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let sales: Stream<u64, i64> = stream("sales");
        sales.map(|&shop, &cents| (shop, cents)).to("taken-apart");
        sales.select_key(|_, cents| { let cents = *cents; cents }).to("bound-again");
        sales.for_each(|_, cents| { let _ = cents; });
        let held: Table<u64, i64> = sales.group_by_key().reduce(|_, last| *last);
        held.map_values_with_key(|shop, cents| (*shop as i64).max(*cents)).to_stream().to("largest");
    }
}

fn main() {
    let _ = example();
}
