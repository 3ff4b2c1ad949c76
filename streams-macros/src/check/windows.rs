//! Windows that are written out: sizes, advances, grace and retention, as far as they can be read off the text.

use std::fmt::Display;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, Lit};

use crate::diagnostics::*;
use crate::model::{Argument, Node, Topology};
use crate::operators::Kind;

pub(super) fn check(cx: &mut Errors, topology: &Topology) {
    for id in topology.ids() {
        let node = topology.node(id);
        if let Some((duration, span)) = &node.options.flush_after
            && node.options.emit_on_close.is_none()
        {
            cx.report(*span, FLUSH_WITHOUT_CLOSE, &[("duration", &text(duration))]);
        }
        if matches!(node.gives(), Kind::Windowed | Kind::WindowedCogroup)
            && let Some(windows) = windows(node)
        {
            shape(cx, &windows);
            if let Some(span) = node.options.emit_on_close {
                on_close(cx, &windows, span);
            }
        }
        if node.row.name == "window_store" {
            window_store(cx, node);
        }
        let Some(windows) = topology.windows_of(id).and_then(|id| windows(topology.node(id))) else { continue };
        if let Some(retention) = &node.options.retention {
            retention_fits(cx, &windows, retention);
        }
        super::sessions::check(cx, node, &windows);
    }
}

/// `hopping(size, advance).grace(…)`, taken apart.
pub(super) struct Windows<'a> {
    pub(super) constructor: String,
    args: Vec<&'a Expr>,
    pub(super) grace: Option<&'a Expr>,
}

/// The windows of a `windowed_by`, if they are written there; a constant or a function of the user's own tells nothing.
pub(super) fn windows(node: &Node) -> Option<Windows<'_>> {
    let Some(Argument::Value(argument)) = node.args.first() else { return None };
    let (mut expr, mut grace) = (argument, None);
    while let Expr::MethodCall(call) = expr {
        if call.method == "grace" {
            grace = call.args.first();
        }
        expr = &call.receiver;
    }
    let Expr::Call(call) = expr else { return None };
    let constructor = last_segment(&call.func)?;
    matches!(constructor.as_str(), "tumbling" | "hopping" | "sliding" | "unlimited" | "sessions" | "custom").then(|| Windows {
        constructor,
        args: call.args.iter().collect(),
        grace,
    })
}

/// Whether the windows of a `windowed_by` are written as windows of one's own.
pub(crate) fn is_custom(node: &Node) -> bool {
    windows(node).is_some_and(|windows| windows.constructor == "custom")
}

fn shape(cx: &mut Errors, windows: &Windows<'_>) {
    // The records of a sliding window may well have to have one time.
    if windows.constructor == "sliding" {
        return;
    }
    let size = windows.args.first().and_then(|size| Some((*size, duration_ms(size)?)));
    if let Some((size, 0)) = size {
        match windows.constructor.as_str() {
            "sessions" => cx.report(size.span(), SESSION_GAP, &[("found", &text(size))]),
            constructor => cx.report(size.span(), WINDOW_SIZE, &[("windows", &constructor), ("found", &text(size))]),
        }
        return;
    }
    let Some(advance) = windows.args.get(1) else { return };
    let (Some((size, size_ms)), Some(advance_ms)) = (size, duration_ms(advance)) else { return };
    if advance_ms == 0 || advance_ms > size_ms {
        let values: &[(&str, &dyn Display)] = &[("size", &text(size)), ("advance", &text(advance))];
        cx.report(advance.span(), WINDOW_ADVANCE, values);
    }
}

fn on_close(cx: &mut Errors, windows: &Windows<'_>, span: Span) {
    if windows.constructor == "unlimited" {
        cx.report(span, CLOSE_OF_UNLIMITED, &[]);
    } else if windows.grace.is_none() {
        cx.report(span, CLOSE_WITHOUT_GRACE, &[("windows", &windows.constructor)]);
    }
}

fn retention_fits(cx: &mut Errors, windows: &Windows<'_>, retention: &Expr) {
    let Some(found_ms) = duration_ms(retention) else { return };
    let least_ms = match (windows.constructor.as_str(), windows.args.first(), windows.grace) {
        ("unlimited", ..) => {
            let values: &[(&str, &dyn Display)] = &[("retention", &text(retention)), ("least", &"the windows end never")];
            return cx.report(retention.span(), RETENTION_SHORT, values);
        }
        (constructor, Some(size), grace) => {
            let times = if constructor == "sliding" { 2 } else { 1 };
            let grace_ms = grace.map_or(Some(0), duration_ms);
            duration_ms(size).zip(grace_ms).map(|(size, grace)| size.saturating_mul(times).saturating_add(grace))
        }
        _ => None,
    };
    if let Some(least_ms) = least_ms.filter(|least_ms| found_ms < *least_ms) {
        let parts = match windows.constructor.as_str() {
            "sliding" => "two differences and grace",
            "sessions" => "gap and grace",
            _ => "size and grace",
        };
        let least = format!("{parts} are {least_ms} ms");
        cx.report(retention.span(), RETENTION_SHORT, &[("retention", &text(retention)), ("least", &least)]);
    }
}

