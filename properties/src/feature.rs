//! Operators of the grammar, and which of them a topology has.

use crate::topology::{Base, Fold, How, Key, Kind, Map, Op, Rows, Topology, Until, WindowKind, Windows};

/// The enum and the list of all its variants, so that none is left out of the list.
macro_rules! features {
    ($($name:ident)*) => {
        /// An operator of the grammar: what coverage is counted by.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(missing_docs)]
        pub enum Feature {
            $($name,)*
        }

        impl Feature {
            /// All of them.
            pub const ALL: &[Feature] = &[$(Feature::$name,)*];
        }
    };
}

features! {
    StreamOfTwoTopics
    TableWithoutStore
    VersionedTable
    ExpiringTable
    Filter
    MapValues
    Map
    FlatMapValues
    FlatMap
    SelectKey
    Merge
    Split
    ProcessValues
    Process
    MapOfBaskets
    Repartition
    ToTable
    Count
    Reduce
    Aggregate
    Tumbling
    Hopping
    Unlimited
    Sliding
    Sessions
    EmitOnClose
    EmitSessionsOnClose
    EmitSlidingOnClose
    Cogroup
    CogroupInWindows
    SuppressUntilClose
    SuppressUntilTime
    TableFilter
    TableMapValues
    TableGroupCount
    TableGroupReduce
    TableGroupAggregate
    StreamTableJoin
    StreamTableJoinWithGrace
    GlobalTableJoin
    TableTableJoin
    WindowedTableJoin
    ForeignKeyJoin
    ForeignKeyJoinOfBaskets
    StreamStreamJoin
    StreamStreamLeftJoin
    StreamStreamOuterJoin
    WindowedView
    ComputedTopic
    Optimized
}

/// The features that a topology has.
pub fn features(topology: &Topology) -> Vec<Feature> {
    let kinds = topology.kinds();
    let mut features = if topology.optimized { vec![Feature::Optimized] } else { Vec::new() };
    for node in &topology.nodes {
        let table = node.op.inputs().first().and_then(|input| match kinds[*input] {
            Kind::Table(key, _) => Some(key),
            _ => None,
        });
        let in_window = matches!(table, Some(Key::Window(_) | Key::Session));
        match &node.op {
            Op::Stream(topics) if topics.len() > 1 => features.push(Feature::StreamOfTwoTopics),
            Op::Table(_, Rows::Nowhere) => features.push(Feature::TableWithoutStore),
            Op::Table(_, Rows::Expiring(_)) => features.push(Feature::ExpiringTable),
            Op::Table(_, Rows::Versioned(_)) => features.push(Feature::VersionedTable),
            Op::Filter { .. } => features.push(if table.is_some() { Feature::TableFilter } else { Feature::Filter }),
            Op::MapValues { map: Map::Basket(_), .. } if table.is_none() => features.push(Feature::MapOfBaskets),
            Op::MapValues { .. } => features.push(if table.is_some() { Feature::TableMapValues } else { Feature::MapValues }),
            Op::ProcessValues { .. } => features.push(Feature::ProcessValues),
            Op::Process { .. } => features.push(Feature::Process),
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
                        features.push(match windows.kind {
                            WindowKind::Time => Feature::EmitOnClose,
                            WindowKind::Sliding => Feature::EmitSlidingOnClose,
                            WindowKind::Session => Feature::EmitSessionsOnClose,
                        });
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
            Op::JoinForeign { input, .. } => {
                let baskets = matches!(kinds[*input], Kind::Table(_, Base::Basket));
                features.push(if baskets { Feature::ForeignKeyJoinOfBaskets } else { Feature::ForeignKeyJoin });
            }
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
