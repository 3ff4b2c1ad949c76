//! Statements → nodes.

use std::collections::HashMap;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;

use super::graph::*;
use super::names::Names;
use crate::diagnostics::*;
use crate::operators::{self, Kind, OPERATORS, OPTIONS};
use crate::parse::{self, Binding, Call, Chain, Head, Param, Statement, TopologyFn, type_text};

/// Makes the graph. What cannot be understood is reported and left out.
pub(crate) fn build(cx: &mut Errors, syntax: TopologyFn) -> Topology {
    let mut builder = Builder::new(&syntax.params);
    let before = cx.count();
    for statement in &syntax.statements {
        for name in statement.binding.iter().flat_map(|binding| binding.names.iter()) {
            if let Some(param) = syntax.params.iter().find(|param| param.name == *name) {
                let first = place(param.name.span());
                cx.report(name.span(), DUPLICATE_NAME, &[("name", name), ("first", &first)]);
            }
            builder.names.announce(cx, name);
        }
    }
    // Of two definitions only one can be read.
    builder.complete = cx.count() == before;
    for statement in syntax.statements {
        builder.statement(cx, statement);
    }
    Topology {
        attrs: syntax.attrs,
        type_attrs: syntax.type_attrs,
        vis: syntax.vis,
        name: syntax.name,
        output: syntax.output,
        params: syntax.params,
        nodes: builder.nodes,
        complete: builder.complete,
        optimizations: syntax.optimizations,
    }
}

pub(super) struct Builder {
    pub(super) nodes: Vec<Node>,
    pub(super) names: Names,
    /// Parameters and the text of their types.
    pub(super) params: Vec<(Ident, String)>,
    complete: bool,
    labels: HashMap<String, usize>,
}

/// A statement cannot be understood further; the reason has been reported.
pub(super) struct Broken;

impl Builder {
    fn new(params: &[Param]) -> Self {
        let params = params.iter().map(|param| (param.name.clone(), type_text(&param.ty))).collect();
        Self { nodes: Vec::new(), names: Names::default(), params, complete: true, labels: HashMap::new() }
    }

    fn statement(&mut self, cx: &mut Errors, statement: Statement) {
        let understood = match &statement.chain {
            Some(chain) if !statement.broken => self.chain(cx, chain, &statement),
            _ => Err(Broken),
        };
        if let Err(Broken) = understood {
            self.give_up(statement);
        }
    }

    fn chain(&mut self, cx: &mut Errors, chain: &Chain, statement: &Statement) -> Result<(), Broken> {
        let first_node = self.nodes.len();
        let result = self.links(cx, chain, statement);
        if result.is_err() {
            self.nodes.truncate(first_node);
        }
        let prefix = result?;
        self.label(first_node, statement.binding.as_ref(), &prefix);
        Ok(())
    }

    /// The nodes of a chain; gives how labels begin.
    fn links(&mut self, cx: &mut Errors, chain: &Chain, statement: &Statement) -> Result<String, Broken> {
        let first_node = self.nodes.len();
        let binding = statement.binding.as_ref();
        let (start, prefix) = match &chain.head {
            Head::Name(name) if chain.calls.is_empty() => {
                cx.report(name.span(), NOTHING_HAPPENS, &[("name", name)]);
                return Err(Broken);
            }
            Head::Name(name) => {
                let id = self.names.resolve(cx, name).ok_or(Broken)?;
                self.nodes[id.0].read = true;
                (id, plain(name))
            }
            Head::Source(call) => self.source(cx, call, binding, &chain.calls)?,
        };
        let mut last = start;
        for call in &chain.calls {
            last = self.call(cx, last, call)?;
        }
        if let (Head::Name(name), Some(first)) = (&chain.head, self.nodes.get_mut(first_node)) {
            first.used_at = Some(name.span());
        }
        match binding {
            Some(binding) => self.bind(cx, last, binding, statement.docs.clone())?,
            None => self.end(cx, last)?,
        }
        Ok(prefix)
    }

    /// Leaves a statement out: its names are known but mean nothing, and what it mentions counts as read.
    fn give_up(&mut self, statement: Statement) {
        self.complete = false;
        for name in statement.binding.iter().flat_map(|binding| binding.names.iter()) {
            self.names.define(name, None);
        }
        let mut streams: Vec<TokenStream> = vec![statement.tokens.iter().cloned().collect()];
        while let Some(stream) = streams.pop() {
            for token in stream {
                match token {
                    TokenTree::Ident(word) => {
                        if let Some(id) = self.names.find(&plain(&word))
                            && let Some(node) = self.nodes.get_mut(id.0)
                        {
                            node.read = true;
                        }
                    }
                    TokenTree::Group(group) => streams.push(group.stream()),
                    _ => {}
                }
            }
        }
    }

