//! Everything at once, without a warning.
#![deny(warnings)]
use streams_runtime::prelude::*;
use serde::{Serialize, Deserialize};

/// View.
#[derive(Clone, Debug, Serialize, Deserialize, StreamData)]
pub struct View { /// ms
 pub ms: u64, /// user
 pub user: String, /// at
 pub at_ms: i64 }

struct Two;
impl FixedKeyProcessor<u64, String> for Two {
    type ValueOut = str;
    type Stores = (KeyValue<u64, i64>, KeyValue<u64, String>);
    fn process<O: ForwardValue<str>>(&mut self, record: Record<'_, u64, String>, cx: &mut ProcessorContext<'_, Self::Stores>, out: &mut O) -> Result<(), BoxError> {
        out.forward(cx, record.value);
        Ok(())
    }
}

struct Dedup { limit: usize }
impl Processor<String, View> for Dedup {
    type KeyOut = String;
    type ValueOut = View;
    type Stores = KeyValue<String, i64>;
    fn process<O: Forward<String, View>>(&mut self, record: Record<'_, String, View>, cx: &mut ProcessorContext<'_, Self::Stores>, out: &mut O) -> Result<(), BoxError> {
        let _ = (&cx, self.limit);
        out.forward(cx, record.key, record.value);
        Ok(())
    }
}

topology! {
    /// Everything.
    pub fn everything(input: String, output: String, min_len: usize) -> Everything {
        let lines: Stream<Option<String>, String> = stream(input).with(Nullable(Utf8), Utf8);
        let views: Stream<String, View> = stream(["views", "more-views"]).timestamp(|_, v| v.at_ms).offset_reset(Latest).partitions(3);
        let users: Table<String, String> = table("users");
        let codes: GlobalTable<String, u64> = global_table("codes");
        let seen: KeyValueStore<String, i64> = key_value_store();
        let words = lines.flat_map_values(|line, out| for w in line.split(' ') { out(w) });
        let (long, short) = words.split().branch(|_, w| w.len() >= *min_len).otherwise();
        /// How often.
        let counts: Table<String, u64> = long.group_by(|_, w| w.to_string()).count();
        counts.to_stream().to("word-counts");
        let grouped = short.map(|_, w| (w.len() as u64, w.to_string())).group_by_key();
        let sizes: Table<u64, i64> = grouped.aggregate(|| 0, |_, v, n| n + v.len() as i64);
        let last: Table<u64, String> = grouped.reduce(|a, b| format!("{a}{b}"));
        let vanishing: Table<u64, String> = grouped.aggregate(|| None, |_, v, _| if v.is_empty() { None } else { Some(v.clone()) });
        sizes.to_stream().filter(|_, n| n.is_some()).to(|k, _, _cx| format!("sizes-{k}-{min_len}"));
        last.to_stream().print("last").for_each(|_, _| {});
        vanishing.to_stream().peek(|_, _| ()).to("vanishing");
        let joined = views.join(users, |v, u| format!("{}{u}", v.user));
        let left = views.select_key(|_, v| v.user.clone()).left_join(users, |v, u| (v.ms, u.cloned())).named("left").map_values(|(ms, u)| format!("{ms}{u:?}"));
        let coded = views.try_join(codes, |k, _| k.clone(), |v, c| if v.ms > 0 { Ok(v.ms + c) } else { Err("zero") });
        joined.merge(left).to("joined");
        coded.map_values_with_key(|_, n| *n).to("coded").with(Utf8, BigEndian);
        views.process(Dedup { limit: *min_len }, seen).repartition().partitions(4).named("again").filter_not(|_, v| v.ms == 0).try_filter(|_, v| v.user.parse::<u64>().map(|n| n > 3)).to("deduped");
        let numbers: KeyValueStore<u64, i64> = key_value_store();
        let texts: KeyValueStore<u64, String> = key_value_store().named("some-texts");
        let pairs = lines.flat_map(|_, line, out| for w in line.split(' ') { out(&(w.len() as u64), &w.to_owned()) });
        let numbered = pairs.repartition();
        let lengths = numbered.try_select_key(|k, _| if *k > 0 { Ok(*k) } else { Err("zero") }).map_values(|v| v.len() as u64);
        numbered
            .process_values(Two, (numbers, texts))
            .try_flat_map_values(|text, out| {
                let n: u64 = text.parse()?;
                out(&n);
                Ok::<(), std::num::ParseIntError>(())
            })
            .flat_map_values_with_key(|k, n, out| out(&(k + n)))
            .merge(lengths)
            .to(output);
        let latest: Table<String, View> = views.to_table();
        latest.to_stream().map_values(|v| v.as_ref().map(|v| v.ms)).to("latest");
    }
}

fn main() {
    let t = everything("in".to_owned(), "out".to_owned(), 3);
    println!("{}", Everything::DESCRIPTION);
    println!("{}", Everything::MERMAID);
    println!("{}", Everything::DOT);
    println!("{:x} {:?} {:?}", Everything::FINGERPRINT, Everything::COUNTS, Everything::SEEN);
    println!("{:#?}", t.plan());
}
