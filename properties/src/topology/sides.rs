//! What a node is made of and who reads it.

use super::{Id, Op, Rows, Topology};

impl Topology {
    /// Whether a node keeps rows of its own.
    pub fn is_state(&self, id: Id) -> bool {
        match self.nodes[id].op {
            Op::Table(_, rows) => rows != Rows::Nowhere,
            Op::Filter { stored, .. } | Op::MapValues { stored, .. } => stored,
            Op::JoinTables { stored, .. } | Op::JoinForeign { stored, .. } => stored,
            Op::ToTable { .. } | Op::Aggregate { .. } | Op::Cogroup { .. } | Op::GroupTable { .. } => true,
            _ => false,
        }
    }

    /// Whether the rows of a table can be told, and what they were before a change: it has a store, or what it is made of has.
    pub fn has_rows(&self, id: Id) -> bool {
        self.is_state(id)
            || match &self.nodes[id].op {
                Op::Filter { input, .. } | Op::MapValues { input, .. } => self.has_rows(*input),
                Op::JoinTables { .. } => true,
                _ => false,
            }
    }

    /// Whether the changes of a table come with the value before them.
    pub fn gives_old(&self, id: Id) -> bool {
        self.is_state(id)
            || match &self.nodes[id].op {
                Op::Filter { input, .. } | Op::MapValues { input, .. } | Op::Suppress { input, .. } => self.gives_old(*input),
                Op::JoinTables { .. } => true,
                _ => false,
            }
    }

    /// Whether records reach a node with a key that was changed since they were divided by it.
    pub fn rekeyed(&self, id: Id) -> bool {
        match &self.nodes[id].op {
            Op::Map { .. } | Op::FlatMap { .. } | Op::SelectKey { .. } | Op::Process { .. } => true,
            Op::Filter { input, .. }
            | Op::MapValues { input, .. }
            | Op::FlatMapValues { input, .. }
            | Op::ProcessValues { input }
            | Op::Split { input, .. }
            | Op::Branch { input, .. }
            | Op::ToStream { input }
            | Op::JoinGlobal { input, .. } => self.rekeyed(*input),
            Op::Merge { input, other } => self.rekeyed(*input) || self.rekeyed(*other),
            _ => false,
        }
    }

    /// Whether a topic of the application's own lies before a side of a node.
    pub fn is_repartitioned(&self, id: Id, side: usize) -> bool {
        match &self.nodes[id].op {
            Op::JoinStreams { input, other, .. } => self.rekeyed(if side == 0 { *input } else { *other }),
            Op::Cogroup { input, other, by, .. } => by[side].is_some() || self.rekeyed(if side == 0 { *input } else { *other }),
            _ if side > 0 => false,
            Op::Repartition { .. } | Op::GroupTable { .. } => true,
            Op::Aggregate { input, by, .. } => by.is_some() || self.rekeyed(*input),
            Op::ToTable { input } | Op::JoinTable { input, .. } => self.rekeyed(*input),
            _ => false,
        }
    }

    /// Whether a table keeps old versions of its rows, itself or below the views that it is.
    pub fn is_versioned(&self, id: Id) -> bool {
        match &self.nodes[id].op {
            Op::Table(_, rows) => matches!(rows, Rows::Versioned(_)),
            Op::Filter { input, stored: false, .. } | Op::MapValues { input, stored: false, .. } => self.is_versioned(*input),
            _ => false,
        }
    }

    /// By node: the first node of its part, whose nodes share a task and a stream time. A topic
    /// between two nodes is between two parts. Of a join by a foreign key it is the part of its
    /// left side.
    pub fn parts(&self) -> Vec<Id> {
        let mut parts: Vec<Id> = (0..self.nodes.len()).collect();
        for id in 0..self.nodes.len() {
            for (side, input) in self.nodes[id].op.inputs().into_iter().enumerate() {
                let apart = matches!(self.nodes[id].op, Op::JoinForeign { .. } | Op::JoinGlobal { .. }) && side > 0;
                if apart || self.is_repartitioned(id, side) {
                    continue;
                }
                let (one, other) = (parts[id].min(parts[input]), parts[id].max(parts[input]));
                parts.iter_mut().filter(|part| **part == other).for_each(|part| *part = one);
            }
        }
        parts
    }

    /// Whether a node is this one, or made of its records without a table or a topic between.
    pub fn is_behind(&self, id: Id, front: Id) -> bool {
        let op = &self.nodes[id].op;
        let stateless = matches!(
            op,
            Op::Filter { .. }
                | Op::MapValues { .. }
                | Op::FlatMapValues { .. }
                | Op::ProcessValues { .. }
                | Op::Split { .. }
                | Op::Branch { .. }
                | Op::Merge { .. }
                | Op::JoinGlobal { .. }
        );
        id == front || stateless && op.inputs().into_iter().any(|input| self.is_behind(input, front))
    }

    /// The sources that a node is made of.
    pub fn sources(&self, id: Id) -> Vec<Id> {
        let inputs = self.nodes[id].op.inputs();
        if inputs.is_empty() { vec![id] } else { inputs.into_iter().flat_map(|input| self.sources(input)).collect() }
    }

    /// Whether two nodes are made of the same source.
    pub fn share(&self, one: Id, other: Id) -> bool {
        let of_other = self.sources(other);
        self.sources(one).iter().any(|source| of_other.contains(source))
    }

    /// Who reads a node, in the order in which they were attached: node and side.
    pub fn readers(&self, id: Id) -> Vec<(Id, usize)> {
        let sides =
            |reader: Id| self.nodes[reader].op.inputs().into_iter().enumerate().filter(|(_, input)| *input == id).collect::<Vec<_>>();
        (0..self.nodes.len()).flat_map(|reader| sides(reader).into_iter().map(move |(side, _)| (reader, side))).collect()
    }
}
