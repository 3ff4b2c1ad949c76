//! After mistakes: the type and the function exist all the same, so that one mistake does not become ten; and for rust-analyzer the
//! statements that could be read, so that it completes operators in the line that is being typed.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::forward::forward;
use super::{idents, topology};
use crate::operators::{self, Kind};
use crate::parse::{Chain, Head, Settings, Statement};
use crate::plan::Plan;

/// Instead of [`generate`](super::generate), with a plan of what is right.
pub(crate) fn fallback(settings: &Settings, plan: &Plan) -> TokenStream {
    let runtime = idents::runtime(settings);
    let topology = &plan.topology;
    let declarations = topology::declare(&runtime, topology, None);
    let attrs = topology::carried_attributes(topology);
    let output = &topology.output;
    let editor = for_editors(&runtime, plan);
    quote! {
        #declarations

        #(#attrs)*
        #[automatically_derived]
        impl #runtime::Topology for #output {
            fn plan(&self) -> #runtime::TopologyPlan {
                ::core::unreachable!()
            }
            fn globals(&self, _: &mut #runtime::GlobalStores) {}
            fn build(self: &#runtime::Arc<Self>, _: ::core::primitive::usize, _: &mut #runtime::TaskBuilder<'_>) {}
        }

        #editor
    }
}

/// Expands to a function that only rust-analyzer sees: the forward pass of what is right, then each broken chain as far as it goes.
fn for_editors(runtime: &TokenStream, plan: &Plan) -> TokenStream {
    let output = &plan.topology.output;
    let params = &plan.topology.params;
    let (names, fields): (Vec<_>, Vec<_>) = params.iter().map(|param| (&param.name, &param.name)).unzip();
    let forward = forward(plan);
    let chains = plan.topology.broken.iter().map(statement);
    quote! {
        #[allow(unexpected_cfgs)]
        const _: () = {
            #[cfg(rust_analyzer)]
            impl #output {
                fn __complete(self: &#runtime::Arc<Self>, __b: &mut #runtime::TaskBuilder<'_>) {
                    use #runtime as __rt;
                    #forward
                    #(let #names = &self.#fields;)*
                    #(#chains)*
                }
            }
        };
    }
}

/// A chain, operator by operator: `let (__next, _) = views.filter(…);` and at the end `let _ = __next.typed;`
fn statement(statement: &Statement) -> TokenStream {
    let Some(Chain { head, calls, typed }) = &statement.chain else { return TokenStream::new() };
    let mut current: Ident = match head {
        Head::Name(name) => name.clone(),
        Head::Source(_) => return TokenStream::new(),
    };
    let mut tokens = TokenStream::new();
    for call in calls {
        let name = call.name.to_string();
        let known = operators::find(Some(Kind::Stream), &name).or_else(|| operators::find(Some(Kind::Table), &name));
        let (method, args, next) = (&call.name, &call.args, format_ident!("__next"));
        if known.is_none() {
            tokens.extend(quote! { let _ = #current.#method(#(#args),*); });
            return quote!({ #tokens });
        }
        tokens.extend(quote! { let (#next, _) = #current.#method(#(#args),*); });
        current = next;
    }
    let last = typed.as_ref().map(|typed| quote! { let _ = #current.#typed; });
    quote!({ #tokens #last })
}
