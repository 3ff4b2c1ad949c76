//! The description in the form of Kafka Streams' `Topology.describe()`, so that people and tools can read it as they are used to.

use std::fmt::Write;

use super::Plan;
use super::drawing::{ShapeKind, draw};

pub(crate) fn describe(plan: &Plan) -> String {
    let mut text = String::from("Topologies:\n");
    for part in draw(plan) {
        let _ = writeln!(text, "   {}", part.title);
        for shape in &part.shapes {
            let name = &shape.name;
            let _ = match &shape.kind {
                ShapeKind::Source { topics } => writeln!(text, "    Source: {name} (topics: {topics})"),
                ShapeKind::Processor { stores } => writeln!(text, "    Processor: {name} (stores: [{}])", stores.join(", ")),
                ShapeKind::Sink { topic } => writeln!(text, "    Sink: {name} (topic: {topic})"),
            };
            if !matches!(shape.kind, ShapeKind::Sink { .. }) {
                let _ = writeln!(text, "      --> {}", or_none(&shape.next));
            }
            if !matches!(shape.kind, ShapeKind::Source { .. }) {
                let _ = writeln!(text, "      <-- {}", or_none(&shape.before));
            }
        }
        text.push('\n');
    }
    text
}

fn or_none(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
