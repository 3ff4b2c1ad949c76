//! Joins that hold what is unmatched, and sources that leave out what is from the future.
use streams_runtime::prelude::*;

const AHEAD: std::time::Duration = minutes(5);

topology! {
    pub fn example(ahead_ms: u64) -> Example {
        let orders: Stream<String, String> = stream("orders").max_ahead(AHEAD);
        let payments: Stream<Option<String>, String> = stream(["payments", "refunds"]).max_ahead(millis(*ahead_ms)).timestamp(|_, v| v.len() as i64).partitions(3);
        let users: Table<String, String> = table("users").max_ahead(hours(1)).versioned(days(1)).named("people");
        let held = orders.left_join(payments, |a, b| format!("{a}{b:?}"), within(seconds(1)).grace(millis(0))).hold_unmatched();
        let named = orders
            .outer_join(orders, |key, a, b| format!("{key}{a:?}{b:?}"), within(seconds(1)).grace(seconds(5)))
            .without_changelog()
            .hold_unmatched()
            .named("all");
        let tried = orders.try_left_join(orders, |a, b| b.map(|b| format!("{a}{b}")).ok_or("alone"), within(seconds(1)).grace(seconds(5))).hold_unmatched();
        held.left_join(users, |a, b| format!("{a}{b:?}")).to("held");
        named.to("named");
        tried.to("tried");
    }
}

fn main() {
    let _ = example(5);
}
