//! What each node gives.

use super::{Base, Key, Kind, Op, Topology, Value};

impl Topology {
    /// What each node gives.
    pub fn kinds(&self) -> Vec<Kind> {
        let mut kinds = Vec::new();
        for node in &self.nodes {
            let kind = self.kind(&node.op, &kinds);
            kinds.push(kind);
        }
        kinds
    }

    fn kind(&self, op: &Op, kinds: &[Kind]) -> Kind {
        let input = op.inputs().first().map(|input| kinds[*input]);
        let text = |null| Value { base: Base::Text, null };
        let key = |kind| match kind {
            Some(Kind::Stream(key, _) | Kind::Table(key, _) | Kind::Split(key, _)) => key,
            _ => Key::Text { null: false },
        };
        let value = |kind| match kind {
            Some(Kind::Stream(_, value) | Kind::Split(_, value)) => value,
            Some(Kind::Table(_, base)) => Value { base, null: false },
            _ => text(false),
        };
        let is_table = matches!(input, Some(Kind::Table(..)));
        let owned = |key| match key {
            Key::Text { .. } => Key::Text { null: false },
            window => window,
        };
        match op {
            Op::Stream(topics) => {
                let topic = &self.topics[topics[0]];
                Kind::Stream(Key::Text { null: topic.null_keys }, topic.value)
            }
            Op::Table(topic, _) => Kind::Table(Key::Text { null: false }, self.topics[*topic].value.base),
            Op::GlobalTable(topic) => Kind::Global(self.topics[*topic].value.base),
            Op::Filter { .. } | Op::Suppress { .. } => input.unwrap_or(Kind::Sink),
            Op::MapValues { map, .. } if is_table => Kind::Table(key(input), map.gives().base),
            Op::MapValues { map, .. } => Kind::Stream(key(input), map.gives()),
            Op::Map { key, map, .. } => Kind::Stream(key.gives(), map.gives()),
            Op::FlatMapValues { .. } => Kind::Stream(key(input), text(false)),
            Op::FlatMap { key, .. } => Kind::Stream(key.gives(), text(false)),
            Op::ProcessValues { .. } => Kind::Stream(key(input), text(false)),
            Op::Process { .. } => Kind::Stream(Key::Text { null: false }, text(false)),
            Op::SelectKey { key, .. } => Kind::Stream(key.gives(), value(input)),
            Op::Merge { .. } | Op::Repartition { .. } => input.unwrap_or(Kind::Sink),
            Op::Split { .. } => Kind::Split(key(input), value(input)),
            Op::Branch { .. } => Kind::Stream(key(input), value(input)),
            Op::ToTable { .. } => Kind::Table(owned(key(input)), value(input).base),
            Op::ToStream { .. } => Kind::Stream(key(input), Value { base: value(input).base, null: true }),
            Op::Aggregate { windows, fold, .. } => Kind::Table(Key::of(*windows), fold.gives(value(input).base)),
            Op::Cogroup { windows, base, .. } => Kind::Table(Key::of(*windows), *base),
            Op::GroupTable { map, fold, .. } => {
                let values = map.map_or(value(input).base, |map| map.gives().base);
                Kind::Table(Key::Text { null: false }, fold.gives(values))
            }
            Op::JoinTable { .. } | Op::JoinGlobal { .. } | Op::JoinStreams { .. } => Kind::Stream(key(input), text(false)),
            Op::JoinTables { .. } | Op::JoinForeign { .. } => Kind::Table(key(input), Base::Text),
            Op::To { .. } => Kind::Sink,
        }
    }
}
