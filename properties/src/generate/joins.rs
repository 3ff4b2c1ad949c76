//! Joins of streams.

use super::draft::Draft;
use crate::feature::Feature;
use crate::topology::{How, Id, Key, Kind, Op, Within};

impl Draft {
    pub(super) fn add_stream_join(&mut self, feature: Feature) {
        let how = match feature {
            Feature::StreamStreamLeftJoin => How::Left,
            Feature::StreamStreamOuterJoin => How::Outer,
            _ => How::Inner,
        };
        let input = self.text_stream();
        let mut other = self.text_stream();
        let null = |kind| matches!(kind, Kind::Stream(Key::Text { null: true }, _));
        // Both sides of an outer join have null keys or none has; of a stream that is divided anew, two copies would be.
        let fits = |one: Kind, two: Kind| how != How::Outer || null(one) == null(two);
        // Each join squares the number of records: one after another is enough.
        let input = if self.joins_below(input) > 1 { self.stream_source() } else { input };
        if self.joins_below(input) + self.joins_below(other) > 1 {
            other = self.topic_like(input);
        }
        if other == input && self.topology.rekeyed(input) || !fits(self.kind(input), self.kind(other)) {
            other = self.topic_like(input);
        }
        let width = self.random.pick(&[0, 20, 50]);
        let after = self.random.pick(&[width, width, 0, 70, -10]);
        let within = Within { before: width, after, grace: self.random.pick(&[10, 30, 100]) };
        let within = if within.after < -within.before { Within { after: 0, ..within } } else { within };
        let joiner = self.joiner(false);
        self.push(Op::JoinStreams { input, other, how, joiner, within });
    }

    /// How many joins of streams a node is made of.
    fn joins_below(&self, id: Id) -> usize {
        let op = &self.topology.nodes[id].op;
        let below: usize = op.inputs().into_iter().map(|input| self.joins_below(input)).sum();
        below + usize::from(matches!(op, Op::JoinStreams { .. }))
    }
}
