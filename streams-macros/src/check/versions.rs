//! Tables with a history.

use syn::spanned::Spanned;

use super::windows::{duration_ms, text};
use crate::diagnostics::*;
use crate::model::Topology;

pub(super) fn check(cx: &mut Errors, topology: &Topology) {
    for id in topology.ids() {
        let node = topology.node(id);
        let Some((history, _)) = &node.options.versioned else { continue };
        if duration_ms(history) == Some(0) {
            cx.report(history.span(), HISTORY_ZERO, &[("found", &text(history))]);
        }
        if let Some(at) = node.options.without_store {
            cx.report(at, VERSIONED_WITHOUT_STORE, &[("table", &topology.called(id))]);
        }
    }
}
