//! What users see of a topology: the struct, the function that makes it, its constants.

use std::collections::HashSet;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Attribute, Expr, Lit, Meta, Visibility};

use super::forward::types;
use super::names::declare_constants;
use super::topic_constants::topic_constants;
use crate::check::{CONSTANTS, handle_name};
use crate::model::{Node, Topology, plain, written};
use crate::parse::Param;
use crate::plan::{Plan, describe, dot, fingerprint, mermaid};

/// Expands to:
///
/// ```text
/// pub struct WordCount { min_len: usize }
/// pub fn word_count(min_len: usize) -> WordCount { WordCount { min_len } }
/// impl WordCount { pub const DESCRIPTION: &'static str = …; … pub const COUNTS: StoreName<String, u64> = …;
///     pub const LINES: TopicName<(), String> = …; }
/// ```
pub(super) fn declare(runtime: &TokenStream, topology: &Topology, plan: Option<&Plan>) -> (TokenStream, TokenStream) {
    let Topology { attrs, type_attrs, vis, name, output, params, .. } = topology;
    let carried = carried_attributes(topology);
    let docs: Vec<&Attribute> = attrs.iter().filter(|attr| attr.path().is_ident("doc")).collect();
    let summary = if docs.is_empty() {
        let text = format!("The topology `{name}`.");
        quote!(#[doc = #text])
    } else {
        quote!(#(#docs)*)
    };
    let maker_docs = docs.is_empty().then(|| quote!(#summary));
    let (names, types): (Vec<_>, Vec<_>) = params.iter().map(|param| (&param.name, &param.ty)).unzip();
    let fields = params.iter().map(|Param { attrs, name, ty }| quote!(#(#attrs)* #name: #ty));
    let parameter_docs = parameter_docs(params);
    let constants = constants(runtime, topology, plan);
    // rustc places an item from its first to its last token: both at its name, so that a second one of that name is told there.
    let (type_vis, type_place) = at_name(vis, output);
    let structure = quote_spanned! { type_place => struct };
    let mut body = Group::new(Delimiter::Brace, quote!(#(#fields),*));
    body.set_span(type_place);
    let structure = quote! {
        #(#carried)*
        #(#type_attrs)*
        #summary
        #type_vis #structure #output #body
    };
    let (maker_vis, maker_place) = at_name(vis, name);
    let maker = quote_spanned! { maker_place => fn };
    let mut body = Group::new(Delimiter::Brace, quote!(#output { #(#names),* }));
    body.set_span(maker_place);
    let others = quote! {
        #(#attrs)*
        #maker_docs
        #parameter_docs
        #[allow(clippy::too_many_arguments)]
        #maker_vis #maker #name(#(#names: #types),*) -> #output #body

        #(#carried)*
        #[automatically_derived]
        #[allow(dead_code, private_interfaces)]
        impl #output {
            #constants
        }
    };
    (structure, others)
}

/// The visibility of an item at the place of its name, and that place.
fn at_name(vis: &Visibility, name: &Ident) -> (TokenStream, Span) {
    let place = name.span().resolved_at(Span::call_site());
    let vis = vis.to_token_stream().into_iter().map(|mut token| {
        let own = token.span();
        token.set_span(place.resolved_at(own));
        token
    });
    (vis.collect(), place)
}

/// The doc comments of parameters, as a list for the docs of the function: rustc takes none on a parameter.
fn parameter_docs(params: &[Param]) -> Option<TokenStream> {
    let doc = |attr: &Attribute| match &attr.meta {
        Meta::NameValue(doc) if attr.path().is_ident("doc") => match &doc.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(text) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    };
    let mut lines = Vec::new();
    for param in params {
        let words: Vec<String> = param.attrs.iter().filter_map(doc).collect();
        if !words.is_empty() {
            lines.push(format!("- `{}`: {}", plain(&param.name), words.join(" ")));
        }
    }
    (!lines.is_empty()).then(|| {
        let text = format!("\n\n# Parameters\n\n{}", lines.join("\n"));
        quote!(#[doc = #text])
    })
}

/// Attributes that belong to everything that is made: configuration and lint levels.
pub(super) fn carried_attributes(topology: &Topology) -> Vec<&Attribute> {
    let carried = ["cfg", "allow", "warn", "deny"];
    topology.attrs.iter().filter(|attr| carried.iter().any(|name| attr.path().is_ident(name))).collect()
}

fn constants(runtime: &TokenStream, topology: &Topology, plan: Option<&Plan>) -> TokenStream {
    let vis = &topology.vis;
    // After mistakes, names that clash have been reported already.
    let mut names: HashSet<String> = CONSTANTS.iter().map(|name| (*name).to_owned()).collect();
    let mut stores = Vec::new();
    for node in &topology.nodes {
        if let Some(variable) = &node.variable
            && let Some(constant) = store_name(runtime, vis, node)
            && names.insert(handle_name(&plain(&variable.name)))
        {
            stores.push(constant);
        }
    }
    let topics = topic_constants(runtime, topology, &names);
    let names = declare_constants(topology);
    let unoptimized = plan.and_then(|plan| plan.description_unoptimized.as_ref()).map(|text| {
        quote! {
            /// What the description would be without `#[optimized]`. The results are the same.
            #vis const DESCRIPTION_UNOPTIMIZED: &'static ::core::primitive::str = #text;
        }
    });
    let (description, mermaid, dot, fingerprint) = match plan {
        Some(plan) => (describe(plan), mermaid(plan), dot(plan), fingerprint(plan)),
        None => Default::default(),
    };
    quote! {
        /// The sub-topologies, their nodes and stores, in the form of Kafka Streams' description. What a parameter names is `{shown so}`.
        #vis const DESCRIPTION: &'static ::core::primitive::str = #description;
        #unoptimized
        /// The topology as a mermaid flowchart.
        #vis const MERMAID: &'static ::core::primitive::str = #mermaid;
        /// The topology in Graphviz' DOT language.
        #vis const DOT: &'static ::core::primitive::str = #dot;
        /// Changes with the names of topics and state, with written types, formats, windows and partitioning; not with the operators between them.
        #vis const FINGERPRINT: ::core::primitive::u64 = #fingerprint;
        #(#stores)*
        #topics
        #names
    }
}

/// Expands to `pub const COUNTS: StoreName<String, u64> = StoreName::new("counts");`, if the type of the state is written.
fn store_name(runtime: &TokenStream, vis: &impl ToTokens, node: &Node) -> Option<TokenStream> {
    let variable = node.variable.as_ref()?;
    variable.ty.as_ref()?;
    if !node.is_state() {
        return None;
    }
    let (name, _) = node.state_name()?;
    let constant = constant(&variable.name);
    let types = types(runtime, node);
    let window = node.row.store_type().and_then(|store| store.window).map(|window| Ident::new(window, Span::call_site()));
    let types = match (window, written(variable.ty.as_ref()?).key_and_value()) {
        (Some(window), Some([key, value])) => quote!(#runtime::Windowed<#key, #runtime::#window>, #value),
        _ => types,
    };
    let docs = &variable.docs;
    let text = format!("The {} `{name}`, for queries.", node.gives().noun());
    let docs = if docs.is_empty() { quote!(#[doc = #text]) } else { quote!(#(#docs)*) };
    Some(quote! {
        #docs
        #vis const #constant: #runtime::StoreName<#types> = #runtime::StoreName::new(#name);
    })
}

fn constant(variable: &Ident) -> Ident {
    let name = handle_name(&plain(variable));
    let span: Span = variable.span();
    format_ident!("{name}", span = span)
}
