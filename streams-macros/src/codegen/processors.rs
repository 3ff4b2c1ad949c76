//! The forward pass of processors: their stores, and the tuples of their outputs.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::forward::{Forward, types};
use super::idents;
use crate::model::NodeId;
use crate::operators::Kind;

impl Forward<'_, '_> {
    /// Expands to `let seen = __b.key_value_store::<String, i64>("seen");`
    pub(super) fn store(&self) -> TokenStream {
        let (Some(variable), Some(store_type)) = (&self.node.variable, self.node.row.store_type()) else { return TokenStream::new() };
        let open = Ident::new(store_type.open, self.span());
        let (name, types) = (&variable.name, types(&quote!(__rt), self.node));
        let store = self.node.state_name().map(|(name, _)| name).unwrap_or_default();
        quote_spanned! { self.span() => let #name = __b.#open::<#types>(#store); }
    }

    /// The handle of a store that a processor is connected to. For a table it expands to `__b.table_store(&users, "users")`.
    pub(super) fn store_handle(&self, id: NodeId, used_at: Span) -> TokenStream {
        let topology = &self.plan.topology;
        let name = idents::read(topology, id, Some(used_at));
        let open = match topology.node(id).gives() {
            Kind::GlobalTable => "global_rows",
            Kind::Table if topology.windows_of(id).is_some() => "window_table_store",
            Kind::Table if topology.node(id).options.versioned.is_some() => "versioned_table_store",
            Kind::Table => "table_store",
            _ => return quote!(#name),
        };
        let span = used_at.resolved_at(Span::call_site());
        let (open, store) = (Ident::new(open, span), topology.node(id).state_name().map(|(name, _)| name).unwrap_or_default());
        quote_spanned!(span => __b.#open(&#name, #store))
    }

    /// Expands to `let ((alerts, readings), __op_process_3) = lines.process_branching(MyProcessor, stores);`
    pub(super) fn outputs(&mut self) -> TokenStream {
        let (before, args) = self.args();
        let (receiver, op) = (self.receiver(), self.op());
        let topology = &self.plan.topology;
        let names: Vec<&Ident> =
            topology.outputs(self.id).filter_map(|output| topology.node(output).variable.as_ref().map(|variable| &variable.name)).collect();
        let method = Ident::new(&format!("{}_branching", self.node.row.name), self.span());
        quote_spanned! { self.span() => #before let ((#(#names,)*), #op) = #receiver.#method(#(#args),*); }
    }
}
