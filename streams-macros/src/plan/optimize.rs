//! What `#[optimized]` asks for, besides repartitions that are shared (those are made where they are inserted).

use crate::model::{NodeId, Topics, Topology};
use crate::operators::Kind;

/// Streams that are joined with themselves keep their records once.
pub(super) fn self_joins(topology: &mut Topology) {
    if !topology.optimizations.single_store_self_joins {
        return;
    }
    for id in topology.ids() {
        let node = topology.node(id);
        let itself = node.row.name == "join" && node.joins_streams() && node.operand().map(|(right, _)| right) == node.receiver;
        if itself {
            let span = node.span;
            topology.nodes[id.0].options.single_store.get_or_insert(span);
        }
    }
}

impl Topology {
    /// The changelog of a table's source is its topic: what the store holds is what the topic says.
    /// Not where another format or time is named, since the topic has neither; nor where the store
    /// keeps a history, which the topic forgets, or its rows expire, of which the topic must hear
    /// nothing.
    pub(crate) fn reuses_source_topic(&self, id: NodeId) -> bool {
        let node = self.node(id);
        let options = &node.options;
        let own_times = options.timestamp.is_some() || options.max_ahead.is_some();
        let plain = options.with.is_none() && !own_times && options.versioned.is_none() && options.ttl.is_none();
        let one_topic = matches!(node.topics(), Some(Topics::Names(names)) if names.len() == 1);
        self.optimizations.reuse_source_topics && node.is_source() && node.gives() == Kind::Table && node.is_state() && plain && one_topic
    }
}
