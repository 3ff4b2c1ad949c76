//! What rustc has to prove of bytes: keys that meet have one format, and a topic has one type and one format wherever it is named. The
//! graph says which places meet; where neither names a format the types decide, and those are compared already.

use std::collections::HashMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use super::idents;
use crate::model::{Division, Node, NodeId, Topics};
use crate::plan::Plan;

/// The pairs of places that rustc compares.
pub(super) struct Proofs {
    /// Keys of these are divided alike.
    divided: Vec<(NodeId, NodeId, Span)>,
    /// These name one topic, the second one at this place.
    topics: Vec<(NodeId, NodeId, Span)>,
}

impl Proofs {
    pub(super) fn of(plan: &Plan) -> Self {
        Proofs { divided: divided(plan), topics: topics(plan) }
    }

    /// Whether the formats that are written at a node are compared with others, so that they need a name.
    pub(super) fn compare_formats_of(&self, plan: &Plan, id: NodeId) -> bool {
        self.divided.iter().any(|(a, b, _)| *a == id || *b == id)
            || self.topics.iter().any(|(a, b, _)| (*a == id || *b == id) && formats_may_differ(plan, *a, *b))
    }

    /// Expands to `__rt::Divided::new(__formats_orders_0, __rt::default_formats(&__users_1)).alike();` and its like.
    pub(super) fn tokens(&self, plan: &Plan) -> TokenStream {
        let divided = self.divided.iter().map(|(left, right, span)| {
            let span = span.resolved_at(Span::call_site());
            let (left, right) = (formats(plan, *left), formats(plan, *right));
            let sides = Ident::new("__sides", span);
            quote_spanned! { span => let #sides = __rt::Divided::new(#left, #right); #sides.alike(); }
        });
        let topics = self.topics.iter().map(|(first, second, span)| {
            let span = span.resolved_at(Span::call_site());
            let (one, other) = (handle(plan, *first), handle(plan, *second));
            let uses = format_ident!("{}_topic", idents::handle(&plan.topology, *second), span = span);
            let same = if formats_may_differ(plan, *first, *second) {
                let (first, second) = (formats(plan, *first), formats(plan, *second));
                quote_spanned! { span => let #uses = #uses.formats(#first, #second); #uses.same_formats(); }
            } else {
                quote_spanned! { span => #uses.same_types(); }
            };
            quote_spanned! { span => let #uses = __rt::OneTopic::new(&#one, &#other); #same }
        });
        quote! { #(#divided)* #(#topics)* }
    }
}

/// The pairs of which the text does not tell that keys have equal bytes. Each is compared once, where its records first meet.
fn divided(plan: &Plan) -> Vec<(NodeId, NodeId, Span)> {
    let topology = &plan.topology;
    let divisions = topology.divisions_in(&plan.order, |_, _| false);
    let mut pairs: Vec<(NodeId, NodeId, Span)> = Vec::new();
    for id in &plan.order {
        let Some(meeting) = topology.meeting(*id) else { continue };
        let mut first: Option<NodeId> = None;
        for (input, span) in meeting.inputs {
            for division in &divisions[input.0] {
                let Division::At { node, .. } = division else { continue };
                let Some(first) = first else {
                    first = Some(*node);
                    continue;
                };
                let told = pairs.iter().any(|(a, b, _)| (*a, *b) == (first, *node));
                if first != *node && !told && keys_may_differ(topology.node(first), topology.node(*node)) {
                    pairs.push((first, *node, span));
                }
            }
        }
    }
    pairs
}

fn keys_may_differ(a: &Node, b: &Node) -> bool {
    let key = |node: &Node| node.options.with.as_ref().map(|(key, _)| key.to_token_stream().to_string());
    key(a) != key(b)
}

/// A topic that is read and written, or written twice: where it was named first, and each later place.
fn topics(plan: &Plan) -> Vec<(NodeId, NodeId, Span)> {
    let topology = &plan.topology;
    let mut seen: HashMap<String, NodeId> = HashMap::new();
    let mut pairs = Vec::new();
    for id in &plan.order {
        let node = topology.node(*id);
        let Some(Topics::Names(names)) = node.topics() else { continue };
        for name in names {
            match seen.get(&name.text()) {
                Some(first) if first != id => pairs.push((*first, *id, name.span())),
                Some(_) => {}
                None => {
                    seen.insert(name.text(), *id);
                }
            }
        }
    }
    pairs
}

fn formats_may_differ(plan: &Plan, a: NodeId, b: NodeId) -> bool {
    let with = |id: NodeId| {
        let with = plan.topology.node(id).options.with.as_ref();
        with.map(|(key, value)| (key.to_token_stream().to_string(), value.to_token_stream().to_string()))
    };
    with(a) != with(b)
}

/// Written ones have a name; others follow from the types.
fn formats(plan: &Plan, id: NodeId) -> TokenStream {
    if plan.topology.node(id).options.with.is_some() {
        return idents::formats(&plan.topology, id).into_token_stream();
    }
    let handle = handle(plan, id);
    quote!(__rt::default_formats(&#handle))
}

/// The records of a source or a repartition, or those that a sink writes.
fn handle(plan: &Plan, id: NodeId) -> Ident {
    let topology = &plan.topology;
    match topology.node(id).receiver {
        Some(input) if topology.node(id).row.name == "to" => idents::read(topology, input, None),
        _ => idents::handle(topology, id),
    }
}
