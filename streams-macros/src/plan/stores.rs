//! The stores that a node keeps: most that keep state have one, named after the state; some have several, whose names begin with it.

use super::foreign_keys::subscription_store;
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
    /// Who waits for which row of the right table of a foreign-key join. It belongs to the part that reads the right table.
    Subscriptions,
}

impl Topology {
    /// The stores that a node keeps.
    pub(crate) fn own_stores(&self, id: NodeId) -> Vec<OwnStore> {
        let node = self.node(id);
        let Some((name, _)) = node.state_name() else { return Vec::new() };
        let mut stores = Vec::new();
        if node.joins_by_foreign_key() {
            stores.push(OwnStore { node: id, name: subscription_store(&name), role: StoreRole::Subscriptions });
        }
        if node.is_state() {
            stores.push(OwnStore { node: id, name, role: StoreRole::Rows });
        }
        stores
    }
}
