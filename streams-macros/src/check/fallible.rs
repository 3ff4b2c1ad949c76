//! `?` in a closure whose result is no `Result`: the `try_` twin of its operator takes such a closure.

use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::{Expr, ExprAsync, ExprClosure, ExprTry, Item, Stmt};

use crate::diagnostics::*;
use crate::model::{Argument, Topology};
use crate::operators::Kind;

/// Those whose closure gives nothing, or only `true` and `false`.
const GIVES_NO_VALUE: &[&str] = &["filter", "filter_not", "for_each", "peek", "flat_map", "flat_map_values", "flat_map_values_with_key"];

pub(super) fn check(cx: &mut Errors, topology: &Topology) {
    for id in topology.ids() {
        let node = topology.node(id);
        let split = node.row.on == Some(Kind::Split);
        if node.fallible || !(node.row.twin || split) || node.output_index.is_some() {
            continue;
        }
        for (index, arg) in node.args.iter().enumerate() {
            let Argument::Closure(Expr::Closure(closure)) = arg else { continue };
            if split && node.fallible_branches.get(index).copied().unwrap_or_default() {
                continue;
            }
            let no_value = split || GIVES_NO_VALUE.contains(&node.row.name);
            let Some(at) = question_mark(closure).filter(|_| no_value || gives_value(&closure.body)) else { continue };
            let operator = if split { "branch".to_owned() } else { node.row.name.to_owned() };
            cx.report(at, QUESTION_IN_CLOSURE, &[("operator", &operator)]);
        }
    }
}

/// The first `?` that leaves a closure.
fn question_mark(closure: &ExprClosure) -> Option<Span> {
    #[derive(Default)]
    struct Marks(Option<Span>);

    impl<'ast> Visit<'ast> for Marks {
        fn visit_expr_try(&mut self, mark: &'ast ExprTry) {
            visit::visit_expr_try(self, mark);
            self.0.get_or_insert(mark.question_token.span);
        }

        // What is in these returns from them.
        fn visit_expr_closure(&mut self, _: &'ast ExprClosure) {}

        fn visit_expr_async(&mut self, _: &'ast ExprAsync) {}

        fn visit_item(&mut self, _: &'ast Item) {}
    }

    let mut marks = Marks::default();
    marks.visit_expr(&closure.body);
    marks.0
}

/// Whether what a closure gives can be seen to be neither a `Result` nor an `Option`, which `?` could return.
fn gives_value(body: &Expr) -> bool {
    match body {
        Expr::Paren(paren) => gives_value(&paren.expr),
        Expr::Group(group) => gives_value(&group.expr),
        Expr::Block(block) => match block.block.stmts.last() {
            Some(Stmt::Expr(last, None)) => gives_value(last),
            // Nothing, unless it returns before its end.
            _ => false,
        },
        // What is behind the mark is the value.
        Expr::Try(_) => true,
        Expr::Binary(_) | Expr::Unary(_) | Expr::Cast(_) | Expr::Lit(_) | Expr::Tuple(_) | Expr::Struct(_) | Expr::Array(_) => true,
        Expr::Reference(_) | Expr::Assign(_) => true,
        Expr::Macro(call) => ["format", "vec", "println"].iter().any(|name| call.mac.path.is_ident(name)),
        _ => false,
    }
}
