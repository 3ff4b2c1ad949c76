//! Plan → tokens. Nothing can go wrong any more, so nothing here returns a `Result`; and what is emitted does nothing but call named
//! functions of the runtime, each spanned at what the user wrote, so that rustc's messages land there.

mod aggregations;
mod backward;
mod checks;
mod closures;
mod cogroup;
mod editor;
mod fallback;
mod foreign_keys;
mod formats;
mod forward;
mod idents;
mod names;
mod needs;
mod processors;
mod sources;
mod topic_constants;
mod topics;
mod topology;

pub(crate) use editor::for_editors;
pub(crate) use fallback::fallback;

use proc_macro2::TokenStream;
use quote::quote;

use crate::parse::Settings;
use crate::plan::Plan;

/// Everything one topology becomes.
pub(crate) struct Items {
    runtime: TokenStream,
    /// Its type.
    structure: TokenStream,
    /// The function that makes it, and what it can do.
    others: TokenStream,
}

impl Items {
    /// One after the other.
    pub(crate) fn tokens(&self) -> TokenStream {
        let Items { structure, others, .. } = self;
        quote! { #structure #others }
    }

    /// As one item, the type, out of which the others come: in an `impl` block, where no type can
    /// stand, that is one error.
    pub(crate) fn as_one(&self) -> TokenStream {
        let Items { runtime, structure, others } = self;
        quote! { #[#runtime::with_items(#others)] #structure }
    }
}

/// Everything one topology becomes.
pub(crate) fn generate(settings: &Settings, plan: &Plan) -> Items {
    let runtime = idents::runtime(settings);
    let (structure, declarations) = topology::declare(&runtime, &plan.topology, Some(plan));
    let implementation = implement(&runtime, plan);
    Items { structure, others: quote! { #declarations #implementation }, runtime }
}

/// Expands to:
///
/// ```text
/// impl Topology for WordCount {
///     fn plan(&self) -> TopologyPlan { … }                    // needs.rs
///     fn globals(&self, globals: &mut GlobalStores) { … }
///     fn build(self: &Arc<Self>, sub_topology: usize, b: &mut TaskBuilder) {
///         …                                                   // forward.rs: typed handles
///         match sub_topology { 0 => { … } … }                 // backward.rs: nodes
///     }
/// }
/// ```
fn implement(runtime: &TokenStream, plan: &Plan) -> TokenStream {
    let output = &plan.topology.output;
    let attrs = topology::carried_attributes(&plan.topology);
    let needs = needs::plan(plan);
    let globals = needs::globals(runtime, plan);
    let checks = check(runtime, plan);
    let layout = layout(plan);
    let forward = forward::forward(plan);
    let backward = backward::backward(plan);
    // The prelude may not be there.
    let traits = quote! {
        #[allow(unused_imports)]
        use __rt::Unfit as _;
        #[allow(unused_imports)]
        use ::core::clone::Clone as _;
        #[allow(unused_imports)]
        use ::core::convert::From as _;
    };
    // Not `automatically_derived`: rustc would then be silent about streams that nothing reads.
    quote! {
        #(#attrs)*
        // A function that was named for a closure is called in one; no stores are a unit.
        #[allow(clippy::redundant_closure, clippy::unit_arg)]
        impl #runtime::Topology for #output {
            fn plan(&self) -> #runtime::TopologyPlan {
                use #runtime as __rt;
                #traits
                #needs
            }

            #checks

            #layout

            fn globals(&self, __globals: &mut #runtime::GlobalStores) {
                #globals
            }

            fn build(self: &#runtime::Arc<Self>, __sub_topology: ::core::primitive::usize, __b: &mut #runtime::TaskBuilder<'_>) {
                use #runtime as __rt;
                #traits
                #forward
                match __sub_topology {
                    #backward
                    _ => {}
                }
            }
        }
    }
}

/// `Topology::check`, where there is something to look at.
fn check(runtime: &TokenStream, plan: &Plan) -> Option<TokenStream> {
    let checks = checks::checks(plan);
    (!checks.is_empty()).then(|| {
        quote! {
            fn check(&self, __checks: &mut #runtime::Checks) {
                use #runtime as __rt;
                #[allow(unused_imports)]
                use ::core::convert::From as _;
                #checks
            }
        }
    })
}

/// `Topology::layout`, where there is state.
fn layout(plan: &Plan) -> Option<TokenStream> {
    let layout = crate::plan::layout(plan);
    let pairs = layout.iter().map(|(name, what)| quote!((#name, #what)));
    (!layout.is_empty()).then(|| {
        quote! {
            fn layout(&self) -> &'static [(&'static ::core::primitive::str, &'static ::core::primitive::str)] {
                &[#(#pairs),*]
            }
        }
    })
}
