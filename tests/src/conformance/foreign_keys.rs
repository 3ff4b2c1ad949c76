//! Joins of tables by a foreign key. A join has a name for its topics, and a store only where its type is written.

use streams_runtime::prelude::*;

use super::Scenario;
use super::vocabulary::{fk, num_of, word_of};

fn fk_of(value: &str) -> Option<String> {
    fk(&Some(value.to_owned()))
}

fn or_null(value: Option<&String>) -> &str {
    value.map_or("null", String::as_str)
}

topology! {
    fn fk_inner() -> FkInner {
        let l: Table<String, String> = table("left");
        let r: Table<String, String> = table("right");
        let j = l.join(r, |v| fk_of(v), |l, r| format!("{l}+{r}"));
        j.to_stream().to("out");
    }

    fn fk_left() -> FkLeft {
        let l: Table<String, String> = table("left");
        let r: Table<String, String> = table("right");
        let j = l.left_join(r, |v| fk_of(v), |l, r| format!("{l}+{}", or_null(r)));
        j.to_stream().to("out");
    }

    fn fk_inner_materialized() -> FkInnerMaterialized {
        let l: Table<String, String> = table("left");
        let r: Table<String, String> = table("right");
        let j: Table<String, String> = l.join(r, |v| fk_of(v), |l, r| format!("{l}+{r}"));
        j.to_stream().to("out");
    }

    fn fk_left_materialized() -> FkLeftMaterialized {
        let l: Table<String, String> = table("left");
        let r: Table<String, String> = table("right");
        let j: Table<String, String> = l.left_join(r, |v| fk_of(v), |l, r| format!("{l}+{}", or_null(r)));
        j.to_stream().to("out");
    }

    fn fk_by_key() -> FkByKey {
        let l: Table<String, String> = table("left");
        let r: Table<String, String> = table("right");
        let j = l.join(r, |k, v| (k != "d").then(|| format!("f{}", 1 + num_of(v) % 4)), |l, r| format!("{l}+{r}"));
        j.to_stream().to("out");
    }

    fn fk_versioned() -> FkVersioned {
        let l: Table<String, String> = table("left").versioned(millis(300));
        let r: Table<String, String> = table("right").versioned(millis(300));
        let j = l.join(r, |v| fk_of(v), |l, r| format!("{l}+{r}"));
        j.to_stream().to("out");
    }

    fn fk_views() -> FkViews {
        let l: Table<String, String> = table("left");
        let r: Table<String, String> = table("right");
        let shown = r.map_values(|v| (num_of(v) % 4 != 0).then(|| format!("<{v}>")));
        let j = l.filter(|_, v| num_of(v) > 3).left_join(shown, |v| fk_of(v), |l, r| format!("{l}+{}", or_null(r)));
        j.to_stream().to("out");
    }

    fn fk_then_group() -> FkThenGroup {
        let l: Table<String, String> = table("left");
        let r: Table<String, String> = table("right");
        let j: Table<String, String> = l.join(r, |v| fk_of(v), |_, r| word_of(r));
        let c: Table<String, u64> = j.group_by(|k, v| (v.clone(), k.clone())).count();
        c.to_stream().to("out");
    }
}

pub(super) fn scenarios() -> Vec<Scenario> {
    let sides = |scenario: Scenario| scenario.store::<String, String>("l").store::<String, String>("r");
    vec![
        sides(Scenario::new("fk_inner", fk_inner)),
        sides(Scenario::new("fk_left", fk_left)),
        sides(Scenario::new("fk_inner_materialized", fk_inner_materialized)).store::<String, String>("j"),
        sides(Scenario::new("fk_left_materialized", fk_left_materialized)).store::<String, String>("j"),
        sides(Scenario::new("fk_by_key", fk_by_key)),
        Scenario::new("fk_versioned", fk_versioned).versioned_store("l").versioned_store("r"),
        sides(Scenario::new("fk_views", fk_views)),
        sides(Scenario::new("fk_then_group", fk_then_group)).store::<String, String>("j").store::<String, u64>("c"),
    ]
}
