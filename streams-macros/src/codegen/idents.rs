//! The only place that invents names. All hidden ones begin with `__`, carry what they stand for, and end with the node's number.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::spanned::Spanned;

use crate::model::{Argument, NodeId, Topology};
use crate::operators::Kind;
use crate::parse::Settings;

/// The path of everything that generated code may name.
pub(super) fn runtime(settings: &Settings) -> TokenStream {
    match &settings.runtime {
        Some(path) => quote!(#path::__private),
        None => quote!(::streams_runtime::__private),
    }
}

fn hidden(prefix: &str, topology: &Topology, id: NodeId) -> Ident {
    let label: String = topology.node(id).label.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    format_ident!("__{prefix}{label}_{}", id.0, span = Span::call_site())
}

/// The variable that holds a node's handle when the user's own does not.
pub(super) fn handle(topology: &Topology, id: NodeId) -> Ident {
    hidden("", topology, id)
}

/// The operator value of a node, before it is attached.
pub(super) fn operator(topology: &Topology, id: NodeId) -> Ident {
    hidden("op_", topology, id)
}

/// How long the records of a join are held.
pub(super) fn grace(topology: &Topology, id: NodeId) -> Ident {
    hidden("grace_", topology, id)
}

/// After how long windows are sent that have not closed.
pub(super) fn flush_after(topology: &Topology, id: NodeId) -> Ident {
    hidden("flush_after_", topology, id)
}

/// What looks up the rows of a table.
pub(super) fn rows(topology: &Topology, id: NodeId) -> Ident {
    hidden("rows_", topology, id)
}

/// What takes the changes of one side of a foreign-key join.
pub(super) fn side(topology: &Topology, id: NodeId, on_the_left: bool) -> Ident {
    hidden(if on_the_left { "left_of_" } else { "right_of_" }, topology, id)
}

/// One branch of a split.
pub(super) fn branch(topology: &Topology, id: NodeId, index: usize) -> Ident {
    format_ident!("{}_{index}", operator(topology, id))
}

/// The node that takes records in front of an operator. It is placed at the operator, so that what does not fit is told there; for a
/// processor at its expression, where rustc has told it already and does not say it twice.
pub(super) fn node(topology: &Topology, id: NodeId) -> Ident {
    let node = topology.node(id);
    let mut name = hidden("to_", topology, id);
    name.set_span(match node.args.first() {
        Some(Argument::Value(processor)) if node.row.name.starts_with("process") => processor.span(),
        _ => node.span.resolved_at(Span::call_site()),
    });
    name
}

/// Codecs that are named once and used twice.
pub(super) fn codecs(topology: &Topology, id: NodeId) -> (Ident, Ident) {
    (hidden("key_codec_", topology, id), hidden("value_codec_", topology, id))
}

/// The formats of a node that are compared with those of others.
pub(super) fn formats(topology: &Topology, id: NodeId) -> Ident {
    hidden("formats_", topology, id)
}

/// A hidden name placed where the user wrote what it is about, so that rustc's messages point there.
pub(super) fn at(name: &Ident, span: Span) -> Ident {
    let mut name = name.clone();
    name.set_span(span.resolved_at(name.span()));
    name
}

/// The user's variable of a node as it is written at `used_at`, so that editors find the definition.
fn used(name: &Ident, used_at: Option<Span>) -> Ident {
    let mut name = name.clone();
    if let Some(span) = used_at {
        name.set_span(span.resolved_at(name.span()));
    }
    name
}

/// How a node is read: the stream or table that it gives. `used_at` is where the user wrote its name.
pub(super) fn read(topology: &Topology, id: NodeId, used_at: Option<Span>) -> Ident {
    match &topology.node(id).variable {
        // The user's variable of a grouped stream is its grouped handle; behind it is a stream. That of windows has them already.
        Some(variable) if !topology.node(id).gives().is_grouped() && topology.node(id).gives() != Kind::WindowedCogroup => {
            used(&variable.name, used_at)
        }
        _ => handle(topology, id),
    }
}
