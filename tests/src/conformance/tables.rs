//! Tables made of topics and streams.

use streams_runtime::prelude::*;

use super::Scenario;
use super::vocabulary::{Text, cat, num, num_of, text, word, word_of};

topology! {
    fn to_table() -> ToTable {
        let input: Stream<Text, Text> = stream("in");
        let t: Table<String, String> = input.to_table();
        t.to_stream().to("out");
    }

    fn to_table_rekeyed() -> ToTableRekeyed {
        let input: Stream<Text, Text> = stream("in");
        let t: Table<String, String> = input
            .map(|k, v| {
                let value = (num(v) % 5 != 0).then(|| format!("{}{}", text(k), text(v)));
                ((num(v) % 7 != 0).then(|| word(v)), value)
            })
            .to_table();
        t.to_stream().to("out");
    }

    fn table_source() -> TableSource {
        let t: Table<String, String> = table("in");
        t.to_stream().to("out");
    }

    fn table_to_stream_key() -> TableToStreamKey {
        let t: Table<String, String> = table("in");
        t.to_stream_with_key(|k, v| v.map_or_else(|| format!("gone-{k}"), |v| word_of(v))).to("out");
    }
}

topology! {
    fn table_filter() -> TableFilter {
        let t: Table<String, String> = table("in");
        t.filter(|_, v| num_of(v) % 2 == 0).to_stream().to("out");
    }

    fn table_filter_materialized() -> TableFilterMaterialized {
        let t: Table<String, String> = table("in");
        let f: Table<String, String> = t.filter(|_, v| num_of(v) % 2 == 0);
        f.to_stream().to("out");
    }

    fn table_filter_plain_source() -> TableFilterPlainSource {
        let t: Table<String, String> = table("in").without_store();
        t.filter(|_, v| num_of(v) % 2 == 0).to_stream().to("out");
    }

    fn table_filter_not() -> TableFilterNot {
        let t: Table<String, String> = table("in");
        t.filter_not(|_, v| num_of(v) % 3 == 0).to_stream().to("out");
    }

    fn table_filter_chain() -> TableFilterChain {
        let t: Table<String, String> = table("in");
        let a = t.filter(|_, v| num_of(v) > 4).map_values(|v| format!("{v}!"));
        a.to_stream().to("out-a");
        let b: Table<String, String> = a.filter_not(|_, v| word_of(v).starts_with('c'));
        b.to_stream().to("out-b");
    }

    fn table_map_values() -> TableMapValues {
        let t: Table<String, String> = table("in");
        t.map_values_with_key(|k, v| format!("{k}/{v}")).to_stream().to("out");
    }

    fn table_map_values_materialized() -> TableMapValuesMaterialized {
        let t: Table<String, String> = table("in");
        let m: Table<String, String> = t.map_values(|v| (num_of(v) % 5 != 0).then(|| format!("{v}!")));
        m.to_stream().to("out");
    }
}

/// Counts the calls per key.
struct Calls;

impl ValueTransformer<String, String> for Calls {
    type ValueOut = String;
    type Stores = KeyValue<String, i64>;

    fn transform(
        &mut self,
        key: &String,
        value: Option<&String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
    ) -> Result<Option<String>, BoxError> {
        let n = cx.store(cx.stores).get(key)?.map_or(1, |n| n + 1);
        cx.store(cx.stores).put(key, n)?;
        Ok(value.map(|v| format!("{v}#{n}")))
    }
}

topology! {
    fn table_transform_values() -> TableTransformValues {
        let t: Table<String, String> = table("in");
        let calls: KeyValueStore<String, i64> = key_value_store();
        let x: Table<String, String> = t.transform_values(Calls, calls);
        x.to_stream().to("out");
    }
}

/// The first letter of the word.
fn initial(value: &str) -> String {
    word_of(value)[..1].to_owned()
}

