//! Operators that what they are called on does not have.

use super::build::Builder;
use super::graph::*;
use crate::diagnostics::*;
use crate::operators::{self, Kind, OPERATORS, OPTIONS, Operator};
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
            let fix = match kind {
                Kind::Nothing => self.second_statement(node, call),
                _ => out_of_order(row, node).unwrap_or_else(|| between(row, kind).to_owned()),
            };
            let values: &[(&str, &dyn std::fmt::Display)] = &[("name", &name), ("wanted", &wanted), ("kind", &kind.noun()), ("fix", &fix)];
            return cx.report(call.name.span(), OPERATOR_KIND, values);
        }
        let options = OPTIONS.iter().map(|option| option.name);
        let hint = match (method_of(kind, bare), elsewhere_called(kind, bare)) {
            (Some(operator), _) => format!("; in a topology it is written `{operator}`"),
            (None, Some(instead)) => format!("; write {instead}"),
            (None, None) => did_you_mean(bare, operators::names(Some(kind)).chain(options)),
        };
        let known = known(kind, bare);
        let values: &[(&str, &dyn std::fmt::Display)] = &[("name", &name), ("hint", &hint), ("kind", &kind.noun()), ("known", &known)];
        cx.report(call.name.span(), UNKNOWN_OPERATOR, values);
    }

    /// What to write instead of an operator behind a sink.
    fn second_statement(&self, sink: &Node, call: &Call) -> String {
        let stream = sink.receiver.and_then(|stream| self.nodes[stream.0].variable.as_ref());
        match stream {
            Some(stream) => {
                let arguments: Vec<String> = call.args.iter().map(Self::text).collect();
                format!("; write a second statement: `{}.{}({});`", plain(&stream.name), call.name, arguments.join(", "))
            }
            None => "; name the stream before it with `let`, and write a second statement that begins with that name".to_owned(),
        }
    }
}

/// What to do about `cogroup` or `windowed_by` where it comes too late, or too early.
fn out_of_order(row: &Operator, node: &Node) -> Option<String> {
    let ended = matches!(node.row.on, Some(Kind::Grouped | Kind::Windowed)).then_some(node.row.name);
    let fix = match (row.name, node.gives(), ended) {
        ("windowed_by", Kind::Table, Some(end)) => format!("; put it before `{end}`: `.windowed_by(…).{end}(…)`"),
        ("cogroup", Kind::Table, Some(end)) => format!("; leave out `.{end}(…)`: a cogroup makes its table in its own `.aggregate(|| …)`"),
        ("windowed_by", Kind::Table | Kind::GroupedTable, None) => {
            "; group the changes as a stream, and aggregate behind it: `.to_stream().group_by_key().windowed_by(…).count()`".to_owned()
        }
        ("cogroup", Kind::Table | Kind::GroupedTable, None) => "; group the changes as a stream: `.to_stream().group_by_key()`".to_owned(),
        ("cogroup", Kind::Windowed | Kind::WindowedCogroup, _) => "; put `.windowed_by(…)` behind the last `.cogroup(…)`".to_owned(),
        ("windowed_by", Kind::Windowed | Kind::WindowedCogroup, _) => "; it has windows already".to_owned(),
        _ => return None,
    };
    Some(fix)
}

/// What to write between an operator and something of another kind.
fn between(row: &Operator, kind: Kind) -> &'static str {
    match (row.on, kind) {
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
    }
}

/// The operators of a kind that are spelled most like a word, and where the others are listed.
fn known(kind: Kind, word: &str) -> String {
    const SHOWN: usize = 3;
    let all = operators::names(Some(kind)).count();
    let nearest = nearest(word, operators::names(Some(kind)), SHOWN);
    match nearest.len() {
        0 => "none".to_owned(),
        shown if shown == all => list(nearest),
        _ => format!("{} and others: OPERATORS.md lists them", list(nearest)),
    }
}

/// What is written for an operator that iterators or other libraries have, or that Kafka Streams had once.
fn elsewhere_called(kind: Kind, word: &str) -> Option<&'static str> {
    let snake = snake_case(word);
    let instead = match (kind, snake.as_str()) {
        (Kind::Stream, "filter_map") => "`flat_map_values`, whose closure calls `out` for what passes",
        (Kind::Stream, "inspect" | "tap") => "`peek`",
        (Kind::Stream, "through") => "`repartition`, or `to` and another source",
        (Kind::Stream, "transform" | "flat_transform") => "`process`",
        (Kind::Stream, "transform_values" | "flat_transform_values") => "`process_values`",
        (Kind::Stream, "foreach" | "each") => "`for_each`",
        (Kind::Stream, "key_by" | "with_key" | "map_key" | "map_keys" | "rekey") => "`select_key`",
        (Kind::Stream, "union" | "concat" | "chain") => "`merge`",
        (Kind::Stream, "sink" | "send" | "write" | "write_to" | "produce" | "publish") => "`to`",
        (Kind::Stream, "partition" | "partition_by") => "`split`, or `repartition` for another division by key",
        (Kind::Stream, "branches") => "`split`",
        (Kind::Stream, "as_table" | "into_table") => "`to_table`",
        (Kind::Stream, "inner_join") | (Kind::Table, "inner_join") => "`join`",
        (Kind::Stream, "full_join" | "full_outer_join") | (Kind::Table, "full_join" | "full_outer_join") => "`outer_join`",
        (Kind::Table, "into_stream" | "changes" | "stream") => "`to_stream`",
        (Kind::Grouped | Kind::Windowed | Kind::GroupedTable, "fold" | "scan") => "`aggregate`",
        (Kind::Grouped | Kind::Windowed | Kind::GroupedTable, "sum" | "min" | "max" | "avg" | "average" | "mean" | "collect") => {
            "`reduce` or `aggregate`"
        }
        (Kind::Grouped | Kind::Cogrouped, "window" | "windowed" | "window_by") => "`windowed_by`",
        _ => return None,
    };
    Some(instead)
}

/// The operator whose method on a handle has this name: rustdoc has one for each kind of operand, a topology has one word for all.
fn method_of(kind: Kind, method: &str) -> Option<&'static str> {
    let method = method.strip_suffix("_with_key").unwrap_or(method);
    let endings = ["_stream", "_table", "_global", "_itself", "_branching"];
    let word = endings.iter().find_map(|ending| method.strip_suffix(ending))?;
    operators::names(Some(kind)).find(|name| *name == word)
}
