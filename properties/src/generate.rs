//! Topologies from a seed.

use crate::topology::{
    Base, Fold, How, Id, Joiner, Key, Kind, Map, NewKey, Node, Op, Part, Rows, Test, Topic, Topology, Until, Value, WindowKind, Windows,
    Within,
};

/// Random numbers: splitmix64, the same everywhere and for good.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// Numbers of a seed.
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    /// The next number.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next_u64() % end.max(1)
    }

    /// True in so many of a hundred cases.
    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of some.
    ///
    /// # Panics
    /// If there is none.
    pub fn pick<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize].clone()
    }
}

/// An operator of the grammar: what coverage is counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Feature {
    StreamOfTwoTopics,
    TableWithoutStore,
    VersionedTable,
    Filter,
    MapValues,
    Map,
    FlatMapValues,
    FlatMap,
    SelectKey,
    Merge,
    Split,
    Repartition,
    ToTable,
    Count,
    Reduce,
    Aggregate,
    Tumbling,
    Hopping,
    Unlimited,
    Sliding,
    Sessions,
    EmitOnClose,
    EmitSessionsOnClose,
    Cogroup,
    CogroupInWindows,
    SuppressUntilClose,
    SuppressUntilTime,
    TableFilter,
    TableMapValues,
    TableGroupCount,
    TableGroupReduce,
    TableGroupAggregate,
    StreamTableJoin,
    StreamTableJoinWithGrace,
    GlobalTableJoin,
    TableTableJoin,
    WindowedTableJoin,
    ForeignKeyJoin,
    StreamStreamJoin,
    StreamStreamLeftJoin,
    StreamStreamOuterJoin,
    WindowedView,
    ComputedTopic,
}

impl Feature {
    /// All of them.
    pub const ALL: &[Feature] = &[
        Feature::StreamOfTwoTopics,
        Feature::TableWithoutStore,
        Feature::VersionedTable,
        Feature::Filter,
        Feature::MapValues,
        Feature::Map,
        Feature::FlatMapValues,
        Feature::FlatMap,
        Feature::SelectKey,
        Feature::Merge,
        Feature::Split,
        Feature::Repartition,
        Feature::ToTable,
        Feature::Count,
        Feature::Reduce,
        Feature::Aggregate,
        Feature::Tumbling,
        Feature::Hopping,
        Feature::Unlimited,
        Feature::Sliding,
        Feature::Sessions,
        Feature::EmitOnClose,
        Feature::EmitSessionsOnClose,
        Feature::Cogroup,
        Feature::CogroupInWindows,
        Feature::SuppressUntilClose,
        Feature::SuppressUntilTime,
        Feature::TableFilter,
        Feature::TableMapValues,
        Feature::TableGroupCount,
        Feature::TableGroupReduce,
        Feature::TableGroupAggregate,
        Feature::StreamTableJoin,
        Feature::StreamTableJoinWithGrace,
        Feature::GlobalTableJoin,
        Feature::TableTableJoin,
        Feature::WindowedTableJoin,
        Feature::ForeignKeyJoin,
        Feature::StreamStreamJoin,
        Feature::StreamStreamLeftJoin,
        Feature::StreamStreamOuterJoin,
        Feature::WindowedView,
        Feature::ComputedTopic,
    ];
}

