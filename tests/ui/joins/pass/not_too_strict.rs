//! Joins of two streams that look like mistakes and are none.
use streams_runtime::prelude::*;

const FIVE_MINUTES: JoinWindows = within(minutes(5));

fn described(order: &String, cents: &i64) -> String {
    format!("{order}{cents}")
}

topology! {
    pub fn example(grace_ms: u64) -> Example {
        let orders: Stream<Option<String>, String> = stream("orders");
        let payments: Stream<String, Option<i64>> = stream("payments");
        // One side has null keys, the joiner is a function, the windows are a constant.
        let paid = orders.join(payments, described, FIVE_MINUTES);
        // Grace that only the constant could say; the key of a left join may be null.
        let maybe = orders.left_join(payments, |key, order, cents| format!("{key:?}{order}{cents:?}"), FIVE_MINUTES);
        // Records of the same time, with a grace that is a parameter.
        let same = orders.try_left_join(payments, |o, c| c.map(|c| (o.len() as i64) + c).ok_or("none"), within(millis(0)).grace(millis(*grace_ms)));
        // Windows of no width that lie apart.
        let later = orders.outer_join(orders, |a, b| a.or(b).cloned().unwrap_or_default(), within(millis(5)).before_ms(-5).grace(millis(1)));
        let itself = orders.join(orders, |key, a, b| format!("{key}{a}{b}"), within(seconds(1))).single_store();
        // Both sides have another key, and the result is joined again and grouped.
        let by_order = orders.select_key(|_, order| order.clone());
        let by_cents = payments.select_key(|_, cents| format!("{cents:?}"));
        let rekeyed = by_order.join(by_cents, |key, _, cents| format!("{key}{cents}"), within(seconds(1))).named("again");
        let chain = rekeyed.join(maybe, |a, b| format!("{a}{b}"), within(seconds(1)));
        let counts: Table<String, u64> = chain.group_by_key().count();
        chain.join(counts, |text, count| format!("{text}{count}")).to("counted");
        paid.to("paid");
        same.to("same");
        later.to("later");
        itself.to("itself");
    }
}

fn main() {
    use streams_runtime::Topology;
    let plan = example(3).plan();
    let stores: Vec<&str> = plan.sub_topologies.iter().flat_map(|part| &part.stores).map(|store| store.name.as_str()).collect();
    for expected in ["paid-this-join-store", "maybe-left-shared-join-store", "later-outer-shared-join-store", "again-other-join-store"] {
        assert!(stores.contains(&expected), "{expected}: {stores:?}");
    }
}
