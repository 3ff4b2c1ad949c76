//! The forward pass of cogroups: the type of the aggregate is said where the first stream is, since all closures take it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, ReturnType};

use super::aggregations::aggregate_type;
use super::forward::{Forward, key_and_value};
use super::idents;
use crate::model::{Argument, Node};

impl Forward<'_, '_> {
    /// Expands to `let (__items_cogroup_2, __op_items_cogroup_2) = __items_group_by_key_1.group_by_key().cogroup::<u64, _>(…);`, on a cogroup
    /// to `… = __items_cogroup_2.cogroup(&__removals_4.group_by_key(), …);`
    pub(super) fn cogroup(&mut self) -> TokenStream {
        let (before, args) = self.args();
        let group_span = self.group_span().resolved_at(Span::call_site());
        let group = Ident::new("group_by_key", group_span);
        let method = self.method("cogroup");
        let call = match self.node.follows {
            None => {
                let (receiver, hint) = (self.receiver(), self.cogroup_hint());
                let grouped = quote_spanned! { group_span => #receiver.#group() };
                quote_spanned! { self.span() => #grouped.#method #hint (#(#args),*) }
            }
            Some((previous, stream_at)) => {
                let topology = &self.plan.topology;
                let previous = idents::read(topology, previous, self.node.used_at);
                let stream = self.node.receiver.map(|stream| idents::read(topology, stream, None));
                // Keys that do not fit are told at the stream.
                let stream_at = stream_at.resolved_at(Span::call_site());
                let stream = quote_spanned! { stream_at => &#stream.group_by_key() };
                quote_spanned! { self.span() => #previous.#method(#stream, #(#args),*) }
            }
        };
        let bound = self.bound(&call);
        quote! { #before #bound }
    }

    /// Expands to `let (__items_5, __op_items_5) = __items_cogroup_4.aggregate(|| 0);`
    pub(super) fn cogroup_aggregate(&mut self) -> TokenStream {
        let (before, args) = self.args();
        let method = if self.node.args.len() == 2 { "aggregate_merging" } else { "aggregate" };
        let (receiver, windows, method) = (self.receiver(), self.windows(), self.method(method));
        let call = quote_spanned! { self.span() => #receiver #windows.#method(#(#args),*) };
        let bound = self.bound(&call);
        quote! { #before #bound }
    }

    fn cogroup_hint(&self) -> TokenStream {
        let topology = &self.plan.topology;
        let aggregation = topology.aggregation_of(self.id).map(|id| topology.node(id));
        let Some(aggregate) = aggregation.and_then(written_aggregate) else { return TokenStream::new() };
        if self.node.fallible { quote!(::<#aggregate, _, _>) } else { quote!(::<#aggregate, _>) }
    }
}

/// The type of the aggregate: as the initializer says, or the written type of the state.
fn written_aggregate(aggregation: &Node) -> Option<TokenStream> {
    if let Some(Argument::Closure(Expr::Closure(init))) = aggregation.args.first()
        && let ReturnType::Type(_, ty) = &init.output
    {
        return Some(quote!(#ty));
    }
    aggregate_type(aggregation).or_else(|| {
        let ty = aggregation.variable.as_ref()?.ty.as_ref()?;
        Some(key_and_value(&quote!(__rt), ty)[1].clone())
    })
}
