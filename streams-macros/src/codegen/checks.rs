//! `Topology::check`: what comes from constants and parameters, to be looked at before the start.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use super::closures::Expressions;
use super::needs;
use crate::check::{closes_in_vain, impossible_constant, is_constant, is_written_out};
use crate::model::{Argument, NodeId, TopicName, Topics};
use crate::plan::Plan;
use crate::text::tidy;

/// The body of `Topology::check`. What is written out was looked at by the macro.
pub(super) fn checks(plan: &Plan) -> TokenStream {
    let topology = &plan.topology;
    let mut tokens = TokenStream::new();
    for id in &plan.order {
        tokens.extend(windows(plan, *id));
        tokens.extend(join_windows(plan, *id));
        tokens.extend(durations(plan, *id));
    }
    let names_are_known = topology.nodes.iter().all(|node| match node.topics() {
        Some(Topics::Names(names)) => names.iter().all(|name| matches!(name, TopicName::Literal(_))),
        Some(Topics::Pattern(_)) => false,
        Some(Topics::Computed(_)) | None => true,
    });
    if !names_are_known {
        tokens.extend(topics(plan));
    }
    tokens
}

/// `__rt::Written { operator: "windowed_by", name: "counts", expression: "tumbling(*size)" }`
fn written(plan: &Plan, operator: NodeId, named: NodeId, expression: &Expr) -> TokenStream {
    let topology = &plan.topology;
    let operator = topology.node(operator).operator();
    let name = topology.node(named).state_name().map_or_else(|| topology.called(named), |(name, _)| name);
    let expression = text(expression);
    quote!(__rt::Written { operator: #operator, name: #name, expression: #expression })
}

/// An expression as it was written, near enough: without the space behind the `*` of a parameter.
fn text(expression: &Expr) -> String {
    let text = tidy(&expression.to_token_stream().to_string());
    let text = text.replace("(* ", "(*").replace(", * ", ", *");
    text.strip_prefix("* ").map(|rest| format!("*{rest}")).unwrap_or(text)
}

/// Expands to `__rt::WrittenWindows(tumbling(*size)).check(__checks, __rt::Written { … }, retention, closes);`
fn windows(plan: &Plan, id: NodeId) -> TokenStream {
    let topology = &plan.topology;
    let node = topology.node(id);
    let until_close = node.holds_back().then(|| topology.windows_behind(id)).flatten().filter(|_| waits_for_close(plan, id));
    let (all, closes) = match (topology.windows_of(id), until_close) {
        (Some(windowed_by), _) => (vec![windowed_by], topology.node(windowed_by).options.emit_on_close.map(|_| "emit_on_close")),
        (None, Some(all)) => (all, Some("until_window_closes")),
        (None, None) => return TokenStream::new(),
    };
    let expressions = Expressions::new(topology);
    let retention = node.options.retention.as_ref();
    all.into_iter()
        .filter_map(|windowed_by| {
            let Some(Argument::Value(windows)) = topology.node(windowed_by).args.first() else { return None };
            if is_written_out(windows) && retention.is_none_or(is_written_out) {
                return None;
            }
            let at = written(plan, windowed_by, id, windows);
            let constant = closes.and_then(|closes| const_windows(windows, closes));
            let possible = possible(windows);
            let windows = expressions.value(windows);
            let retention = option(retention.map(|retention| expressions.value(retention)));
            let closes = option(closes.map(|closes| quote!(#closes)));
            Some(quote! {
                #constant
                #possible
                {
                    #[allow(unused_imports)]
                    use __rt::NoWindows as _;
                    __rt::WrittenWindows(#windows).check(__checks, #at, #retention, #closes);
                }
            })
        })
        .collect()
}

/// Windows that are a constant, and have to close, are looked at by rustc: `const _: () = ::core::assert!(FIVE.closes(), "…");`
fn const_windows(windows: &Expr, closes: &str) -> Option<TokenStream> {
    let Expr::Path(path) = windows else { return None };
    let name = path.path.segments.last()?.ident.to_string();
    if name.chars().any(char::is_lowercase) {
        return None;
    }
    let message = closes_in_vain(closes, &tidy(&path.to_token_stream().to_string()));
    let span = windows.span().resolved_at(Span::call_site());
    Some(quote_spanned!(span => const _: () = ::core::assert!(#windows.closes(), "{}", #message);))
}

/// Windows made of constants are looked at by rustc too: `const _: () = ::core::assert!(tumbling(SIZE).can_be(), "…");`
fn possible(windows: &Expr) -> Option<TokenStream> {
    let message = impossible_constant(&text(windows));
    let span = windows.span().resolved_at(Span::call_site());
    is_constant(windows).then(|| quote_spanned!(span => const _: () = ::core::assert!(#windows.can_be(), "{}", #message);))
}

/// Whether a `suppress` is written with `until_window_closes`.
fn waits_for_close(plan: &Plan, id: NodeId) -> bool {
    let Some(Argument::Value(until)) = plan.topology.node(id).args.first() else { return false };
    until.to_token_stream().into_iter().any(|token| token.to_string() == "until_window_closes")
}

/// Expands to `__rt::WrittenJoinWindows(within(*difference)).check(__checks, __rt::Written { … }, is_outer);`
fn join_windows(plan: &Plan, id: NodeId) -> TokenStream {
    let node = plan.topology.node(id);
    let has_windows = node.joins_streams() || node.deduplicates();
    let Some(Argument::Value(windows)) = node.args.last().filter(|_| has_windows) else { return TokenStream::new() };
    if is_written_out(windows) {
        return TokenStream::new();
    }
    let is_outer = matches!(node.row.name, "left_join" | "outer_join");
    let (at, possible) = (written(plan, id, id, windows), possible(windows));
    let windows = Expressions::new(&plan.topology).value(windows);
    quote! {{
        #possible
        #[allow(unused_imports)]
        use __rt::NoJoinWindows as _;
        __rt::WrittenJoinWindows(#windows).check(__checks, #at, #is_outer);
    }}
}

/// Histories, graces of joins, how long rows live, how far ahead records may be, and what stores
/// for processors keep. Expands to
/// `__checks.duration(__rt::Written { … }, hours(*history), least);`
fn durations(plan: &Plan, id: NodeId) -> TokenStream {
    let topology = &plan.topology;
    let node = topology.node(id);
    let args: Vec<&Expr> = node.args.iter().filter_map(|arg| if let Argument::Value(value) = arg { Some(value) } else { None }).collect();
    let grace = node.options.grace.as_ref().map(|(grace, _)| grace);
    let table = node.operand().and_then(|(operand, _)| topology.history_of(operand));
    let history_of_table = table.and_then(|table| topology.node(table).options.versioned.as_ref()).map(|(history, _)| history);
    let found: Vec<(&Expr, Option<(&str, &Expr)>)> = match (node.row.name, args.as_slice()) {
        ("window_store", [retention, size]) => vec![(*size, None), (*retention, Some(("its windows", *size)))],
        ("session_store" | "versioned_store", [kept]) => vec![(*kept, None)],
        _ => {
            let history = node.options.versioned.as_ref().map(|(history, _)| (history, None));
            // A join of no grace holds nothing, which is its own matter.
            let held = history_of_table.zip(grace).map(|(history, grace)| (history, Some(("this grace", grace))));
            let ttl = node.options.ttl.as_ref().map(|(ttl, _)| (ttl, None));
            let ahead = node.options.max_ahead.as_ref().map(|ahead| (ahead, None));
            history.into_iter().chain(held).chain(ttl).chain(ahead).collect()
        }
    };
    let expressions = Expressions::new(topology);
    found
        .into_iter()
        .filter(|(duration, least)| !is_written_out(duration) || least.is_some_and(|(_, least)| !is_written_out(least)))
        .map(|(duration, least)| {
            let at = written(plan, id, id, duration);
            let duration = expressions.value(duration);
            let least = option(least.map(|(what, least)| {
                let least = expressions.value(least);
                quote!((#what, #least))
            }));
            quote! { __checks.duration(#at, #duration, #least); }
        })
        .collect()
}

/// Expands to `__checks.read("orders", …);` for each source, and `__checks.write("orders.to", …, &[0]);` for each sink.
fn topics(plan: &Plan) -> TokenStream {
    let topology = &plan.topology;
    let sources: Vec<NodeId> = plan.order.iter().copied().filter(|id| topology.node(*id).is_source()).collect();
    let reads = sources.iter().map(|id| {
        let (name, topics) = (topology.called(*id), needs::source_topics(plan, topology.node(*id)));
        quote! { __checks.read(#name, #topics); }
    });
    let sinks = plan.order.iter().filter(|id| topology.node(**id).row.name == "to");
    let writes = sinks.filter_map(|id| {
        let node = topology.node(*id);
        let Some(Topics::Names(_)) = node.topics() else { return None };
        let leads = topology.sources_of(*id);
        let leads = sources.iter().enumerate().filter(|(_, source)| node.options.feedback.is_none() && leads.contains(source));
        let leads = leads.map(|(index, _)| index);
        let (label, topic) = (&node.label, needs::first_topic(plan, *id));
        Some(quote! { __checks.write(#label, #topic, &[#(#leads),*]); })
    });
    quote! { #(#reads)* #(#writes)* }
}

fn option(tokens: Option<TokenStream>) -> TokenStream {
    match tokens {
        Some(tokens) => quote!(__rt::Option::Some(#tokens)),
        None => quote!(__rt::Option::None),
    }
}
