//! The forward pass of sources.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Expr;

use super::forward::Forward;
use super::idents;

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
        let source = self.source_of(&handle, false);
        let (before, timestamp) = self.timestamp();
        quote! { #declared #before let #op = #source #timestamp; }
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
        quote! { let #handle: #ty = __rt::#kind::handle(); let #name = #handle; #used }
    }

    /// `.source()` or `.source_with(key, value)` of a handle.
    fn source_of(&mut self, handle: &Ident, nullable: bool) -> TokenStream {
        let handle = &idents::at(handle, self.node.span);
        match &self.node.options.with {
            None => {
                let source = Ident::new("source", self.span());
                quote_spanned! { self.span() => #handle.#source() }
            }
            Some((key, value)) => {
                let (key, value) = (self.expressions.value(key), self.expressions.value(value));
                let source = Ident::new("source_with", self.span());
                if nullable {
                    quote_spanned! { self.span() => #handle.#source(__rt::Nullable(#key), __rt::Nullable(#value)) }
                } else {
                    quote_spanned! { self.span() => #handle.#source(#key, #value) }
                }
            }
        }
    }

    fn timestamp(&mut self) -> (TokenStream, TokenStream) {
        let Some(closure) = &self.node.options.timestamp else { return Default::default() };
        let (before, closure) = self.expressions.closure(closure);
        let sees_record = matches!(self.node.options.timestamp, Some(Expr::Closure(ref closure)) if closure.inputs.len() == 3);
        let method = Ident::new(if sees_record { "timestamp_by_record" } else { "timestamp" }, Span::call_site());
        (before, quote! { .#method(#closure) })
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
        let reading = self.source_of(&records, true);
        let (before, timestamp) = self.timestamp();
        let source_method = Ident::new("source", self.span());
        let handle = idents::at(&handle, self.node.span);
        let new = quote_spanned! { self.span() => #handle.#source_method() };
        quote! {
            #declared
            #before
            let #op = #new;
            let #records = #op.records();
            let #source = #reading #timestamp;
        }
    }

    pub(super) fn global_table(&self) -> TokenStream {
        self.declared(&quote!(GlobalTable))
    }
}
