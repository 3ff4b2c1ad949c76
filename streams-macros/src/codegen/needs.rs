//! `Topology::plan` and `Topology::globals`: what the topology needs from its surroundings.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::backward::topic;
use super::closures::Expressions;
use super::forward::types;
use crate::model::{Argument, Node, NodeId, Topics};
use crate::plan::{Entry, OwnStore, Plan, StoreRole, SubTopology};

/// Expands to a `TopologyPlan`.
pub(super) fn plan(plan: &Plan) -> TokenStream {
    let name = plan.topology.output.to_string();
    let parts = plan.sub_topologies.iter().map(|part| sub_topology(plan, part));
    let globals = plan.globals.iter().map(|id| {
        let (store, topic) = (state_name(plan, *id), first_topic(plan, *id));
        quote!(__rt::GlobalTablePlan { name: __rt::String::from(#store), topic: #topic })
    });
    let (parts, globals) = (vec(parts), vec(globals));
    quote! { __rt::TopologyPlan { name: #name, sub_topologies: #parts, global_tables: #globals } }
}

/// Expands to one `__globals.add::<K, V>("name");` for each global table.
pub(super) fn globals(runtime: &TokenStream, plan: &Plan) -> TokenStream {
    let adds = plan.globals.iter().map(|id| {
        let (store, types) = (state_name(plan, *id), types(runtime, plan.topology.node(*id)));
        quote! { __globals.add::<#types>(#store); }
    });
    quote!(#(#adds)*)
}

fn sub_topology(plan: &Plan, part: &SubTopology) -> TokenStream {
    let sources = vec(part.entries.iter().map(|entry| source(plan, *entry)));
    let stores = vec(part.stores.iter().map(|store| {
        let (name, kind, settings) = (&store.name, store_kind(plan, store), store_settings(plan, store));
        quote! { __rt::StorePlan::new(#name, #kind) #settings }
    }));
    let answers = part.entries.iter().filter_map(|entry| match entry {
        Entry::Subscriptions(id) => Some(foreign_key(plan, *id, "SinkPlan", "Responses")),
        Entry::Source(_) | Entry::Repartition(_) | Entry::Responses(_) => None,
    });
    let sinks = vec(part.nodes.iter().filter_map(|id| sink(plan, *id)).chain(answers));
    let copartitioned = vec(part.copartitioned.iter().map(|group| vec(group.iter().map(|index| quote!(#index)))));
    let reused = part.entries.iter().enumerate().filter_map(|(index, entry)| match *entry {
        Entry::Source(id) if plan.topology.reuses_source_topic(id) => {
            let name = state_name(plan, id);
            Some(quote! { __rt::SourceChangelog { store: __rt::String::from(#name), source: #index } })
        }
        _ => None,
    });
    let reused = vec(reused);
    quote! {
        __rt::SubTopologyPlan {
            sources: #sources,
            stores: #stores,
            sinks: #sinks,
            copartitioned: #copartitioned,
            source_changelogs: #reused,
        }
    }
}

/// Expands to `StoreKind::KeyValue`, to `WrittenWindows(tumbling(minutes(1))).store(None)`, or to `StoreKind::window_store(hours(1), minutes(1))`.
fn store_kind(plan: &Plan, store: &OwnStore) -> TokenStream {
    if let Some(kind) = declared_kind(plan, store.node) {
        return kind;
    }
    match store.role {
        StoreRole::Rows => rows_kind(plan, store.node),
        StoreRole::Subscriptions => quote!(__rt::StoreKind::KeyValue),
        StoreRole::JoinSide => join_windows_kind(plan, store.node, "store"),
        StoreRole::Ids => join_windows_kind(plan, store.node, "ids"),
        StoreRole::JoinWaiting | StoreRole::Buffer | StoreRole::Held => quote!(__rt::StoreKind::Buffer),
    }
}

/// Expands to `.without_cache().changelog_setting("retention.ms", "60000")` and its like. What a foreign-key join keeps of subscriptions is its own.
fn store_settings(plan: &Plan, store: &OwnStore) -> TokenStream {
    let options = &plan.topology.node(store.node).options;
    if store.role == StoreRole::Subscriptions {
        return TokenStream::new();
    }
    let cache = options.without_cache.map(|_| quote!(.without_cache()));
    let unlogged = options.without_changelog.is_some() || plan.topology.reuses_source_topic(store.node);
    let changelog = unlogged.then(|| quote!(.without_changelog()));
    let settings = options.changelog_settings.iter().map(|(name, value)| quote!(.changelog_setting(#name, #value)));
    let expressions = Expressions::new(&plan.topology);
    let ttl = options.ttl.as_ref().map(|(ttl, span)| {
        let (ttl, span) = (expressions.value(ttl), span.resolved_at(Span::call_site()));
        quote_spanned!(span => .ttl(#ttl))
    });
    quote!(#cache #changelog #(#settings)* #ttl)
}

/// The kind of a store for processors, with the arguments and options of its source.
fn declared_kind(plan: &Plan, id: NodeId) -> Option<TokenStream> {
    let node = plan.topology.node(id);
    let store_type = node.row.store_type()?;
    let expressions = Expressions::new(&plan.topology);
    let args = node.args.iter().filter_map(|arg| if let Argument::Value(value) = arg { Some(expressions.value(value)) } else { None });
    let args: Vec<TokenStream> = args.collect();
    if args.is_empty() {
        return Some(quote!(__rt::StoreKind::KeyValue));
    }
    let span = node.span.resolved_at(Span::call_site());
    let function = Ident::new(store_type.source, span);
    let duplicates = node.options.retain_duplicates.map(|_| quote_spanned!(span => .retain_duplicates()));
    Some(quote_spanned!(span => __rt::StoreKind::#function(#(#args),*) #duplicates))
}

/// Expands to `WrittenJoinWindows(within(minutes(1))).store()`, or to `.ids()` of them.
fn join_windows_kind(plan: &Plan, id: NodeId, of: &str) -> TokenStream {
    let of = format_ident!("{of}");
    let expressions = Expressions::new(&plan.topology);
    let Some(Argument::Value(windows)) = plan.topology.node(id).args.last() else { return TokenStream::new() };
    let windows = expressions.value(windows);
    quote!({
        #[allow(unused_imports)]
        use __rt::NoJoinWindows as _;
        __rt::WrittenJoinWindows(#windows).#of()
    })
}

fn rows_kind(plan: &Plan, id: NodeId) -> TokenStream {
    let expressions = Expressions::new(&plan.topology);
    if let Some((history, _)) = &plan.topology.node(id).options.versioned {
        let history = expressions.value(history);
        return quote!(__rt::StoreKind::versioned_store(#history));
    }
    let windows = plan.topology.windows_of(id).and_then(|windows| plan.topology.node(windows).args.first());
    let Some(Argument::Value(windows)) = windows else { return quote!(__rt::StoreKind::KeyValue) };
    let windows = expressions.value(windows);
    let retention = match &plan.topology.node(id).options.retention {
        Some(retention) => {
            let retention = expressions.value(retention);
            quote!(__rt::Option::Some(#retention))
        }
        None => quote!(__rt::Option::None),
    };
    quote!({
        #[allow(unused_imports)]
        use __rt::NoWindows as _;
        __rt::WrittenWindows(#windows).store(#retention)
    })
}

fn source(plan: &Plan, entry: Entry) -> TokenStream {
    let node = plan.topology.node(entry.node());
    let (name, topics) = match entry {
        Entry::Repartition(id) => {
            let name = plan.repartition_name(id);
            (format!("{name}-repartition"), quote!(__rt::SourceTopics::Repartition(__rt::String::from(#name))))
        }
        Entry::Subscriptions(id) => {
            (format!("{}-subscription-registration", state_name(plan, id)), foreign_key(plan, id, "SourceTopics", "Subscriptions"))
        }
        Entry::Responses(id) => {
            (format!("{}-subscription-response", state_name(plan, id)), foreign_key(plan, id, "SourceTopics", "Responses"))
        }
        Entry::Source(_) => {
            let topics = source_topics(plan, node);
            (node.label.clone(), topics)
        }
    };
    let offset_reset = match &node.options.offset_reset {
        Some(reset) => quote!(__rt::Option::Some(__rt::OffsetReset::#reset)),
        None => quote!(__rt::Option::None),
    };
    let partitions = match entry {
        Entry::Source(_) => partitions(plan, entry.node()),
        // How many the topic has is said where it is made: at the sink.
        Entry::Repartition(_) | Entry::Subscriptions(_) | Entry::Responses(_) => quote!(__rt::Option::None),
    };
    quote! { __rt::SourcePlan { name: #name, topics: #topics, offset_reset: #offset_reset, partitions: #partitions } }
}

/// Expands to `__rt::SourceTopics::Named(…)` and its like.
pub(super) fn source_topics(plan: &Plan, node: &Node) -> TokenStream {
    match node.topics() {
        Some(Topics::Pattern(pattern)) => quote!(__rt::SourceTopics::Pattern(__rt::String::from(#pattern))),
        Some(Topics::Names(names)) => {
            let names = vec(names.iter().map(|name| {
                let topic = topic(&plan.topology, name);
                quote!(__rt::ToString::to_string(#topic))
            }));
            quote!(__rt::SourceTopics::Named(#names))
        }
        Some(Topics::Computed(_)) | None => TokenStream::new(),
    }
}

fn sink(plan: &Plan, id: NodeId) -> Option<TokenStream> {
    let node = plan.topology.node(id);
    if plan.topology.is_repartition(id) {
        let (name, partitions) = (plan.repartition_name(id), partitions(plan, id));
        return Some(quote!(__rt::SinkPlan::Repartition { name: __rt::String::from(#name), partitions: #partitions }));
    }
    if node.joins_by_foreign_key() {
        return Some(foreign_key(plan, id, "SinkPlan", "Subscriptions"));
    }
    if node.is_source() {
        return None;
    }
    // Topics that are computed per record are not known.
    matches!(node.topics(), Some(Topics::Names(_))).then(|| {
        let topic = first_topic(plan, id);
        quote!(__rt::SinkPlan::Topic(#topic))
    })
}

/// Expands to `SinkPlan::ForeignKey(ForeignKeyTopic::Subscriptions("letters"))` and its like.
fn foreign_key(plan: &Plan, id: NodeId, of: &str, topic: &str) -> TokenStream {
    let (of, topic, name) = (format_ident!("{of}"), format_ident!("{topic}"), state_name(plan, id));
    quote!(__rt::#of::ForeignKey(__rt::ForeignKeyTopic::#topic(__rt::String::from(#name))))
}

fn partitions(plan: &Plan, id: NodeId) -> TokenStream {
    match plan.topology.node(id).options.partitions {
        Some((count, _)) => {
            let count = proc_macro2::Literal::u32_unsuffixed(count);
            quote!(__rt::Option::Some(#count))
        }
        None => quote!(__rt::Option::None),
    }
}

fn state_name(plan: &Plan, id: NodeId) -> String {
    plan.topology.node(id).state_name().map(|(name, _)| name).unwrap_or_default()
}

pub(super) fn first_topic(plan: &Plan, id: NodeId) -> TokenStream {
    match plan.topology.node(id).topics() {
        Some(Topics::Names(names)) => {
            let topic = names.first().map(|name| topic(&plan.topology, name));
            quote!(__rt::ToString::to_string(#topic))
        }
        Some(Topics::Pattern(_) | Topics::Computed(_)) | None => quote!(__rt::String::new()),
    }
}

fn vec(items: impl Iterator<Item = TokenStream>) -> TokenStream {
    let items: Vec<TokenStream> = items.collect();
    if items.is_empty() { quote!(__rt::Vec::new()) } else { quote!(__rt::Vec::from([#(#items),*])) }
}
