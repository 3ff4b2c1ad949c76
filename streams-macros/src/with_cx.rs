//! Methods of the runtime that take closures, for closures that take the context as well: said
//! once, made twice.

use std::collections::HashSet;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::visit_mut::{self, VisitMut};
use syn::{FnArg, GenericParam, ImplItemFn, Pat, PathArguments, Type, TypeParamBound, WherePredicate, parse_quote};

/// Leaves a method as it is, and adds its hidden twin `…_with_cx`, whose closures have one
/// parameter more:
///
/// ```text
/// pub fn filter_with_cx<F>(&self, f: F) -> (Stream<K, V>, Filter<WithCx<F>, bool, Plain>)
/// where
///     F: FnMut(&K, &V, &mut RecordContext) -> bool,
/// {
///     let f = WithCx(f);
///     …
/// }
/// ```
///
/// A type parameter is a closure's if it is bound by `FnMut`.
pub(crate) fn with_cx(item: TokenStream) -> TokenStream {
    let method: ImplItemFn = match syn::parse2(item.clone()) {
        Ok(method) => method,
        Err(error) => {
            let error = error.to_compile_error();
            return quote!(#item #error);
        }
    };
    let twin = twin(method);
    quote!(#item #twin)
}

fn twin(mut method: ImplItemFn) -> ImplItemFn {
    let closures = closures(&method);
    let name = method.sig.ident.clone();
    let doc = format!("[`{name}`](Self::{name}) with closures that take the context as one parameter more.");
    method.attrs.retain(|attr| !attr.path().is_ident("doc"));
    method.attrs.push(parse_quote!(#[doc(hidden)]));
    method.attrs.push(parse_quote!(#[doc = #doc]));
    method.sig.ident = format_ident!("{name}_with_cx", span = name.span());
    let mut wrap = Wrap { closures: &closures };
    wrap.visit_return_type_mut(&mut method.sig.output);
    for predicate in method.sig.generics.where_clause.iter_mut().flat_map(|clause| clause.predicates.iter_mut()) {
        match closure_of(predicate) {
            Some(_) => add_parameter(predicate),
            None => wrap.visit_where_predicate_mut(predicate),
        }
    }
    for argument in &method.sig.inputs {
        if let FnArg::Typed(argument) = argument
            && let (Pat::Ident(name), Type::Path(ty)) = (&*argument.pat, &*argument.ty)
            && ty.path.get_ident().is_some_and(|ty| closures.contains(ty))
        {
            let name = &name.ident;
            method.block.stmts.insert(0, parse_quote!(let #name = crate::operators::WithCx(#name);));
        }
    }
    method
}

/// The type parameters of closures.
fn closures(method: &ImplItemFn) -> HashSet<Ident> {
    let generics = &method.sig.generics;
    let bound: HashSet<Ident> = generics.where_clause.iter().flat_map(|clause| &clause.predicates).filter_map(closure_of).collect();
    let own = |param: &GenericParam| if let GenericParam::Type(ty) = param { Some(ty.ident.clone()) } else { None };
    generics.params.iter().filter_map(own).filter(|param| bound.contains(param)).collect()
}

/// `F` of `F: FnMut(…)`.
fn closure_of(predicate: &WherePredicate) -> Option<Ident> {
    let WherePredicate::Type(predicate) = predicate else { return None };
    let Type::Path(ty) = &predicate.bounded_ty else { return None };
    let is_closure = predicate.bounds.iter().any(|bound| {
        matches!(bound, TypeParamBound::Trait(bound) if bound.path.is_ident("FnMut")
        || bound.path.segments.last().is_some_and(|last| last.ident == "FnMut"))
    });
    is_closure.then(|| ty.path.get_ident().cloned()).flatten()
}

fn add_parameter(predicate: &mut WherePredicate) {
    let WherePredicate::Type(predicate) = predicate else { return };
    for bound in &mut predicate.bounds {
        if let TypeParamBound::Trait(bound) = bound
            && let Some(PathArguments::Parenthesized(arguments)) = bound.path.segments.last_mut().map(|last| &mut last.arguments)
        {
            arguments.inputs.push(parse_quote!(&mut crate::context::RecordContext));
        }
    }
}

/// Wraps the types of closures: `F` becomes `WithCx<F>`.
struct Wrap<'a> {
    closures: &'a HashSet<Ident>,
}

impl VisitMut for Wrap<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Path(path) = ty
            && path.path.get_ident().is_some_and(|name| self.closures.contains(name))
        {
            *ty = parse_quote!(crate::operators::WithCx<#path>);
            return;
        }
        visit_mut::visit_type_mut(self, ty);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_gets_a_twin_whose_closures_take_the_context() {
        let twin = twin(parse_quote! {
            /// Joins.
            pub fn join<T, V2, F, J>(&self, other: &Table<T>, f: F) -> (Stream<V2>, J)
            where
                T: Same<V2, Op<Join<Inner<F>, V2>> = J>,
                F: FnMut(&T, &mut dyn FnMut(&V2)) -> V2,
            {
                Join::new(other, f)
            }
        });
        let expected: ImplItemFn = parse_quote! {
            #[doc(hidden)]
            #[doc = "[`join`](Self::join) with closures that take the context as one parameter more."]
            pub fn join_with_cx<T, V2, F, J>(&self, other: &Table<T>, f: F) -> (Stream<V2>, J)
            where
                T: Same<V2, Op<Join<Inner<crate::operators::WithCx<F>>, V2>> = J>,
                F: FnMut(&T, &mut dyn FnMut(&V2), &mut crate::context::RecordContext) -> V2,
            {
                let f = crate::operators::WithCx(f);
                Join::new(other, f)
            }
        };
        assert_eq!(quote!(#twin).to_string(), quote!(#expected).to_string());
    }
}