topology! {
    fn table_group_aggregate() -> TableGroupAggregate {
        let t: Table<String, String> = table("in");
        let g: Table<String, String> = t
            .group_by(|k, v| ((num_of(v) % 9 != 0).then(|| initial(v)), format!("{k}{}", num_of(v))))
            .aggregate(|| "*".to_owned(), |_, v, a| cat(&a, &format!("+{v}")), |_, v, a| cat(&a, &format!("-{v}")));
        g.to_stream().to("out");
    }

    fn table_group_aggregate_same_group() -> TableGroupAggregateSameGroup {
        let t: Table<String, String> = table("in");
        let g: Table<String, String> = t
            .group_by(|k, v| ((if k == "a" { "A" } else { "Z" }).to_owned(), v.clone()))
            .aggregate(|| "*".to_owned(), |_, v, a| cat(&a, &format!("+{v}")), |_, v, a| cat(&a, &format!("-{v}")));
        g.to_stream().to("out");
    }

    fn table_group_count() -> TableGroupCount {
        let t: Table<String, String> = table("in");
        let c: Table<String, u64> = t.group_by(|_, v| (word_of(v), v.clone())).count();
        c.to_stream().to("out");
    }

    fn table_group_reduce() -> TableGroupReduce {
        let t: Table<String, i64> = table("in");
        let r: Table<String, i64> = t
            .group_by(|_, v| ((if v % 2 == 0 { "even" } else { "odd" }).to_owned(), *v))
            .reduce(|a, b| a + b, |a, b| a - b);
        r.to_stream().to("out");
    }

    fn table_group_filtered() -> TableGroupFiltered {
        let t: Table<String, String> = table("in");
        let c: Table<String, u64> = t.filter(|_, v| num_of(v) > 6).group_by(|_, v| (initial(v), v.clone())).count();
        c.to_stream().to("out");
    }

    fn table_unversioned_group() -> TableUnversionedGroup {
        let t: Table<String, String> = table("in");
        let g: Table<String, String> = t
            .group_by(|_, v| (initial(v), v.clone()))
            .aggregate(|| "*".to_owned(), |_, v, a| cat(&a, &format!("+{v}")), |_, v, a| cat(&a, &format!("-{v}")));
        g.to_stream().to("out");
    }

    fn histogram_of_counts() -> HistogramOfCounts {
        let input: Stream<Text, Text> = stream("in");
        let c1: Table<String, u64> = input.group_by_key().count();
        let c2: Table<String, u64> = c1.group_by(|_, n| (format!("n{n}"), *n)).count();
        c2.to_stream().to("out");
    }
}

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario::new("to_table", to_table).store::<String, String>("t"),
        Scenario::new("to_table_rekeyed", to_table_rekeyed).store::<String, String>("t"),
        Scenario::new("table_source", table_source).store::<String, String>("t"),
        Scenario::new("table_to_stream_key", table_to_stream_key).store::<String, String>("t"),
        Scenario::new("table_transform_values", table_transform_values)
            .store::<String, String>("t")
            .plain_store::<String, i64>("calls")
            .store::<String, String>("x"),
        Scenario::new("table_group_aggregate", table_group_aggregate).store::<String, String>("t").store::<String, String>("g"),
        Scenario::new("table_group_aggregate_same_group", table_group_aggregate_same_group)
            .store::<String, String>("t")
            .store::<String, String>("g"),
        Scenario::new("table_group_count", table_group_count).store::<String, String>("t").store::<String, u64>("c"),
        Scenario::new("table_group_reduce", table_group_reduce).store::<String, i64>("t").store::<String, i64>("r"),
        Scenario::new("table_group_filtered", table_group_filtered).store::<String, String>("t").store::<String, u64>("c"),
        Scenario::new("table_unversioned_group", table_unversioned_group).store::<String, String>("t").store::<String, String>("g"),
        Scenario::new("histogram_of_counts", histogram_of_counts).store::<String, u64>("c1").store::<String, u64>("c2"),
        Scenario::new("table_filter", table_filter).store::<String, String>("t"),
        Scenario::new("table_filter_materialized", table_filter_materialized).store::<String, String>("t").store::<String, String>("f"),
        Scenario::new("table_filter_plain_source", table_filter_plain_source),
        Scenario::new("table_filter_not", table_filter_not).store::<String, String>("t"),
        Scenario::new("table_filter_chain", table_filter_chain).store::<String, String>("t").store::<String, String>("b"),
        Scenario::new("table_map_values", table_map_values).store::<String, String>("t"),
        Scenario::new("table_map_values_materialized", table_map_values_materialized)
            .store::<String, String>("t")
            .store::<String, String>("m"),
    ]
}
