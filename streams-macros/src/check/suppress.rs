//! What is held back must leave some time.

use std::fmt::Display;

use proc_macro2::Span;
use syn::Expr;
use syn::spanned::Spanned;

use super::windows::{last_segment, windows};
use crate::diagnostics::*;
use crate::model::{Argument, Topology};

pub(super) fn check(cx: &mut Errors, topology: &Topology) {
    for id in topology.ids() {
        let node = topology.node(id);
        let (true, Some(Argument::Value(argument))) = (node.holds_back(), node.args.first()) else { continue };
        if let Some(table) = node.receiver.filter(|table| topology.has_history(*table)) {
            cx.report(node.span, SUPPRESS_VERSIONED, &[("table", &topology.called(table))]);
            continue;
        }
        let Some(until) = Until::read(argument).filter(|until| until.constructor == "until_window_closes") else { continue };
        limits(cx, &until);
        let Some(windows_behind) = topology.windows_behind(id) else {
            let table = node.receiver.map(|input| topology.called(input)).unwrap_or_default();
            cx.report(until.span, SUPPRESS_WITHOUT_WINDOWS, &[("table", &table)]);
            continue;
        };
        for windowed_by in windows_behind {
            let windowed_by = topology.node(windowed_by);
            let Some(windows) = windows(windowed_by) else { continue };
            let values: &[(&str, &dyn Display)] = &[("windows", &windows.constructor), ("place", &place(windowed_by.span))];
            if windows.constructor == "unlimited" {
                cx.report(until.span, SUPPRESS_OF_UNLIMITED, values);
            } else if windows.grace.is_none() {
                cx.report(until.span, SUPPRESS_WITHOUT_GRACE, values);
            }
        }
    }
}

/// Only an application that stops can keep the promise of one final result for each window.
fn limits(cx: &mut Errors, until: &Until) {
    let find = |name: &str| until.methods.iter().find(|(method, _)| method == name);
    if let Some((_, span)) = find("emit_early_when_full") {
        cx.report(*span, SUPPRESS_FINAL_EARLY, &[]);
    } else if let Some((limit, span)) = find("max_records").or_else(|| find("max_bytes"))
        && find("shut_down_when_full").is_none()
    {
        cx.report(*span, SUPPRESS_LIMIT_OPEN, &[("limit", limit)]);
    }
}

/// `until_time_limit(millis(60)).max_records(3)`, taken apart.
struct Until {
    constructor: String,
    span: Span,
    methods: Vec<(String, Span)>,
}

impl Until {
    /// `None` if it is a constant or a function of the user's own, which tells nothing.
    fn read(mut expr: &Expr) -> Option<Until> {
        let mut methods = Vec::new();
        while let Expr::MethodCall(call) = expr {
            methods.push((call.method.to_string(), call.method.span()));
            expr = &call.receiver;
        }
        let Expr::Call(call) = expr else { return None };
        Some(Until { constructor: last_segment(&call.func)?, span: call.func.span(), methods })
    }
}
