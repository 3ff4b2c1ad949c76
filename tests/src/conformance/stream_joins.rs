//! Joins of two streams.

use streams_runtime::prelude::*;

use super::Scenario;
use super::vocabulary::{Text, word};

fn first_letter(value: &Text) -> String {
    word(value)[..1].to_owned()
}

fn or_null(value: Option<&String>) -> &str {
    value.map_or("null", String::as_str)
}

fn both(left: &str, right: &str) -> String {
    format!("{left}+{right}")
}

fn left_of(left: &str, right: Option<&String>) -> String {
    both(left, or_null(right))
}

fn outer(left: Option<&String>, right: Option<&String>) -> String {
    both(or_null(left), or_null(right))
}

topology! {
    fn ss_inner() -> SsInner {
        let left: Stream<Text, Text> = stream("left");
        let right: Stream<Text, Text> = stream("right");
        let joined = left.join(right, |l, r| both(l, r), within(millis(50)));
        joined.to("out");
    }

    fn ss_inner_grace() -> SsInnerGrace {
        let left: Stream<Text, Text> = stream("left");
        let right: Stream<Text, Text> = stream("right");
        let joined = left.join(right, |l, r| both(l, r), within(millis(50)).grace(millis(40)));
        joined.to("out");
    }

    fn ss_left() -> SsLeft {
        let left: Stream<Text, Text> = stream("left");
        let right: Stream<Text, Text> = stream("right");
        let joined = left.left_join(right, |l, r| left_of(l, r), within(millis(50)).grace(millis(0)));
        joined.to("out");
    }

    fn ss_left_grace() -> SsLeftGrace {
        let left: Stream<Text, Text> = stream("left");
        let right: Stream<Text, Text> = stream("right");
        let joined = left.left_join(right, |l, r| left_of(l, r), within(millis(30)).grace(millis(40)));
        joined.to("out");
    }

    fn ss_outer() -> SsOuter {
        let left: Stream<Text, Text> = stream("left");
        let right: Stream<Text, Text> = stream("right");
        let joined = left.outer_join(right, outer, within(millis(50)).grace(millis(0)));
        joined.to("out");
    }

    fn ss_outer_grace() -> SsOuterGrace {
        let left: Stream<Text, Text> = stream("left");
        let right: Stream<Text, Text> = stream("right");
        let joined = left.outer_join(right, outer, within(millis(30)).grace(millis(40)));
        joined.to("out");
    }

    fn ss_inner_asymmetric() -> SsInnerAsymmetric {
        let left: Stream<Text, Text> = stream("left");
        let right: Stream<Text, Text> = stream("right");
        let joined = left.join(right, |l, r| both(l, r), within(millis(10)).after(millis(70)).grace(millis(30)));
        joined.to("out");
    }

    fn ss_left_asymmetric() -> SsLeftAsymmetric {
        let left: Stream<Text, Text> = stream("left");
        let right: Stream<Text, Text> = stream("right");
        let joined = left.left_join(right, |l, r| left_of(l, r), within(millis(60)).before(millis(0)).grace(millis(20)));
        joined.to("out");
    }

    fn ss_outer_before_only() -> SsOuterBeforeOnly {
        let left: Stream<Text, Text> = stream("left");
        let right: Stream<Text, Text> = stream("right");
        let joined = left.outer_join(right, outer, within(millis(60)).after_ms(-20).grace(millis(20)));
        joined.to("out");
    }

    fn ss_inner_edges() -> SsInnerEdges {
        let left: Stream<Text, Text> = stream("left");
        let right: Stream<Text, Text> = stream("right");
        let joined = left.join(right, |l, r| both(l, r), within(millis(50)).grace(millis(25)));
        joined.to("out");
    }

    fn ss_outer_edges() -> SsOuterEdges {
        let left: Stream<Text, Text> = stream("left");
        let right: Stream<Text, Text> = stream("right");
        let joined = left.outer_join(right, outer, within(millis(50)).grace(millis(25)));
        joined.to("out");
    }

    fn ss_left_zero() -> SsLeftZero {
        let left: Stream<Text, Text> = stream("left");
        let right: Stream<Text, Text> = stream("right");
        let joined = left.left_join(right, |l, r| left_of(l, r), within(millis(0)).grace(millis(20)));
        joined.to("out");
    }

    fn quirk_ss_outer_zero_no_grace() -> QuirkSsOuterZeroNoGrace {
        let left: Stream<Text, Text> = stream("left");
        let right: Stream<Text, Text> = stream("right");
        // In Kafka Streams nothing is ever found; here records of the same time meet.
        let joined = left.outer_join(right, outer, within(millis(0)).grace(millis(0)));
        joined.to("out");
    }

    fn ss_inner_with_key() -> SsInnerWithKey {
        let left: Stream<Text, Text> = stream("left");
        let right: Stream<Text, Option<i64>> = stream("right");
        let joined = left.join(right, |k, l, r| format!("{k}:{l}*{r}"), within(millis(40)).grace(millis(20)));
        joined.to("out");
    }

    fn ss_self() -> SsSelf {
        let input: Stream<Text, Text> = stream("in");
        let joined = input.join(input, |l, r| both(l, r), within(millis(40)).grace(millis(20)));
        joined.to("out");
    }

    fn ss_inner_rekeyed() -> SsInnerRekeyed {
        let left: Stream<Text, Text> = stream("left");
        let right: Stream<Text, Text> = stream("right");
        let rights = right.select_key(|_, v| first_letter(v));
        let joined = left.select_key(|_, v| first_letter(v)).join(rights, |l, r| both(l, r), within(millis(80)).grace(millis(20)));
        joined.to("out");
    }

    fn ss_three_way() -> SsThreeWay {
        let a: Stream<Text, Text> = stream("a");
        let b: Stream<Text, Text> = stream("b");
        let c: Stream<Text, Text> = stream("c");
        let ab = a.join(b, |l, r| both(l, r), within(millis(40)).grace(millis(30)));
        let abc = ab.left_join(c, |l, r| left_of(l, r), within(millis(30)).grace(millis(30)));
        abc.to("out");
    }
}

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario::new("ss_inner", ss_inner),
        Scenario::new("ss_inner_grace", ss_inner_grace),
        Scenario::new("ss_left", ss_left),
        Scenario::new("ss_left_grace", ss_left_grace),
        Scenario::new("ss_outer", ss_outer),
        Scenario::new("ss_outer_grace", ss_outer_grace),
        Scenario::new("ss_inner_asymmetric", ss_inner_asymmetric),
        Scenario::new("ss_left_asymmetric", ss_left_asymmetric),
        Scenario::new("ss_outer_before_only", ss_outer_before_only),
        Scenario::new("ss_inner_edges", ss_inner_edges),
        Scenario::new("ss_outer_edges", ss_outer_edges),
        Scenario::new("ss_left_zero", ss_left_zero),
        Scenario::new("ss_inner_with_key", ss_inner_with_key),
        Scenario::new("quirk_ss_outer_zero_no_grace", quirk_ss_outer_zero_no_grace),
        Scenario::new("ss_self", ss_self),
        Scenario::new("ss_inner_rekeyed", ss_inner_rekeyed),
        Scenario::new("ss_three_way", ss_three_way),
    ]
}
