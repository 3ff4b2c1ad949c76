//! Plan → tokens.
use proc_macro2::TokenStream;

use crate::model::Topology;
use crate::parse::Settings;
use crate::plan::Plan;

pub(crate) fn generate(_settings: &Settings, _plan: &Plan) -> TokenStream {
    TokenStream::new()
}

pub(crate) fn fallback(_settings: &Settings, _topologies: &[Topology], _input: TokenStream) -> TokenStream {
    TokenStream::new()
}
