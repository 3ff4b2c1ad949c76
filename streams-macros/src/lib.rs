//! The macros of `streams-runtime`, which re-exports them and documents their language.

mod check;
mod codegen;
mod derive;
mod diagnostics;
mod dump;
mod expand;
mod model;
mod operators;
mod parse;
mod plan;
#[cfg(test)]
mod tests;
mod text;
mod with_cx;

use proc_macro::TokenStream;

/// Declares a topology: a graph of sources, operators, state and sinks, checked as a whole at compile time.
#[proc_macro]
pub fn topology(input: TokenStream) -> TokenStream {
    expand::topology_macro(input.into()).placed.into()
}

/// The same as an attribute, so that rustfmt formats the function. `#[topology(crate = path)]` says where the runtime is.
#[proc_macro_attribute]
pub fn topology_attribute(options: TokenStream, item: TokenStream) -> TokenStream {
    expand::topology_attribute(options.into(), item.into()).placed.into()
}

/// Ties a type to its wire format: JSON, or `#[stream_data(codec = MyCodec)]`.
///
/// The type can be a key (`KeyData`) if all its fields can; `#[stream_data(key)]` says it where that cannot be seen: with fields of another crate's types,
/// or with a format of one's own. What serde does not write is an error, since it would be lost with the cache: `#[stream_data(allow_skip)]` on the type, on a
/// field or on a variant allows it.
#[proc_macro_derive(StreamData, attributes(stream_data))]
pub fn stream_data(input: TokenStream) -> TokenStream {
    derive::stream_data(input.into()).tokens.into()
}

/// Of generated code: an item, and behind it those that are given with it.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn with_items(items: TokenStream, item: TokenStream) -> TokenStream {
    item.into_iter().chain(items).collect()
}

/// Of the runtime's own use: a method that takes closures, and its twin whose closures take the
/// context.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn with_cx(_: TokenStream, method: TokenStream) -> TokenStream {
    with_cx::with_cx(method.into()).into()
}