    fn source(&mut self, cx: &mut Errors, call: &Call, binding: Option<&Binding>, calls: &[Call]) -> Result<(NodeId, String), Broken> {
        let name = call.name.to_string();
        let Some((row, false)) = operators::find(None, &name) else {
            let hint = did_you_mean(&name, operators::names(None));
            let known = list(operators::names(None));
            cx.report(call.name.span(), UNKNOWN_SOURCE, &[("name", &name), ("hint", &hint), ("known", &known)]);
            return Err(Broken);
        };
        let kind_written = row.written().unwrap_or_default();
        let Some(binding) = binding else {
            cx.report(call.name.span(), SOURCE_WITHOUT_LET, &[("source", &name), ("written", &kind_written)]);
            return Err(Broken);
        };
        let variable = match &binding.names {
            parse::Names::One(variable) => variable,
            parse::Names::Tuple(_, span) => {
                let kind = row.gives.noun();
                cx.report(*span, TUPLE_WITHOUT_SPLIT, &[("operator", &name), ("kind", &kind)]);
                return Err(Broken);
            }
        };
        let operator = calls.iter().find(|call| OPTIONS.iter().all(|option| call.name != option.name));
        if let Some(operator) = operator
            && OPERATORS.iter().any(|row| operator.name == row.name)
        {
            cx.report(operator.name.span(), SOURCE_NOT_ALONE, &[("source", &name), ("name", variable)]);
            return Err(Broken);
        }
        if binding.ty.is_none() {
            let values: &[(&str, &dyn std::fmt::Display)] = &[("source", &name), ("name", variable), ("written", &kind_written)];
            cx.report(variable.span(), SOURCE_WITHOUT_TYPE, values);
            return Err(Broken);
        }
        let id = self.add(cx, row, false, None, call)?;
        Ok((id, plain(variable)))
    }

    /// An option of the node, or an operator on it.
    fn call(&mut self, cx: &mut Errors, on: NodeId, call: &Call) -> Result<NodeId, Broken> {
        let name = call.name.to_string();
        if let Some(option) = OPTIONS.iter().find(|option| option.name == name) {
            self.option(cx, on, option, call)?;
            return Ok(on);
        }
        let kind = self.nodes[on.0].gives();
        let Some((row, fallible)) = operators::find(Some(kind), &name) else {
            self.unknown_operator(cx, on, call);
            return Err(Broken);
        };
        if fallible && !row.twin {
            cx.report(call.name.span(), NO_TWIN, &[("name", &name), ("operator", &row.name)]);
            return Err(Broken);
        }
        self.nodes[on.0].read = true;
        // The branches of a split are arguments of one node.
        if row.on == Some(Kind::Split) {
            return self.branch(cx, on, row, fallible, call);
        }
        self.add(cx, row, fallible, Some(on), call)
    }

    fn branch(
        &mut self,
        cx: &mut Errors,
        split: NodeId,
        row: &'static operators::Operator,
        fallible: bool,
        call: &Call,
    ) -> Result<NodeId, Broken> {
        let args = self.arguments(cx, row, fallible, call)?;
        if row.gives == Kind::Branches {
            let node = &mut self.nodes[split.0];
            if node.args.is_empty() {
                cx.report(node.span, SPLIT_EMPTY, &[]);
                return Err(Broken);
            }
            // From here on the node is finished: its row says which way.
            node.row = row;
        } else {
            let node = &mut self.nodes[split.0];
            node.args.extend(args);
            node.fallible_branches.push(fallible);
        }
        Ok(split)
    }

    fn add(
        &mut self,
        cx: &mut Errors,
        row: &'static operators::Operator,
        fallible: bool,
        receiver: Option<NodeId>,
        call: &Call,
    ) -> Result<NodeId, Broken> {
        let args = self.arguments(cx, row, fallible, call)?;
        let mut node = Node {
            row,
            fallible,
            span: call.name.span(),
            receiver,
            output_index: None,
            args,
            fallible_branches: Vec::new(),
            options: Options::default(),
            variable: None,
            label: String::new(),
            read: false,
            used_at: None,
            inserted_for: None,
            follows: None,
            also_from: Vec::new(),
        };
        self.cogroup(receiver, &mut node);
        Ok(self.push(node))
    }

    pub(super) fn push(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        NodeId(self.nodes.len() - 1)
    }

    /// Labels: the `let` for the last node of a chain, `let.operator` before it, `start.operator` in a statement without one.
    fn label(&mut self, first: usize, binding: Option<&Binding>, prefix: &str) {
        let bound = binding.and_then(|binding| match &binding.names {
            parse::Names::One(name) => Some(plain(name)),
            parse::Names::Tuple(..) => None,
        });
        for index in first..self.nodes.len() {
            let node = &self.nodes[index];
            let operator = if node.row.on == Some(Kind::Split) { "split".to_owned() } else { node.operator() };
            let label = match (&node.variable, &bound) {
                (Some(variable), _) => plain(&variable.name),
                (None, Some(bound)) => format!("{bound}.{operator}"),
                (None, None) => format!("{prefix}.{operator}"),
            };
            let same = self.labels.entry(label.clone()).or_insert(0);
            *same += 1;
            self.nodes[index].label = if *same == 1 { label } else { format!("{label}.{same}") };
        }
    }

    pub(super) fn called(&self, id: NodeId) -> String {
        let node = &self.nodes[id.0];
        node.variable.as_ref().map_or_else(|| node.operator(), |variable| plain(&variable.name))
    }

    /// The name that an expression is, if it is one.
    pub(super) fn as_name(expr: &syn::Expr) -> Option<&Ident> {
        if let syn::Expr::Path(path) = expr { path.path.get_ident() } else { None }
    }

    /// An expression as text, for messages.
    pub(super) fn text(tokens: &impl ToTokens) -> String {
        let text = crate::text::tidy(&tokens.to_token_stream().to_string());
        if text.chars().count() > 40 { text.chars().take(39).chain(['…']).collect() } else { text }
    }

    /// The place of a call's arguments; of its name when there are none.
    pub(super) fn args_span(call: &Call) -> Span {
        call.args.first().map_or(call.name.span(), syn::spanned::Spanned::span)
    }
}
