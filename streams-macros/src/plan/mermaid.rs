//! The plan as a mermaid flowchart.

use std::fmt::Write;

use super::Plan;
use super::drawing::{Part, ShapeKind, draw};
use super::foreign_keys::read_by;

pub(crate) fn mermaid(plan: &Plan) -> String {
    let parts = draw(plan);
    let mut text = String::from("flowchart TD\n");
    for (index, part) in parts.iter().enumerate() {
        let _ = writeln!(text, "  subgraph part{index}[\"{}\"]", part.title);
        for (number, shape) in part.shapes.iter().enumerate() {
            let name = &shape.name;
            let _ = match &shape.kind {
                ShapeKind::Source { topics } => writeln!(text, "    n{index}_{number}([\"{name}<br>{}\"])", escaped(topics)),
                ShapeKind::Processor { stores } if stores.is_empty() => writeln!(text, "    n{index}_{number}[\"{name}\"]"),
                ShapeKind::Processor { stores } => writeln!(text, "    n{index}_{number}[(\"{name}<br>{}\")]", stores.join(", ")),
                ShapeKind::Sink { topic } => writeln!(text, "    n{index}_{number}([\"{name}<br>{}\"])", escaped(topic)),
            };
        }
        text.push_str("  end\n");
        for (number, shape) in part.shapes.iter().enumerate() {
            for next in &shape.next {
                if let Some(target) = position(part, next) {
                    let _ = writeln!(text, "  n{index}_{number} --> n{index}_{target}");
                }
            }
        }
    }
    for (from, to) in through_topics(&parts) {
        let _ = writeln!(text, "  {from} -.-> {to}");
    }
    text
}

fn position(part: &Part, name: &str) -> Option<usize> {
    part.shapes.iter().position(|shape| shape.name == name)
}

/// From the sink to the source of each internal topic.
fn through_topics(parts: &[Part]) -> Vec<(String, String)> {
    let mut edges = Vec::new();
    for (from_part, part) in parts.iter().enumerate() {
        for (from, shape) in part.shapes.iter().enumerate() {
            let Some(source) = read_by(&shape.name) else { continue };
            for (to_part, part) in parts.iter().enumerate() {
                edges.extend(position(part, &source).map(|to| (format!("n{from_part}_{from}"), format!("n{to_part}_{to}"))));
            }
        }
    }
    edges
}

fn escaped(text: &str) -> String {
    text.replace('"', "#quot;").replace('<', "#lt;").replace('>', "#gt;")
}
