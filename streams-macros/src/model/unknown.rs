//! Operators that what they are called on does not have.

use super::build::Builder;
use super::graph::*;
use crate::diagnostics::*;
use crate::operators::{self, Kind, OPERATORS, OPTIONS};
use crate::parse::Call;

impl Builder {
    pub(super) fn unknown_operator(&self, cx: &mut Errors, on: NodeId, call: &Call) {
        let node = &self.nodes[on.0];
        let name = call.name.to_string();
        let kind = node.gives();
        let bare = name.strip_prefix("try_").unwrap_or(&name);
        let elsewhere = OPERATORS.iter().find(|row| row.on.is_some() && (row.name == name || row.name == bare && row.twin));
        if let Some(row) = elsewhere {
            if kind == Kind::GlobalTable {
                let values: &[(&str, &dyn std::fmt::Display)] = &[("name", &self.called(on))];
                return cx.report(call.name.span(), GLOBAL_AGGREGATED, values);
            }
            let wanted = row.on.map_or("", Kind::noun);
            let fix = match (row.on, kind) {
                (Some(Kind::Stream), Kind::Table) => "; `.to_stream()` gives its changes as a stream",
                (Some(Kind::Table), Kind::Stream) => "; `.to_table()` makes a table of it",
                (Some(Kind::Grouped | Kind::GroupedTable), Kind::Table) => "; group it first: `.group_by(|key, value| (key, value))`",
                (_, Kind::Cogrouped | Kind::WindowedCogroup) => "; end it first: `.aggregate(|| …)`",
                (Some(Kind::Cogrouped | Kind::WindowedCogroup), _) => "; begin with `.cogroup(|key, value, aggregate| …)`",
                (_, Kind::GroupedTable) => "; aggregate it first: `.count()`, `.reduce(…)` or `.aggregate(…)`",
                (Some(Kind::Grouped), Kind::Stream) => "; group it first: `.group_by_key()` or `.group_by(|key, value| …)`",
                (Some(Kind::Windowed), _) => "; say the windows first: `.windowed_by(…)`",
                (Some(Kind::Stream), Kind::Grouped | Kind::Windowed) => "; aggregate it first: `.count()`, `.reduce(…)` or `.aggregate(…)`",
                (Some(Kind::Split), _) => "; `.split()` comes first",
                (_, Kind::Split) => "; end the split with `.otherwise()` and go on from its streams",
                _ => "",
            };
            let values: &[(&str, &dyn std::fmt::Display)] = &[("name", &name), ("wanted", &wanted), ("kind", &kind.noun()), ("fix", &fix)];
            return cx.report(call.name.span(), OPERATOR_KIND, values);
        }
        let options = OPTIONS.iter().map(|option| option.name);
        let hint = did_you_mean(bare, operators::names(Some(kind)).chain(options));
        let known = list(operators::names(Some(kind)));
        let known = if known.is_empty() { "none".to_owned() } else { known };
        let values: &[(&str, &dyn std::fmt::Display)] = &[("name", &name), ("hint", &hint), ("kind", &kind.noun()), ("known", &known)];
        cx.report(call.name.span(), UNKNOWN_OPERATOR, values);
    }
}
