//! The last touch: sinks and chains.

use super::draft::Draft;
use crate::feature::{Feature, features};
use crate::topology::{Kind, Op};

impl Draft {
    /// Gives all that nobody reads a way out, some of the rest as well, and joins statements into chains.
    pub(super) fn end(&mut self, must: Feature) {
        if must == Feature::ComputedTopic && !features(&self.topology).contains(&must) {
            self.add(must);
        }
        for id in 0..self.topology.nodes.len() {
            let unread = self.topology.readers(id).is_empty();
            if unread || self.random.percent(10) {
                match self.kind(id) {
                    Kind::Stream(..) => {
                        let computed = self.random.percent(10);
                        self.sink(id, computed);
                    }
                    Kind::Table(..) => {
                        let stream = self.push(Op::ToStream { input: id });
                        self.sink(stream, false);
                    }
                    Kind::Global(_) | Kind::Split(..) | Kind::Sink => {}
                }
            }
        }
        for id in 0..self.topology.nodes.len().saturating_sub(1) {
            let op = &self.topology.nodes[id].op;
            let follows = self.topology.readers(id) == [(id + 1, 0)];
            // A foreign-key join that is named in a chain has a store.
            let typed = matches!(op, Op::JoinForeign { stored: false, .. });
            // Nor has it one for a statement before the next.
            let alone = matches!(self.topology.nodes[id + 1].op, Op::Cogroup { .. });
            let chains = !(op.is_source() || typed || alone || matches!(op, Op::Branch { .. } | Op::Split { .. } | Op::To { .. }));
            self.topology.nodes[id].chained = follows && chains && self.random.percent(60);
        }
    }
}
