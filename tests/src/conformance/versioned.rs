//! Tables with a history.

use streams_runtime::prelude::*;

use super::Scenario;
use super::vocabulary::{Text, cat, num_of, word_of};

fn or_null(value: Option<&String>) -> &str {
    value.map_or("null", String::as_str)
}

topology! {
    fn table_versioned_source() -> TableVersionedSource {
        let vt: Table<String, String> = table("in").versioned(millis(200));
        vt.to_stream().to("out");
    }

    fn table_versioned_group() -> TableVersionedGroup {
        let vt: Table<String, String> = table("in").versioned(millis(300));
        let g: Table<String, String> = vt
            .group_by(|_, v| (word_of(v)[..1].to_owned(), v.clone()))
            .aggregate(|| "*".to_owned(), |_, v, a| cat(&a, &format!("+{v}")), |_, v, a| cat(&a, &format!("-{v}")));
        g.to_stream().to("out");
    }

    fn table_versioned_filter() -> TableVersionedFilter {
        let vt: Table<String, String> = table("in").versioned(millis(300));
        let f: Table<String, String> = vt.filter(|_, v| num_of(v) % 2 == 0);
        f.to_stream().to("out");
    }

    fn tt_versioned_inner() -> TtVersionedInner {
        let l: Table<String, String> = table("left").versioned(millis(300));
        let r: Table<String, String> = table("right").versioned(millis(300));
        l.join(r, |l, r| format!("{l}+{r}")).to_stream().to("out");
    }

    fn tt_versioned_left() -> TtVersionedLeft {
        let l: Table<String, String> = table("left").versioned(millis(300));
        let r: Table<String, String> = table("right").versioned(millis(300));
        l.left_join(r, |l, r| format!("{l}+{}", or_null(r))).to_stream().to("out");
    }

    fn tt_versioned_outer() -> TtVersionedOuter {
        let l: Table<String, String> = table("left").versioned(millis(300));
        let r: Table<String, String> = table("right").versioned(millis(300));
        l.outer_join(r, |l, r| format!("{}+{}", or_null(l), or_null(r))).to_stream().to("out");
    }

    fn st_versioned_inner() -> StVersionedInner {
        let left: Stream<Text, Text> = stream("left");
        let vt: Table<String, String> = table("right").versioned(millis(150));
        left.join(vt, |l, r| format!("{l}+{r}")).to("out");
    }

    fn st_versioned_left() -> StVersionedLeft {
        let left: Stream<Text, Text> = stream("left");
        let vt: Table<String, String> = table("right").versioned(millis(150));
        left.left_join(vt, |l, r| format!("{l}+{}", or_null(r))).to("out");
    }

    fn st_grace_inner() -> StGraceInner {
        let left: Stream<Text, Text> = stream("left");
        let vt: Table<String, String> = table("right").versioned(millis(200));
        left.join(vt, |l, r| format!("{l}+{r}")).grace(millis(40)).named("grace").to("out");
    }

    fn st_grace_left() -> StGraceLeft {
        let left: Stream<Text, Text> = stream("left");
        let vt: Table<String, String> = table("right").versioned(millis(200));
        left.left_join(vt, |l, r| format!("{l}+{}", or_null(r))).grace(millis(40)).named("grace").to("out");
    }
}

pub(super) fn scenarios() -> Vec<Scenario> {
    let sides = |scenario: Scenario| scenario.versioned_store("l").versioned_store("r");
    vec![
        Scenario::new("table_versioned_source", table_versioned_source).versioned_store("vt"),
        Scenario::new("table_versioned_group", table_versioned_group).versioned_store("vt").store::<String, String>("g"),
        Scenario::new("table_versioned_filter", table_versioned_filter).versioned_store("vt").store::<String, String>("f"),
        sides(Scenario::new("tt_versioned_inner", tt_versioned_inner)),
        sides(Scenario::new("tt_versioned_left", tt_versioned_left)),
        sides(Scenario::new("tt_versioned_outer", tt_versioned_outer)),
        Scenario::new("st_versioned_inner", st_versioned_inner).versioned_store("vt"),
        Scenario::new("st_versioned_left", st_versioned_left).versioned_store("vt"),
        Scenario::new("st_grace_inner", st_grace_inner).versioned_store("vt"),
        Scenario::new("st_grace_left", st_grace_left).versioned_store("vt"),
    ]
}
