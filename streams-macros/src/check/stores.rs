//! Stores belong to processors.

use crate::diagnostics::*;
use crate::model::Topology;
use crate::operators::Kind;

pub(super) fn check(cx: &mut Errors, topology: &Topology) {
    if !topology.complete {
        return;
    }
    for id in topology.ids() {
        let node = topology.node(id);
        if node.gives() == Kind::Store
            && !node.read
            && let Some(variable) = &node.variable
        {
            cx.report(variable.name.span(), STORE_NOT_CONNECTED, &[("name", &variable.name)]);
        }
    }
}
