//! The forward pass of what is written to topics.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use super::forward::Forward;
use super::idents;
use crate::model::{PARTITIONER, takes_cx};

impl Forward<'_, '_> {
    pub(super) fn to(&mut self) -> TokenStream {
        let (receiver, op) = (self.receiver(), self.op());
        let mut codecs = TokenStream::new();
        let call = match &self.node.options.with {
            None => {
                let method = self.plain_method("to");
                quote_spanned! { self.span() => #receiver.#method() }
            }
            Some(_) => {
                let method = self.plain_method("to_with");
                let (named, key, value) = self.codecs();
                codecs = named;
                quote_spanned! { self.span() => #receiver.#method(#key, #value) }
            }
        };
        let (before, partitioner) = self.partitioner();
        // A computed topic's closure gets its types where it is attached, so what it needs is prepared here.
        quote! { #codecs #before let #op = #call #partitioner; }
    }

    /// What was written as `.with(…)`. What is compared with other formats is bound first: `let __key_codec_orders_0 = Json; …`.
    pub(super) fn codecs(&mut self) -> (TokenStream, TokenStream, TokenStream) {
        let Some((written_key, written_value)) = &self.node.options.with else { return Default::default() };
        let (key, value) = (self.expressions.value(written_key), self.expressions.value(written_value));
        if !self.proofs.compare_formats_of(self.plan, self.id) {
            return (TokenStream::new(), key, value);
        }
        let (key_codec, value_codec) = idents::codecs(&self.plan.topology, self.id);
        let (key_codec, value_codec) = (idents::at(&key_codec, written_key.span()), idents::at(&value_codec, written_value.span()));
        let formats = self.formats(&key_codec, &value_codec);
        let named = quote! { let (#key_codec, #value_codec) = (#key, #value); #formats };
        (named, key_codec.into_token_stream(), value_codec.into_token_stream())
    }

    /// Expands to `let __formats_orders_0 = __rt::Formats::written(&__key_codec_orders_0, &__value_codec_orders_0);`, if they are compared.
    fn formats(&self, key_codec: &Ident, value_codec: &Ident) -> TokenStream {
        if !self.proofs.compare_formats_of(self.plan, self.id) {
            return TokenStream::new();
        }
        let formats = idents::formats(&self.plan.topology, self.id);
        quote! { let #formats = __rt::Formats::written(&#key_codec, &#value_codec); }
    }

    /// What stands before the statement, and `.partitioned_by(…)`.
    fn partitioner(&mut self) -> (TokenStream, TokenStream) {
        let Some(closure) = &self.node.options.partitioned_by else { return Default::default() };
        let sees_cx = matches!(closure, Expr::Closure(closure) if takes_cx(&[PARTITIONER], closure));
        let (before, closure) = self.expressions.closure(closure);
        let method = Ident::new(if sees_cx { "partitioned_by_with_cx" } else { "partitioned_by" }, self.span());
        (before, quote_spanned!(self.span() => .#method(#closure)))
    }

    /// Expands to `let (__counts_repartition_4, __op_…) = __counts_group_by_3.repartition_by_key();`
    pub(super) fn repartition(&mut self) -> TokenStream {
        let (receiver, handle, op) = (self.receiver(), self.handle(), self.op());
        if self.node.inserted_for.is_some() {
            let nulls = if self.plan.topology.lets_null_keys_through(self.id) { "_or_null" } else { "" };
            let method = Ident::new(&format!("repartition_by_key{nulls}"), self.span());
            let whole = self.whole_keys();
            return quote_spanned! { self.span() => let (#handle, #op) = #receiver.#method(); #whole };
        }
        let bind = self.bind(&handle);
        let (before, partitioner) = self.partitioner();
        let partitioned = (!partitioner.is_empty()).then(|| quote! { #before let #op = #op #partitioner; });
        let Some((key, value)) = &self.node.options.with else {
            let method = self.method("repartition");
            let whole = self.whole_keys();
            return quote_spanned! { self.span() => let (#handle, #op) = #receiver.#method(); #whole #partitioned #bind };
        };
        let (key_codec, value_codec) = idents::codecs(&self.plan.topology, self.id);
        let formats = self.formats(&key_codec, &value_codec);
        // What is no format is told at the format.
        let [for_keys, for_values] = [(&key_codec, key), (&value_codec, value)].map(|(codec, written)| {
            let span = written.span().resolved_at(Span::call_site());
            let codec = idents::at(codec, span);
            quote_spanned!(span => ::core::clone::Clone::clone(&#codec))
        });
        let (key, value) = (self.expressions.value(key), self.expressions.value(value));
        let method = self.method("to_with");
        quote_spanned! { self.span() =>
            let (#key_codec, #value_codec) = (#key, #value);
            #formats
            let #op = #receiver.#method(#for_keys, #for_values).without_null_keys();
            #partitioned
            let #handle = #receiver;
            #bind
        }
    }
}
