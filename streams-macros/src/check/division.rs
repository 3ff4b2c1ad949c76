//! Where records of one key must meet, both sides are divided by the same partitioner.

use std::fmt::Display;

use proc_macro2::Span;
use syn::Expr;
use syn::spanned::Spanned;

use crate::diagnostics::*;
use crate::model::{Division, NodeId, Topics, Topology, topic_texts};
use crate::operators::Kind;

pub(super) fn check(cx: &mut Errors, topology: &Topology) {
    let flows = topology.flows();
    let divisions = topology.divisions(&flows);
    // Each pair of places is one mistake, wherever its records meet again.
    let mut told: Vec<(Division, Division)> = Vec::new();
    for id in topology.ids() {
        one_topic(cx, topology, id);
        foreign_key(cx, topology, id, &divisions);
        let Some(meeting) = topology.meeting(id) else { continue };
        let mut first: Option<Division> = None;
        let mut first_index = 0;
        for (index, (input, span)) in meeting.inputs.iter().enumerate() {
            let rekeyed = topology.rekeyed_input(id, index, &flows).is_some();
            let of_input = if rekeyed { vec![Division::InFrontOf(id)] } else { divisions[input.0].clone() };
            for division in of_input {
                let Some(first) = first else {
                    (first, first_index) = (Some(division), index);
                    continue;
                };
                // Of the sides of joins and cogroups this is told elsewhere.
                if index == first_index
                    && let (Some((left, left_count)), Some((right, right_count))) =
                        (declared(topology, first), declared(topology, division))
                    && left_count != right_count
                    && !told.contains(&(first, division))
                {
                    told.push((first, division));
                    let values: &[(&str, &dyn Display)] = &[
                        ("left", &topology.called(left)),
                        ("left_count", &left_count),
                        ("right", &topology.called(right)),
                        ("right_count", &right_count),
                        ("operator", &topology.node(id).operator()),
                    ];
                    cx.report(*span, MERGED_PARTITIONS, values);
                }
                if let Some(pattern) = [first, division].iter().find_map(|side| unknown_count(topology, *side))
                    && first != division
                    && !told.contains(&(first, division))
                {
                    told.push((first, division));
                    let values: &[(&str, &dyn Display)] =
                        &[("pattern", &topology.called(pattern)), ("operator", &topology.node(id).operator())];
                    cx.report(*span, PATTERN_MEETS, values);
                }
                if !topology.same_partitioner(first, division) && !told.contains(&(first, division)) {
                    told.push((first, division));
                    differ(cx, topology, id, *span, [first, division]);
                }
            }
        }
    }
}

/// The source or repartition of a division, and the number of partitions that was declared there.
fn declared(topology: &Topology, division: Division) -> Option<(NodeId, u32)> {
    let Division::At { node, .. } = division else { return None };
    topology.node(node).options.partitions.map(|(count, _)| (node, count))
}

/// The source of a division, if it reads topics by a pattern and does not say how many partitions they have.
fn unknown_count(topology: &Topology, division: Division) -> Option<NodeId> {
    let Division::At { node, .. } = division else { return None };
    let source = topology.node(node);
    (matches!(source.topics(), Some(Topics::Pattern(_))) && source.options.partitions.is_none()).then_some(node)
}

fn differ(cx: &mut Errors, topology: &Topology, id: NodeId, span: Span, [left, right]: [Division; 2]) {
    let node = topology.node(id);
    let has_option = node.row.options.iter().any(|option| option.name == "copartitioned");
    let values: &[(&str, &dyn Display)] = &[
        ("left", &name(topology, left)),
        ("left_by", &divided_by(topology.partitioner(left))),
        ("right", &name(topology, right)),
        ("right_by", &divided_by(topology.partitioner(right))),
        ("operator", &node.operator()),
        ("behind", &if has_option { node.operator() } else { "merge".to_owned() }),
    ];
    cx.report(span, PARTITIONERS_DIFFER, values);
}

/// What a division is called: the stream or table in whose source or repartition it is.
fn name(topology: &Topology, division: Division) -> String {
    match division {
        Division::At { node, .. } if topology.node(node).variable.is_none() => {
            topology.node(node).receiver.map_or_else(|| topology.called(node), |input| topology.called(input))
        }
        Division::At { node, .. } => topology.called(node),
        Division::InFrontOf(consumer) => {
            let input = topology.node(consumer).inputs().next().unwrap_or(consumer);
            topology.called(input)
        }
    }
}

fn divided_by(partitioner: Option<&Expr>) -> String {
    match partitioner {
        None => "its key".to_owned(),
        Some(Expr::Closure(closure)) => format!("the closure at {}", place(closure.inputs_begin.span)),
        Some(function) => format!("`{}`", super::windows::text(function)),
    }
}

/// What a source says of its topic, the sinks of the topology must do.
fn one_topic(cx: &mut Errors, topology: &Topology, id: NodeId) {
    let source = topology.node(id);
    let Some(declared) = source.options.partitioned_by.as_ref().filter(|_| source.is_source()) else { return };
    let topics = topic_texts(source);
    let writes =
        |sink: &NodeId| topology.node(*sink).row.name == "to" && topic_texts(topology.node(*sink)).iter().any(|t| topics.contains(t));
    for sink in topology.ids().filter(writes) {
        let (declared_at, written_at) = (Division::At { node: id, by: id }, Division::At { node: id, by: sink });
        if !topology.same_partitioner(declared_at, written_at) {
            let values: &[(&str, &dyn Display)] = &[
                ("source", &topology.called(id)),
                ("declared", &divided_by(Some(declared))),
                ("sink_at", &place(topology.node(sink).span)),
                ("written", &divided_by(topology.node(sink).options.partitioned_by.as_ref())),
            ];
            cx.report(declared.span(), PARTITIONERS_OF_TOPIC, values);
        }
    }
}

/// A join by a foreign key asks for right rows in the partition of their key.
fn foreign_key(cx: &mut Errors, topology: &Topology, id: NodeId, divisions: &[Vec<Division>]) {
    let node = topology.node(id);
    let Some((right, span)) = node.operand().filter(|_| node.joins_by_foreign_key()) else { return };
    let Some(partitioner) = divisions[right.0].iter().find_map(|division| topology.partitioner(*division)) else { return };
    debug_assert_eq!(topology.node(right).gives(), Kind::Table);
    let values: &[(&str, &dyn Display)] =
        &[("right", &topology.called(right)), ("by", &divided_by(Some(partitioner))), ("operator", &node.operator())];
    cx.report(span, FOREIGN_KEY_PARTITIONER, values);
}
