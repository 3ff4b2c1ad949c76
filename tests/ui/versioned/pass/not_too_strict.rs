//! What is near to the mistakes, and right.
use streams_runtime::prelude::*;

const HISTORY: std::time::Duration = days(1);

topology! {
    pub fn example(hours_back: u64) -> Example {
        let prices: Table<String, i64> = table("prices").versioned(hours(*hours_back));
        let orders: Stream<String, i64> = stream("orders");
        let seen: Table<String, i64> = orders.to_table().versioned(millis(1));
        let count: Table<String, u64> = orders.group_by_key().count().versioned(HISTORY);
        let sums: Table<String, i64> = orders.group_by_key().aggregate(|| 0, |_, n, sum| sum + n).versioned(HISTORY);
        let least: Table<i64, i64> = prices
            .group_by(|_, price| (*price, *price))
            .reduce(|a, b| *a.min(b), |a, _| *a)
            .named("least-price")
            .versioned(std::time::Duration::from_secs(60));
        let dear: Table<String, i64> = prices.filter(|_, price| *price > 100);
        let cheap = prices.filter_not(|_, price| *price > 10);
        let both = prices.outer_join(seen, |price, count| price.copied().unwrap_or(0) + count.copied().unwrap_or(0));
        let halves = prices.map_values(|price| price / 2).left_join(sums, |price, sum| price + sum.copied().unwrap_or(0));
        both.group_by(|k, v| (k.clone(), *v)).count().named("both").to_stream().to("both");
        orders.join(prices, |count, price| count * price).left_join(dear, |sum, _| *sum).to("out");
        let waited = orders.join(cheap, |count, price| count * price).grace(minutes(5));
        let early = orders.join(seen, |count, before| count - before).grace(millis(1));
        orders.try_left_join(prices, |_, count, price| Ok::<_, std::fmt::Error>(count + price.unwrap_or(&0))).grace(millis(0)).named("now").to("now");
        waited.to("waited");
        early.to("early");
        halves.to_stream().to("halves");
        count.to_stream().to("counts");
        least.to_stream().to("least");
    }
}

fn main() {}
