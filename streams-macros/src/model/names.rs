//! The symbol table of one topology.

use std::collections::HashMap;

use proc_macro2::{Ident, Span};

use super::graph::{NodeId, plain};
use crate::diagnostics::*;

/// What a name stands for; `None` if its statement is broken, so that nothing can be said about it.
#[derive(Clone, Copy, Debug)]
struct Entry {
    span: Span,
    node: Option<NodeId>,
    defined: bool,
}

/// Names in the order of the text; looked up by text.
#[derive(Debug, Default)]
pub(super) struct Names {
    entries: HashMap<String, Entry>,
    order: Vec<String>,
}

impl Names {
    /// Announces a name of the topology, so that a use before its definition is seen as such.
    pub(super) fn announce(&mut self, cx: &mut Errors, name: &Ident) {
        let text = plain(name);
        if let Some(first) = self.entries.get(&text) {
            cx.report(name.span(), DUPLICATE_NAME, &[("name", &text), ("first", &place(first.span))]);
            return;
        }
        self.order.push(text.clone());
        self.entries.insert(text, Entry { span: name.span(), node: None, defined: false });
    }

    /// The statement was understood (or not: then without a node). Only the first definition counts.
    pub(super) fn define(&mut self, name: &Ident, node: Option<NodeId>) {
        if let Some(entry) = self.entries.get_mut(&plain(name))
            && !entry.defined
        {
            entry.node = node;
            entry.defined = true;
        }
    }

    /// The node of a name; reports a name that has none.
    pub(super) fn resolve(&self, cx: &mut Errors, name: &Ident) -> Option<NodeId> {
        let text = plain(name);
        match self.entries.get(&text) {
            Some(Entry { defined: false, span, .. }) => {
                cx.report(name.span(), USED_BEFORE, &[("name", &text), ("place", &place(*span))]);
                None
            }
            Some(entry) => entry.node,
            None => {
                let hint = did_you_mean(&text, self.order.iter().map(String::as_str));
                cx.report(name.span(), UNKNOWN_NAME, &[("name", &text), ("hint", &hint)]);
                None
            }
        }
    }

    /// Without a report.
    pub(super) fn find(&self, text: &str) -> Option<NodeId> {
        self.entries.get(text)?.node
    }
}
