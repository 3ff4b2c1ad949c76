//! Aggregations without windows.

use streams_runtime::prelude::*;

use super::Scenario;
use super::vocabulary::{Text, cat, num, num_of, text, word, words};

topology! {
    fn count() -> Count {
        let input: Stream<Text, Text> = stream("in");
        let c: Table<String, u64> = input.group_by_key().count();
        c.to_stream().to("out");
    }

    fn merge_count() -> MergeCount {
        let in1: Stream<Text, Text> = stream("in1");
        let in2: Stream<Text, Text> = stream("in2");
        let c: Table<String, u64> = in1.merge(in2).group_by_key().count();
        c.to_stream().to("out");
    }

    fn reduce() -> Reduce {
        let input: Stream<Text, Text> = stream("in");
        let r: Table<String, String> = input.group_by_key().reduce(|a, b| cat(a, b));
        r.to_stream().to("out");
    }

    fn reduce_null_result() -> ReduceNullResult {
        let input: Stream<Text, Text> = stream("in");
        let r: Table<String, String> = input.group_by_key().reduce(|a, b| (num_of(b) % 4 != 0).then(|| cat(a, b)));
        r.to_stream().to("out");
    }

    fn reduce_sum() -> ReduceSum {
        let input: Stream<Text, Option<i64>> = stream("in");
        let r: Table<String, i64> = input.group_by_key().reduce(|a, b| a + b);
        r.to_stream().to("out");
    }

    fn reduce_max_int() -> ReduceMaxInt {
        let input: Stream<Text, Option<i32>> = stream("in");
        let m: Table<String, i32> = input.group_by_key().reduce(|a, b| *a.max(b));
        m.to_stream().to("out");
    }

    fn aggregate() -> Aggregate {
        let input: Stream<Text, Text> = stream("in");
        let a: Table<String, String> =
            input.group_by_key().aggregate(|| "*".to_owned(), |k, v, agg| cat(&agg, &format!("{}{v}", text(k))));
        a.to_stream().to("out");
    }

    fn aggregate_null_result() -> AggregateNullResult {
        let input: Stream<Text, Text> = stream("in");
        let a: Table<String, String> = input
            .group_by_key()
            .aggregate(|| Some("*".to_owned()), |_, v, agg: Text| (num_of(v) % 5 != 0).then(|| cat(text(&agg), v)));
        a.to_stream().to("out");
    }

    fn group_by_count() -> GroupByCount {
        let input: Stream<Text, Text> = stream("in");
        let c: Table<String, u64> = input.group_by(|_, v| (num(v) % 7 != 0).then(|| word(v))).count();
        c.to_stream().to("out");
    }

    fn select_key_count() -> SelectKeyCount {
        let input: Stream<Text, Text> = stream("in");
        let c: Table<String, u64> = input.select_key(|_, v| (num(v) % 7 != 0).then(|| word(v))).group_by_key().count();
        c.to_stream().to("out");
    }

    fn word_count() -> WordCount {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<String, u64> = input
            .flat_map_values(|v, out| {
                for word in words(v) {
                    out(word);
                }
            })
            .group_by(|_, word| word.to_owned())
            .count();
        counts.to_stream().to("out");
    }

    fn count_of_counts() -> CountOfCounts {
        let input: Stream<Text, Text> = stream("in");
        let c1: Table<String, u64> = input.group_by_key().count();
        let c2: Table<String, u64> = c1.to_stream().group_by(|_, n| format!("m{}", n.unwrap_or(0) % 5)).count();
        c2.to_stream().to("out");
    }
}

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario::new("count", count).store::<String, u64>("c"),
        Scenario::new("merge_count", merge_count).store::<String, u64>("c"),
        Scenario::new("reduce", reduce).store::<String, String>("r"),
        Scenario::new("reduce_null_result", reduce_null_result).store::<String, String>("r"),
        Scenario::new("reduce_sum", reduce_sum).store::<String, i64>("r"),
        Scenario::new("reduce_max_int", reduce_max_int).store::<String, i32>("m"),
        Scenario::new("aggregate", aggregate).store::<String, String>("a"),
        Scenario::new("aggregate_null_result", aggregate_null_result).store::<String, String>("a"),
        Scenario::new("group_by_count", group_by_count).store::<String, u64>("c"),
        Scenario::new("select_key_count", select_key_count).store::<String, u64>("c"),
        Scenario::new("word_count", word_count).store::<String, u64>("counts"),
        Scenario::new("count_of_counts", count_of_counts).store::<String, u64>("c1").store::<String, u64>("c2"),
    ]
}
