//! How long rows live, and how far ahead of the clock records may be.

use syn::spanned::Spanned;

use super::windows::{duration_ms, text};
use crate::diagnostics::*;
use crate::model::Topology;

pub(super) fn check(cx: &mut Errors, topology: &Topology) {
    for id in topology.ids() {
        let node = topology.node(id);
        if let Some(ahead) = &node.options.max_ahead
            && duration_ms(ahead) == Some(0)
        {
            cx.report(ahead.span(), MAX_AHEAD_ZERO, &[("found", &text(ahead))]);
        }
        let Some((ttl, at)) = &node.options.ttl else { continue };
        let name = topology.called(id);
        if duration_ms(ttl) == Some(0) {
            cx.report(ttl.span(), TTL_ZERO, &[("found", &text(ttl)), ("name", &name)]);
        }
        if node.options.versioned.is_some() {
            cx.report(*at, TTL_VERSIONED, &[("name", &name)]);
        }
    }
}
