//! The end of a statement: what its `let` names, and what may stand without one.

use super::build::{Broken, Builder};
use super::graph::*;
use super::types::written;
use crate::diagnostics::*;
use crate::operators::Kind;
use crate::parse::{self, Binding, type_text};

impl Builder {
    /// The end of a `let`.
    pub(super) fn bind(&mut self, cx: &mut Errors, last: NodeId, binding: &Binding, docs: Vec<syn::Attribute>) -> Result<(), Broken> {
        let node = &self.nodes[last.0];
        let operator = node.operator();
        let span = node.span;
        let (gives, row) = (node.gives(), node.row);
        match gives {
            Kind::Nothing => {
                cx.report(span, SINK_BOUND, &[("operator", &operator)]);
                return Err(Broken);
            }
            Kind::Split => {
                cx.report(span, if node.args.is_empty() { SPLIT_EMPTY } else { SPLIT_UNFINISHED }, &[]);
                return Err(Broken);
            }
            Kind::Branches => return self.bind_branches(cx, last, binding, docs),
            Kind::Stream | Kind::Table | Kind::GlobalTable | Kind::Grouped | Kind::Windowed | Kind::GroupedTable | Kind::Store => {}
            Kind::Cogrouped | Kind::WindowedCogroup => {}
        }
        let name = match &binding.names {
            parse::Names::One(name) => name,
            parse::Names::Tuple(names, _) if row.may_have_outputs() => {
                return self.bind_outputs(cx, last, names, binding, &docs);
            }
            parse::Names::Tuple(_, tuple) => {
                let values: &[(&str, &dyn std::fmt::Display)] = &[("operator", &operator), ("kind", &gives.noun())];
                cx.report(*tuple, TUPLE_WITHOUT_SPLIT, values);
                return Err(Broken);
            }
        };
        if let Some(ty) = &binding.ty {
            let found = written(ty);
            match row.written() {
                Some(wanted) if found.name == wanted => {
                    if found.arguments.len() != 2 {
                        cx.report(found.span, TYPE_ARGUMENTS, &[("written", &wanted)]);
                        return Err(Broken);
                    }
                    if null_in_null(cx, &found.arguments) {
                        return Err(Broken);
                    }
                    if gives != Kind::Stream && holds_nulls(cx, gives, &found.arguments) {
                        return Err(Broken);
                    }
                }
                Some(wanted) if gives != Kind::Store && found.may_be_alias(wanted) => {}
                wanted => {
                    // Who writes `Table` has forgotten the aggregation that would give one.
                    let (at, fix) = match (wanted, gives.ended_by()) {
                        (Some(wanted), _) => (found.span, format!("write `{wanted}<…>`")),
                        (None, Some(end)) if found.name == "Table" => (span, format!("end it with {end}")),
                        (None, _) => (found.span, "write no type".to_owned()),
                    };
                    let values: &[(&str, &dyn std::fmt::Display)] =
                        &[("operator", &operator), ("gives", &gives.noun()), ("found", &found.name), ("fix", &fix)];
                    cx.report(at, WRITTEN_KIND, values);
                    return Err(Broken);
                }
            }
        }
        self.nodes[last.0].variable = Some(Variable { name: name.clone(), ty: binding.ty.clone(), docs });
        self.names.define(name, Some(last));
        Ok(())
    }

    /// The end of a statement without `let`.
    pub(super) fn end(&mut self, cx: &mut Errors, last: NodeId) -> Result<(), Broken> {
        let node = &self.nodes[last.0];
        // State that is only queried may stand alone, if it has a name; whether it has is checked with all state.
        if node.row.effect || node.is_state() {
            return Ok(());
        }
        let row = match node.gives() {
            Kind::Split if node.args.is_empty() => SPLIT_EMPTY,
            Kind::Split => SPLIT_UNFINISHED,
            _ => RESULT_DROPPED,
        };
        let sinks = "`.to(…)`, `.for_each(…)`, `.print(…)` or `.process(…)`";
        cx.report(node.span, row, &[("operator", &node.operator()), ("sinks", &sinks)]);
        Err(Broken)
    }
}

/// Reports an `Option` of an `Option`.
fn null_in_null(cx: &mut Errors, arguments: &[&syn::Type]) -> bool {
    let before = cx.count();
    for ty in arguments {
        let outer = written(ty);
        if let ("Option", [inner]) = (outer.name.as_str(), outer.arguments.as_slice())
            && written(inner).name == "Option"
        {
            cx.report(outer.span, NULL_IN_NULL, &[("found", &type_text(ty)), ("inner", &type_text(inner))]);
        }
    }
    cx.count() > before
}

/// Reports an `Option` as the key or value of a table or store.
fn holds_nulls(cx: &mut Errors, kind: Kind, arguments: &[&syn::Type]) -> bool {
    let before = cx.count();
    for ty in arguments {
        let option = written(ty);
        if let ("Option", [inner]) = (option.name.as_str(), option.arguments.as_slice()) {
            let values: &[(&str, &dyn std::fmt::Display)] =
                &[("kind", &kind.noun()), ("inner", &type_text(inner)), ("found", &type_text(ty))];
            cx.report(option.span, TABLE_OF_NULLS, values);
        }
    }
    cx.count() > before
}
