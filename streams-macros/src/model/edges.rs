//! The types of the records on an edge, as far as the graph tells them: where they are written, and behind operators that keep them.

use proc_macro2::TokenStream;
use quote::quote;

use super::graph::{Node, NodeId, Topology};
use super::types::written;
use crate::operators::Kind;

/// Key and value.
pub(crate) struct EdgeTypes {
    pub(crate) key: TokenStream,
    pub(crate) value: TokenStream,
}

/// What hands on records as they are, on streams and on tables.
const KEEPS_TYPES: [&str; 10] =
    ["filter", "filter_not", "peek", "merge", "repartition", "split", "branch", "otherwise", "no_default", "suppress"];

impl Topology {
    /// The types of the records behind a node; of a table its rows. `runtime` is the path of what generated code names.
    pub(crate) fn edge_types(&self, runtime: &TokenStream, id: NodeId) -> Option<EdgeTypes> {
        let node = self.node(id);
        if let Some(types) = written_types(runtime, node) {
            return Some(types);
        }
        let receiver = node.receiver?;
        match node.row.name {
            "to_stream" => self.edge_types(runtime, receiver).map(EdgeTypes::with_nulls),
            name if KEEPS_TYPES.contains(&name) => self.edge_types(runtime, receiver),
            _ => None,
        }
    }
}

impl EdgeTypes {
    /// In the forms that can be kept.
    pub(crate) fn owned(self) -> Self {
        EdgeTypes { key: owned(&self.key), value: owned(&self.value) }
    }

    /// Of a topic that holds the changes of a table: a null deletes a row.
    pub(crate) fn with_nulls(self) -> Self {
        let value = self.value;
        EdgeTypes { key: self.key, value: quote!(::core::option::Option<#value>) }
    }
}

/// `str` → `String`, `[u8]` → `Vec<u8>`: the owned forms, whose bytes are the same.
fn owned(ty: &TokenStream) -> TokenStream {
    match ty.to_string().replace(' ', "").as_str() {
        "str" => quote!(::std::string::String),
        "[u8]" => quote!(::std::vec::Vec<::core::primitive::u8>),
        _ => ty.clone(),
    }
}

/// The types in `let views: Stream<String, View> = …`. Those of a name of one's own for such a type are known to rustc.
fn written_types(runtime: &TokenStream, node: &Node) -> Option<EdgeTypes> {
    let ty = node.variable.as_ref()?.ty.as_ref()?;
    let kind = match node.gives() {
        Kind::Stream => "Stream",
        Kind::Table => "Table",
        Kind::GlobalTable => "GlobalTable",
        _ => return None,
    };
    let written = written(ty);
    let types = match written.key_and_value() {
        Some([key, value]) if written.name == kind => EdgeTypes { key: quote!(#key), value: quote!(#value) },
        None if written.may_be_alias(kind) => {
            EdgeTypes { key: quote!(<#ty as #runtime::Typed>::Key), value: quote!(<#ty as #runtime::Typed>::Value) }
        }
        _ => return None,
    };
    (is_whole(&types.key) && is_whole(&types.value)).then_some(types)
}

/// Can stand in a constant: nothing of it is left to be inferred.
fn is_whole(ty: &TokenStream) -> bool {
    !ty.to_string().split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "_" || word == "impl")
}
