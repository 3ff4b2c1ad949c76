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
    /// The ids of records that a `dedup` has passed on.
    Ids,
    /// Changes that wait.
    Buffer,
    /// The records of one side of a join of two streams.
    JoinSide,
    /// The records of such a join that wait for a partner.
    JoinWaiting,
    /// The records of a stream that are held in front of a join with a table.
    Held,
}

impl Topology {
    /// The stores that a node keeps. Those of a join are named as Kafka Streams names them after a `StreamJoined`, or a `Joined`.
    pub(crate) fn own_stores(&self, id: NodeId) -> Vec<OwnStore> {
        let node = self.node(id);
        let Some((name, _)) = node.state_name() else { return Vec::new() };
        if node.joins_streams() {
            let store = |suffix: &str, role| OwnStore { node: id, name: format!("{name}{suffix}-join-store"), role };
            let (this, other, shared) = match node.row.name {
                "left_join" => ("-this", "-outer-other", Some("-left-shared")),
                "outer_join" => ("-outer-this", "-outer-other", Some("-outer-shared")),
                _ => ("-this", "-other", None),
            };
            let other = (!node.joins_itself()).then_some(other);
            let sides = std::iter::once(this).chain(other).map(|suffix| store(suffix, StoreRole::JoinSide));
            return sides.chain(shared.map(|suffix| store(suffix, StoreRole::JoinWaiting))).collect();
        }
        if node.deduplicates() {
            return vec![OwnStore { node: id, name, role: StoreRole::Ids }];
        }
        if node.options.grace.is_some() {
            return vec![OwnStore { node: id, name: format!("{name}-Buffer"), role: StoreRole::Held }];
        }
        let mut stores = Vec::new();
        if node.joins_by_foreign_key() {
            stores.push(OwnStore { node: id, name: subscription_store(&name), role: StoreRole::Subscriptions });
        }
        if node.holds_back() {
            stores.push(OwnStore { node: id, name, role: StoreRole::Buffer });
        } else if node.is_state() {
            stores.push(OwnStore { node: id, name, role: StoreRole::Rows });
        }
        stores
    }
}
