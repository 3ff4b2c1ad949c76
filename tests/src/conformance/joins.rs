//! Joins of a stream with a table or a global table.

use streams_runtime::prelude::*;

use super::Scenario;
use super::vocabulary::{Text, before_colon, num_of};

fn or_null(value: Option<&String>) -> &str {
    value.map_or("null", String::as_str)
}

topology! {
    fn st_inner() -> StInner {
        let left: Stream<Text, Text> = stream("left");
        let t: Table<String, String> = table("right");
        left.join(t, |l, r| format!("{l}+{r}")).to("out");
    }

    fn st_left() -> StLeft {
        let left: Stream<Text, Text> = stream("left");
        let t: Table<String, String> = table("right");
        left.left_join(t, |l, r| format!("{l}+{}", or_null(r))).to("out");
    }

    fn st_view() -> StView {
        let left: Stream<Text, Text> = stream("left");
        let t: Table<String, String> = table("right");
        let v = t.filter(|_, v| num_of(v) % 3 != 0).map_values(|v| format!("<{v}>"));
        left.left_join(v, |l, r| format!("{l}+{}", or_null(r))).to("out");
    }

    fn st_inner_rekeyed() -> StInnerRekeyed {
        let left: Stream<Text, Text> = stream("left");
        let t: Table<String, String> = table("right");
        let by_prefix = left.select_key(|_, v| v.as_deref().map(before_colon));
        let joined = by_prefix.join(t, |k, l, r| format!("{k}={l}+{r}"));
        joined.to("out");
    }

    fn st_own_count() -> StOwnCount {
        let input: Stream<Text, Text> = stream("in");
        let n: Table<String, u64> = input.group_by_key().count();
        input.join(n, |v, c| format!("{v}#{c}")).to("out");
    }

    fn st_table_and_stream_of_one_topic() -> StTableAndStreamOfOneTopic {
        let t: Table<String, String> = table("in");
        t.to_stream().join(t, |l, r| format!("{l}+{r}")).to("out");
    }

    fn sg_inner() -> SgInner {
        let left: Stream<Text, Text> = stream("left");
        let g: GlobalTable<String, String> = global_table("right");
        left.join(g, |_, v| before_colon(v), |l, r| format!("{l}+{r}")).to("out");
    }

    fn sg_left() -> SgLeft {
        let left: Stream<Text, Text> = stream("left");
        let g: GlobalTable<String, String> = global_table("right");
        left.left_join(g, |_, v| (num_of(v) % 6 != 0).then(|| before_colon(v)), |l, r| format!("{l}+{}", or_null(r))).to("out");
    }
}

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        Scenario::new("st_inner", st_inner).store::<String, String>("t"),
        Scenario::new("st_left", st_left).store::<String, String>("t"),
        Scenario::new("st_view", st_view).store::<String, String>("t"),
        Scenario::new("st_inner_rekeyed", st_inner_rekeyed).store::<String, String>("t"),
        Scenario::new("st_own_count", st_own_count).store::<String, u64>("n"),
        Scenario::new("st_table_and_stream_of_one_topic", st_table_and_stream_of_one_topic).store::<String, String>("t"),
        Scenario::new("sg_inner", sg_inner).store::<String, String>("g"),
        Scenario::new("sg_left", sg_left).store::<String, String>("g"),
    ]
}
