//! Which tables hand on the changes of a history, so that one may be older than the latest of its key.

use crate::model::{NodeId, Topology};
use crate::operators::Kind;

impl Topology {
    /// A table with a history, or a view of one. What has an ordinary store, or is made of two tables, has no history.
    pub(crate) fn has_history(&self, id: NodeId) -> bool {
        let node = self.node(id);
        if node.gives() != Kind::Table || node.options.versioned.is_some() {
            return node.options.versioned.is_some();
        }
        node.is_view() && !node.is_state() && !node.joins_tables() && node.receiver.is_some_and(|input| self.has_history(input))
    }
}
