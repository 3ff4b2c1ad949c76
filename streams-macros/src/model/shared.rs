//! Repartition topics that several consumers of one stream share, in an optimized topology.

use proc_macro2::Ident;

use super::flow::Flow;
use super::graph::{NodeId, Topology};

/// Where a shared repartition goes.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    /// The stream whose records it carries.
    pub(crate) stream: NodeId,
    /// The `let` that it is named after.
    pub(crate) name: Ident,
    /// What takes the records of the stream: the consumer, or the grouping in front of it.
    pub(crate) front: NodeId,
}

impl Topology {
    /// What becomes of the repartition that an input of a node needs, if its stream has a `let` by which others can share it.
    pub(crate) fn shared_repartition(&self, id: NodeId, index: usize, flows: &[Flow]) -> Option<Shared> {
        self.rekeyed_input(id, index, flows)?;
        if !self.optimizations.merge_repartitions || self.keeps_null_keys(id, index) {
            return None;
        }
        let (mut front, mut stream) = (id, self.node(id).inputs().nth(index)?);
        let mut name = None;
        while matches!(self.node(stream).row.name, "group_by_key" | "windowed_by") {
            name = self.node(stream).variable.as_ref().or(name);
            (front, stream) = (stream, self.node(stream).receiver?);
        }
        let name = self.node(stream).variable.as_ref().or(name)?.name.clone();
        Some(Shared { stream, name, front })
    }

    /// Whether a record with a null key goes on: on the side of a join whose records need no partner. Such a join has a topic of its own.
    pub(crate) fn keeps_null_keys(&self, id: NodeId, index: usize) -> bool {
        match self.node(id).row.name {
            "left_join" => index == 0,
            "outer_join" => true,
            _ => false,
        }
    }
}
