//! Names of topics that are constants: the macro cannot read them, rustc can, so the facts about names are assertions that it evaluates.

use std::collections::HashSet;

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

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
                tokens.extend(legal(topology, name));
            }
            let node = topology.node(id);
            if node.is_source() {
                for (first, other) in read.iter().filter(|(_, other)| comparable(name, other)) {
                    let message = read_twice(topology, *first, id, &name.text());
                    tokens.extend(differ(topology, name, other, &message));
                }
                read.push((id, name));
            } else if node.options.feedback.is_none() {
                for source in topology.sources_of(id).into_iter().filter(|source| topology.node(*source).gives() != Kind::GlobalTable) {
                    for other in names(topology, source).filter(|other| comparable(name, other)) {
                        let message = back_to_its_topic(topology, source, &name.text());
                        tokens.extend(differ(topology, name, other, &message));
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

/// What the topology itself calls a constant: it is text, which rustc is asked once. Expands to
/// `WordCount::__TOPIC_0`.
pub(super) fn own_constant(topology: &Topology, name: &TopicName) -> Option<TokenStream> {
    let at = own_constants(topology).iter().position(|other| other.text() == name.text())?;
    let (output, constant) = (&topology.output, format_ident!("__TOPIC_{at}"));
    Some(quote!(#output::#constant))
}

/// Expands to `const __TOPIC_0: &'static str = ORDERS;` for each constant.
pub(super) fn declare_constants(topology: &Topology) -> TokenStream {
    let constants = own_constants(topology).into_iter().enumerate().map(|(at, name)| {
        let (span, constant) = (span(name), format_ident!("__TOPIC_{at}"));
        let value = match name {
            TopicName::Constant(path) => quote!(#path),
            TopicName::Expression(expr) => quote!(#expr),
            TopicName::Literal(_) | TopicName::Parameter(_) => TokenStream::new(),
        };
        quote_spanned!(span => const #constant: &'static ::core::primitive::str = #value;)
    });
    constants.collect()
}

/// Each constant once.
fn own_constants(topology: &Topology) -> Vec<&TopicName> {
    let mut constants: Vec<&TopicName> = Vec::new();
    for name in topology.ids().flat_map(|id| names(topology, id)) {
        if is_constant(name) && !constants.iter().any(|other| other.text() == name.text()) {
            constants.push(name);
        }
    }
    constants
}

fn tokens(topology: &Topology, name: &TopicName) -> TokenStream {
    match name {
        TopicName::Literal(literal) => quote!(#literal),
        TopicName::Constant(_) | TopicName::Expression(_) => own_constant(topology, name).unwrap_or_default(),
        TopicName::Parameter(_) => quote!(""),
    }
}

fn legal(topology: &Topology, name: &TopicName) -> TokenStream {
    let constant = tokens(topology, name);
    let message = format!(
        "the topic of `{}` has no legal name: 1 to 249 ASCII letters, digits, `.`, `_` and `-` are allowed [T058]",
        name.text().trim_matches(['{', '}'])
    );
    quote_spanned!(span(name) => const _: () = ::core::assert!(__rt::is_topic_name(#constant), "{}", #message);)
}

fn differ(topology: &Topology, name: &TopicName, other: &TopicName, message: &str) -> TokenStream {
    let (one, other) = (tokens(topology, name), tokens(topology, other));
    quote_spanned!(span(name) => const _: () = ::core::assert!(!__rt::same_topic(#one, #other), "{}", #message);)
}

fn span(name: &TopicName) -> Span {
    name.span().resolved_at(Span::call_site())
}
