//! Names of topics that are constants: the macro cannot read them, rustc can, so the facts about names are assertions that it evaluates.

use std::collections::HashSet;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::check::{back_to_its_topic, read_twice};
use crate::model::{NodeId, TopicName, Topics, Topology};
use crate::operators::Kind;

/// Expands to `const _: () = ::core::assert!(!__rt::same_topic("orders", ORDERS), "…");` and its like.
pub(super) fn constants(topology: &Topology) -> TokenStream {
    let mut tokens = TokenStream::new();
    let mut told: HashSet<String> = HashSet::new();
    let mut read: Vec<(NodeId, &TopicName)> = Vec::new();
    for id in topology.ids() {
        for name in names(topology, id) {
            if is_constant(name) && told.insert(name.text()) {
                tokens.extend(legal(name));
            }
            let node = topology.node(id);
            if node.is_source() {
                for (first, other) in read.iter().filter(|(_, other)| comparable(name, other)) {
                    let message = read_twice(topology, *first, id, &name.text());
                    tokens.extend(differ(name, other, &message));
                }
                read.push((id, name));
            } else if node.options.feedback.is_none() {
                for source in topology.sources_of(id).into_iter().filter(|source| topology.node(*source).gives() != Kind::GlobalTable) {
                    for other in names(topology, source).filter(|other| comparable(name, other)) {
                        let message = back_to_its_topic(topology, source, &name.text());
                        tokens.extend(differ(name, other, &message));
                    }
                }
            }
        }
    }
    tokens
}

fn names(topology: &Topology, id: NodeId) -> impl Iterator<Item = &TopicName> {
    match topology.node(id).topics() {
        Some(Topics::Names(names)) => names.as_slice(),
        _ => &[],
    }
    .iter()
}

fn is_constant(name: &TopicName) -> bool {
    match name {
        TopicName::Constant(_) => true,
        TopicName::Expression(expr) => is_text_macro(expr),
        TopicName::Literal(_) | TopicName::Parameter(_) => false,
    }
}

/// `concat!("orders-", "eu")` and its like, which rustc knows as it knows a constant.
fn is_text_macro(expr: &syn::Expr) -> bool {
    let syn::Expr::Macro(text) = expr else { return false };
    ["concat", "env", "stringify"].iter().any(|name| text.mac.path.is_ident(name))
}

/// Whether rustc can compare two names that the macro cannot.
fn comparable(a: &TopicName, b: &TopicName) -> bool {
    let known = |name: &TopicName| is_constant(name) || matches!(name, TopicName::Literal(_));
    known(a) && known(b) && (is_constant(a) || is_constant(b)) && a.text() != b.text()
}

fn tokens(name: &TopicName) -> TokenStream {
    match name {
        TopicName::Literal(literal) => quote!(#literal),
        TopicName::Constant(path) => quote!(#path),
        TopicName::Expression(expr) => quote!(#expr),
        TopicName::Parameter(_) => quote!(""),
    }
}

fn legal(name: &TopicName) -> TokenStream {
    let constant = tokens(name);
    let message = format!(
        "the topic of `{}` has no legal name: 1 to 249 ASCII letters, digits, `.`, `_` and `-` are allowed [T058]",
        name.text().trim_matches(['{', '}'])
    );
    quote_spanned!(span(name) => const _: () = ::core::assert!(__rt::is_topic_name(#constant), "{}", #message);)
}

fn differ(name: &TopicName, other: &TopicName, message: &str) -> TokenStream {
    let (one, other) = (tokens(name), tokens(other));
    quote_spanned!(span(name) => const _: () = ::core::assert!(!__rt::same_topic(#one, #other), "{}", #message);)
}

fn span(name: &TopicName) -> Span {
    name.span().resolved_at(Span::call_site())
}
