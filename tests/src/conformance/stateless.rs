//! Stateless operators, topics and repartitions.

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use streams_runtime::prelude::*;

use super::Scenario;
use super::vocabulary::{Text, header, num, text, word, words};

topology! {
    fn filter() -> Filter {
        let input: Stream<Text, Text> = stream("in");
        input.filter(|_, v| num(v) % 2 == 0).to("out");
    }

    fn filter_not() -> FilterNot {
        let input: Stream<Text, Text> = stream("in");
        input.filter_not(|_, v| num(v) % 3 == 0).to("out");
    }

    fn map() -> Map {
        let input: Stream<Text, Text> = stream("in");
        input.map(|k, v| (word(v), format!("{}:{}", text(k), text(v)))).to("out");
    }

    fn map_values() -> MapValues {
        let input: Stream<Text, Text> = stream("in");
        input.map_values(|v| format!("{}!", text(v))).to("out");
    }

    fn map_values_with_key() -> MapValuesWithKey {
        let input: Stream<Text, Text> = stream("in");
        input.map_values_with_key(|k, v| (num(v) % 5 != 0).then(|| format!("{}/{}", text(k), text(v)))).to("out");
    }

    fn map_values_to_long() -> MapValuesToLong {
        let input: Stream<Text, Text> = stream("in");
        input.map_values(|v| i64::from(num(v)) * 10).to("out");
    }

    fn flat_map() -> FlatMap {
        let input: Stream<Text, Text> = stream("in");
        input
            .flat_map(|k, v, out| {
                for i in 0..num(v) % 4 {
                    out(&format!("{}{i}", text(k)), &format!("{}#{i}", text(v)));
                }
            })
            .to("out");
    }

    fn flat_map_values() -> FlatMapValues {
        let input: Stream<Text, Text> = stream("in");
        input
            .flat_map_values(|v, out| {
                for word in words(v) {
                    out(word);
                }
            })
            .to("out");
    }

    fn flat_map_values_with_key() -> FlatMapValuesWithKey {
        let input: Stream<Text, Text> = stream("in");
        input
            .flat_map_values_with_key(|k, v, out| {
                for word in words(v) {
                    out(&format!("{}={word}", text(k)));
                }
            })
            .to("out");
    }

    fn select_key() -> SelectKey {
        let input: Stream<Text, Text> = stream("in");
        input.select_key(|_, v| (num(v) % 6 != 0).then(|| word(v))).to("out");
    }

    fn branch() -> Branch {
        let input: Stream<Text, Text> = stream("in");
        let (x, y, z) = input.split().branch(|_, v| num(v) % 3 == 0).branch(|_, v| num(v) % 2 == 0).otherwise();
        x.to("out-x");
        y.to("out-y");
        z.map_values(|v| format!("z:{}", text(v))).to("out-z");
    }

    fn branch_no_default() -> BranchNoDefault {
        let input: Stream<Text, Text> = stream("in");
        let (x, y) = input.split().branch(|_, v| num(v) % 4 == 0).branch(|_, v| num(v) % 4 == 1).no_default();
        x.to("out-x");
        y.map_values(|v| format!("y:{}", text(v))).to("out-y");
    }

    fn merge() -> Merge {
        let in1: Stream<Text, Text> = stream("in1");
        let in2: Stream<Text, Text> = stream("in2");
        let in3: Stream<Text, Text> = stream("in3");
        let large = in3.filter(|_, v| num(v) > 9);
        in1.map_values(|v| Some(format!("1{}", text(v)))).merge(in2).merge(large).to("out");
    }

    fn multi_topic_source() -> MultiTopicSource {
        let both: Stream<Text, Text> = stream(["in1", "in2"]);
        both.map_values_with_key(|k, v| format!("{}{}", text(k), text(v))).to("out");
    }

    fn same_topic_twice() -> SameTopicTwice {
        // A topic has one source here, which can be used any number of times.
        let input: Stream<Text, Text> = stream("in");
        input.filter(|_, v| num(v) % 2 == 0).map_values(|v| format!("even:{}", text(v))).to("out");
        input.map_values(|v| format!("all:{}", text(v))).to("out");
    }

    fn fan_out() -> FanOut {
        let input: Stream<Text, Text> = stream("in");
        input.filter(|_, v| num(v) > 9).map_values(|v| format!("first:{}", text(v))).to("out");
        input
            .flat_map_values(|_, out| {
                out("a");
                out("b");
            })
            .to("out");
        input.to("copy");
        input.map_values(|v| format!("last:{}", text(v))).to("out");
    }

    fn peek_foreach(n: AtomicI64, m: AtomicI64) -> PeekForeach {
        let input: Stream<Text, Text> = stream("in");
        input.for_each(|_, _| {
            n.fetch_add(1, Relaxed);
        });
        input
            .peek(|_, v| {
                m.fetch_add(num(v).into(), Relaxed);
            })
            .map_values(|v| format!("{}|{}|{}", text(v), n.load(Relaxed), m.load(Relaxed)))
            .to("out");
    }

    fn dynamic_topic() -> DynamicTopic {
        let input: Stream<Text, Text> = stream("in");
        input.to(|_, v, _| format!("out-{}", num(v) % 3));
    }

    fn dynamic_topic_context() -> DynamicTopicContext {
        let input: Stream<Text, Text> = stream("in");
        input.to(|_, _, cx| match header(cx.headers(), "h").as_str() {
            "-" => format!("out-{}", cx.timestamp_ms() % 2),
            _ => "out-h".to_owned(),
        });
    }

    fn repartition() -> Repartition {
        let input: Stream<Text, Text> = stream("in");
        let by_word = input.select_key(|_, v| (num(v) % 6 != 0).then(|| word(v)));
        by_word.repartition().named("rp").partitions(1).map_values(|v| format!("r:{}", text(v))).to("out");
    }

    fn repartition_two_paths() -> RepartitionTwoPaths {
        let input: Stream<Text, Text> = stream("in");
        let doubled = input.flat_map(|_, v, out| {
            out(&word(v), &format!("{}x", text(v)));
            out(&word(v), &format!("{}y", text(v)));
        });
        doubled.repartition().named("rp").to("out-rp");
        doubled.to("out-direct");
    }
}

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario::new("filter", filter),
        Scenario::new("filter_not", filter_not),
        Scenario::new("map", map),
        Scenario::new("map_values", map_values),
        Scenario::new("map_values_with_key", map_values_with_key),
        Scenario::new("map_values_to_long", map_values_to_long),
        Scenario::new("flat_map", flat_map),
        Scenario::new("flat_map_values", flat_map_values),
        Scenario::new("flat_map_values_with_key", flat_map_values_with_key),
        Scenario::new("select_key", select_key),
        Scenario::new("branch", branch),
        Scenario::new("branch_no_default", branch_no_default),
        Scenario::new("merge", merge),
        Scenario::new("multi_topic_source", multi_topic_source),
        Scenario::new("same_topic_twice", same_topic_twice),
        Scenario::new("fan_out", fan_out),
        Scenario::new("peek_foreach", || peek_foreach(AtomicI64::new(0), AtomicI64::new(0))),
        Scenario::new("dynamic_topic", dynamic_topic),
        Scenario::new("dynamic_topic_context", dynamic_topic_context),
        Scenario::new("repartition", repartition),
        Scenario::new("repartition_two_paths", repartition_two_paths),
    ]
}
