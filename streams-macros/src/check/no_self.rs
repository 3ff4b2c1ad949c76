//! `self` in a closure: generated code has one, which is not the user's.

use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::{Expr, ExprField, ExprPath, Member};

use crate::diagnostics::*;
use crate::model::{Topology, plain};

pub(super) fn check(cx: &mut Errors, topology: &Topology) {
    for id in topology.ids() {
        for closure in topology.node(id).closures() {
            let mut uses = Uses::default();
            uses.visit_expr(closure);
            for (span, field) in uses.0 {
                let param = field.filter(|field| topology.params.iter().any(|param| plain(&param.name) == *field));
                let fix = param.map(|name| format!(": `{name}`")).unwrap_or_default();
                cx.report(span, SELF_IN_CLOSURE, &[("fix", &fix)]);
            }
        }
    }
}

/// Places of `self`, and the fields taken of it.
#[derive(Default)]
struct Uses(Vec<(Span, Option<String>)>);

impl<'ast> Visit<'ast> for Uses {
    fn visit_expr_field(&mut self, field: &'ast ExprField) {
        match (&*field.base, &field.member) {
            (Expr::Path(path), Member::Named(name)) if path.path.is_ident("self") => {
                self.0.extend(path.path.get_ident().map(|word| (word.span(), Some(name.to_string()))));
            }
            _ => visit::visit_expr_field(self, field),
        }
    }

    fn visit_expr_path(&mut self, path: &'ast ExprPath) {
        if path.path.is_ident("self") {
            self.0.extend(path.path.get_ident().map(|word| (word.span(), None)));
        }
    }
}
