//! Joins of two tables.

use streams_runtime::prelude::*;

use super::Scenario;
use super::vocabulary::{cat, num_of, word_of};

fn or_null(value: Option<&String>) -> &str {
    value.map_or("null", String::as_str)
}

topology! {
    fn tt_inner() -> TtInner {
        let l: Table<String, String> = table("left");
        let r: Table<String, String> = table("right");
        l.join(r, |l, r| format!("{l}+{r}")).to_stream().to("out");
    }

    fn tt_left() -> TtLeft {
        let l: Table<String, String> = table("left");
        let r: Table<String, String> = table("right");
        l.left_join(r, |l, r| format!("{l}+{}", or_null(r))).to_stream().to("out");
    }

    fn tt_outer() -> TtOuter {
        let l: Table<String, String> = table("left");
        let r: Table<String, String> = table("right");
        l.outer_join(r, |l, r| format!("{}+{}", or_null(l), or_null(r))).to_stream().to("out");
    }

    fn tt_inner_materialized() -> TtInnerMaterialized {
        let l: Table<String, String> = table("left");
        let r: Table<String, String> = table("right");
        let j: Table<String, String> = l.join(r, |l, r| format!("{l}+{r}"));
        j.to_stream().to("out");
    }

    fn tt_outer_materialized() -> TtOuterMaterialized {
        let l: Table<String, String> = table("left");
        let r: Table<String, String> = table("right");
        let j: Table<String, String> = l.outer_join(r, |l, r| format!("{}+{}", or_null(l), or_null(r)));
        j.to_stream().to("out");
    }

    fn tt_left_null_result() -> TtLeftNullResult {
        let l: Table<String, String> = table("left");
        let r: Table<String, String> = table("right");
        let j: Table<String, String> = l.left_join(r, |l, r| (num_of(l) % 3 != 0).then(|| format!("{l}+{}", or_null(r))));
        j.to_stream().to("out");
    }

    fn tt_chain() -> TtChain {
        let a: Table<String, String> = table("a");
        let b: Table<String, String> = table("b");
        let c: Table<String, String> = table("c");
        a.join(b, |l, r| format!("{l}+{r}")).left_join(c, |l, r| format!("{l}+{}", or_null(r))).to_stream().to("out");
    }

    fn tt_join_then_group() -> TtJoinThenGroup {
        let l: Table<String, String> = table("left");
        let r: Table<String, String> = table("right");
        let numbers = r.map_values(|v| num_of(v));
        let g: Table<String, String> = l
            .filter(|_, v| num_of(v) > 3)
            .join(numbers, |l, r| format!("{l}{r}"))
            .group_by(|_, v| (word_of(v)[..1].to_owned(), v.clone()))
            .aggregate(|| "*".to_owned(), |_, v, a| cat(&a, &format!("+{v}")), |_, v, a| cat(&a, &format!("-{v}")));
        g.to_stream().to("out");
    }

    fn tt_windowed() -> TtWindowed {
        let in1: Stream<Option<String>, Option<String>> = stream("in1");
        let in2: Stream<Option<String>, Option<String>> = stream("in2");
        let w1: Table<Windowed<String>, u64> = in1.group_by_key().windowed_by(tumbling(millis(100)).grace(millis(50))).count();
        let w2: Table<Windowed<String>, u64> = in2.group_by_key().windowed_by(tumbling(millis(100)).grace(millis(50))).count();
        let both = w1.outer_join(w2, |x, y| x.map_or(0, |x| *x) * 100 + y.map_or(0, |y| *y));
        both.to_stream().to("out");
    }

    fn tt_self() -> TtSelf {
        let t: Table<String, String> = table("in");
        let view = t.map_values(|v| format!("<{v}>"));
        t.join(view, |l, r| format!("{l}+{r}")).to_stream().to("out");
    }
}

pub(super) fn scenarios() -> Vec<Scenario> {
    let sides = |scenario: Scenario| scenario.store::<String, String>("l").store::<String, String>("r");
    vec![
        sides(Scenario::new("tt_inner", tt_inner)),
        sides(Scenario::new("tt_left", tt_left)),
        sides(Scenario::new("tt_outer", tt_outer)),
        sides(Scenario::new("tt_inner_materialized", tt_inner_materialized)).store::<String, String>("j"),
        sides(Scenario::new("tt_outer_materialized", tt_outer_materialized)).store::<String, String>("j"),
        sides(Scenario::new("tt_left_null_result", tt_left_null_result)).store::<String, String>("j"),
        Scenario::new("tt_chain", tt_chain).store::<String, String>("a").store::<String, String>("b").store::<String, String>("c"),
        sides(Scenario::new("tt_join_then_group", tt_join_then_group)).store::<String, String>("g"),
        Scenario::new("tt_windowed", tt_windowed).windows_of(100).window_store::<u64>("w1").window_store::<u64>("w2"),
        Scenario::new("tt_self", tt_self).store::<String, String>("t"),
    ]
}
