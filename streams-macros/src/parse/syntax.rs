//! What was written, before names have a meaning.

use proc_macro2::{Ident, Span, TokenTree};
use syn::{Attribute, Expr, Type, Visibility};

/// One `fn name(params) -> Type { … }`.
#[derive(Clone, Debug)]
pub(crate) struct TopologyFn {
    /// Those of the function: doc comments, lint levels, `deprecated` and the like.
    pub(crate) attrs: Vec<Attribute>,
    /// Those of the type alone: `derive`.
    pub(crate) type_attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) name: Ident,
    pub(crate) params: Vec<Param>,
    /// The name of the struct to be made.
    pub(crate) output: Ident,
    pub(crate) statements: Vec<Statement>,
    /// The tokens of all statements, for editors.
    pub(crate) body: Vec<TokenTree>,
    pub(crate) optimizations: Optimizations,
}

/// What `#[optimized]` asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Optimizations {
    /// Consumers of one stream share a repartition topic.
    pub(crate) merge_repartitions: bool,
    /// The topic of a table is the changelog of its store.
    pub(crate) reuse_source_topics: bool,
    /// A stream that is joined with itself keeps its records once.
    pub(crate) single_store_self_joins: bool,
}

impl Optimizations {
    pub(crate) const NAMES: &[&str] = &["merge_repartitions", "reuse_source_topics", "single_store_self_joins"];

    pub(crate) fn all() -> Self {
        Optimizations { merge_repartitions: true, reuse_source_topics: true, single_store_self_joins: true }
    }

    /// Asks for one; `false` if there is none of this name.
    pub(crate) fn ask(&mut self, name: &str) -> bool {
        match name {
            "merge_repartitions" => self.merge_repartitions = true,
            "reuse_source_topics" => self.reuse_source_topics = true,
            "single_store_self_joins" => self.single_store_self_joins = true,
            _ => return false,
        }
        true
    }
}

/// A parameter of the topology.
#[derive(Clone, Debug)]
pub(crate) struct Param {
    /// Doc comments and lint levels.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) name: Ident,
    pub(crate) ty: Type,
}

/// `let … = chain;` or `chain;`.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) docs: Vec<Attribute>,
    pub(crate) binding: Option<Binding>,
    pub(crate) chain: Option<Chain>,
    /// A problem in it has been reported: it takes part in nothing, but what it mentions counts as used.
    pub(crate) broken: bool,
    pub(crate) tokens: Vec<TokenTree>,
}

/// The left side of a `let`.
#[derive(Clone, Debug)]
pub(crate) struct Binding {
    pub(crate) names: Names,
    pub(crate) ty: Option<Type>,
}

/// What a `let` names.
#[derive(Clone, Debug)]
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
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    pub(crate) head: Head,
    pub(crate) calls: Vec<Call>,
}

/// What a chain starts with.
#[derive(Clone, Debug)]
pub(crate) enum Head {
    Name(Ident),
    Source(Call),
}

/// `name(arguments)`.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) name: Ident,
    pub(crate) args: Vec<Expr>,
}
