//! Tables made of topics and streams.

use streams_runtime::prelude::*;

use super::Scenario;
use super::vocabulary::{Text, num, text, word, word_of};

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
        t.to_stream().select_key(|k, v| v.as_deref().map_or_else(|| format!("gone-{k}"), word_of)).to("out");
    }
}

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario::new("to_table", to_table).store::<String, String>("t"),
        Scenario::new("to_table_rekeyed", to_table_rekeyed).store::<String, String>("t"),
        Scenario::new("table_source", table_source).store::<String, String>("t"),
        // Where the changelog lies makes no difference to what comes out.
        Scenario::new("table_source_optimized", table_source).store::<String, String>("t"),
        Scenario::new("table_to_stream_key", table_to_stream_key).store::<String, String>("t"),
    ]
}