fn window_store(cx: &mut Errors, node: &Node) {
    let [Argument::Value(retention), Argument::Value(size)] = node.args.as_slice() else { return };
    if let (Some(retention_ms), Some(size_ms)) = (duration_ms(retention), duration_ms(size))
        && retention_ms < size_ms
    {
        let values: &[(&str, &dyn Display)] = &[("retention", &text(retention)), ("size", &text(size))];
        cx.report(retention.span(), STORE_RETENTION_SHORT, values);
    }
}

/// Whether an expression has nothing in it but calls of functions and literals, so that the macro has read all of it.
pub(crate) fn is_written_out(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) => true,
        Expr::Paren(paren) => is_written_out(&paren.expr),
        Expr::Unary(unary) => is_written_out(&unary.expr),
        Expr::MethodCall(call) => {
            let known = ["grace", "offset", "before", "after", "before_ms", "after_ms", "start_on"];
            known.iter().any(|known| call.method == known) && is_written_out(&call.receiver) && call.args.iter().all(is_written_out)
        }
        Expr::Call(call) => {
            let known = ["tumbling", "hopping", "sliding", "sessions", "unlimited", "within"];
            let windows = last_segment(&call.func).is_some_and(|name| known.contains(&name.as_str()));
            duration_ms(expr).is_some() || windows && call.args.iter().all(is_written_out)
        }
        _ => false,
    }
}

/// Whether rustc can evaluate windows while it compiles: a function of ours, with literals and constants in it.
pub(crate) fn is_constant(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(paren) => is_constant(&paren.expr),
        Expr::MethodCall(call) => {
            let known = ["grace", "offset", "before", "after", "before_ms", "after_ms", "start_on"];
            known.iter().any(|known| call.method == known) && is_constant(&call.receiver) && call.args.iter().all(is_constant_argument)
        }
        Expr::Call(call) => {
            let known = ["tumbling", "hopping", "sliding", "sessions", "within"];
            let windows = last_segment(&call.func).is_some_and(|name| known.contains(&name.as_str()));
            windows && call.args.iter().all(is_constant_argument)
        }
        _ => false,
    }
}

/// A duration or a number that is a constant, or made of constants.
fn is_constant_argument(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) => true,
        Expr::Path(path) => path.path.segments.last().is_some_and(|last| !last.ident.to_string().chars().any(char::is_lowercase)),
        Expr::Paren(paren) => is_constant_argument(&paren.expr),
        Expr::Unary(unary) => is_constant_argument(&unary.expr),
        Expr::Call(call) => {
            let known = ["millis", "seconds", "minutes", "hours", "days", "from_millis", "from_secs"];
            last_segment(&call.func).is_some_and(|name| known.contains(&name.as_str())) && call.args.iter().all(is_constant_argument)
        }
        _ => false,
    }
}

/// The message for windows of constants that cannot be.
pub(crate) fn impossible_constant(windows: &str) -> String {
    format!(
        "`{windows}` makes no windows: they need a size, or a gap, of at least 1 ms, and an advance of at least 1 ms and at most their size; \
         those of a join must not end before they begin [{}]",
        WINDOW_SIZE.code
    )
}

/// The message for windows that are a constant without grace, where something waits until they close.
pub(crate) fn closes_in_vain(closes: &str, windows: &str) -> String {
    let row = if closes == "emit_on_close" { CLOSE_WITHOUT_GRACE } else { SUPPRESS_WITHOUT_GRACE };
    format!(
        "`{closes}` needs to know when a window closes: the constant `{windows}` has windows without an end, or without `.grace(…)`; write it, \
         with `millis(0)` if late records do not matter [{}]",
        row.code
    )
}

/// A duration written with literals: `minutes(1)`, `Duration::from_secs(60)`.
pub(crate) fn duration_ms(expr: &Expr) -> Option<u64> {
    let Expr::Call(call) = expr else { return None };
    let unit_ms = match last_segment(&call.func)?.as_str() {
        "millis" | "from_millis" => 1,
        "seconds" | "from_secs" => 1_000,
        "minutes" => 60_000,
        "hours" => 3_600_000,
        "days" => 86_400_000,
        _ => return None,
    };
    let Some(Expr::Lit(literal)) = call.args.first() else { return None };
    let Lit::Int(count) = &literal.lit else { return None };
    count.base10_parse::<u64>().ok()?.checked_mul(unit_ms)
}

pub(super) fn last_segment(function: &Expr) -> Option<String> {
    let Expr::Path(path) = function else { return None };
    path.path.segments.last().map(|segment| segment.ident.to_string())
}

pub(super) fn text(expr: &Expr) -> String {
    crate::text::tidy(&quote::ToTokens::to_token_stream(expr).to_string())
}
