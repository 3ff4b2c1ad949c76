//! The name of a method that the macro calls.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let orders: Stream<String, i64> = stream("orders");
        let prices: Table<String, i64> = table("prices");
        orders.left_join_table_with_key(prices, |_, n, price| n * price.unwrap_or(&1)).to("out");
    }
}

fn main() {}
