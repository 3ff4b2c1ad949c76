//! Windows of joins of two streams, and of deduplications, that are written out, as far as they can
//! be read off the text.

use std::fmt::Display;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, Lit, UnOp};

use super::windows::{duration_ms, last_segment, text};
use crate::diagnostics::*;
use crate::model::{Argument, Topology, found_arguments};

pub(super) fn check(cx: &mut Errors, topology: &Topology) {
    for id in topology.ids() {
        let node = topology.node(id);
        if let Some(span) = node.options.single_store
            && (!node.joins_streams() || node.receiver != node.operand().map(|(operand, _)| operand))
        {
            let stream = node.receiver.map(|stream| topology.called(stream)).unwrap_or_default();
            cx.report(span, SINGLE_STORE, &[("stream", &stream)]);
        }
        if let Some(span) = node.options.hold_unmatched.filter(|_| !node.joins_streams()) {
            let (operand, kind) = node.operand().map(|(id, _)| (topology.called(id), topology.node(id).gives().noun())).unwrap_or_default();
            cx.report(span, HOLD_WITHOUT_STREAMS, &[("operand", &operand), ("kind", &kind)]);
        }
        let has_windows = node.joins_streams() || node.deduplicates();
        let Some(Argument::Value(expr)) = node.args.last().filter(|_| has_windows) else { continue };
        let Some(windows) = windows(expr) else { continue };
        if let (at, count @ (0 | 2..)) = windows.arguments {
            cx.report(at, WITHIN_ARGUMENTS, &[("found", &found_arguments(count))]);
            continue;
        }
        // A grace behind the join is one that was meant for the windows, and is told where it stands.
        if matches!(node.row.name, "left_join" | "outer_join") && !windows.has_grace && node.options.grace.is_none() {
            let values: &[(&str, &dyn Display)] = &[("operator", &node.operator()), ("windows", &text(expr))];
            cx.report(expr.span(), OUTER_WITHOUT_GRACE, values);
        }
        if let (Some(before_ms), Some(after_ms)) = (windows.before_ms, windows.after_ms)
            && before_ms.saturating_add(after_ms) < 0
        {
            cx.report(expr.span(), JOIN_WINDOWS_EMPTY, &[("before_ms", &before_ms), ("after_ms", &after_ms)]);
        }
    }
}

/// `within(difference).before(…).after(…).grace(…)`, taken apart.
struct Windows {
    /// Where the arguments of `within` are, and how many.
    arguments: (Span, usize),
    before_ms: Option<i64>,
    after_ms: Option<i64>,
    has_grace: bool,
}

/// The windows of a join, if they are written there; a constant or a function of the user's own tells nothing.
fn windows(expr: &Expr) -> Option<Windows> {
    match expr {
        Expr::Paren(paren) => windows(&paren.expr),
        Expr::Call(call) if last_segment(&call.func)? == "within" => {
            let difference_ms = call.args.first().and_then(milliseconds);
            // The first that is too much, if there is one.
            let at = call.args.iter().nth(1).map_or(call.func.span(), Spanned::span);
            let arguments = (at, call.args.len());
            Some(Windows { arguments, before_ms: difference_ms, after_ms: difference_ms, has_grace: false })
        }
        Expr::MethodCall(call) => {
            let mut windows = windows(&call.receiver)?;
            let argument = call.args.first();
            match call.method.to_string().as_str() {
                "before" => windows.before_ms = argument.and_then(milliseconds),
                "after" => windows.after_ms = argument.and_then(milliseconds),
                "before_ms" => windows.before_ms = argument.and_then(number),
                "after_ms" => windows.after_ms = argument.and_then(number),
                "grace" => windows.has_grace = true,
                _ => return None,
            }
            Some(windows)
        }
        _ => None,
    }
}

fn milliseconds(duration: &Expr) -> Option<i64> {
    i64::try_from(duration_ms(duration)?).ok()
}

/// A number written out, with a sign or without.
fn number(expr: &Expr) -> Option<i64> {
    match expr {
        Expr::Lit(literal) => {
            if let Lit::Int(number) = &literal.lit {
                number.base10_parse().ok()
            } else {
                None
            }
        }
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => number(&unary.expr)?.checked_neg(),
        Expr::Paren(paren) => number(&paren.expr),
        _ => None,
    }
}
