//! The macros of `streams-runtime`, which re-exports them and documents their language.

mod check;
mod codegen;
mod diagnostics;
mod expand;
mod model;
mod operators;
mod parse;
mod plan;
mod text;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

/// Declares a topology: a graph of sources, operators, state and sinks, checked as a whole at compile time.
#[proc_macro]
pub fn topology(input: TokenStream) -> TokenStream {
    expand::topology_macro(input.into()).tokens.into()
}
