//! Which tables hand on the changes of a history, so that one may be older than the latest of its key.

use crate::model::{NodeId, Topology};
use crate::operators::Kind;

impl Topology {
    /// A table with a history, or a view of one.
    pub(crate) fn has_history(&self, id: NodeId) -> bool {
        self.history_of(id).is_some()
    }

    /// The table whose history this one has: itself, or that of which it is a view. What has an ordinary store, or is made of two tables,
    /// has no history.
    pub(crate) fn history_of(&self, id: NodeId) -> Option<NodeId> {
        let node = self.node(id);
        if node.gives() != Kind::Table || node.options.versioned.is_some() {
            return node.options.versioned.is_some().then_some(id);
        }
        let view = node.is_view() && !node.is_state() && !node.joins_tables();
        node.receiver.filter(|_| view).and_then(|input| self.history_of(input))
    }
}
