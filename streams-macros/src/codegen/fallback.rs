//! After mistakes: the type and the function exist all the same, so that one mistake does not become ten.

use quote::quote;

use super::{Items, idents, topology};
use crate::parse::Settings;
use crate::plan::Plan;

/// Instead of [`generate`](super::generate), with a plan of what is right.
pub(crate) fn fallback(settings: &Settings, plan: &Plan) -> Items {
    let runtime = idents::runtime(settings);
    let topology = &plan.topology;
    let (structure, declarations) = topology::declare(&runtime, topology, None);
    let attrs = topology::carried_attributes(topology);
    let output = &topology.output;
    let others = quote! {
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
    };
    Items { runtime, structure, others }
}
