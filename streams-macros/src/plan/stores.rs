//! The stores that a node keeps: most that keep state have one, named after the state; some have several, whose names begin with it.

use crate::model::{NodeId, Topology};

/// A store of a node.
#[derive(Clone, Debug)]
pub(crate) struct OwnStore {
    pub(crate) node: NodeId,
    /// `<name>` of the topic `<application.id>-<name>-changelog`.
    pub(crate) name: String,
    pub(crate) role: StoreRole,
}

/// What a node keeps in a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoreRole {
    /// The rows of the table, or the store for processors, that the node is.
    Rows,
    /// Changes that wait.
    Buffer,
}

impl Topology {
    /// The stores that a node keeps.
    pub(crate) fn own_stores(&self, id: NodeId) -> Vec<OwnStore> {
        let node = self.node(id);
        let Some((name, _)) = node.state_name() else { return Vec::new() };
        let role = match node.is_state() {
            true => StoreRole::Rows,
            false if node.holds_back() => StoreRole::Buffer,
            false => return Vec::new(),
        };
        vec![OwnStore { node: id, name, role }]
    }
}
