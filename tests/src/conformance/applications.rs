//! Whole applications.

use streams_runtime::prelude::*;

use super::Scenario;
use super::vocabulary::{Text, before_colon, word};

fn first_letter(value: &Text) -> String {
    word(value)[..1].to_owned()
}

topology! {
    fn order_pipeline() -> OrderPipeline {
        let input: Stream<Text, Text> = stream("orders");
        let customers: Table<String, String> = table("customers");
        let regions: GlobalTable<String, String> = global_table("regions");
        let shipments: Stream<Text, Text> = stream("shipments");
        let orders = input
            .filter(|_, v| v.is_some())
            .left_join(customers, |l, r| format!("{l}/{}", r.map_or("null", |r| r)))
            .join(regions, |_, v| before_colon(v), |l, r| format!("{l}/{r}"));
        let shipped = orders.join(shipments, |l, r| format!("{l}~{r}"), within(millis(40)).grace(millis(20)));
        shipped.to("shipped");
        let per_region: Table<Windowed<String>, u64> = shipped
            .group_by(|_, v| before_colon(v))
            .windowed_by(tumbling(millis(200)).grace(millis(50)))
            .count()
            .named("per-region");
        let closed = per_region.suppress(until_window_closes());
        closed.to_stream().to("per-region");
    }

    fn loopless_feedback() -> LooplessFeedback {
        let input: Stream<Text, Text> = stream("in");
        let n: Table<String, u64> = input.group_by(|_, v| first_letter(v)).count();
        let even = n.to_stream().filter(|_, c| c.is_some_and(|c| c % 2 == 0));
        let top: Table<String, String> = even.map_values_with_key(|k, c| format!("{k}{}", c.unwrap_or(0))).to_table();
        top.to_stream().to("top");
        let joined = input.select_key(|_, v| first_letter(v)).left_join(top, |v, t| format!("{v}+{}", t.map_or("null", |t| t)));
        joined.to("out");
    }
}

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario::new("order_pipeline", order_pipeline)
            .store::<String, String>("customers")
            .store::<String, String>("regions")
            .windows_of(200)
            .window_store::<u64>("per-region"),
        Scenario::new("loopless_feedback", loopless_feedback).store::<String, u64>("n").store::<String, String>("top"),
    ]
}
