//! The forward pass: every edge is a typed handle, every operator a method on it; rustc infers the types from the written ones.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use super::aggregations::grouped;
use super::closures::Expressions;
use super::formats::Proofs;
use super::{idents, names};
use crate::model::{Argument, JoinerKeys, Node, NodeId, written, written_closure};
use crate::operators::Kind;
use crate::plan::Plan;

/// One statement or more for each node, in the order of the data.
pub(super) fn forward(plan: &Plan) -> TokenStream {
    let mut expressions = Expressions::new(&plan.topology);
    let proofs = Proofs::of(plan);
    let mut tokens = TokenStream::new();
    for id in &plan.order {
        tokens.extend(Forward { plan, id: *id, node: plan.topology.node(*id), expressions: &mut expressions, proofs: &proofs }.emit());
    }
    tokens.extend(proofs.tokens(plan));
    tokens.extend(names::constants(&plan.topology));
    tokens
}

pub(super) struct Forward<'a, 'e> {
    pub(super) plan: &'a Plan,
    pub(super) id: NodeId,
    pub(super) node: &'a Node,
    pub(super) expressions: &'e mut Expressions<'a>,
    pub(super) proofs: &'e Proofs,
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
            _ if self.node.row.may_have_outputs() && self.plan.topology.outputs(self.id).next().is_some() => self.outputs(),
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
    pub(super) fn read(&self, id: NodeId) -> Ident {
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

    pub(super) fn handle(&self) -> Ident {
        idents::handle(&self.plan.topology, self.id)
    }

    pub(super) fn op(&self) -> Ident {
        idents::operator(&self.plan.topology, self.id)
    }

    /// The name of the runtime's method, at the user's word for it.
    pub(super) fn method(&self, name: &str) -> Ident {
        let name = if self.node.fallible { format!("try_{name}") } else { name.to_owned() };
        let with_cx = if self.node.sees_cx() { "_with_cx" } else { "" };
        Ident::new(&format!("{name}{with_cx}"), self.span())
    }

    /// The same where the closure is taken later.
    pub(super) fn plain_method(&self, name: &str) -> Ident {
        Ident::new(name, self.span())
    }

    /// The user's variable. Expands to `let _: Table<String, u64> = __counts_3; let counts = __counts_3;`; rustc reports a mismatch at
    /// the operator.
    pub(super) fn bind(&self, handle: &Ident) -> TokenStream {
        self.bind_known(handle, &TokenStream::new())
    }

    /// With what stands behind the comparison of the written type.
    fn bind_known(&self, handle: &Ident, known: &TokenStream) -> TokenStream {
        let Some(variable) = &self.node.variable else { return TokenStream::new() };
        let name = &variable.name;
        let mut value = handle.clone();
        value.set_span(self.node.span.resolved_at(Span::call_site()));
        let tokens = match &variable.ty {
            // The written type is compared apart: what follows goes on with the inferred one, so that one mistake is one error.
            Some(ty) => quote! { let _: #ty = #value; #known let #name = #value; },
            None => quote! { let #name = #value; },
        };
        // State that is only queried is used all the same.
        if self.node.is_state() {
            quote! { #tokens let _ = &#name; }
        } else {
            tokens
        }
    }

    /// State has a format. What has none is told by the operator that makes the state, and here at
    /// the same place, since rustc does not tell one thing twice of one place; what follows is then
    /// unknown. Expands to:
    ///
    /// ```text
    /// let (__counts_3_made, __op_counts_3) = lines.count();
    /// let __counts_3 = __counts_3_made;
    /// let _: Table<String, u64> = __counts_3;
    /// let __counts_3 = __counts_3_made.keys_with_format().values_with_format();
    /// let counts = __counts_3;
    /// ```
    fn state(&self, call: &TokenStream) -> TokenStream {
        let (handle, op) = (self.handle(), self.op());
        // As all that is in the call, a name at the user's place, or the macro's.
        let made = Ident::new(&format!("{handle}_made"), self.span());
        let (keys, values) = (Ident::new("keys_with_format", self.span()), Ident::new("values_with_format", self.span()));
        let known = quote_spanned!(self.span() => #made.#keys().#values());
        let bind = self.bind_known(&handle, &quote!(let #handle = #known;));
        quote! { let (#made, #op) = #call; let #handle = #made; #bind }
    }

    /// Expands to `let (long, __op_long_3) = words.filter(…);`, or with a written type through a hidden handle.
    fn operator(&mut self) -> TokenStream {
        let (before, args) = self.args();
        let receiver = self.receiver();
        let global = self.node.inputs().any(|input| self.plan.topology.node(input).gives() == Kind::GlobalTable);
        let with_key = match self.node.joiner_keys() {
            JoinerKeys::None => "",
            JoinerKeys::Stream => "_with_key",
            JoinerKeys::Both => "_with_keys",
        };
        let method = match self.node.row.name {
            name if self.node.joins_by_foreign_key() => self.method(&self.foreign_method(name)),
            name if self.node.joins_itself() => self.method(&format!("{name}_itself{with_key}")),
            name if self.node.joins_streams() => self.method(&format!("{name}_stream{with_key}")),
            name @ ("join" | "left_join") if global => self.method(&format!("{name}_global{with_key}")),
            name @ ("join" | "left_join") if !self.node.is_view() => self.method(&format!("{name}_table{with_key}")),
            name => self.method(name),
        };
        let hint = if global { TokenStream::new() } else { self.join_hint() };
        let keys = self.keys_of_join();
        // Both sides of a join of streams keep their records.
        let kept = self.node.joins_streams().then(|| {
            let method = Ident::new("values_with_format", self.span());
            quote_spanned!(self.span() => .#method())
        });
        let call = quote_spanned! { self.span() => #receiver #kept.#method #hint (#(#args),*) };
        let bound = self.bound(&call);
        let grace = self.grace();
        let stream = match &self.node.variable {
            // `let grouped = words.group_by(…)`: the stream stays behind the grouped handle.
            Some(variable) if self.node.gives().is_grouped() => grouped(&variable.name, &self.handle(), self.node),
            _ => TokenStream::new(),
        };
        quote! { #keys #before #bound #grace #stream }
    }

    /// Expands to `let __grace_priced_4: Duration = minutes(5);`
    fn grace(&self) -> TokenStream {
        let Some((grace, _)) = &self.node.options.grace else { return TokenStream::new() };
        let name = idents::grace(&self.plan.topology, self.id);
        let grace = self.expressions.value(grace);
        quote! { let #name: __rt::Duration = #grace; }
    }

    /// That both sides of a join with a stream or a table have one key is asked in front of it, in words of keys alone: rustc names the
    /// method that asks, and says it once for one place. Expands to `orders.meets_rows(&users);`
    fn keys_of_join(&self) -> TokenStream {
        let node = self.node;
        let Some((id, span)) = node.operand().filter(|_| node.row.on == Some(Kind::Stream) && !node.joins_itself()) else {
            return TokenStream::new();
        };
        let meets = match (node.row.name, self.plan.topology.node(id).gives()) {
            ("join" | "left_join", Kind::Table) => "meets_rows",
            ("join" | "left_join", Kind::Stream) => "meets_records",
            _ => return TokenStream::new(),
        };
        let (receiver, meets) = (self.receiver(), Ident::new(meets, self.span()));
        // Without it rustc takes the key of the one side for that of the other, and tells of the types of both handles.
        let written = self.plan.topology.node(id).variable.as_ref().and_then(|variable| variable.ty.as_ref());
        let Some([key, _]) = written.map(|ty| key_and_value(&quote!(__rt), ty)) else { return TokenStream::new() };
        let operand = idents::read(&self.plan.topology, id, Some(span));
        let operand = quote_spanned!(span => &#operand);
        let hint = quote!(::<#key, _>);
        quote_spanned!(self.span() => #receiver.#meets #hint (#operand);)
    }

    /// By the number of parameters of the closure that makes the foreign key.
    fn foreign_method(&self, name: &str) -> String {
        let with_key = self.node.closures().next().and_then(written_closure).is_some_and(|closure| closure.inputs.len() >= 2);
        format!("{name}_foreign{}", if with_key { "_with_key" } else { "" })
    }

    /// The key type of the table of a join, so that keys which differ are told as that before the argument is looked at.
    fn join_hint(&self) -> TokenStream {
        let table = self.node.inputs().nth(1).filter(|_| self.node.row.needs_key || self.node.joins_tables());
        let ty = table.and_then(|table| self.plan.topology.node(table).variable.as_ref()?.ty.as_ref());
        let Some([key, _]) = ty.map(|ty| key_and_value(&quote!(__rt), ty)) else { return TokenStream::new() };
        let inferred =
            if self.node.fallible { quote_spanned!(self.span() => _, _, _, _, _) } else { quote_spanned!(self.span() => _, _, _, _) };
        quote_spanned!(self.span() => ::<#key, #inferred>)
    }

    pub(super) fn bound(&self, call: &TokenStream) -> TokenStream {
        let (handle, op) = (self.handle(), self.op());
        match &self.node.variable {
            Some(variable) if variable.ty.is_none() && !self.node.gives().is_grouped() && !self.node.is_state() => {
                let name = &variable.name;
                quote! { let (#name, #op) = #call; }
            }
            Some(_) if self.node.is_state() && self.node.gives() == Kind::Table => self.state(call),
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
        for (index, arg) in node.args.iter().enumerate() {
            match arg {
                Argument::Closure(closure) => {
                    let (first, closure) = self.expressions.closure(&node.closure_for_method(index, closure));
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
            args.push(match handles.as_slice() {
                // Stores that were forgotten are told at the processor.
                [] => {
                    let span = node.args.first().map_or(node.span, |arg| match arg {
                        Argument::Value(processor) => processor.span(),
                        _ => node.span,
                    });
                    quote_spanned!(span.resolved_at(Span::call_site()) => __rt::no_stores())
                }
                [one] => one.clone(),
                several => quote!((#(#several),*)),
            });
        }
        (before, args)
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
            let with_cx = if self.node.closure_sees_cx(index) { "_with_cx" } else { "" };
            let method = format!("{}branch{with_cx}", if fallible { "try_" } else { "" });
            let method = Ident::new(&method, self.node.span);
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

    fn for_each(&mut self) -> TokenStream {
        let (before, args) = self.args();
        let (receiver, op, method) = (self.receiver(), self.op(), self.method("for_each"));
        quote_spanned! { self.span() => #before let #op = #receiver.#method(#(#args),*); }
    }
}

/// Key and value of the written type of a node: `String, u64`. `runtime` is the path of what generated code names.
pub(super) fn types(runtime: &TokenStream, node: &Node) -> TokenStream {
    let ty = node.variable.as_ref().and_then(|variable| variable.ty.as_ref());
    let arguments = ty.map(|ty| key_and_value(runtime, ty));
    let arguments = arguments.iter().flatten();
    quote!(#(#arguments),*)
}

/// Key and value of a written type. Of an alias rustc knows them: `<Orders as Typed>::Key`.
pub(super) fn key_and_value(runtime: &TokenStream, ty: &Type) -> [TokenStream; 2] {
    match written(ty).key_and_value() {
        Some([key, value]) => [quote!(#key), quote!(#value)],
        None => [quote!(<#ty as #runtime::Typed>::Key), quote!(<#ty as #runtime::Typed>::Value)],
    }
}
