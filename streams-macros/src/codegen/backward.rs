//! The backward pass: each operator value is attached to what follows it. Everything is a value of its own type, so that rustc sees
//! one function per source; a box cuts paths that are too long for it.

use std::collections::HashMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use super::closures::Expressions;
use super::{foreign_keys, idents, names};
use crate::model::{Argument, NodeId, TopicName, Topics, Topology};
use crate::operators::{Arg, Kind};
use crate::plan::{Entry, Plan, SubTopology};

/// Nodes on one path before a box: rustc gives up at about 128 nested types, and its time grows faster than their number.
const PATH: usize = 32;
/// Views on one path before a box. The rows that they look up are in the types of both sides of each join, so that names of types grow with
/// the square of their number.
const VIEWS: usize = 4;
/// What a join of tables counts on a path: it is a side, a shared node and a store.
const JOIN: usize = 8;

/// The arms of the `match`.
pub(super) fn backward(plan: &Plan) -> TokenStream {
    let mut expressions = Expressions::new(&plan.topology);
    let arms = plan.sub_topologies.iter().enumerate().map(|(index, part)| {
        let body = Backward { plan, expressions: &mut expressions, depths: HashMap::new(), views: HashMap::new() }.emit(part);
        quote! { #index => { #body } }
    });
    let arms: Vec<TokenStream> = arms.collect();
    quote!(#(#arms)*)
}

struct Backward<'a, 'e> {
    plan: &'a Plan,
    expressions: &'e mut Expressions<'a>,
    /// By node: how many nodes follow it without a box.
    depths: HashMap<NodeId, usize>,
    /// By table: how many views its rows are made by without a box.
    views: HashMap<NodeId, usize>,
}

impl Backward<'_, '_> {
    fn emit(mut self, part: &SubTopology) -> TokenStream {
        let mut tokens = TokenStream::new();
        for id in &part.nodes {
            tokens.extend(self.tables(*id));
        }
        tokens.extend(foreign_keys::sides(self.plan, part));
        for id in part.nodes.iter().rev() {
            tokens.extend(self.attach(*id));
        }
        for (index, entry) in part.entries.iter().enumerate() {
            tokens.extend(self.enter(index, *entry));
        }
        tokens
    }

    /// What takes the records of a node, and how many nodes follow.
    fn next(&self, id: NodeId) -> (TokenStream, usize) {
        let topology = &self.plan.topology;
        let consumers = &self.plan.consumers[id.0];
        let mut depth = 0;
        let mut next: Option<TokenStream> = None;
        // From the last to the first, so that the first gets each record first.
        for (index, consumer) in consumers.iter().enumerate().rev() {
            let merge = topology.node(*consumer);
            // What does not fit is told at the operator that takes the records.
            let span = merge.span.resolved_at(Span::call_site());
            let node = idents::node(topology, *consumer);
            let one = match merge.row.name {
                // A stream merged with itself comes in twice, on the right the second time.
                "merge" if merge.receiver == Some(id) && !consumers[..index].contains(consumer) => {
                    quote_spanned!(span => __rt::Shared::clone(&#node))
                }
                "merge" => {
                    let op = idents::at(&idents::operator(topology, *consumer), span);
                    quote_spanned!(span => #op.attach(__rt::Shared::clone(&#node)))
                }
                "aggregate" if merge.row.on.is_some_and(Kind::is_cogroup) => quote_spanned!(span => __rt::Shared::clone(&#node)),
                _ if merge.joins_by_foreign_key() => {
                    // A table joined with itself comes in on the left first.
                    let left = merge.receiver == Some(id) && !consumers[..index].contains(consumer);
                    idents::side(topology, *consumer, left).into_token_stream()
                }
                _ if merge.joins_tables() => {
                    let op = idents::at(&idents::operator(topology, *consumer), span);
                    let mut inputs = merge.inputs().map(|input| idents::rows(topology, input));
                    let (left, right) = (inputs.next(), inputs.next());
                    let latest_only = topology.has_history(id).then(|| quote!(.latest_only()));
                    let with_old = (!merge.is_state() && self.plan.gives_old[consumer.0]).then(|| quote!(.with_old()));
                    // As with merge: a table joined with itself comes in on the left first.
                    let label = &merge.label;
                    let op = quote_spanned!(span => __rt::Clone::clone(&#op).at(#label) #with_old #latest_only);
                    if merge.receiver == Some(id) && !consumers[..index].contains(consumer) {
                        quote_spanned!(span => #op.left(&#right, __rt::Shared::clone(&#node)))
                    } else {
                        quote_spanned!(span => #op.right(&#left, __rt::Shared::clone(&#node)))
                    }
                }
                // A stream joined with itself comes in on the left first.
                _ if merge.joins_streams() && !merge.joins_itself() => {
                    let is_left = merge.receiver == Some(id) && !consumers[..index].contains(consumer);
                    let side = Ident::new(if is_left { "left" } else { "right" }, span);
                    quote_spanned!(span => #node.#side())
                }
                _ => quote!(#node),
            };
            depth = depth.max(self.depths.get(consumer).copied().unwrap_or(0));
            let tee = match next {
                None => one,
                Some(later) => {
                    depth += 1;
                    quote_spanned!(span => __rt::Tee(#one, #later))
                }
            };
            let (cut, cut_depth) = self.cut(id, tee, depth);
            (next, depth) = (Some(cut), cut_depth);
        }
        (next.unwrap_or_else(|| quote!(__rt::Discard)), depth)
    }

    /// A box around what takes the records of a node, if it is a long way to the end of it. Expands to `__rt::LongPath::new(&lines, …).boxed()`.
    fn cut(&self, id: NodeId, next: TokenStream, depth: usize) -> (TokenStream, usize) {
        let topology = &self.plan.topology;
        if depth < PATH || topology.node(id).gives() == Kind::GlobalTable {
            return (next, depth);
        }
        let handle = idents::read(topology, id, None);
        (quote!(__rt::LongPath::new(&#handle, #next).boxed()), 1)
    }

    /// What tables have to remember, and what looks up their rows. Expands to
    /// `__b.keep_old("users"); let __rows_users_1 = __b.rows(&users, "users");`, or for a view to `let __rows_adults_2 = __op_adults_2.rows(&__rows_users_1);`
    fn tables(&mut self, id: NodeId) -> TokenStream {
        let topology = &self.plan.topology;
        let node = topology.node(id);
        let span = node.span.resolved_at(Span::call_site());
        let state = node.state_name().map(|(name, _)| name).unwrap_or_default();
        let keep = (self.plan.gives_old[id.0] && node.is_state()).then(|| quote!(__b.keep_old(#state);));
        if !self.plan.lends_rows[id.0] {
            return quote!(#keep);
        }
        let rows = idents::at(&idents::rows(topology, id), span);
        if node.is_state() {
            let handle = idents::read(topology, id, None);
            return quote_spanned!(span => #keep let #rows = __b.rows(&#handle, #state););
        }
        let (op, label) = (idents::at(&idents::operator(topology, id), span), &node.label);
        if node.holds_back() {
            let below = node.receiver.map(|input| idents::rows(topology, input));
            return quote_spanned!(span => let #rows = #op.rows(__b, #state, &#below););
        }
        let below = node.inputs().map(|input| idents::rows(topology, input));
        let views = 1 + node.inputs().filter_map(|input| self.views.get(&input)).max().copied().unwrap_or_default();
        let (views, boxed) = if views < VIEWS {
            (views, TokenStream::new())
        } else {
            let handle = idents::read(topology, id, None);
            (0, quote_spanned!(span => let #rows = __rt::BoxedRows::new(&#handle, #rows);))
        };
        self.views.insert(id, views);
        quote_spanned! { span =>
            let #op = #op.at(#label);
            let #rows = #op.rows(#(&#below),*);
            #boxed
        }
    }

    /// Expands to `let __to_long_3 = __op_long_3.at("long").attach(…);`
    fn attach(&mut self, id: NodeId) -> TokenStream {
        let topology = &self.plan.topology;
        let node = topology.node(id);
        let span = node.span.resolved_at(Span::call_site());
        let (name, op) = (idents::node(topology, id), idents::at(&idents::operator(topology, id), span));
        if node.output_index.is_some() || node.gives() == Kind::Store {
            return TokenStream::new();
        }
        if matches!(node.row.name, "otherwise" | "no_default") {
            return self.split(id);
        }
        if node.row.may_have_outputs() && topology.outputs(id).next().is_some() {
            return self.outputs(id);
        }
        let (mut next, mut depth) = self.next(id);
        if node.joins_tables() && depth + JOIN > PATH {
            (next, depth) = self.cut(id, next, PATH);
        }
        self.depths.insert(id, depth + if node.joins_tables() { JOIN } else { 1 });
        let label = &node.label;
        let at = if located(node.row.shapes) { quote_spanned!(span => .at(#label)) } else { TokenStream::new() };
        let state = node.state_name().map(|(name, _)| name).unwrap_or_default();
        let value = match node.row.name {
            "stream" => return TokenStream::new(),
            "merge" => quote!(__rt::Shared::new(#next)),
            "group_by_key" | "windowed_by" => next,
            "to" => {
                let (before, sink) = self.sink(id);
                return quote_spanned! { span => #before let #name = #op #at #sink; };
            }
            "for_each" => quote_spanned!(span => #op #at),
            "repartition" => {
                let topic = self.plan.repartition_name(id);
                self.depths.insert(id, 1);
                let topic_name = format_ident!("{name}_topic");
                return quote_spanned! { span =>
                    let #topic_name = __b.repartition_topic(#topic);
                    let #name = #op.attach(__b, &#topic_name);
                };
            }
            "table" if !node.is_state() => quote_spanned!(span => #op.attach_plain(#label, #next)),
            "to_table" => {
                let keys = self.in_windows(id).map(|keys| quote!(.in_windows(__b, #keys)));
                quote_spanned!(span => #op #at.attach(__b, #state, #next) #keys)
            }
            "aggregate" if node.row.on.is_some_and(Kind::is_cogroup) => {
                quote_spanned!(span => __rt::Shared::new(#op #at.attach(__b, #state, #next)))
            }
            "table" | "count" | "reduce" | "aggregate" => quote_spanned!(span => #op #at.attach(__b, #state, #next)),
            _ if node.is_view() || node.joins_by_foreign_key() => self.view(id, next),
            _ if node.joins_streams() => {
                let stores: Vec<String> = topology.own_stores(id).into_iter().map(|store| store.name).collect();
                let stores = match stores.as_slice() {
                    [this, other] => quote!(#this, #other, __rt::Option::None),
                    [this, other, shared] => quote!(#this, #other, __rt::Option::Some(#shared)),
                    stores => quote!(#(#stores),*),
                };
                let holds =
                    node.options.hold_unmatched.map(|span| quote_spanned!(span.resolved_at(Span::call_site()) => .hold_unmatched()));
                quote_spanned!(span => #op #at #holds.attach(__b, #stores, #next))
            }
            "join" | "left_join" => {
                let table = node.args.iter().find_map(|arg| if let Argument::Operand(id, _) = arg { Some(*id) } else { None });
                let Some(table) = table else { return TokenStream::new() };
                if topology.node(table).gives() == Kind::Table {
                    let (table, rows) = (idents::read(topology, table, None), idents::rows(topology, table));
                    let join = quote_spanned!(span => #op #at.attach(&#table, __rt::Clone::clone(&#rows), #next));
                    match (topology.own_stores(id).first(), node.receiver) {
                        (Some(store), Some(input)) => {
                            let (input, grace, store) = (idents::read(topology, input, None), idents::grace(topology, id), &store.name);
                            let history = node
                                .operand()
                                .and_then(|(operand, _)| topology.history_of(operand))
                                .and_then(|table| topology.node(table).state_name());
                            let history = history.map(|(name, _)| name).unwrap_or_default();
                            self.depths.insert(id, depth + 2);
                            quote_spanned!(span => __rt::GraceNode::new(__b, &#input, #store, (#grace, #history), #join))
                        }
                        _ => join,
                    }
                } else {
                    let store = topology.node(table).state_name().map(|(name, _)| name).unwrap_or_default();
                    let table = idents::read(topology, table, None);
                    quote_spanned!(span => #op #at.attach(__b, &#table, #store, #next))
                }
            }
            "dedup" | "dedup_by" => quote_spanned!(span => #op #at.attach(__b, #state, #next)),
            "process" | "process_values" => {
                let input = node.receiver.map(|input| idents::read(topology, input, None));
                quote_spanned!(span => #op #at.attach(__b, &#input, #next))
            }
            "group_by" if node.receiver.is_some_and(|table| topology.has_history(table)) => {
                quote_spanned!(span => #op #at.latest_only().attach(#next))
            }
            _ => quote_spanned!(span => #op #at.attach(#next)),
        };
        quote! { let #name = #value; }
    }

    /// A table made of tables, with its store behind it if it has one. Two sides lead into a join, each attached where its table is.
    fn view(&self, id: NodeId, next: TokenStream) -> TokenStream {
        let topology = &self.plan.topology;
        let node = topology.node(id);
        let span = node.span.resolved_at(Span::call_site());
        let op = idents::at(&idents::operator(topology, id), span);
        let filter = matches!(node.row.name, "filter" | "filter_not");
        // A key that does not pass is a version as well.
        let of_history = node.receiver.is_some_and(|table| topology.has_history(table));
        let next = if node.is_state() {
            let state = node.state_name().map(|(name, _)| name).unwrap_or_default();
            let handle = idents::read(topology, id, None);
            let skip = (filter && !of_history).then(|| quote!(.skip_absent()));
            let keys = self.in_windows(id).map(|keys| quote!(.in_windows(__b, #keys)));
            quote_spanned!(span => __rt::Materialized::new(__b, &#handle, #state, #next) #keys #skip)
        } else {
            next
        };
        if node.joins_tables() {
            return quote_spanned!(span => __rt::Shared::new(#next));
        }
        if node.holds_back() {
            let state = node.state_name().map(|(name, _)| name).unwrap_or_default();
            let (label, keys) = (&node.label, self.in_windows(id).map(|keys| quote!(.in_windows(#keys))));
            return quote_spanned!(span => #op.at(#label) #keys.attach(__b, #state, #next));
        }
        // Its results are handed on where its answers come in.
        if node.joins_by_foreign_key() {
            return next;
        }
        let below_gives_old = node.receiver.is_some_and(|input| self.plan.gives_old[input.0]);
        let with_old = !node.is_state() && below_gives_old && (filter || self.plan.gives_old[id.0]);
        let with_old = with_old.then(|| quote!(.with_old()));
        let every_change = (filter && of_history).then(|| quote!(.every_change()));
        let label = &node.label;
        // What a transformer takes is not known from a closure.
        let input = (node.row.name == "transform_values").then(|| node.receiver.map(|input| idents::read(topology, input, None)));
        let input = input.flatten().map(|input| quote!(&#input,));
        quote_spanned!(span => #op.at(#label) #with_old #every_change.attach(#input #next))
    }

    /// What is known of the windows that a table's keys are in, if they are. Expands to `InWindows::new(&__op_windowed_by_4)`.
    fn in_windows(&self, id: NodeId) -> Option<TokenStream> {
        let topology = &self.plan.topology;
        let mut windows = topology.windows_behind(id)?.into_iter().map(|windowed_by| idents::operator(topology, windowed_by));
        let first = windows.next()?;
        let others: Vec<Ident> = windows.collect();
        Some(quote!(__rt::InWindows::new(&#first) #(.or(&#others))*))
    }

    /// Branches are nested: what the first does not take goes to the second.
    fn split(&mut self, id: NodeId) -> TokenStream {
        let topology = &self.plan.topology;
        let node = topology.node(id);
        let outputs: Vec<NodeId> = topology.outputs(id).collect();
        let count = node.args.len();
        let (mut rest, mut depth) = match outputs.get(count) {
            Some(otherwise) => self.next(*otherwise),
            None => (quote!(__rt::Discard), 0),
        };
        for index in (0..count).rev() {
            let op = idents::branch(topology, id, index);
            let (next, next_depth) = self.next(outputs[index]);
            let label = &topology.node(outputs[index]).label;
            rest = quote!(#op.at(#label).attach(#next, #rest));
            (rest, depth) = self.cut(outputs[index], rest, depth.max(next_depth) + 1);
        }
        self.depths.insert(id, depth);
        let name = idents::node(topology, id);
        quote! { let #name = #rest; }
    }

    /// A processor with several outputs. Expands to `let __to_process_3 = __op_process_3.at("…").attach_branching(__b, &lines, (__to_…, __to_…));`
    fn outputs(&mut self, id: NodeId) -> TokenStream {
        let topology = &self.plan.topology;
        let node = topology.node(id);
        let span = node.span.resolved_at(Span::call_site());
        let (mut nodes, mut depth) = (Vec::new(), 0);
        for output in topology.outputs(id) {
            let (next, next_depth) = self.next(output);
            nodes.push(next);
            depth = depth.max(next_depth);
        }
        self.depths.insert(id, depth + 1);
        let (name, op) = (idents::node(topology, id), idents::at(&idents::operator(topology, id), span));
        let input = node.receiver.map(|input| idents::read(topology, input, None));
        let label = &node.label;
        quote_spanned!(span => let #name = #op.at(#label).attach_branching(__b, &#input, (#(#nodes,)*));)
    }

    fn sink(&mut self, id: NodeId) -> (TokenStream, TokenStream) {
        match self.plan.topology.node(id).topics() {
            Some(Topics::Computed(closure)) => {
                let method = if self.plan.topology.node(id).sees_cx() { "attach_dynamic_with_cx" } else { "attach_dynamic" };
                let method = Ident::new(method, Span::call_site());
                let (before, closure) = self.expressions.closure(closure);
                (before, quote!(.#method(#closure)))
            }
            Some(Topics::Names(names)) => {
                let topic = names.first().map(|name| topic(&self.plan.topology, name));
                (TokenStream::new(), quote!(.attach(__b, #topic)))
            }
            Some(Topics::Pattern(_)) | None => Default::default(),
        }
    }

    /// Sources, once all that follows them is there.
    fn enter(&self, index: usize, entry: Entry) -> TokenStream {
        let topology = &self.plan.topology;
        let id = entry.node();
        let node = topology.node(id);
        let handle = idents::at(&idents::handle(topology, id), node.span);
        let span = handle.span();
        match entry {
            Entry::Source(_) if node.gives() == Kind::Table => {
                let (source, next, label) = (format_ident!("{handle}_source"), idents::node(topology, id), &node.label);
                entered(span, &source.into_token_stream(), &next.into_token_stream(), index, label)
            }
            Entry::Source(_) => {
                let (op, (next, _), label) = (idents::at(&idents::operator(topology, id), span), self.next(id), &node.label);
                entered(span, &op.into_token_stream(), &next, index, label)
            }
            Entry::Subscriptions(_) | Entry::Responses(_) => foreign_keys::enter(self.plan, index, entry),
            Entry::Repartition(_) => {
                let (next, _) = self.next(id);
                let label = format!("{}-repartition", self.plan.repartition_name(id));
                let source = match &node.options.with {
                    Some(_) => {
                        let (key, value) = idents::codecs(topology, id);
                        quote_spanned!(span => #handle.source_again(#key, #value))
                    }
                    None => {
                        let source = Ident::new("source", span);
                        quote_spanned!(span => #handle.#source())
                    }
                };
                entered(span, &source, &next, index, &label)
            }
        }
    }
}

/// Expands to `__rt::Enter(__op_lines_0, …).attach(__b, 0, "lines");`
fn entered(span: Span, source: &TokenStream, next: &TokenStream, index: usize, label: &str) -> TokenStream {
    quote_spanned! { span => __rt::Enter(#source, #next).attach(__b, #index, #label); }
}

/// Whether an operator value can be told where in the topology it is: those that run code of the user's, and sinks.
fn located(shapes: &[&[Arg]]) -> bool {
    let runs = |arg: &Arg| matches!(arg, Arg::Closure(_) | Arg::Value("processor") | Arg::TopicOrClosure(_));
    shapes.iter().any(|shape| shape.iter().any(runs))
}

/// A topic as `&str`. What is no text is told at the user's expression. Expands to `__rt::topic_name(&self.input)`.
pub(super) fn topic(topology: &Topology, name: &TopicName) -> TokenStream {
    let span = name.span().resolved_at(Span::call_site());
    match name {
        TopicName::Literal(literal) => quote!(#literal),
        TopicName::Constant(_) => names::own_constant(topology, name).unwrap_or_default(),
        TopicName::Parameter(name) => quote_spanned!(span => __rt::topic_name(&self.#name)),
        TopicName::Expression(expr) => {
            let owned = Expressions::new(topology).value(&quote_spanned!(span => __rt::owned_topic_name(&#expr)));
            quote_spanned!(span => &*#owned)
        }
    }
}