/// The features that a topology has.
pub fn features(topology: &Topology) -> Vec<Feature> {
    let kinds = topology.kinds();
    let mut features = Vec::new();
    for node in &topology.nodes {
        let table = node.op.inputs().first().and_then(|input| match kinds[*input] {
            Kind::Table(key, _) => Some(key),
            _ => None,
        });
        let in_window = matches!(table, Some(Key::Window(_) | Key::Session));
        match &node.op {
            Op::Stream(topics) if topics.len() > 1 => features.push(Feature::StreamOfTwoTopics),
            Op::Table(_, Rows::Nowhere) => features.push(Feature::TableWithoutStore),
            Op::Table(_, Rows::Versioned(_)) => features.push(Feature::VersionedTable),
            Op::Filter { .. } => features.push(if table.is_some() { Feature::TableFilter } else { Feature::Filter }),
            Op::MapValues { .. } => features.push(if table.is_some() { Feature::TableMapValues } else { Feature::MapValues }),
            Op::Map { .. } => features.push(Feature::Map),
            Op::FlatMapValues { .. } => features.push(Feature::FlatMapValues),
            Op::FlatMap { .. } => features.push(Feature::FlatMap),
            Op::SelectKey { .. } => features.push(Feature::SelectKey),
            Op::Merge { .. } => features.push(Feature::Merge),
            Op::Split { .. } => features.push(Feature::Split),
            Op::Repartition { .. } => features.push(Feature::Repartition),
            Op::ToTable { .. } => features.push(Feature::ToTable),
            Op::Aggregate { windows, fold, .. } => {
                features.push(match fold {
                    Fold::Count => Feature::Count,
                    Fold::Reduce(_) => Feature::Reduce,
                    Fold::Aggregate(..) => Feature::Aggregate,
                });
                if let Some(windows) = windows {
                    features.push(match windows {
                        Windows { kind: WindowKind::Sliding, .. } => Feature::Sliding,
                        Windows { kind: WindowKind::Session, .. } => Feature::Sessions,
                        Windows { size: i64::MAX, .. } => Feature::Unlimited,
                        Windows { size, advance, .. } if size == advance => Feature::Tumbling,
                        _ => Feature::Hopping,
                    });
                    if windows.on_close {
                        let sessions = windows.kind == WindowKind::Session;
                        features.push(if sessions { Feature::EmitSessionsOnClose } else { Feature::EmitOnClose });
                    }
                }
            }
            Op::GroupTable { fold, .. } => features.push(match fold {
                Fold::Count => Feature::TableGroupCount,
                Fold::Reduce(_) => Feature::TableGroupReduce,
                Fold::Aggregate(..) => Feature::TableGroupAggregate,
            }),
            Op::JoinTable { grace: Some(_), .. } => features.push(Feature::StreamTableJoinWithGrace),
            Op::JoinTable { .. } => features.push(Feature::StreamTableJoin),
            Op::JoinGlobal { .. } => features.push(Feature::GlobalTableJoin),
            Op::JoinTables { .. } if in_window => features.push(Feature::WindowedTableJoin),
            Op::JoinTables { .. } => features.push(Feature::TableTableJoin),
            Op::Cogroup { windows, .. } => features.push(if windows.is_some() { Feature::CogroupInWindows } else { Feature::Cogroup }),
            Op::Suppress { until, .. } => features.push(match until {
                Until::Close(_) => Feature::SuppressUntilClose,
                Until::Time(..) => Feature::SuppressUntilTime,
            }),
            Op::JoinForeign { .. } => features.push(Feature::ForeignKeyJoin),
            Op::JoinStreams { how, .. } => features.push(match how {
                How::Inner => Feature::StreamStreamJoin,
                How::Left => Feature::StreamStreamLeftJoin,
                How::Outer => Feature::StreamStreamOuterJoin,
            }),
            Op::To { or: Some(_), .. } => features.push(Feature::ComputedTopic),
            Op::Stream(_) | Op::Table(..) | Op::GlobalTable(_) | Op::Branch { .. } | Op::ToStream { .. } | Op::To { .. } => {}
        }
        if in_window && !matches!(node.op, Op::ToStream { .. } | Op::Suppress { .. } | Op::JoinTables { .. }) {
            features.push(Feature::WindowedView);
        }
    }
    features.sort_unstable();
    features.dedup();
    features
}

/// Topology number `index` of a seed. Each has a feature that it must have, by turns, so that all occur.
pub fn topology(seed: u64, index: usize) -> Topology {
    let mut random = Random::new(seed ^ (index as u64 + 1).wrapping_mul(0xa076_1d64_78bd_642f));
    // A turn of its own for each seed.
    let must = Feature::ALL[(index + Random::new(seed).below(1 << 20) as usize) % Feature::ALL.len()];
    // The last addition may be of three.
    let operators = 3 + random.below(4) as usize;
    let at = random.below(operators as u64) as usize;
    let mut draft = Draft { random, topology: Topology { topics: Vec::new(), nodes: Vec::new() }, sinks: 0 };
    // Some additions are no operators, or can be made only once.
    while draft.operators() < operators {
        let feature =
            if draft.operators() >= at && !features(&draft.topology).contains(&must) { must } else { draft.random.pick(Feature::ALL) };
        // Topics are few, so that records meet.
        let reads = matches!(feature, Feature::StreamOfTwoTopics | Feature::TableWithoutStore | Feature::VersionedTable);
        if feature == must || !reads || draft.topology.topics.len() < 2 {
            draft.add(feature);
        }
    }
    draft.end(must);
    draft.topology
}

/// A topology in the making.
struct Draft {
    random: Random,
    topology: Topology,
    sinks: usize,
}

const WORDS: &[char] = &['!', '?', '~', '^', '=', '_'];

impl Draft {
    fn operators(&self) -> usize {
        let counts = |op: &Op| !(op.is_source() || matches!(op, Op::ToStream { .. } | Op::To { .. } | Op::Branch { .. }));
        self.topology.nodes.iter().filter(|node| counts(&node.op)).count()
    }

