//! Which tables hand on the value before a change: those from which something downstream needs it, so that no other pays for it.

use crate::model::{NodeId, Topology};
use crate::operators::Kind;

/// By node.
pub(super) fn wanted(topology: &Topology, order: &[NodeId]) -> Vec<bool> {
    let known = known(topology, order);
    let mut wanted = vec![false; topology.nodes.len()];
    for id in order.iter().rev() {
        let node = topology.node(*id);
        if node.row.on != Some(Kind::Table) {
            continue;
        }
        let passes_on = wanted[id.0] && !node.is_state() && !node.joins_by_foreign_key();
        for (index, input) in node.inputs().enumerate() {
            // With a store of its own, a filter compares with that.
            let needs = match node.row.name {
                "filter" | "filter_not" => !node.is_state(),
                // What a left row named before has to be told.
                _ if node.joins_by_foreign_key() => index == 0,
                "group_by" => true,
                // What was there before is kept with what waits.
                "suppress" => true,
                // Where a side alone suffices, its deletion is news only if there was something.
                "left_join" => index == 0,
                "outer_join" => true,
                _ => false,
            };
            if (needs || passes_on) && known[input.0] {
                wanted[input.0] = true;
            }
        }
    }
    wanted
}

/// Whether a table can say what was there before: it has a store, or those that it is made of have.
fn known(topology: &Topology, order: &[NodeId]) -> Vec<bool> {
    let mut known = vec![false; topology.nodes.len()];
    for id in order {
        let node = topology.node(*id);
        if node.gives() == Kind::Table {
            known[id.0] = node.is_state() || node.is_view() && node.inputs().all(|input| known[input.0]);
        }
    }
    known
}
