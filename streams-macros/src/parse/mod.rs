//! Tokens → syntax. Statements are split first and parsed one by one, so that all mistakes are found in one compile.

mod chain;
mod frame;
mod shared;
mod split;
mod statement;
mod syntax;

pub(crate) use frame::{parse_attribute_options, parse_topologies, type_text};
pub(crate) use syntax::*;

/// Where the runtime is.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// `crate = path`; `::streams_runtime` without.
    pub(crate) runtime: Option<syn::Path>,
}
