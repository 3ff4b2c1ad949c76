//! Expressions of the user: closures are made `move`, and parameters of the topology are bound in front of what mentions them.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{Expr, ExprBlock, ReturnType, Stmt, Token};

use crate::model::{Topology, plain};

/// Emits the user's expressions of one topology.
pub(super) struct Expressions<'a> {
    topology: &'a Topology,
    closures: usize,
}

impl<'a> Expressions<'a> {
    pub(super) fn new(topology: &'a Topology) -> Self {
        Expressions { topology, closures: 0 }
    }

    /// What stands before the statement, and the closure. Expands to:
    ///
    /// ```text
    /// let __params_1 = Arc::clone(self);
    /// move |_, word| { let min_len = &__params_1.min_len; word.len() < *min_len }
    /// ```
    pub(super) fn closure(&mut self, expr: &Expr) -> (TokenStream, TokenStream) {
        let mut closure = match expr {
            Expr::Closure(closure) => closure.clone(),
            Expr::Block(block) => return self.block(block),
            // A function that a call gives.
            other => return (TokenStream::new(), self.value(other)),
        };
        // At the user's place: rustc underlines a closure from its first word.
        let begin = closure.inputs_begin.span;
        closure.capture = Some(closure.capture.unwrap_or(Token![move](begin)));
        let params = self.mentioned(&closure.body);
        if params.is_empty() {
            return (TokenStream::new(), closure.into_token_stream());
        }
        self.closures += 1;
        let holder = format_ident!("__params_{}", self.closures);
        let before = quote! { let #holder = __rt::Arc::clone(self); };
        let bindings = bindings(&holder.to_token_stream(), &params);
        let body = &closure.body;
        closure.body = match &closure.output {
            ReturnType::Default => Box::new(Expr::Verbatim(quote!({ #bindings #body }))),
            // A closure with a written type has a block for its body.
            ReturnType::Type(..) => Box::new(Expr::Verbatim(quote!({ #bindings #body }))),
        };
        (before, closure.into_token_stream())
    }

    /// A block that ends in a closure: parameters are bound for both.
    fn block(&mut self, block: &ExprBlock) -> (TokenStream, TokenStream) {
        let mut block = block.clone();
        let Some(Stmt::Expr(last, None)) = block.block.stmts.pop() else { return (TokenStream::new(), block.into_token_stream()) };
        let (mut before, last) = self.closure(&last);
        let stmts = &block.block.stmts;
        let params = self.mentioned(&quote!(#(#stmts)*));
        if params.is_empty() {
            return (before, quote!({ #(#stmts)* #last }));
        }
        self.closures += 1;
        let holder = format_ident!("__params_{}", self.closures);
        before.extend(quote! { let #holder = __rt::Arc::clone(self); });
        let bindings = bindings(&holder.to_token_stream(), &params);
        (before, quote!({ #bindings #(#stmts)* #last }))
    }

    /// Any other expression.
    pub(super) fn value(&self, expr: &impl ToTokens) -> TokenStream {
        let params = self.mentioned(expr);
        if params.is_empty() {
            return expr.to_token_stream();
        }
        let bindings = bindings(&quote!(self), &params);
        quote!({ #bindings #expr })
    }

    /// Whether a parameter of the topology may be meant.
    pub(super) fn mentions_parameters(&self, tokens: &impl ToTokens) -> bool {
        !self.mentioned(tokens).is_empty()
    }

    /// Parameters whose name occurs in the tokens. Some may be meant otherwise (a field of that name): binding them does no harm.
    fn mentioned(&self, tokens: &impl ToTokens) -> Vec<&'a Ident> {
        if self.topology.params.is_empty() {
            return Vec::new();
        }
        let mut found = vec![false; self.topology.params.len()];
        let mut streams = vec![tokens.to_token_stream()];
        while let Some(stream) = streams.pop() {
            for token in stream {
                match token {
                    TokenTree::Group(group) => streams.push(group.stream()),
                    TokenTree::Ident(word) => self.mark(&plain(&word), &mut found),
                    // `format!("{min_len}")`
                    TokenTree::Literal(literal) => {
                        let text = literal.to_string();
                        for name in text.split('{').skip(1).filter_map(|rest| rest.split(['}', ':']).next()) {
                            self.mark(name, &mut found);
                        }
                    }
                    TokenTree::Punct(_) => {}
                }
            }
        }
        self.topology.params.iter().zip(found).filter(|(_, found)| *found).map(|(param, _)| &param.name).collect()
    }

    fn mark(&self, word: &str, found: &mut [bool]) {
        if let Some(index) = self.topology.params.iter().position(|param| plain(&param.name) == word) {
            found[index] = true;
        }
    }
}

fn bindings(holder: &TokenStream, params: &[&Ident]) -> TokenStream {
    quote! { #( #[allow(unused_variables)] let #params = &#holder.#params; )* }
}
