//! The forward pass of sources.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use super::forward::Forward;
use super::idents;
use crate::model::{Node, written};
use crate::operators::Kind;

impl Forward<'_, '_> {
    /// Expands to:
    ///
    /// ```text
    /// let __lines_0: Stream<String, View> = Stream::handle();
    /// let lines = __lines_0;
    /// let __op_lines_0 = __lines_0.source().timestamp(move |_, v| v.at_ms);
    /// ```
    pub(super) fn stream(&mut self) -> TokenStream {
        let (handle, op) = (self.handle(), self.op());
        let declared = self.declared(&quote!(Stream));
        let (codecs, source) = self.source_of(&handle, false);
        let (before, timestamp) = self.timestamp();
        let max_ahead = self.max_ahead();
        quote! { #declared #codecs #before let #op = #source #timestamp #max_ahead; }
    }

    fn declared(&self, kind: &TokenStream) -> TokenStream {
        let handle = self.handle();
        let Some(variable) = &self.node.variable else { return TokenStream::new() };
        let (name, ty) = (&variable.name, &variable.ty);
        let used = if self.node.is_state() {
            quote! { let _ = &#name; }
        } else {
            TokenStream::new()
        };
        let checked = self.with_formats(&handle);
        quote! { let #handle: #ty = __rt::#kind::handle(); #checked let #name = #handle; #used }
    }

    /// That the types written at a source have formats is asked at these types. Expands to
    /// `let __lines_0 = __lines_0.keys_with_format();` and the same of its values.
    fn with_formats(&self, handle: &Ident) -> TokenStream {
        let Some(ty) = self.node.variable.as_ref().and_then(|variable| variable.ty.as_ref()) else { return TokenStream::new() };
        // Formats that are named are asked for where they are named; a table keeps its rows in
        // those of its types.
        if self.node.options.with.is_some() && self.node.gives() == Kind::Stream {
            return TokenStream::new();
        }
        let places = match written(ty).key_and_value() {
            Some([key, value]) => [key.span(), value.span()],
            None => [ty.span(); 2],
        };
        let methods = ["keys_with_format", "values_with_format"].into_iter().zip(places).map(|(method, span)| {
            let span = span.resolved_at(Span::call_site());
            let (handle, method) = (idents::at(handle, span), Ident::new(method, span));
            quote_spanned! { span => let #handle = #handle.#method(); }
        });
        quote! { #(#methods)* }
    }

    /// What stands before it, and `.source()` or `.source_with(key, value)` of a handle.
    fn source_of(&mut self, handle: &Ident, nullable: bool) -> (TokenStream, TokenStream) {
        let handle = &idents::at(handle, self.node.span);
        let (codecs, key, value) = self.codecs();
        let source = match &self.node.options.with {
            None => {
                let source = Ident::new("source", self.span());
                quote_spanned! { self.span() => #handle.#source() }
            }
            Some(_) => {
                let source = Ident::new("source_with", self.span());
                if nullable {
                    // What is no format is told at the format.
                    let [key, value] = [key, value].map(|codec| {
                        let span = codec.span().resolved_at(Span::call_site());
                        quote_spanned!(span => __rt::Nullable(#codec))
                    });
                    quote_spanned! { self.span() => #handle.#source(#key, #value) }
                } else {
                    quote_spanned! { self.span() => #handle.#source(#key, #value) }
                }
            }
        };
        let whole = self.whole_keys();
        let declared = self.declared_partitioner();
        (quote! { #codecs #whole #declared }, source)
    }

    /// Keys in windows are whole only in a format that knows the size of the windows. Expands to `__rt::keys_read(&__counts_0).whole();`
    pub(super) fn whole_keys(&self) -> TokenStream {
        if self.node.options.with.is_some() || has_plain_keys(self.node) {
            return TokenStream::new();
        }
        let span = self.node.span.resolved_at(Span::call_site());
        let keys = Ident::new("__keys", span);
        let handle = self.handle();
        quote_spanned! { span => {
            #[allow(unused_imports)]
            use __rt::OtherKeys as _;
            let #keys = __rt::keys_read(&#handle);
            #keys.whole();
        } }
    }

    /// What a source says of how its topic is divided is compared, not called: `__rt::partitioned_by(&__orders_0, by_order);`
    fn declared_partitioner(&mut self) -> TokenStream {
        let Some(partitioner) = &self.node.options.partitioned_by else { return TokenStream::new() };
        let (before, partitioner) = self.expressions.closure(partitioner);
        let handle = self.handle();
        quote! { { #before __rt::partitioned_by(&#handle, #partitioner); } }
    }

    fn timestamp(&mut self) -> (TokenStream, TokenStream) {
        let Some(closure) = &self.node.options.timestamp else { return Default::default() };
        let (before, closure) = self.expressions.closure(closure);
        let sees_record = matches!(self.node.options.timestamp, Some(Expr::Closure(ref closure)) if closure.inputs.len() == 3);
        let method = Ident::new(if sees_record { "timestamp_by_record" } else { "timestamp" }, Span::call_site());
        (before, quote! { .#method(#closure) })
    }

    fn max_ahead(&mut self) -> TokenStream {
        let Some(duration) = &self.node.options.max_ahead else { return TokenStream::new() };
        let duration = self.expressions.value(duration);
        quote! { .max_ahead(#duration) }
    }

    /// Expands to:
    ///
    /// ```text
    /// let __users_1: Table<String, Profile> = Table::handle();
    /// let users = __users_1;
    /// let __op_users_1 = __users_1.source();
    /// let __source_users_1 = __op_users_1.records().source();
    /// ```
    pub(super) fn table(&mut self) -> TokenStream {
        let (handle, op) = (self.handle(), self.op());
        let declared = self.declared(&quote!(Table));
        let records = format_ident!("{handle}_records");
        let source = format_ident!("{handle}_source");
        let (codecs, reading) = self.source_of(&records, true);
        let (before, timestamp) = self.timestamp();
        let max_ahead = self.max_ahead();
        let source_method = Ident::new("source", self.span());
        let handle = idents::at(&handle, self.node.span);
        let new = quote_spanned! { self.span() => #handle.#source_method() };
        quote! {
            #declared
            #before
            let #op = #new;
            let #records = #op.records();
            #codecs
            let #source = #reading #timestamp #max_ahead;
        }
    }

    pub(super) fn global_table(&self) -> TokenStream {
        self.declared(&quote!(GlobalTable))
    }
}

/// Whether the written type of the keys is one that is surely in no window.
fn has_plain_keys(node: &Node) -> bool {
    let ty = node.variable.as_ref().and_then(|variable| variable.ty.as_ref());
    let Some([key, _]) = ty.and_then(|ty| written(ty).key_and_value()) else { return false };
    let plain = ["String", "str", "bool", "u8", "u16", "u32", "u64", "u128", "i8", "i16", "i32", "i64", "i128", "Vec", "Uuid", "()"];
    plain.contains(&written(key).name.as_str())
}
