//! Aggregations in windows.

use streams_runtime::prelude::*;

use super::Scenario;
use super::vocabulary::{Text, cat, num, text, word, word_of};

fn first_letter(value: &Text) -> String {
    word(value)[..1].to_owned()
}

topology! {
    fn tumbling_count() -> TumblingCount {
        let input: Stream<Text, Text> = stream("in");
        let w: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(tumbling(millis(100))).count();
        w.to_stream().to("out");
    }

    fn tumbling_count_grace() -> TumblingCountGrace {
        let input: Stream<Text, Text> = stream("in");
        let w: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(tumbling(millis(100)).grace(millis(50))).count();
        w.to_stream().to("out");
    }

    fn tumbling_edges() -> TumblingEdges {
        let input: Stream<Text, Text> = stream("in");
        let w: Table<Windowed<String>, String> = input
            .group_by_key()
            .windowed_by(tumbling(millis(100)).grace(millis(50)))
            .aggregate(|| "*".to_owned(), |_, v, agg| cat(&agg, text(v)));
        w.to_stream().to("out");
    }

    fn tumbling_reduce() -> TumblingReduce {
        let input: Stream<Text, Text> = stream("in");
        let w: Table<Windowed<String>, String> =
            input.group_by_key().windowed_by(tumbling(millis(100)).grace(millis(30))).reduce(|a, b| cat(a, text(b)));
        w.to_stream().to("out");
    }

    fn tumbling_aggregate_null() -> TumblingAggregateNull {
        let input: Stream<Text, Text> = stream("in");
        let w: Table<Windowed<String>, String> = input
            .group_by_key()
            .windowed_by(tumbling(millis(100)).grace(millis(30)))
            .aggregate(|| Some("*".to_owned()), |_, v, agg: Text| (num(v) % 5 != 0).then(|| cat(text(&agg), text(v))));
        w.to_stream().to("out");
    }

    fn tumbling_retention() -> TumblingRetention {
        let input: Stream<Text, Text> = stream("in");
        let w: Table<Windowed<String>, u64> =
            input.group_by_key().windowed_by(tumbling(millis(100)).grace(millis(50))).count().retention(seconds(1));
        w.to_stream().to("out");
    }

    fn hopping_count() -> HoppingCount {
        let input: Stream<Text, Text> = stream("in");
        let w: Table<Windowed<String>, u64> =
            input.group_by_key().windowed_by(hopping(millis(100), millis(30)).grace(millis(40))).count();
        w.to_stream().to("out");
    }

    fn hopping_aggregate() -> HoppingAggregate {
        let input: Stream<Text, Text> = stream("in");
        let w: Table<Windowed<String>, String> = input
            .group_by_key()
            .windowed_by(hopping(millis(90), millis(30)).grace(millis(10)))
            .aggregate(|| "*".to_owned(), |_, v, agg| cat(&agg, text(v)));
        w.to_stream().to("out");
    }

    fn unlimited_count() -> UnlimitedCount {
        let input: Stream<Text, Text> = stream("in");
        let w: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(unlimited().start_on(500)).count();
        w.to_stream().to("out");
    }

    fn group_by_tumbling() -> GroupByTumbling {
        let input: Stream<Text, Text> = stream("in");
        let w: Table<Windowed<String>, u64> =
            input.group_by(|_, v| first_letter(v)).windowed_by(tumbling(millis(200)).grace(millis(50))).count();
        w.to_stream().to("out");
    }

    fn close_tumbling() -> CloseTumbling {
        let input: Stream<Text, Text> = stream("in");
        let w: Table<Windowed<String>, u64> = input
            .group_by_key()
            .windowed_by(tumbling(millis(100)).grace(millis(50)))
            .emit_on_close()
            .count()
            .retention(seconds(10));
        w.to_stream().to("out");
    }

    fn close_hopping() -> CloseHopping {
        let input: Stream<Text, Text> = stream("in");
        let w: Table<Windowed<String>, String> = input
            .group_by_key()
            .windowed_by(hopping(millis(90), millis(30)).grace(millis(20)))
            .emit_on_close()
            .aggregate(|| "*".to_owned(), |_, v, agg| cat(&agg, text(v)))
            .retention(seconds(10));
        w.to_stream().to("out");
    }

    fn quirk_close_tumbling_default_retention() -> QuirkCloseTumblingDefaultRetention {
        let input: Stream<Text, Text> = stream("in");
        let w: Table<Windowed<String>, u64> =
            input.group_by_key().windowed_by(tumbling(millis(100)).grace(millis(50))).emit_on_close().count();
        w.to_stream().to("out");
    }

    fn two_counts() -> TwoCounts {
        let input: Stream<Text, Text> = stream("in");
        let words = input.select_key(|_, v| word(v));
        let c: Table<String, u64> = words.group_by_key().count();
        c.to_stream().to("out-count");
        let w: Table<Windowed<String>, String> =
            words.group_by_key().windowed_by(tumbling(millis(200)).grace(millis(50))).reduce(|a, b| cat(a, text(b)));
        w.to_stream().to("out-window");
    }

    fn windowed_then_table() -> WindowedThenTable {
        let input: Stream<Text, Text> = stream("in");
        let w: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(tumbling(millis(100)).grace(millis(50))).count();
        let per_window: Table<String, u64> = w
            .group_by(|key, n| (format!("w{}", key.window.start_ms), *n))
            .aggregate(|| 0, |_, n, sum| sum + n, |_, n, sum| sum - n)
            .named("per-window");
        per_window.to_stream().to("out");
    }

    fn windowed_views() -> WindowedViews {
        let input: Stream<Text, Text> = stream("in");
        let w: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(tumbling(millis(100)).grace(millis(50))).count();
        let views = w.filter(|_, n| n % 3 != 0).map_values(|n| n * 10);
        let t: Table<String, u64> = views.to_stream_with_key(|key, _| format!("{}@{}", key.key, key.window.start_ms)).to_table();
        t.to_stream().to("out");
    }

    fn page_views() -> PageViews {
        let views: Stream<Text, Text> = stream("views");
        let users: Table<String, String> = table("users");
        let per_word = views.join(users, |_, user| word_of(user)).select_key(|_, v| v.clone());
        let views_per_word: Table<Windowed<String>, u64> = per_word
            .group_by_key()
            .windowed_by(hopping(millis(120), millis(60)).grace(millis(30)))
            .emit_on_close()
            .count()
            .named("views-per-word")
            .retention(seconds(10));
        views_per_word.to_stream().filter(|_, n| n.is_some_and(|n| n > 1)).to("out");
    }
}

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario::new("tumbling_count", tumbling_count).windows_of(100).window_store::<u64>("w"),
        Scenario::new("tumbling_count_grace", tumbling_count_grace).windows_of(100).window_store::<u64>("w"),
        Scenario::new("tumbling_edges", tumbling_edges).windows_of(100).window_store::<String>("w"),
        Scenario::new("tumbling_reduce", tumbling_reduce).windows_of(100).window_store::<String>("w"),
        Scenario::new("tumbling_aggregate_null", tumbling_aggregate_null).windows_of(100).window_store::<String>("w"),
        Scenario::new("tumbling_retention", tumbling_retention).windows_of(100).window_store::<u64>("w"),
        Scenario::new("hopping_count", hopping_count).windows_of(100).window_store::<u64>("w"),
        Scenario::new("hopping_aggregate", hopping_aggregate).windows_of(90).window_store::<String>("w"),
        Scenario::new("unlimited_count", unlimited_count).windows_of(i64::MAX).window_store::<u64>("w"),
        Scenario::new("group_by_tumbling", group_by_tumbling).windows_of(200).window_store::<u64>("w"),
        Scenario::new("close_tumbling", close_tumbling).windows_of(100).window_store::<u64>("w"),
        Scenario::new("close_hopping", close_hopping).windows_of(90).window_store::<String>("w"),
        Scenario::new("quirk_close_tumbling_default_retention", quirk_close_tumbling_default_retention)
            .windows_of(100)
            .window_store::<u64>("w"),
        Scenario::new("two_counts", two_counts).store::<String, u64>("c").windows_of(200).window_store::<String>("w"),
        // The optimization merges the two repartition topics; the results of each output are the same.
        Scenario::new("windowed_then_table", windowed_then_table)
            .windows_of(100)
            .window_store::<u64>("w")
            .store::<String, u64>("per-window"),
        Scenario::new("windowed_views", windowed_views).windows_of(100).window_store::<u64>("w").store::<String, u64>("t"),
        Scenario::new("page_views", page_views).store::<String, String>("users").windows_of(120).window_store::<u64>("views-per-word"),
    ]
}
