//! What was written, before names have a meaning.

use proc_macro2::{Ident, Span, TokenTree};
use syn::{Attribute, Expr, Type, Visibility};

/// One `fn name(params) -> Type { … }`.
#[derive(Debug)]
pub(crate) struct TopologyFn {
    /// Doc comments and lint levels.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) name: Ident,
    pub(crate) params: Vec<Param>,
    /// The name of the struct to be made.
    pub(crate) output: Ident,
    pub(crate) statements: Vec<Statement>,
}

/// A parameter of the topology.
#[derive(Debug)]
pub(crate) struct Param {
    pub(crate) name: Ident,
    pub(crate) ty: Type,
}

/// `let … = chain;` or `chain;`.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) docs: Vec<Attribute>,
    pub(crate) binding: Option<Binding>,
    pub(crate) chain: Option<Chain>,
    /// A problem in it has been reported: it takes part in nothing, but what it mentions counts as used.
    pub(crate) broken: bool,
    pub(crate) tokens: Vec<TokenTree>,
}

/// The left side of a `let`.
#[derive(Debug)]
pub(crate) struct Binding {
    pub(crate) names: Names,
    pub(crate) ty: Option<Type>,
}

/// What a `let` names.
#[derive(Debug)]
pub(crate) enum Names {
    One(Ident),
    Tuple(Vec<Ident>, Span),
}

impl Names {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Ident> {
        match self {
            Names::One(name) => std::slice::from_ref(name).iter(),
            Names::Tuple(names, _) => names.iter(),
        }
    }
}

/// `head.call(…).call(…)`.
#[derive(Debug)]
pub(crate) struct Chain {
    pub(crate) head: Head,
    pub(crate) calls: Vec<Call>,
    /// What follows the last dot of a chain that breaks off.
    pub(crate) typed: Option<Ident>,
}

/// What a chain starts with.
#[derive(Debug)]
pub(crate) enum Head {
    Name(Ident),
    Source(Call),
}

/// `name(arguments)`.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) name: Ident,
    pub(crate) args: Vec<Expr>,
}
