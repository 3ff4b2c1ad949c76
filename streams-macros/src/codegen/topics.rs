//! The forward pass of what is written to topics, and of topics that are named twice.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::forward::Forward;
use super::idents;
use crate::model::Topics;
use crate::plan::Plan;

impl Forward<'_, '_> {
    pub(super) fn to(&mut self) -> TokenStream {
        let (receiver, op) = (self.receiver(), self.op());
        let call = match &self.node.options.with {
            None => {
                let method = self.method("to");
                quote_spanned! { self.span() => #receiver.#method() }
            }
            Some((key, value)) => {
                let method = self.method("to_with");
                let (key, value) = (self.expressions.value(key), self.expressions.value(value));
                quote_spanned! { self.span() => #receiver.#method(#key, #value) }
            }
        };
        let (before, partitioner) = self.partitioner();
        // A computed topic's closure gets its types where it is attached, so what it needs is prepared here.
        quote! { #before let #op = #call #partitioner; }
    }

    /// What stands before the statement, and `.partitioned_by(…)`.
    fn partitioner(&mut self) -> (TokenStream, TokenStream) {
        let Some(closure) = &self.node.options.partitioned_by else { return Default::default() };
        let (before, closure) = self.expressions.closure(closure);
        let method = Ident::new("partitioned_by", self.span());
        (before, quote_spanned!(self.span() => .#method(#closure)))
    }

    /// Expands to `let (__counts_repartition_4, __op_…) = __counts_group_by_3.repartition_by_key();`
    pub(super) fn repartition(&mut self) -> TokenStream {
        let (receiver, handle, op) = (self.receiver(), self.handle(), self.op());
        if self.node.inserted_for.is_some() {
            let nulls = if self.plan.topology.lets_null_keys_through(self.id) { "_or_null" } else { "" };
            let method = Ident::new(&format!("repartition_by_key{nulls}"), self.span());
            return quote_spanned! { self.span() => let (#handle, #op) = #receiver.#method(); };
        }
        let bind = self.bind(&handle);
        let (before, partitioner) = self.partitioner();
        let partitioned = (!partitioner.is_empty()).then(|| quote! { #before let #op = #op #partitioner; });
        let Some((key, value)) = &self.node.options.with else {
            let method = self.method("repartition");
            return quote_spanned! { self.span() => let (#handle, #op) = #receiver.#method(); #partitioned #bind };
        };
        let (key_codec, value_codec) = idents::codecs(&self.plan.topology, self.id);
        let (key, value) = (self.expressions.value(key), self.expressions.value(value));
        let method = self.method("to_with");
        quote_spanned! { self.span() =>
            let (#key_codec, #value_codec) = (#key, #value);
            let #op = #receiver
                .#method(::core::clone::Clone::clone(&#key_codec), ::core::clone::Clone::clone(&#value_codec))
                .without_null_keys();
            #partitioned
            let #handle = #receiver;
            #bind
        }
    }
}

/// A topic that is read and written, or written twice, has one type: a witness for rustc at the later place.
pub(super) fn same_topics(plan: &Plan) -> TokenStream {
    let topology = &plan.topology;
    let mut seen: Vec<(String, TokenStream)> = Vec::new();
    let mut tokens = TokenStream::new();
    for id in &plan.order {
        let node = topology.node(*id);
        // Another format may well have another type.
        let (Some(Topics::Names(names)), None) = (node.topics(), &node.options.with) else { continue };
        let handle = match node.row.name {
            "stream" => idents::handle(topology, *id),
            "table" => format_ident!("{}_records", idents::handle(topology, *id)),
            "to" => match node.receiver {
                Some(receiver) => idents::read(topology, receiver, None),
                None => continue,
            },
            _ => continue,
        };
        for name in names {
            let text = name.text();
            match seen.iter().find(|(other, _)| *other == text) {
                Some((_, first)) => {
                    let uses = format_ident!("{handle}_topic", span = name.span().resolved_at(Span::call_site()));
                    tokens.extend(quote_spanned! { name.span() =>
                        let #uses = __rt::OneTopic::new(&#first, &#handle);
                        #uses.same_types();
                    });
                }
                None => seen.push((text, quote!(#handle))),
            }
        }
    }
    tokens
}
