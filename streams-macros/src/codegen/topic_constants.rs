//! What users see of the topics: a constant for each whose types the graph tells, and a method where its name is a parameter.

use std::collections::HashSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::Expr;

use super::closures::Expressions;
use super::names::own_constant;
use crate::model::{EdgeTypes, Node, TopicName, Topics, Topology, plain};
use crate::text::tidy;

/// A topic with what is known of it.
struct Entry<'a> {
    name: &'a TopicName,
    types: EdgeTypes,
    /// Formats of key and value, if they are not those of the types; and whether nulls are wrapped around the latter.
    with: Option<(&'a Expr, &'a Expr, bool)>,
    /// Who chooses the partition; and whether of what is not null only.
    partitioner: Option<(&'a Expr, bool)>,
    /// What the topology does with it.
    role: String,
}

/// Expands to:
///
/// ```text
/// pub const PAGE_VIEWS: TopicName<String, View> = TopicName::with("page-views", || FormatsOf::new().formats());
/// pub fn input_topic(&self) -> TopicName<String, View> { TopicName::with("", || …).renamed(self.input.to_string()) }
/// ```
///
/// The constants are called as their topics, in capitals. Where a store or a constant of every topology has that name already, `_TOPIC`
/// follows. Of two topics that come to the same name neither has a constant.
pub(super) fn topic_constants(runtime: &TokenStream, topology: &Topology, taken: &HashSet<String>) -> TokenStream {
    let entries = entries(runtime, topology);
    let names: Vec<Option<String>> = entries.iter().map(|entry| constant_name(entry.name, taken)).collect();
    let mut tokens = TokenStream::new();
    for (entry, name) in entries.iter().zip(&names) {
        let Some(made) = made(runtime, topology, entry) else { continue };
        let vis = &topology.vis;
        let EdgeTypes { key, value } = &entry.types;
        let ty = quote!(#runtime::TopicName<#key, #value>);
        let docs = docs(entry);
        let span = entry.name.span().resolved_at(Span::call_site());
        match (entry.name, name) {
            (TopicName::Parameter(parameter), _) => {
                let method = format_ident!("{}_topic", plain(parameter), span = span);
                tokens.extend(quote! {
                    #[doc = #docs]
                    #vis fn #method(&self) -> #ty {
                        #made.renamed(#runtime::ToString::to_string(&self.#parameter))
                    }
                });
            }
            (_, Some(name)) if names.iter().flatten().filter(|other| *other == name).count() == 1 => {
                let constant = Ident::new(name, span);
                tokens.extend(quote! {
                    #[doc = #docs]
                    #vis const #constant: #ty = #made;
                });
            }
            _ => {}
        }
    }
    tokens
}

/// The topics whose types are known, each once: sources say the types, sinks the partitioner.
fn entries<'a>(runtime: &TokenStream, topology: &'a Topology) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'a>> = Vec::new();
    for id in topology.ids() {
        let node = topology.node(id);
        let Some(Topics::Names(names)) = node.topics() else { continue };
        let sink = node.row.name == "to";
        let nulls = matches!(node.row.name, "table" | "global_table");
        let partitioner = node.options.partitioned_by.as_ref().map(|chosen| (chosen, nulls));
        for name in names {
            if let Some(known) = entries.iter_mut().find(|entry| entry.name.text() == name.text()) {
                known.partitioner = known.partitioner.or(partitioner);
                known.role = format!("{}; {}", known.role, role(node));
                continue;
            }
            let edge = if sink {
                node.receiver.and_then(|receiver| topology.edge_types(runtime, receiver))
            } else {
                topology.edge_types(runtime, id)
            };
            let Some(types) = edge else { continue };
            let types = if node.options.with.is_some() { types } else { types.owned() };
            let types = if nulls { types.with_nulls() } else { types };
            let with = node.options.with.as_ref().map(|(key, value)| (key, value, nulls));
            entries.push(Entry { name, types, with, partitioner, role: role(node) });
        }
    }
    entries
}

fn role(node: &Node) -> String {
    match (&node.variable, node.row.name) {
        (_, "to") => "written".to_owned(),
        (Some(variable), _) => format!("read as {} `{}`", node.gives().noun(), plain(&variable.name)),
        (None, _) => "read".to_owned(),
    }
}

