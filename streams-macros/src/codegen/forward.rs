//! The forward pass: every edge is a typed handle, every operator a method on it; rustc infers the types from the written ones.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use super::closures::Expressions;
use super::idents;
use crate::model::{Argument, Node, NodeId, Topics, written};
use crate::operators::Kind;
use crate::plan::Plan;

/// One statement or more for each node, in the order of the data.
pub(super) fn forward(plan: &Plan) -> TokenStream {
    let mut expressions = Expressions::new(&plan.topology);
    let mut tokens = TokenStream::new();
    for id in &plan.order {
        tokens.extend(Forward { plan, id: *id, node: plan.topology.node(*id), expressions: &mut expressions }.emit());
    }
    tokens.extend(same_topics(plan));
    tokens
}

pub(super) struct Forward<'a, 'e> {
    pub(super) plan: &'a Plan,
    pub(super) id: NodeId,
    pub(super) node: &'a Node,
    expressions: &'e mut Expressions<'a>,
}

impl Forward<'_, '_> {
    fn emit(mut self) -> TokenStream {
        match self.node.row.name {
            _ if self.node.output_index.is_some() => TokenStream::new(),
            _ if self.node.row.store_type().is_some() => self.store(),
            "stream" => self.stream(),
            "table" => self.table(),
            "global_table" => self.global_table(),
            "otherwise" | "no_default" => self.split(),
            "process" if self.plan.topology.outputs(self.id).next().is_some() => self.outputs(),
            "merge" => self.merge(),
            "group_by_key" => self.group_by_key(),
            "windowed_by" => self.windowed_by(),
            "cogroup" => self.cogroup(),
            "aggregate" if self.node.row.on.is_some_and(Kind::is_cogroup) => self.cogroup_aggregate(),
            "to" => self.to(),
            "repartition" => self.repartition(),
            "for_each" => self.for_each(),
            "count" | "reduce" | "aggregate" => self.aggregation(),
            _ => self.operator(),
        }
    }

    /// Hidden handles are placed at the operator: rustc's message about a call points at what it is called on.
    fn read(&self, id: NodeId) -> Ident {
        let mut name = idents::read(&self.plan.topology, id, self.node.used_at);
        if self.node.used_at.is_none() {
            name.set_span(self.span());
        }
        name
    }

    /// The place of what is emitted for the operator. rustc joins the places of the tokens of a call, which works only if all are
    /// the user's own or all are the macro's: so a call on a hidden handle is the macro's, at the user's place.
    pub(super) fn span(&self) -> Span {
        if self.node.used_at.is_some() { self.node.span } else { self.node.span.resolved_at(Span::call_site()) }
    }

    pub(super) fn receiver(&self) -> Ident {
        match self.node.receiver {
            Some(id) => self.read(id),
            None => idents::handle(&self.plan.topology, self.id),
        }
    }

    fn handle(&self) -> Ident {
        idents::handle(&self.plan.topology, self.id)
    }

    pub(super) fn op(&self) -> Ident {
        idents::operator(&self.plan.topology, self.id)
    }

    /// The name of the runtime's method, at the user's word for it.
    pub(super) fn method(&self, name: &str) -> Ident {
        let name = if self.node.fallible { format!("try_{name}") } else { name.to_owned() };
        Ident::new(&name, self.span())
    }

