//! The plan as something to draw: what the text, mermaid and DOT forms have in common.

use super::{Entry, Plan, StoreRole, foreign_keys};
use crate::model::{NodeId, Topics};
use crate::operators::Kind;

/// A part of the picture.
pub(super) struct Part {
    pub(super) title: String,
    pub(super) shapes: Vec<Shape>,
}

/// A node of the picture.
pub(super) struct Shape {
    pub(super) name: String,
    pub(super) kind: ShapeKind,
    pub(super) next: Vec<String>,
    pub(super) before: Vec<String>,
}

pub(super) enum ShapeKind {
    Source { topics: String },
    Processor { stores: Vec<String> },
    Sink { topic: String },
}

pub(super) fn draw(plan: &Plan) -> Vec<Part> {
    let mut parts = Vec::new();
    for (index, sub_topology) in plan.sub_topologies.iter().enumerate() {
        let mut shapes = Vec::new();
        for entry in &sub_topology.entries {
            if let Entry::Repartition(id) = *entry {
                let name = plan.repartition_name(id);
                shapes.push(Shape {
                    name: format!("{name}-repartition-source"),
                    kind: ShapeKind::Source { topics: format!("[{name}-repartition]") },
                    next: next(plan, id),
                    before: Vec::new(),
                });
            }
            shapes.extend(foreign_keys::entry(plan, *entry));
        }
        for id in sub_topology.nodes.iter().copied().filter(|id| !is_silent(plan, *id)) {
            shapes.extend(shapes_of(plan, id));
        }
        parts.push(Part { title: format!("Sub-topology: {index}"), shapes });
    }
    for (index, id) in plan.globals.iter().enumerate() {
        let number = plan.sub_topologies.len() + index;
        let title = format!("Sub-topology: {number} for global store (will not generate tasks)");
        parts.push(Part { title, shapes: shapes_of(plan, *id) });
    }
    parts
}

/// Nodes that are nothing of their own at run time.
fn is_silent(plan: &Plan, id: NodeId) -> bool {
    let node = plan.topology.node(id);
    matches!(node.row.name, "group_by_key" | "windowed_by") || node.gives() == Kind::Store
}

fn shapes_of(plan: &Plan, id: NodeId) -> Vec<Shape> {
    let node = plan.topology.node(id);
    let next = next(plan, id);
    let before = before(plan, id);
    let name = node.label.clone();
    if node.joins_by_foreign_key() {
        return vec![foreign_keys::left(plan, id), Shape { name, kind: ShapeKind::Processor { stores: stores(plan, id) }, next, before }];
    }
    if plan.topology.is_repartition(id) {
        let topic = plan.repartition_name(id);
        let name = format!("{topic}-repartition-sink");
        return vec![Shape { name, kind: ShapeKind::Sink { topic: format!("{topic}-repartition") }, next: Vec::new(), before }];
    }
    if node.is_source() {
        let topics = node.topics().map(topics_text).unwrap_or_default();
        if !node.is_state() {
            return vec![Shape { name, kind: ShapeKind::Source { topics }, next, before }];
        }
        // A table's topic goes straight into its store.
        let store = node.state_name().map(|(name, _)| name).into_iter().collect();
        let source = format!("{name}-source");
        return vec![
            Shape { name: source.clone(), kind: ShapeKind::Source { topics }, next: vec![name.clone()], before },
            Shape { name, kind: ShapeKind::Processor { stores: store }, next, before: vec![source] },
        ];
    }
    if let Some(topics) = node.topics() {
        let topic = match topics {
            Topics::Names(names) => names.iter().map(|name| name.text()).collect(),
            Topics::Pattern(_) | Topics::Computed(_) => "computed per record".to_owned(),
        };
        return vec![Shape { name, kind: ShapeKind::Sink { topic }, next, before }];
    }
    // The streams of a cogroup write the store of its aggregation.
    let stores_of = if node.row.name == "cogroup" { plan.topology.aggregation_of(id).unwrap_or(id) } else { id };
    vec![Shape { name, kind: ShapeKind::Processor { stores: stores(plan, stores_of) }, next, before }]
}

/// State that a node writes or reads.
fn stores(plan: &Plan, id: NodeId) -> Vec<String> {
    let node = plan.topology.node(id);
    // What belongs to another part is shown there.
    let own = plan.topology.own_stores(id).into_iter().filter(|store| store.role != StoreRole::Subscriptions).map(|store| store.name);
    let connected = node.stores().iter().map(|(store, _)| *store);
    let is_table = |input: &NodeId| matches!(plan.topology.node(*input).gives(), Kind::Table | Kind::GlobalTable);
    let inputs: Vec<NodeId> = node.inputs().collect();
    let joined = match inputs.as_slice() {
        [left, ..] if node.joins_by_foreign_key() => std::slice::from_ref(left),
        [_, rest @ ..] if !node.joins_tables() => rest,
        all => all,
    };
    let joined = joined.iter().copied().filter(is_table);
    let joined = joined.flat_map(|table| plan.topology.stores_behind(table));
    let others = connected.chain(joined).filter_map(|id| plan.topology.node(id).state_name());
    own.chain(others.map(|(name, _)| name)).collect()
}

pub(super) fn topics_text(topics: &Topics) -> String {
    match topics {
        Topics::Names(names) => {
            let names: Vec<String> = names.iter().map(|name| name.text()).collect();
            format!("[{}]", names.join(", "))
        }
        Topics::Pattern(pattern) => format!("pattern {}", pattern.value()),
        Topics::Computed(_) => "computed per record".to_owned(),
    }
}

fn next(plan: &Plan, id: NodeId) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for consumer in &plan.consumers[id.0] {
        if plan.topology.node(*consumer).joins_by_foreign_key() {
            // A table joined with itself is on the left first.
            let left = foreign_keys::taker(plan, *consumer, true);
            let on_the_left = plan.topology.node(*consumer).receiver == Some(id) && !names.contains(&left);
            names.push(if on_the_left { left } else { foreign_keys::taker(plan, *consumer, false) });
        } else if is_silent(plan, *consumer) {
            names.extend(next(plan, *consumer));
        } else {
            names.push(name_in_front(plan, *consumer));
        }
    }
    names.dedup();
    names
}

fn before(plan: &Plan, id: NodeId) -> Vec<String> {
    if plan.topology.node(id).joins_by_foreign_key() {
        return foreign_keys::before(plan, id);
    }
    let mut names = Vec::new();
    for (index, input) in plan.topology.node(id).inputs().enumerate() {
        let gives = plan.topology.node(input).gives();
        if index > 0 && !matches!(gives, Kind::Stream | Kind::Cogrouped) && !plan.topology.node(id).joins_tables() {
            continue;
        }
        if is_silent(plan, input) {
            names.extend(before(plan, input));
        } else if plan.topology.is_repartition(input) {
            names.push(format!("{}-repartition-source", plan.repartition_name(input)));
        } else {
            names.push(plan.topology.node(input).label.clone());
        }
    }
    names.dedup();
    names
}

/// The shape that takes the records of a node's input.
fn name_in_front(plan: &Plan, id: NodeId) -> String {
    if plan.topology.is_repartition(id) {
        format!("{}-repartition-sink", plan.repartition_name(id))
    } else {
        plan.topology.node(id).label.clone()
    }
}
