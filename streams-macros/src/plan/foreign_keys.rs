//! The shapes of a foreign-key join, whose two sides are in different parts; called as Kafka Streams calls them.

use super::drawing::{Shape, ShapeKind};
use super::{Entry, Plan};
use crate::model::NodeId;

/// The store of those who wait for rows of the right table.
pub(crate) fn subscription_store(join: &str) -> String {
    format!("{join}-subscription-store")
}

fn name(plan: &Plan, id: NodeId) -> String {
    plan.topology.node(id).state_name().map(|(name, _)| name).unwrap_or_default()
}

fn source(name: String, next: String) -> Shape {
    let topics = format!("[{name}-topic]");
    Shape { name: format!("{name}-source"), kind: ShapeKind::Source { topics }, next: vec![next], before: Vec::new() }
}

fn sink(name: String, before: Vec<String>) -> Shape {
    let topic = format!("{name}-topic");
    Shape { name: format!("{name}-sink"), kind: ShapeKind::Sink { topic }, next: Vec::new(), before }
}

/// What stands where a join's own topics are read: on the right, the whole side.
pub(super) fn entry(plan: &Plan, entry: Entry) -> Vec<Shape> {
    match entry {
        Entry::Source(_) | Entry::Repartition(_) => Vec::new(),
        Entry::Responses(id) => vec![source(format!("{}-subscription-response", name(plan, id)), plan.topology.node(id).label.clone())],
        Entry::Subscriptions(id) => {
            let name = name(plan, id);
            let right = plan.topology.node(id).inputs().nth(1);
            let store = subscription_store(&name);
            let rows = right.into_iter().flat_map(|right| plan.topology.stores_behind(right));
            let rows = rows.filter_map(|id| plan.topology.node(id).state_name()).map(|(name, _)| name);
            let stores = std::iter::once(store.clone()).chain(rows).collect();
            let registered = source(format!("{name}-subscription-registration"), format!("{name}-subscription-receive"));
            let answers = vec![format!("{name}-subscription-response-sink")];
            let receive = Shape {
                name: format!("{name}-subscription-receive"),
                kind: ShapeKind::Processor { stores },
                next: answers.clone(),
                before: vec![registered.name.clone()],
            };
            let changes = Shape {
                name: format!("{name}-foreign-join-subscription"),
                kind: ShapeKind::Processor { stores: vec![store] },
                next: answers,
                before: right.map(|right| plan.topology.node(right).label.clone()).into_iter().collect(),
            };
            let sink = sink(format!("{name}-subscription-response"), vec![receive.name.clone(), changes.name.clone()]);
            vec![registered, receive, changes, sink]
        }
    }
}

/// The left side, besides what reads the answers: its sink.
pub(super) fn left(plan: &Plan, id: NodeId) -> Shape {
    let before = plan.topology.node(id).receiver.map(|left| plan.topology.node(left).label.clone());
    sink(format!("{}-subscription-registration", name(plan, id)), before.into_iter().collect())
}

/// What stands before the result.
pub(super) fn before(plan: &Plan, id: NodeId) -> Vec<String> {
    vec![format!("{}-subscription-response-source", name(plan, id))]
}

/// What takes the changes of the left table, or of the right one.
pub(super) fn taker(plan: &Plan, id: NodeId, on_the_left: bool) -> String {
    let end = if on_the_left { "subscription-registration-sink" } else { "foreign-join-subscription" };
    format!("{}-{end}", name(plan, id))
}

/// A topic between parts, by the name of its sink: the name of the source that reads it.
pub(super) fn read_by(sink: &str) -> Option<String> {
    let topic = sink.strip_suffix("-sink")?;
    let internal = ["-repartition", "-subscription-registration", "-subscription-response"];
    internal.iter().any(|end| topic.ends_with(end)).then(|| format!("{topic}-source"))
}