fn docs(entry: &Entry<'_>) -> String {
    let shown = |tokens: &dyn ToTokens| {
        tidy(&tokens.to_token_stream().to_string())
            .replace("::streams_runtime::__private::", "")
            .replace("::core::option::", "")
            .replace("::std::string::", "")
            .replace("::std::vec::", "")
    };
    let EdgeTypes { key, value } = &entry.types;
    let (name, key, value) = (entry.name.text(), shown(key), shown(value));
    let formats = entry.with.map(|(key, value, _)| format!(", in the formats `{}` and `{}`", shown(key), shown(value))).unwrap_or_default();
    let placed = if entry.partitioner.is_some() { "; records go where `.partitioned_by(…)` says" } else { "" };
    format!(
        "The topic `{name}`: keys `{key}`, values `{value}`{formats}; {}{placed}.\n\nFor `app.producer(…)` and `app.reader(…)`.",
        entry.role
    )
}

/// `None` where formats or partitioner depend on a parameter of the topology: a constant knows none.
fn made(runtime: &TokenStream, topology: &Topology, entry: &Entry<'_>) -> Option<TokenStream> {
    let expressions = Expressions::new(topology);
    let EdgeTypes { key, value } = &entry.types;
    let formats = match &entry.with {
        None => quote!(#runtime::FormatsOf::<#key, #value>::new().formats()),
        Some((key_codec, value_codec, nulls)) => {
            if expressions.mentions_parameters(key_codec) || expressions.mentions_parameters(value_codec) {
                return None;
            }
            let value_codec = if *nulls { quote!(#runtime::Nullable(#value_codec)) } else { value_codec.to_token_stream() };
            quote!(#runtime::WrittenFormats::<#key, #value, _, _>::new(#key_codec, #value_codec).formats())
        }
    };
    let name = match entry.name {
        TopicName::Literal(name) => name.to_token_stream(),
        TopicName::Constant(_) => own_constant(topology, entry.name)?,
        TopicName::Parameter(_) | TopicName::Expression(_) => quote!(""),
    };
    let partitioner = match entry.partitioner {
        None => TokenStream::new(),
        Some((chosen, nulls)) if is_plain(chosen) && !expressions.mentions_parameters(chosen) => {
            // A table's partitioner sees its rows; what deletes one goes where the key says.
            let row = nulls.then(|| quote!(let __value = ::core::option::Option::as_ref(__value)?;));
            quote! {
                .partitioned_by(|__key: &#key, __value: &#value, __partitions: ::core::primitive::u32| {
                    #[allow(unused_imports)]
                    use #runtime::NoPlace as _;
                    #row
                    #runtime::Placed(#runtime::place(#chosen, __key, __value, __partitions)).partitions()
                })
            }
        }
        Some(_) => return None,
    };
    Some(quote! {
        #runtime::TopicName::<#key, #value>::with(#name, || {
            #[allow(unused_imports)]
            use #runtime::NoFormats as _;
            #formats
        })#partitioner
    })
}

/// A closure of key, value and number of partitions, or the name of a function: what keeps nothing between two records.
fn is_plain(partitioner: &Expr) -> bool {
    match partitioner {
        Expr::Closure(closure) => closure.inputs.len() == 3,
        Expr::Path(_) => true,
        _ => false,
    }
}

/// `page-views` → `PAGE_VIEWS`, and what is taken gets `_TOPIC` behind it.
fn constant_name(topic: &TopicName, taken: &HashSet<String>) -> Option<String> {
    let name = match topic {
        TopicName::Literal(literal) => in_capitals(&literal.value()),
        TopicName::Constant(path) => path.segments.last()?.ident.to_string(),
        TopicName::Parameter(_) | TopicName::Expression(_) => return None,
    };
    let name = if taken.contains(&name) { format!("{name}_TOPIC") } else { name };
    (!taken.contains(&name)).then_some(name)
}

fn in_capitals(topic: &str) -> String {
    let mut name = String::new();
    let mut before = ' ';
    for c in topic.chars() {
        if c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
            name.push('_');
        }
        name.push(if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' });
        before = c;
    }
    // A name begins with a letter, and is not made of underscores alone.
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { format!("TOPIC_{name}") }
}

#[cfg(test)]
mod tests {
    use super::in_capitals;

    #[test]
    fn constants_are_called_as_their_topics() {
        for (topic, constant) in [
            ("page-views", "PAGE_VIEWS"),
            ("shop.orders_v2", "SHOP_ORDERS_V2"),
            ("pageViews", "PAGE_VIEWS"),
            ("HTTPLog", "HTTPLOG"),
            ("2024-views", "TOPIC_2024_VIEWS"),
            ("_schemas", "TOPIC__SCHEMAS"),
        ] {
            assert_eq!(in_capitals(topic), constant);
        }
    }
}
