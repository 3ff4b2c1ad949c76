//! The plan in Graphviz' language.

use std::fmt::Write;

use super::Plan;
use super::drawing::{ShapeKind, draw};
use super::foreign_keys::read_by;

pub(crate) fn dot(plan: &Plan) -> String {
    let mut text = format!("digraph {:?} {{\n  node [fontname=\"sans-serif\"];\n", plan.topology.output.to_string());
    let mut edges = String::new();
    for (index, part) in draw(plan).iter().enumerate() {
        let _ = writeln!(text, "  subgraph cluster_{index} {{\n    label={:?};", part.title);
        for shape in &part.shapes {
            let name = &shape.name;
            let (form, detail) = match &shape.kind {
                ShapeKind::Source { topics } => ("invhouse", topics.clone()),
                ShapeKind::Processor { stores } if stores.is_empty() => ("box", String::new()),
                ShapeKind::Processor { stores } => ("cylinder", stores.join(", ")),
                ShapeKind::Sink { topic } => ("house", topic.clone()),
            };
            let label = if detail.is_empty() { name.clone() } else { format!("{name}\n{detail}") };
            let _ = writeln!(text, "    {name:?} [shape={form}, label={label:?}];");
            for next in &shape.next {
                let _ = writeln!(edges, "  {name:?} -> {next:?};");
            }
            if let Some(source) = read_by(name) {
                let _ = writeln!(edges, "  {name:?} -> {source:?} [style=dashed];");
            }
        }
        text.push_str("  }\n");
    }
    text.push_str(&edges);
    text.push_str("}\n");
    text
}
