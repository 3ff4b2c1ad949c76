//! One operator more.

use super::draft::Draft;
use crate::feature::Feature;
use crate::topology::{Base, Fold, How, Id, Kind, Map, Op, Rows, Until, Value, WindowKind, Windows};

impl Draft {
    pub(super) fn add(&mut self, feature: Feature) {
        match feature {
            Feature::StreamOfTwoTopics => {
                let value = Value { base: self.base(), null: self.random.percent(50) };
                let null_keys = self.random.percent(50);
                let topics = vec![self.topic(null_keys, value), self.topic(null_keys, value)];
                let input = self.push(Op::Stream(topics));
                let (test, not) = (self.any_test(), self.random.percent(50));
                self.push(Op::Filter { input, test, not, stored: false });
            }
            Feature::TableWithoutStore => {
                let base = self.base();
                let topic = self.topic(true, Value { base, null: true });
                let input = self.push(Op::Table(topic, Rows::Nowhere));
                let (test, not, stored) = (self.any_test(), self.random.percent(50), self.random.percent(30));
                self.push(Op::Filter { input, test, not, stored });
            }
            Feature::Filter => {
                let (input, test, not) = (self.any_stream(), self.any_test(), self.random.percent(30));
                self.push(Op::Filter { input, test, not, stored: false });
            }
            Feature::MapValues => {
                let (input, with_key) = (self.any_stream(), self.random.percent(40));
                let map = self.map(with_key);
                self.push(Op::MapValues { input, map, with_key, stored: false });
            }
            Feature::Map => {
                let (input, key, map) = (self.any_stream(), self.new_key(), self.map(true));
                self.push(Op::Map { input, key, map });
            }
            Feature::FlatMapValues => {
                let (input, times, with_key) = (self.any_stream(), 2 + self.random.below(3), self.random.percent(40));
                self.push(Op::FlatMapValues { input, times, with_key });
            }
            Feature::FlatMap => {
                let (input, times, key) = (self.any_stream(), 2 + self.random.below(3), self.new_key());
                self.push(Op::FlatMap { input, times, key });
            }
            Feature::SelectKey => {
                let (input, key) = (self.any_stream(), self.new_key());
                self.push(Op::SelectKey { input, key });
            }
            Feature::Merge => self.add_merge(),
            Feature::Split => self.add_split(),
            Feature::ProcessValues => {
                let input = self.any_stream();
                // Its store is divided by key.
                let input = if self.topology.rekeyed(input) { self.push(Op::Repartition { input }) } else { input };
                self.push(Op::ProcessValues { input });
            }
            Feature::Process => {
                let (input, letters) = (self.any_stream(), 2 + self.random.below(3));
                self.push(Op::Process { input, letters });
            }
            // Of a whole topology; something has to be read.
            Feature::Optimized => {
                self.any_table();
                self.topology.optimized = true;
            }
            Feature::MapOfBaskets => {
                let (input, mark) = (self.any_stream(), self.mark());
                self.push(Op::MapValues { input, map: Map::Basket(mark), with_key: false, stored: false });
            }
            Feature::ForeignKeyJoinOfBaskets => {
                let topic = self.topic(true, Value { base: Base::Basket, null: true });
                let mut input = self.push(Op::Table(topic, Rows::Stored));
                if self.random.percent(50) {
                    let (mark, stored) = (self.mark(), self.random.percent(30));
                    input = self.push(Op::MapValues { input, map: Map::Basket(mark), with_key: false, stored });
                }
                self.add_foreign_key_join(input);
            }
            Feature::Repartition => {
                let input = self.text_stream();
                self.push(Op::Repartition { input });
            }
            Feature::ToTable => {
                let input = self.text_stream();
                self.push(Op::ToTable { input });
            }
            Feature::Count | Feature::Reduce | Feature::Aggregate => {
                let (input, by, fold) = (self.text_stream(), self.group(), self.fold(feature));
                self.push(Op::Aggregate { input, by, windows: None, fold });
            }
            Feature::Tumbling
            | Feature::Hopping
            | Feature::Unlimited
            | Feature::EmitOnClose
            | Feature::Sessions
            | Feature::EmitSessionsOnClose
            | Feature::EmitSlidingOnClose
            | Feature::Sliding => {
                let (input, by, mut fold, windows) = (self.text_stream(), self.group(), self.fold(feature), self.windows(feature));
                // A row that is deleted is no window any more, and sessions have no closure that could say so when they are merged.
                match (windows.kind, fold) {
                    (WindowKind::Sliding, Fold::Reduce(_)) => fold = Fold::Reduce(None),
                    (WindowKind::Sliding | WindowKind::Session, Fold::Aggregate(base, _)) => fold = Fold::Aggregate(base, None),
                    _ => {}
                }
                let table = self.push(Op::Aggregate { input, by, windows: Some(windows), fold });
                if windows.kind == WindowKind::Sliding {
                    let stream = self.push(Op::ToStream { input: table });
                    self.sink(stream, false);
                }
            }
            Feature::ExpiringTable => {
                let (input, other) = (self.expiring_source(), self.rows());
                let (how, joiner) = (self.random.pick(&[How::Inner, How::Left, How::Outer]), self.joiner(true));
                if input == other || self.topology.share(input, other) {
                    let (test, not) = (self.any_test(), self.random.percent(50));
                    self.push(Op::Filter { input, test, not, stored: false });
                } else {
                    self.push(Op::JoinTables { input, other, how, joiner, stored: false });
                }
            }
            Feature::VersionedTable => {
                let input = self.versioned_source();
                let (test, not) = (self.any_test(), self.random.percent(50));
                self.push(Op::Filter { input, test, not, stored: false });
            }
            Feature::ForeignKeyJoin => {
                let input = self.rows_of_source();
                self.add_foreign_key_join(input);
            }
            Feature::Cogroup | Feature::CogroupInWindows => self.add_cogroup(feature),
            Feature::SuppressUntilTime => {
                let input = match self.any_table() {
                    id if !self.topology.is_versioned(id) => id,
                    _ => {
                        let stream = self.text_stream();
                        self.push(Op::ToTable { input: stream })
                    }
                };
                let keys = if self.random.percent(40) { Some(1 + self.random.below(3) as usize) } else { None };
                let until = Until::Time(self.random.pick(&[0, 30, 60, 200]), keys);
                self.push(Op::Suppress { input, until });
            }
            Feature::SuppressUntilClose => {
                let kind = self.random.pick(&[Feature::Tumbling, Feature::Hopping, Feature::Sessions]);
                let (input, by, mut fold) = (self.text_stream(), self.group(), self.fold(kind));
                let windows = Windows { on_close: false, ..self.windows(kind) };
                if let (WindowKind::Session, Fold::Aggregate(base, _)) = (windows.kind, fold) {
                    fold = Fold::Aggregate(base, None);
                }
                let closes = windows.grace + if windows.kind == WindowKind::Session { windows.size } else { 0 };
                let input = self.push(Op::Aggregate { input, by, windows: Some(windows), fold });
                self.push(Op::Suppress { input, until: Until::Close(closes) });
            }
            Feature::WindowedTableJoin => {
                let kind = self.random.pick(&[Feature::Tumbling, Feature::Hopping, Feature::Sessions]);
                let windows = Windows { on_close: false, ..self.windows(kind) };
                let sides: Vec<Id> = (0..2)
                    .map(|_| {
                        let (input, by) = (self.text_stream(), self.group());
                        let fold = self.random.pick(&[Fold::Count, Fold::Reduce(None), Fold::Aggregate(Base::Text, None)]);
                        self.push(Op::Aggregate { input, by, windows: Some(windows), fold })
                    })
                    .collect();
                let (how, joiner) = (self.random.pick(&[How::Inner, How::Left, How::Outer]), self.joiner(true));
                self.push(Op::JoinTables { input: sides[0], other: sides[1], how, joiner, stored: false });
            }
            Feature::StreamStreamJoin | Feature::StreamStreamLeftJoin | Feature::StreamStreamOuterJoin => self.add_stream_join(feature),
            Feature::TableFilter => {
                let (input, test, not) = (self.any_table(), self.any_test(), self.random.percent(30));
                let stored = self.storable(input);
                self.push(Op::Filter { input, test, not, stored });
            }
            Feature::TableMapValues => {
                let (input, with_key) = (self.any_table(), self.random.percent(40));
                let (map, stored) = (self.map(with_key), self.storable(input));
                self.push(Op::MapValues { input, map, with_key, stored });
            }
            Feature::WindowedView => {
                let (input, test, not) = (self.window_table(), self.any_test(), self.random.percent(30));
                if self.random.percent(50) {
                    self.push(Op::Filter { input, test, not, stored: false });
                } else {
                    let (by, fold) = (self.new_key(), self.fold(Feature::TableGroupAggregate));
                    self.push(Op::GroupTable { input, by, map: None, fold });
                }
            }
            Feature::TableGroupCount | Feature::TableGroupReduce | Feature::TableGroupAggregate => {
                let input = match self.any_table() {
                    id if self.topology.gives_old(id) => id,
                    _ => self.table_source(),
                };
                let map = if self.random.percent(40) { Some(Map::Mark(self.mark())) } else { None };
                let (by, fold) = (self.new_key(), self.fold(feature));
                self.push(Op::GroupTable { input, by, map, fold });
            }
            Feature::StreamTableJoin => {
                let (input, table) = (self.text_stream(), self.rows());
                let (how, joiner) = (self.random.pick(&[How::Inner, How::Left]), self.joiner(false));
                self.push(Op::JoinTable { input, table, how, joiner, grace: None });
            }
            Feature::StreamTableJoinWithGrace => {
                let (input, table) = (self.text_stream(), self.versioned_source());
                let (how, joiner) = (self.random.pick(&[How::Inner, How::Left]), self.joiner(false));
                let grace = Some(self.random.pick(&[0, 20, 50]));
                self.push(Op::JoinTable { input, table, how, joiner, grace });
            }
            Feature::GlobalTableJoin => {
                let input = self.any_stream();
                let table = self.existing(|kind| matches!(kind, Kind::Global(_))).unwrap_or_else(|| {
                    let base = self.base();
                    let topic = self.topic(true, Value { base, null: true });
                    self.push(Op::GlobalTable(topic))
                });
                let (key, how, joiner) = (self.new_key(), self.random.pick(&[How::Inner, How::Left]), self.joiner(false));
                self.push(Op::JoinGlobal { input, table, key, how, joiner });
            }
            Feature::TableTableJoin => {
                let (input, other) = (self.rows(), self.rows());
                let (how, joiner) = (self.random.pick(&[How::Inner, How::Left, How::Outer]), self.joiner(true));
                let stored = self.random.percent(40);
                self.push(Op::JoinTables { input, other, how, joiner, stored });
            }
            Feature::ComputedTopic => {
                let input = self.any_stream();
                self.sink(input, true);
            }
        }
    }