    fn push(&mut self, op: Op) -> Id {
        self.topology.nodes.push(Node { op, chained: false });
        self.topology.nodes.len() - 1
    }

    fn kind(&self, id: Id) -> Kind {
        self.topology.kinds()[id]
    }

    fn topic(&mut self, null_keys: bool, value: Value) -> usize {
        let name = format!("in{}", self.topology.topics.len());
        self.topology.topics.push(Topic { name, null_keys, value });
        self.topology.topics.len() - 1
    }

    fn base(&mut self) -> Base {
        if self.random.percent(75) { Base::Text } else { Base::Long }
    }

    /// A node of a kind: usually one that is there.
    fn existing(&mut self, fits: impl Fn(Kind) -> bool) -> Option<Id> {
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

    fn stream_source(&mut self) -> Id {
        let (null_keys, base, null) = (self.random.percent(50), self.base(), self.random.percent(50));
        let topic = self.topic(null_keys, Value { base, null });
        self.push(Op::Stream(vec![topic]))
    }

    fn any_stream(&mut self) -> Id {
        self.existing(|kind| matches!(kind, Kind::Stream(..))).unwrap_or_else(|| self.stream_source())
    }

    /// A stream whose keys are text.
    fn text_stream(&mut self) -> Id {
        self.existing(|kind| matches!(kind, Kind::Stream(Key::Text { .. }, _))).unwrap_or_else(|| self.stream_source())
    }

    fn table_source(&mut self) -> Id {
        if self.random.percent(15) {
            return self.versioned_source();
        }
        let base = self.base();
        let topic = self.topic(true, Value { base, null: true });
        self.push(Op::Table(topic, Rows::Stored))
    }

    fn versioned_source(&mut self) -> Id {
        let base = self.base();
        let topic = self.topic(true, Value { base, null: true });
        let history = self.random.pick(&[50, 150, 1000]);
        self.push(Op::Table(topic, Rows::Versioned(history)))
    }

    /// A table of which each record of the input makes at most one change.
    fn rows_of_source(&mut self) -> Id {
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

    fn any_table(&mut self) -> Id {
        self.existing(|kind| matches!(kind, Kind::Table(..))).unwrap_or_else(|| self.table_source())
    }

    /// A table whose keys are text and whose rows can be told.
    fn rows(&mut self) -> Id {
        match self.existing(|kind| matches!(kind, Kind::Table(Key::Text { .. }, _))) {
            Some(id) if self.topology.has_rows(id) => id,
            _ => self.table_source(),
        }
    }

    fn window_table(&mut self) -> Id {
        match self.existing(|kind| matches!(kind, Kind::Table(Key::Window(_) | Key::Session, _))) {
            Some(id) => id,
            None => {
                let windows = self.random.pick(&[Feature::Tumbling, Feature::Hopping, Feature::Sessions]);
                self.add(windows);
                self.topology.nodes.len() - 1
            }
        }
    }

    fn test(&mut self, part: Part) -> Test {
        let modulus = 2 + self.random.below(4);
        Test { part, modulus, rest: self.random.below(modulus) }
    }

    fn part(&mut self) -> Part {
        self.random.pick(&[Part::Key, Part::Value, Part::Value, Part::Both])
    }

    fn any_test(&mut self) -> Test {
        let part = self.part();
        self.test(part)
    }

    fn mark(&mut self) -> char {
        self.random.pick(WORDS)
    }

    fn map(&mut self, with_key: bool) -> Map {
        let mark = self.mark();
        match self.random.below(if with_key { 5 } else { 4 }) {
            0 => Map::Long(self.random.below(5) as i64 - 2),
            1 => Map::Maybe(mark, self.test(if with_key { Part::Both } else { Part::Value })),
            2 | 3 => Map::Mark(mark),
            _ => Map::WithKey(mark),
        }
    }

    fn new_key(&mut self) -> NewKey {
        let part = self.part();
        let letters = 2 + self.random.below(3);
        let null = if self.random.percent(30) { Some(self.test(Part::Value)) } else { None };
        NewKey { part, letters, null }
    }

    fn fold(&mut self, feature: Feature) -> Fold {
        let null = if self.random.percent(25) { Some(self.test(Part::Value)) } else { None };
        match feature {
            Feature::Count | Feature::TableGroupCount => Fold::Count,
            Feature::Reduce => Fold::Reduce(null),
            Feature::TableGroupReduce => Fold::Reduce(None),
            Feature::Aggregate | Feature::TableGroupAggregate => Fold::Aggregate(self.base(), null),
            _ => {
                let fold = self.random.pick(&[Feature::Count, Feature::Reduce, Feature::Aggregate]);
                self.fold(fold)
            }
        }
    }

    fn windows(&mut self, feature: Feature) -> Windows {
        if feature == Feature::Unlimited {
            let first = self.random.pick(&[0, 100, 250]);
            return Windows {
                kind: WindowKind::Time,
                first,
                size: i64::MAX,
                advance: i64::MAX,
                grace: 0,
                on_close: false,
                retention: None,
            };
        }
        if feature == Feature::Sliding {
            // So that none closes.
            let (size, grace) = (self.random.pick(&[10, 30, 60]), 1_000_000);
            return Windows { kind: WindowKind::Sliding, first: 0, size, advance: 0, grace, on_close: false, retention: None };
        }
        if matches!(feature, Feature::Sessions | Feature::EmitSessionsOnClose) {
            let (size, grace) = (self.random.pick(&[10, 30, 50]), self.random.pick(&[0, 20, 100]));
            let on_close = feature == Feature::EmitSessionsOnClose;
            let retention = if self.random.percent(30) { Some(size + grace + self.random.pick(&[0, 100, 1000])) } else { None };
            return Windows { kind: WindowKind::Session, first: 0, size, advance: 0, grace, on_close, retention };
        }
        let on_close = feature == Feature::EmitOnClose || self.random.percent(25);
        let advance = self.random.pick(&[20, 30, 50]);
        let size = match feature {
            Feature::Tumbling => advance,
            Feature::Hopping => advance * 3 - self.random.pick(&[0, 10, 20]),
            _ if self.random.percent(50) => advance,
            _ => advance * 2,
        };
        let grace = self.random.pick(&[0, 10, 50, 200]);
        let retention = if self.random.percent(30) { Some(size + grace + self.random.pick(&[0, 100, 1000])) } else { None };
        Windows { kind: WindowKind::Time, first: 0, size, advance, grace, on_close, retention }
    }

    fn joiner(&mut self, tables: bool) -> Joiner {
        let null = if tables && self.random.percent(25) { Some(self.test(Part::Both)) } else { None };
        Joiner { mark: self.mark(), null }
    }

    fn add(&mut self, feature: Feature) {
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
            Feature::VersionedTable => {
                let input = self.versioned_source();
                let (test, not) = (self.any_test(), self.random.percent(50));
                self.push(Op::Filter { input, test, not, stored: false });
            }
            Feature::ForeignKeyJoin => {
                let input = self.rows_of_source();
                let mut other = self.rows_of_source();
                if self.topology.share(input, other) {
                    other = self.table_source();
                }
                let (key, how, joiner) = (self.new_key(), self.random.pick(&[How::Inner, How::Left]), self.joiner(false));
                let stored = self.random.percent(60);
                self.push(Op::JoinForeign { input, other, key, how, joiner, stored });
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

    fn group(&mut self) -> Option<NewKey> {
        if self.random.percent(40) { Some(self.new_key()) } else { None }
    }

    fn storable(&mut self, input: Id) -> bool {
        matches!(self.kind(input), Kind::Table(Key::Text { .. }, _)) && self.random.percent(40)
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

    fn add_stream_join(&mut self, feature: Feature) {
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

    /// A source with keys of the same type.
    fn topic_like(&mut self, id: Id) -> Id {
        let null_keys = matches!(self.kind(id), Kind::Stream(Key::Text { null: true }, _));
        let value = Value { base: self.base(), null: self.random.percent(50) };
        let topic = self.topic(null_keys, value);
        self.push(Op::Stream(vec![topic]))
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

    fn sink(&mut self, input: Id, computed: bool) {
        let topic = format!("out{}", self.sinks);
        let or = if computed { Some((self.any_test(), format!("out{}-else", self.sinks))) } else { None };
        self.sinks += 1;
        self.push(Op::To { input, topic, or });
    }

    /// Gives all that nobody reads a way out, some of the rest as well, and joins statements into chains.
    fn end(&mut self, must: Feature) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_has_topologies_of_every_operator() {
        for seed in 0..200 {
            let topologies: Vec<Topology> = (0..64).map(|index| topology(seed, index)).collect();
            for feature in Feature::ALL {
                assert!(topologies.iter().any(|topology| features(topology).contains(feature)), "{feature:?} in seed {seed}");
            }
        }
    }

    #[test]
    fn a_topology_is_as_its_seed_has_it() {
        assert_eq!(topology(7, 3), topology(7, 3));
        assert_ne!(topology(7, 3), topology(8, 3));
        assert_ne!(topology(7, 3), topology(7, 4));
    }
}
