//! Closures that make the keys and values of a stream from a record give values, and their parameters are references.

use std::fmt::Display;

use proc_macro2::Ident;
use syn::{Expr, ExprClosure, Pat, Stmt};

use crate::diagnostics::*;
use crate::model::{Argument, Topology};

/// Those whose closure gives a key or a value, or both.
const MAKERS: &[&str] = &["map", "map_values", "map_values_with_key", "select_key", "group_by"];

pub(super) fn check(cx: &mut Errors, topology: &Topology) {
    for id in topology.ids() {
        let node = topology.node(id);
        let (true, Some(Argument::Closure(Expr::Closure(closure)))) = (MAKERS.contains(&node.row.name), node.args.first()) else {
            continue;
        };
        let given: Vec<&Expr> = match result(&closure.body) {
            Expr::Tuple(pair) => pair.elems.iter().collect(),
            one => vec![one],
        };
        for name in given.into_iter().filter_map(|expr| parameter(closure, expr)) {
            let values: &[(&str, &dyn Display)] = &[("operator", &node.operator()), ("name", name)];
            cx.report(name.span(), GIVES_REFERENCE, values);
        }
    }
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
