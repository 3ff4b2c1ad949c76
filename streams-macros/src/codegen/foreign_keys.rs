//! A foreign-key join in the backward pass: its nodes on both sides, and the sources that read its topics.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use super::closures::Expressions;
use super::idents;
use crate::model::NodeId;
use crate::plan::{Entry, Plan, SubTopology};

/// What takes the changes of the tables of a part. Expands to `let __op_letters_2 = __op_letters_2.at("letters");`, and
/// `let __left_of_letters_2 = __op_letters_2.subscribe(__b, "letters", &__rows_orders_0);` where the left table is, or
/// `let __right_of_letters_2 = __op_letters_2.right(__b, "letters");` where the right one is.
pub(super) fn sides(plan: &Plan, part: &SubTopology) -> TokenStream {
    let sides = part.entries.iter().filter_map(|entry| {
        let (id, on_the_left, method) = match *entry {
            Entry::Responses(id) => (id, true, quote!(subscribe)),
            Entry::Subscriptions(id) => (id, false, quote!(right)),
            Entry::Source(_) | Entry::Repartition(_) => return None,
        };
        let rows = plan.topology.node(id).receiver.filter(|_| on_the_left).map(|left| idents::rows(&plan.topology, left));
        let rows = rows.map(|rows| quote!(, &#rows));
        let (op, name, side) = (operator(plan, id), name(plan, id), idents::side(&plan.topology, id, on_the_left));
        let label = &plan.topology.node(id).label;
        let table = plan.topology.node(id).inputs().nth(usize::from(!on_the_left));
        let latest_only = table.is_some_and(|table| plan.topology.has_history(table)).then(|| quote!(.latest_only()));
        let right_keys = right_keys(plan, id);
        Some(quote_spanned!(op.span() => let #op = #op.at(#label) #right_keys; let #side = #op.#method(__b, #name #rows) #latest_only;))
    });
    quote!(#(#sides)*)
}

/// Expands to `__op_letters_2.subscriptions(__b, 1usize, "letters-subscription-registration", "letters", &__rows_users_1);`, or to
/// `__op_letters_2.responses(__b, 1usize, "letters-subscription-response", "letters", &__rows_orders_0, __to_letters_2);`
pub(super) fn enter(plan: &Plan, index: usize, entry: Entry) -> TokenStream {
    let topology = &plan.topology;
    let id = entry.node();
    let (op, name) = (operator(plan, id), name(plan, id));
    let mut inputs = topology.node(id).inputs().map(|input| idents::rows(topology, input));
    let (left, right) = (inputs.next(), inputs.next());
    if matches!(entry, Entry::Responses(_)) {
        let (label, next) = (format!("{name}-subscription-response"), idents::node(topology, id));
        quote_spanned!(op.span() => #op.responses(__b, #index, #label, #name, &#left, #next);)
    } else {
        let label = format!("{name}-subscription-registration");
        quote_spanned!(op.span() => #op.subscriptions(__b, #index, #label, #name, &#right);)
    }
}

/// Where the right table's topic was written with a format for its keys: `.right_keys(KeyCodec)`.
fn right_keys(plan: &Plan, id: NodeId) -> Option<TokenStream> {
    let topology = &plan.topology;
    let mut input = topology.node(id).inputs().nth(1);
    while let Some(at) = input {
        let node = topology.node(at);
        if let Some((key, _)) = &node.options.with {
            let key = Expressions::new(topology).value(key);
            return Some(quote!(.right_keys(#key)));
        }
        // Behind a change of the key, or a topic of the application's own, keys have the format of their type.
        input = node.receiver.filter(|_| !node.row.changes_key && !topology.is_repartition(at));
    }
    None
}

fn operator(plan: &Plan, id: NodeId) -> proc_macro2::Ident {
    let span = plan.topology.node(id).span.resolved_at(Span::call_site());
    idents::at(&idents::operator(&plan.topology, id), span)
}

fn name(plan: &Plan, id: NodeId) -> String {
    plan.topology.node(id).state_name().map(|(name, _)| name).unwrap_or_default()
}
