//! A topology in the making, and where an operator gets its input from.

use crate::feature::Feature;
use crate::random::Random;
use crate::topology::{Base, Id, Key, Kind, Node, Op, Rows, Topic, Topology, Value};

/// A topology in the making.
pub(super) struct Draft {
    pub(super) random: Random,
    pub(super) topology: Topology,
    pub(super) sinks: usize,
}

impl Draft {
    pub(super) fn operators(&self) -> usize {
        let counts = |op: &Op| !(op.is_source() || matches!(op, Op::ToStream { .. } | Op::To { .. } | Op::Branch { .. }));
        self.topology.nodes.iter().filter(|node| counts(&node.op)).count()
    }

    pub(super) fn push(&mut self, op: Op) -> Id {
        self.topology.nodes.push(Node { op, chained: false });
        self.topology.nodes.len() - 1
    }

    pub(super) fn kind(&self, id: Id) -> Kind {
        self.topology.kinds()[id]
    }

    pub(super) fn topic(&mut self, null_keys: bool, value: Value) -> usize {
        let name = format!("in{}", self.topology.topics.len());
        self.topology.topics.push(Topic { name, null_keys, value });
        self.topology.topics.len() - 1
    }

    pub(super) fn base(&mut self) -> Base {
        match self.random.below(100) {
            0..70 => Base::Text,
            70..90 => Base::Long,
            _ => Base::Basket,
        }
    }

    /// A node of a kind: usually one that is there.
    pub(super) fn existing(&mut self, fits: impl Fn(Kind) -> bool) -> Option<Id> {
        let kinds = self.topology.kinds();
        // Sliding windows come in any order, which nothing may depend on.
        let ordered = |kind| !matches!(kind, Kind::Stream(Key::Sliding(_), _) | Kind::Table(Key::Sliding(_), _));
        let fitting: Vec<Id> = (0..kinds.len()).filter(|id| fits(kinds[*id]) && ordered(kinds[*id])).collect();
        // Topics are few.
        let reuse = if self.topology.topics.len() >= 3 { 100 } else { 80 };
        if fitting.is_empty() || !self.random.percent(reuse) {
            return None;
        }
        // Deep rather than wide.
        if self.random.percent(60) { fitting.last().copied() } else { Some(self.random.pick(&fitting)) }
    }

    pub(super) fn stream_source(&mut self) -> Id {
        let (null_keys, base, null) = (self.random.percent(50), self.base(), self.random.percent(50));
        let topic = self.topic(null_keys, Value { base, null });
        self.push(Op::Stream(vec![topic]))
    }

    pub(super) fn any_stream(&mut self) -> Id {
        self.existing(|kind| matches!(kind, Kind::Stream(..))).unwrap_or_else(|| self.stream_source())
    }

    /// A stream whose keys are text.
    pub(super) fn text_stream(&mut self) -> Id {
        self.existing(|kind| matches!(kind, Kind::Stream(Key::Text { .. }, _))).unwrap_or_else(|| self.stream_source())
    }

    pub(super) fn table_source(&mut self) -> Id {
        if self.random.percent(15) {
            return self.versioned_source();
        }
        if self.random.percent(15) {
            return self.expiring_source();
        }
        let base = self.base();
        let topic = self.topic(true, Value { base, null: true });
        self.push(Op::Table(topic, Rows::Stored))
    }

    pub(super) fn expiring_source(&mut self) -> Id {
        let base = self.base();
        let topic = self.topic(true, Value { base, null: true });
        let ttl = self.random.pick(&[30, 100, 300]);
        self.push(Op::Table(topic, Rows::Expiring(ttl)))
    }

    pub(super) fn versioned_source(&mut self) -> Id {
        let base = self.base();
        let topic = self.topic(true, Value { base, null: true });
        let history = self.random.pick(&[50, 150, 1000]);
        self.push(Op::Table(topic, Rows::Versioned(history)))
    }

    /// A table of which each record of the input makes at most one change.
    pub(super) fn rows_of_source(&mut self) -> Id {
        let id = self.rows();
        let plain = |op: &Op| matches!(op, Op::Table(..) | Op::Filter { .. } | Op::MapValues { .. });
        let mut below = id;
        while plain(&self.topology.nodes[below].op) {
            match self.topology.nodes[below].op.inputs().first() {
                Some(input) => below = *input,
                None => return id,
            }
        }
        self.table_source()
    }

    /// The table, or another one if rows of it may expire: both sides of a join by a foreign key
    /// would act on the time of one record, each in its own task, and how often a deletion is told
    /// depends on which of them is first.
    pub(super) fn lasting(&mut self, id: Id) -> Id {
        let expires = |id: &Id| matches!(self.topology.nodes[*id].op, Op::Table(_, Rows::Expiring(_)));
        if !self.topology.sources(id).iter().any(expires) {
            return id;
        }
        let base = self.base();
        let topic = self.topic(true, Value { base, null: true });
        self.push(Op::Table(topic, Rows::Stored))
    }

    pub(super) fn any_table(&mut self) -> Id {
        self.existing(|kind| matches!(kind, Kind::Table(..))).unwrap_or_else(|| self.table_source())
    }

    /// A table whose keys are text and whose rows can be told.
    pub(super) fn rows(&mut self) -> Id {
        match self.existing(|kind| matches!(kind, Kind::Table(Key::Text { .. }, _))) {
            Some(id) if self.topology.has_rows(id) => id,
            _ => self.table_source(),
        }
    }

    pub(super) fn window_table(&mut self) -> Id {
        match self.existing(|kind| matches!(kind, Kind::Table(Key::Window(_) | Key::Session, _))) {
            Some(id) => id,
            None => {
                let windows = self.random.pick(&[Feature::Tumbling, Feature::Hopping, Feature::Sessions]);
                self.add(windows);
                self.topology.nodes.len() - 1
            }
        }
    }

    /// A source with keys of the same type.
    pub(super) fn topic_like(&mut self, id: Id) -> Id {
        let null_keys = matches!(self.kind(id), Kind::Stream(Key::Text { null: true }, _));
        let value = Value { base: self.base(), null: self.random.percent(50) };
        let topic = self.topic(null_keys, value);
        self.push(Op::Stream(vec![topic]))
    }

    pub(super) fn sink(&mut self, input: Id, computed: bool) {
        let topic = format!("out{}", self.sinks);
        let or = if computed { Some((self.any_test(), format!("out{}-else", self.sinks))) } else { None };
        self.sinks += 1;
        self.push(Op::To { input, topic, or });
    }
}