    fn add_foreign_key_join(&mut self, input: Id) {
        let input = self.lasting(input);
        let mut other = self.rows_of_source();
        if self.topology.share(input, other) {
            other = self.table_source();
        }
        let other = self.lasting(other);
        let (key, how, joiner) = (self.new_key(), self.random.pick(&[How::Inner, How::Left]), self.joiner(false));
        let stored = self.random.percent(60);
        self.push(Op::JoinForeign { input, other, key, how, joiner, stored });
    }

    fn add_merge(&mut self) {
        let input = self.any_stream();
        let kind = self.kind(input);
        let kinds = self.topology.kinds();
        let same: Vec<Id> = (0..kinds.len()).filter(|id| kinds[*id] == kind && *id != input).collect();
        let other = match same.last() {
            Some(_) => self.random.pick(&same),
            // Another view of the same records.
            None => {
                let (test, not) = (self.any_test(), self.random.percent(30));
                self.push(Op::Filter { input, test, not, stored: false })
            }
        };
        self.push(Op::Merge { input, other });
    }

    fn add_cogroup(&mut self, feature: Feature) {
        let input = self.text_stream();
        let mut other = self.text_stream();
        if other == input {
            other = self.topic_like(input);
        }
        let by = [self.group(), self.group()];
        let kind = self.random.pick(&[Feature::Tumbling, Feature::Hopping, Feature::Sessions, Feature::Sliding]);
        let windows = Windows { on_close: false, retention: None, ..self.windows(kind) };
        let windows = (feature == Feature::CogroupInWindows).then_some(windows);
        let base = self.base();
        let table = self.push(Op::Cogroup { input, other, by, windows, base });
        if windows.is_some_and(|windows| windows.kind == WindowKind::Sliding) {
            let stream = self.push(Op::ToStream { input: table });
            self.sink(stream, false);
        }
    }

    fn add_split(&mut self) {
        let input = self.any_stream();
        let branches = 1 + self.random.below(2) as usize;
        let tests = (0..branches).map(|_| self.any_test()).collect();
        let otherwise = branches == 1 || self.random.percent(60);
        let split = self.push(Op::Split { input, tests, otherwise });
        for index in 0..branches + usize::from(otherwise) {
            self.push(Op::Branch { input: split, index });
        }
    }
}
