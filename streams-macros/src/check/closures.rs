//! Closures see one record: a stream or table of the graph has no value inside of them.

use std::collections::{HashMap, HashSet};
use std::fmt::Display;

use proc_macro2::Ident;
use syn::visit::{self, Visit};

use crate::diagnostics::*;
use crate::model::{NodeId, Topology, plain};
use crate::operators::Kind;

pub(super) fn check(cx: &mut Errors, topology: &Topology) {
    let names: HashMap<String, NodeId> =
        topology.ids().filter_map(|id| topology.node(id).variable.as_ref().map(|variable| (plain(&variable.name), id))).collect();
    for id in topology.ids() {
        for closure in topology.node(id).closures() {
            let mut scan = Scan::default();
            scan.visit_expr(closure);
            for (name, node) in scan.used.iter().filter_map(|name| Some((name, *names.get(&plain(name))?))) {
                // A closure's own variable may have the same name: any binding of it anywhere inside counts.
                if scan.bound.contains(&plain(name)) {
                    continue;
                }
                let kind = topology.node(node).gives();
                let fix = match kind {
                    Kind::Table | Kind::GlobalTable => "; join it: `.join(…)`",
                    Kind::Store => "; give it to a processor: `.process(MyProcessor::new(), store)`",
                    _ => "",
                };
                let values: &[(&str, &dyn Display)] = &[("name", name), ("kind", &kind.noun()), ("fix", &fix)];
                cx.report(name.span(), NAME_IN_CLOSURE, values);
            }
        }
    }
}

/// Names that are used as values, and names that are bound.
#[derive(Default)]
struct Scan {
    used: Vec<Ident>,
    bound: HashSet<String>,
}

impl<'ast> Visit<'ast> for Scan {
    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        self.used.extend(path.path.get_ident().cloned());
        visit::visit_expr_path(self, path);
    }

    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        self.bound.insert(plain(&pattern.ident));
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}
