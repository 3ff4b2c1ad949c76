//! The forward pass of grouping, windows and aggregations.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use super::forward::{Forward, key_and_value};
use super::idents;
use crate::check::is_custom;
use crate::model::{Argument, Node};
use crate::operators::Kind;

impl Forward<'_, '_> {
    pub(super) fn group_by_key(&self) -> TokenStream {
        let (receiver, handle) = (self.receiver(), self.handle());
        let grouped = self.node.variable.as_ref().map(|variable| grouped(&variable.name, &handle, self.node));
        quote! { let #handle = #receiver; #grouped }
    }

    /// Expands to `let (__counts_5, __op_counts_5) = __words_4.group_by_key().count();` and the binding with the written type.
    pub(super) fn aggregation(&mut self) -> TokenStream {
        let (before, args) = self.args();
        let receiver = self.receiver();
        let name = self.node.row.name;
        let method = match name {
            _ if self.of_table() => self.method(&format!("{name}_changes")),
            "aggregate" if self.merges() => self.method("aggregate_merging"),
            name => self.method(name),
        };
        let group_span = self.group_span().resolved_at(Span::call_site());
        let group = Ident::new("group_by_key", group_span);
        let grouped = quote_spanned! { group_span => #receiver.#group() };
        let windows = self.windows();
        let hint = self.aggregate_hint();
        let call = quote_spanned! { self.span() => #grouped #windows.#method #hint (#(#args),*) };
        let bound = self.bound(&call);
        quote! { #before #bound }
    }

    /// Expands to `let __op_windowed_by_4 = tumbling(minutes(1));`; the aggregations call
    /// `.in_windows(&…)` on what they read.
    pub(super) fn windowed_by(&mut self) -> TokenStream {
        let (_, args) = self.args();
        let (receiver, handle, op) = (self.receiver(), self.handle(), self.op());
        let of_cogroup = self.node.gives().is_cogroup();
        let bound = self.node.variable.as_ref().map(|variable| {
            let name = &variable.name;
            let used = self.node.read.then(|| quote! { let _ = &#name; });
            let group = (!of_cogroup).then(|| quote!(.group_by_key()));
            quote_spanned! { self.span() => let #name = #handle #group.in_windows(&#op); #used }
        });
        let flush = self.node.options.flush_after.as_ref().map(|(duration, _)| {
            let name = idents::flush_after(&self.plan.topology, self.id);
            let duration = self.expressions.value(duration);
            quote! { let #name: __rt::Duration = #duration; }
        });
        let windows = self.custom(quote! { #(#args),* });
        quote! { let #op = #windows; #flush let #handle = #receiver; #bound }
    }

    /// Windows of one's own are asked whether they are any. Expands to
    /// `{ use __rt::NoCustomWindows as _; __rt::WrittenCustom(custom(Months)).windows() }`.
    fn custom(&self, windows: TokenStream) -> TokenStream {
        if !is_custom(self.node) {
            return windows;
        }
        let span = match self.node.args.first() {
            Some(Argument::Value(windows)) => windows.span(),
            _ => self.node.span,
        };
        let method = Ident::new("windows", span.resolved_at(Span::call_site()));
        let asked = quote_spanned!(span.resolved_at(Span::call_site()) => __rt::WrittenCustom(#windows).#method());
        quote! {{
            #[allow(unused_imports)]
            use __rt::NoCustomWindows as _;
            #asked
        }}
    }

    /// What stands between grouping and aggregation: `.in_windows(&__op_windowed_by_4)`.
    pub(super) fn windows(&self) -> TokenStream {
        let Some(id) = self.plan.topology.windows_of(self.id) else { return TokenStream::new() };
        let node = self.plan.topology.node(id);
        // What is not windows is told at what was written for them.
        let span = match node.args.first() {
            Some(Argument::Value(windows)) => windows.span(),
            _ => node.span,
        };
        let windows = idents::at(&idents::operator(&self.plan.topology, id), span);
        let windows = quote_spanned!(span => &#windows);
        let method = Ident::new("in_windows", node.span.resolved_at(Span::call_site()));
        let close = node.options.emit_on_close.map(|span| {
            let method = Ident::new("emit_on_close", span.resolved_at(Span::call_site()));
            quote_spanned!(span.resolved_at(Span::call_site()) => .#method())
        });
        let flush = node.options.flush_after.as_ref().map(|(_, span)| {
            let (name, method) =
                (idents::flush_after(&self.plan.topology, id), Ident::new("flush_after", span.resolved_at(Span::call_site())));
            quote_spanned!(span.resolved_at(Span::call_site()) => .#method(#name))
        });
        quote_spanned!(node.span.resolved_at(Span::call_site()) => .#method(#windows) #close #flush)
    }

    /// The place of the grouping: behind an inserted repartition if there is one.
    pub(super) fn group_span(&self) -> Span {
        let mut id = self.node.receiver;
        while let Some(input) = id {
            let node = self.plan.topology.node(input);
            if node.gives().is_grouped() && node.gives() != Kind::Windowed {
                return node.span;
            }
            id = node.receiver.filter(|_| node.inserted_for.is_some() || node.gives() == Kind::Windowed);
        }
        self.node.span
    }

    /// The written type of the aggregate, so that `|| 0` means a number of that type. An aggregate that starts as an `Option` is
    /// one (`None` deletes the row), which the written type does not say.
    fn aggregate_hint(&self) -> TokenStream {
        if self.node.row.name != "aggregate" {
            return TokenStream::new();
        }
        let Some(aggregate) = aggregate_type(self.node) else { return TokenStream::new() };
        // At the operator: what is no aggregate is told there, and once.
        let aggregate: TokenStream = aggregate
            .into_iter()
            .map(|mut token| {
                token.set_span(self.span());
                token
            })
            .collect();
        // A subtractor, or a merger.
        let third = (self.of_table() || self.merges()).then(|| quote!(, _));
        if self.node.fallible { quote!(::<#aggregate, _, _, _, _ #third>) } else { quote!(::<#aggregate, _, _, _ #third>) }
    }

    /// An aggregation with a merger.
    fn merges(&self) -> bool {
        self.node.row.on == Some(Kind::Windowed) && self.node.args.len() == 3
    }

    /// What is aggregated is a grouped table.
    fn of_table(&self) -> bool {
        self.node.row.on == Some(Kind::GroupedTable)
    }
}

/// The type of the aggregate, if the text tells it.
pub(super) fn aggregate_type(node: &Node) -> Option<TokenStream> {
    let ty = node.variable.as_ref().and_then(|variable| variable.ty.as_ref());
    let [_, value] = key_and_value(&quote!(__rt), ty?);
    let Some(Argument::Closure(Expr::Closure(init))) = node.args.first() else { return None };
    if !matches!(init.output, syn::ReturnType::Default) {
        return None;
    }
    let called = match &*init.body {
        Expr::Call(call) => &*call.func,
        other => other,
    };
    if matches!(called, Expr::Path(path) if path.path.segments.iter().any(|segment| segment.ident == "Option")) {
        return None;
    }
    let start = match &*init.body {
        Expr::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()),
            _ => None,
        },
        _ => None,
    };
    Some(match start.as_deref() {
        Some("None" | "Some") => quote!(__rt::Option<#value>),
        _ => quote!(#value),
    })
}

/// The user's variable of a grouped stream.
pub(super) fn grouped(name: &Ident, stream: &Ident, node: &Node) -> TokenStream {
    let method = Ident::new("group_by_key", node.span);
    let used = if node.read {
        quote! { let _ = &#name; }
    } else {
        TokenStream::new()
    };
    quote_spanned! { node.span => let #name = #stream.#method(); #used }
}