    /// The user's variable. Expands to `let _: Table<String, u64> = __counts_3; let counts = __counts_3;`; rustc reports a mismatch at
    /// the operator.
    fn bind(&self, handle: &Ident) -> TokenStream {
        let Some(variable) = &self.node.variable else { return TokenStream::new() };
        let name = &variable.name;
        let mut value = handle.clone();
        value.set_span(self.node.span.resolved_at(Span::call_site()));
        let tokens = match &variable.ty {
            // The written type is compared apart: what follows goes on with the inferred one, so that one mistake is one error.
            Some(ty) => quote! { let _: #ty = #value; let #name = #value; },
            None => quote! { let #name = #value; },
        };
        // State that is only queried is used all the same.
        if self.node.is_state() {
            quote! { #tokens let _ = &#name; }
        } else {
            tokens
        }
    }

    /// Expands to `let (long, __op_long_3) = words.filter(…);`, or with a written type through a hidden handle.
    fn operator(&mut self) -> TokenStream {
        let (before, args) = self.args();
        let receiver = self.receiver();
        let global = self.node.inputs().any(|input| self.plan.topology.node(input).gives() == Kind::GlobalTable);
        let with_key = if self.node.joiner_sees_key() { "_with_key" } else { "" };
        let method = match self.node.row.name {
            name if self.node.joins_by_foreign_key() => self.method(&self.foreign_method(name)),
            name if self.node.joins_itself() => self.method(&format!("{name}_itself{with_key}")),
            name if self.node.joins_streams() => self.method(&format!("{name}_stream{with_key}")),
            name @ ("join" | "left_join") if global => self.method(&format!("{name}_global{with_key}")),
            name @ ("join" | "left_join") if !self.node.is_view() => self.method(&format!("{name}_table{with_key}")),
            name => self.method(name),
        };
        let hint = if global { TokenStream::new() } else { self.join_hint() };
        let call = quote_spanned! { self.span() => #receiver.#method #hint (#(#args),*) };
        let bound = self.bound(&call);
        let grace = self.grace();
        let stream = match &self.node.variable {
            // `let grouped = words.group_by(…)`: the stream stays behind the grouped handle.
            Some(variable) if self.node.gives().is_grouped() => grouped(&variable.name, &self.handle(), self.node),
            _ => TokenStream::new(),
        };
        quote! { #before #bound #grace #stream }
    }

    /// Expands to `let __grace_priced_4: Duration = minutes(5);`
    fn grace(&self) -> TokenStream {
        let Some((grace, _)) = &self.node.options.grace else { return TokenStream::new() };
        let name = idents::grace(&self.plan.topology, self.id);
        let grace = self.expressions.value(grace);
        quote! { let #name: __rt::Duration = #grace; }
    }

    /// By the number of parameters of the closure that makes the foreign key.
    fn foreign_method(&self, name: &str) -> String {
        let with_key = matches!(self.node.closures().next(), Some(Expr::Closure(closure)) if closure.inputs.len() == 2);
        format!("{name}_foreign{}", if with_key { "_with_key" } else { "" })
    }

    /// The key type of the table of a join, so that keys which differ are told as that before the argument is looked at.
    fn join_hint(&self) -> TokenStream {
        let table = self.node.inputs().nth(1).filter(|_| self.node.row.needs_key || self.node.joins_tables());
        let ty = table.and_then(|table| self.plan.topology.node(table).variable.as_ref()?.ty.as_ref());
        let Some(key) = ty.and_then(|ty| written(ty).arguments.first().copied()) else { return TokenStream::new() };
        if self.node.fallible { quote!(::<#key, _, _, _, _, _>) } else { quote!(::<#key, _, _, _, _>) }
    }

    pub(super) fn bound(&self, call: &TokenStream) -> TokenStream {
        let (handle, op) = (self.handle(), self.op());
        match &self.node.variable {
            Some(variable) if variable.ty.is_none() && !self.node.gives().is_grouped() && !self.node.is_state() => {
                let name = &variable.name;
                quote! { let (#name, #op) = #call; }
            }
            Some(_) if !self.node.gives().is_grouped() => {
                let bind = self.bind(&handle);
                quote! { let (#handle, #op) = #call; #bind }
            }
            _ => quote! { let (#handle, #op) = #call; },
        }
    }

    /// What stands before the statement, and the arguments of the call.
    pub(super) fn args(&mut self) -> (TokenStream, Vec<TokenStream>) {
        let mut before = TokenStream::new();
        let mut args = Vec::new();
        let node = self.node;
        for arg in &node.args {
            match arg {
                Argument::Closure(closure) => {
                    let (first, closure) = self.expressions.closure(closure);
                    before.extend(first);
                    args.push(closure);
                }
                Argument::Value(value) => args.push(self.expressions.value(value)),
                Argument::Operand(..) if node.joins_itself() => {}
                Argument::Operand(id, span) => {
                    let operand = idents::read(&self.plan.topology, *id, Some(*span));
                    args.push(quote_spanned!(*span => &#operand));
                }
                Argument::Stores(_) | Argument::Topics(_) => {}
            }
        }
        if matches!(node.row.name, "process" | "process_values" | "transform_values") {
            let handles: Vec<TokenStream> = node.stores().iter().map(|(id, span)| self.store_handle(*id, *span)).collect();
            args.push(if let [one] = handles.as_slice() { one.clone() } else { quote!((#(#handles),*)) });
        }
        (before, args)
    }

    /// Expands to:
    ///
    /// ```text
    /// let __lines_0: Stream<String, View> = Stream::handle();
    /// let lines = __lines_0;
    /// let __op_lines_0 = __lines_0.source().timestamp(move |_, v| v.at_ms);
    /// ```
    fn stream(&mut self) -> TokenStream {
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
    fn table(&mut self) -> TokenStream {
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

    fn global_table(&self) -> TokenStream {
        self.declared(&quote!(GlobalTable))
    }

    /// Expands to one `let (a, __op_0) = words.branch(…);` for each branch, and `let rest = words;`.
    fn split(&mut self) -> TokenStream {
        let receiver = self.receiver();
        let topology = &self.plan.topology;
        let outputs: Vec<&Ident> = topology
            .outputs(self.id)
            .map(|output| topology.node(output))
            .filter_map(|node| node.variable.as_ref().map(|variable| &variable.name))
            .collect();
        let mut tokens = TokenStream::new();
        for (index, arg) in self.node.args.iter().enumerate() {
            let Argument::Closure(closure) = arg else { continue };
            let (before, closure) = self.expressions.closure(closure);
            let op = idents::branch(topology, self.id, index);
            let fallible = self.node.fallible_branches.get(index).copied().unwrap_or_default();
            let method = Ident::new(if fallible { "try_branch" } else { "branch" }, self.node.span);
            let name = outputs[index];
            tokens.extend(quote! { #before let (#name, #op) = #receiver.#method(#closure); });
        }
        if let Some(rest) = outputs.get(self.node.args.len()) {
            tokens.extend(quote! { let #rest = #receiver; });
        }
        tokens
    }

    /// Expands to:
    ///
    /// ```text
    /// let __all_5_sides = __rt::Sides::new(&lines, &others);
    /// let (__all_5, __op_all_5) = __all_5_sides.merge();
    /// ```
    fn merge(&mut self) -> TokenStream {
        let (_, args) = self.args();
        let (receiver, handle, op) = (self.receiver(), self.handle(), self.op());
        let span = self.node.span.resolved_at(Span::call_site());
        let (sides, method) = (format_ident!("{handle}_sides", span = span), Ident::new("merge", span));
        let bind = self.bind(&handle);
        quote_spanned! { span =>
            let #sides = __rt::Sides::new(&#receiver, #(#args),*);
            let (#handle, #op) = #sides.#method();
            #bind
        }
    }

    fn group_by_key(&self) -> TokenStream {
        let (receiver, handle) = (self.receiver(), self.handle());
        let grouped = self.node.variable.as_ref().map(|variable| grouped(&variable.name, &handle, self.node));
        quote! { let #handle = #receiver; #grouped }
    }

    fn to(&mut self) -> TokenStream {
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
    fn repartition(&mut self) -> TokenStream {
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

    fn for_each(&mut self) -> TokenStream {
        let (before, args) = self.args();
        let (receiver, op, method) = (self.receiver(), self.op(), self.method("for_each"));
        quote_spanned! { self.span() => #before let #op = #receiver.#method(#(#args),*); }
    }

    /// Expands to `let (__counts_5, __op_counts_5) = __words_4.group_by_key().count();` and the binding with the written type.
    fn aggregation(&mut self) -> TokenStream {
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

    /// Expands to `let __op_windowed_by_4 = tumbling(minutes(1));`; the aggregations call `.windowed_by(…)` on what they read.
    fn windowed_by(&mut self) -> TokenStream {
        let (_, args) = self.args();
        let (receiver, handle, op) = (self.receiver(), self.handle(), self.op());
        let of_cogroup = self.node.gives().is_cogroup();
        let bound = self.node.variable.as_ref().map(|variable| {
            let name = &variable.name;
            let used = self.node.read.then(|| quote! { let _ = &#name; });
            let group = (!of_cogroup).then(|| quote!(.group_by_key()));
            quote_spanned! { self.span() => let #name = #handle #group.windowed_by(#op); #used }
        });
        quote! { let #op = #(#args),*; let #handle = #receiver; #bound }
    }

    /// What stands between grouping and aggregation: `.windowed_by(__op_windowed_by_4)`.
    pub(super) fn windows(&self) -> TokenStream {
        let Some(id) = self.plan.topology.windows_of(self.id) else { return TokenStream::new() };
        let node = self.plan.topology.node(id);
        // What is not windows is told at what was written for them.
        let span = match node.args.first() {
            Some(Argument::Value(windows)) => windows.span(),
            _ => node.span,
        };
        let windows = idents::at(&idents::operator(&self.plan.topology, id), span);
        let method = Ident::new("windowed_by", node.span.resolved_at(Span::call_site()));
        let close = node.options.emit_on_close.map(|span| {
            let method = Ident::new("emit_on_close", span.resolved_at(Span::call_site()));
            quote_spanned!(span.resolved_at(Span::call_site()) => .#method())
        });
        quote_spanned!(node.span.resolved_at(Span::call_site()) => .#method(#windows) #close)
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
        // A subtractor, or a merger.
        let third = (self.of_table() || self.merges()).then(|| quote!(, _));
        if self.node.fallible { quote!(::<#aggregate, _, _, _ #third>) } else { quote!(::<#aggregate, _, _ #third>) }
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
    let value = ty.and_then(|ty| written(ty).arguments.get(1).copied())?;
    let Some(Argument::Closure(Expr::Closure(init))) = node.args.first() else { return None };
    if !matches!(init.output, syn::ReturnType::Default) {
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
fn grouped(name: &Ident, stream: &Ident, node: &Node) -> TokenStream {
    let method = Ident::new("group_by_key", node.span);
    let used = if node.read {
        quote! { let _ = &#name; }
    } else {
        TokenStream::new()
    };
    quote_spanned! { node.span => let #name = #stream.#method(); #used }
}

/// Key and value of a written type: `String, u64`.
pub(super) fn types(node: &Node) -> TokenStream {
    let ty = node.variable.as_ref().and_then(|variable| variable.ty.as_ref());
    let arguments = ty.map(|ty| written(ty).arguments).unwrap_or_default();
    quote!(#(#arguments),*)
}

/// A topic that is read and written, or written twice, has one type: a witness for rustc at the later place.
fn same_topics(plan: &Plan) -> TokenStream {
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
