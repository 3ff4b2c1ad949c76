//! Closures that make the keys and values of a stream from a record give values, and their parameters are references.

use std::fmt::Display;

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Expr, ExprClosure, Pat, Stmt};

use crate::diagnostics::*;
use crate::model::{Argument, Node, Topology};
use crate::operators::Kind;
use crate::text::tidy;

/// Those whose closure gives a key or a value, or both.
const MAKERS: &[&str] = &["map", "map_values", "map_values_with_key", "select_key", "group_by"];
/// Methods whose result borrows from what they are called on, and what to write behind them.
const BORROWING: &[(&str, &str)] = &[
    ("as_slice", ".to_owned()"),
    ("as_bytes", ".to_owned()"),
    ("trim", ".to_owned()"),
    ("trim_start", ".to_owned()"),
    ("trim_end", ".to_owned()"),
];

pub(super) fn check(cx: &mut Errors, topology: &Topology) {
    for id in topology.ids() {
        let node = topology.node(id);
        for closure in makers(node) {
            let given: Vec<&Expr> = match result(&closure.body) {
                Expr::Tuple(pair) => pair.elems.iter().collect(),
                one => vec![one],
            };
            for expr in given {
                // A pair of references is one mistake.
                if report(cx, topology, node, closure, expr) {
                    break;
                }
            }
        }
    }
}

/// The closures of a node whose results go on.
fn makers(node: &Node) -> impl Iterator<Item = &ExprClosure> {
    let joins = matches!(node.row.on, Some(Kind::Stream | Kind::Table)) && matches!(node.row.name, "join" | "left_join" | "outer_join");
    let wanted = joins || MAKERS.contains(&node.row.name);
    node.args.iter().filter(move |_| wanted).filter_map(|arg| match arg {
        Argument::Closure(Expr::Closure(closure)) => Some(closure),
        _ => None,
    })
}

/// Whether there was something to report.
fn report(cx: &mut Errors, topology: &Topology, node: &Node, closure: &ExprClosure, expr: &Expr) -> bool {
    if let Some(name) = parameter(closure, expr) {
        // A side of a join that may be missing is an `Option`, whose reference cannot be seen here.
        if !matches!(node.row.name, "left_join" | "outer_join") {
            let values: &[(&str, &dyn Display)] = &[("operator", &node.operator()), ("name", name), ("what", &"what is in the record")];
            cx.report(name.span(), GIVES_REFERENCE, values);
            return true;
        }
        return false;
    }
    // So is a parameter of the topology.
    if let Expr::Path(path) = expr
        && let Some(name) = path.path.get_ident()
        && topology.params.iter().any(|param| param.name == *name)
    {
        let values: &[(&str, &dyn Display)] = &[("operator", &node.operator()), ("name", name), ("what", &"the parameter of the topology")];
        cx.report(name.span(), GIVES_REFERENCE, values);
        return true;
    }
    if let Some((at, fix)) = borrowed(closure, expr) {
        let found = tidy(&expr.to_token_stream().to_string());
        let values: &[(&str, &dyn Display)] = &[("operator", &node.operator()), ("found", &found), ("fix", &fix)];
        cx.report(at, GIVES_BORROWED, values);
        return true;
    }
    false
}

/// A reference into a parameter: its place, and what to write instead.
fn borrowed(closure: &ExprClosure, expr: &Expr) -> Option<(Span, String)> {
    match expr {
        Expr::Reference(reference) if is_part(closure, &reference.expr) => {
            let inner = match &*reference.expr {
                Expr::Unary(unary) => unary.expr.to_token_stream(),
                other => other.to_token_stream(),
            };
            let end = if is_range(&reference.expr) { "to_owned" } else { "clone" };
            Some((reference.and_token.span, format!("{}.{end}()", tidy(&inner.to_string()))))
        }
        Expr::Index(index) if is_range(expr) && is_part(closure, &index.expr) => {
            Some((index.span(), format!("{}.to_owned()", tidy(&expr.to_token_stream().to_string()))))
        }
        Expr::MethodCall(call) if call.args.is_empty() && is_part(closure, &call.receiver) => {
            let (_, fix) = BORROWING.iter().find(|(name, _)| call.method == name)?;
            Some((call.method.span(), format!("{}{fix}", tidy(&expr.to_token_stream().to_string()))))
        }
        _ => None,
    }
}

/// A parameter, or a field or an element of one.
fn is_part(closure: &ExprClosure, expr: &Expr) -> bool {
    match expr {
        Expr::Field(field) => is_part(closure, &field.base),
        Expr::Index(index) => is_part(closure, &index.expr),
        Expr::Paren(paren) => is_part(closure, &paren.expr),
        Expr::Unary(unary) => matches!(unary.op, syn::UnOp::Deref(_)) && is_part(closure, &unary.expr),
        _ => parameter(closure, expr).is_some(),
    }
}

fn is_range(expr: &Expr) -> bool {
    matches!(expr, Expr::Index(index) if matches!(&*index.index, Expr::Range(_)))
}
/// What a closure gives; of one with statements nothing is said, since they may give its names another meaning.
fn result(body: &Expr) -> &Expr {
    match body {
        Expr::Paren(paren) => result(&paren.expr),
        Expr::Block(block) => match block.block.stmts.as_slice() {
            [Stmt::Expr(last, None)] => result(last),
            _ => body,
        },
        other => other,
    }
}

/// The name of a parameter, if the expression is one and nothing else. A pattern that takes the reference apart binds no reference.
fn parameter<'a>(closure: &ExprClosure, expr: &'a Expr) -> Option<&'a Ident> {
    let Expr::Path(path) = expr else { return None };
    let name = path.path.get_ident()?;
    let binds = |pattern: &Pat| matches!(pattern, Pat::Ident(bound) if bound.ident == *name);
    let is_bound = closure.inputs.iter().any(|input| match input {
        Pat::Type(typed) => binds(&typed.pat),
        pattern => binds(pattern),
    });
    is_bound.then_some(name)
}
