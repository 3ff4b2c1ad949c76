//! What is around the statements: `pub fn name(params) -> Type { … }`.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, Meta, Pat, Path, PathArguments, ReturnType, Safety, Signature, Token, Type, Visibility, parenthesized};

use super::Settings;
use super::shared;
use super::split::split;
use super::statement::parse_statement;
use super::syntax::{Optimizations, Param, TopologyFn};
use crate::diagnostics::*;

/// Attributes that keep their meaning on what the macro makes.
const ATTRIBUTES: &[&str] = &[
    "doc",
    "allow",
    "warn",
    "deny",
    "forbid",
    "expect",
    "must_use",
    "cfg",
    "deprecated",
    "inline",
    "cold",
    "track_caller",
    "derive",
    "cfg_attr",
];
/// Attributes of types: they go to the one that is made.
const OF_TYPE: &[&str] = &["derive"];
/// Attributes that a parameter may have.
const OF_PARAMETER: &[&str] = &["doc", "allow", "warn", "deny", "expect"];
/// The macro's own attribute.
const OPTIMIZED: &str = "optimized";

/// `crate = path` of `#[topology(crate = path)]`.
pub(crate) fn parse_attribute_options(cx: &mut Errors, options: TokenStream) -> Settings {
    let mut settings = Settings::default();
    if options.is_empty() {
        return settings;
    }
    let text = options.to_string();
    let span = options.span();
    let parsed = (|input: ParseStream<'_>| {
        input.parse::<Token![crate]>()?;
        input.parse::<Token![=]>()?;
        input.call(Path::parse_mod_style)
    })
    .parse2(options);
    match parsed {
        Ok(path) => settings.runtime = Some(path),
        Err(_) => cx.report(span, OPTION_OF_MACRO, &[("found", &format!("`{text}`")), ("known", &"`crate = path`")]),
    }
    settings
}

/// Everything in `topology! { … }`.
pub(crate) fn parse_topologies(cx: &mut Errors, settings: &mut Settings, input: TokenStream) -> Vec<TopologyFn> {
    let mut topologies = Vec::new();
    let mut tokens: Vec<TokenTree> = input.into_iter().collect();
    take_runtime(cx, settings, &mut tokens);
    if tokens.is_empty() {
        cx.report(Span::call_site(), NOT_A_TOPOLOGY, &[("why", &"nothing is here")]);
    }
    let mut item = Vec::new();
    for token in tokens {
        let ends = match &token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(punct) => punct.as_char() == ';',
            _ => false,
        };
        item.push(token);
        if ends {
            topologies.extend(parse_item(cx, std::mem::take(&mut item)));
        }
    }
    if !item.is_empty() {
        topologies.extend(parse_item(cx, item));
    }
    different_types(cx, topologies)
}

/// Of topologies with one type only the first is kept.
fn different_types(cx: &mut Errors, topologies: Vec<TopologyFn>) -> Vec<TopologyFn> {
    let mut kept: Vec<TopologyFn> = Vec::new();
    for topology in topologies {
        // With a `#[cfg]` there may be one at a time.
        let conditional = topology.attrs.iter().any(|attr| attr.path().is_ident("cfg"));
        match kept.iter().find(|first| first.output == topology.output && !conditional) {
            Some(first) => {
                let first = place(first.output.span());
                cx.report(topology.output.span(), TYPE_TWICE, &[("name", &topology.output), ("first", &first)]);
            }
            None => kept.push(topology),
        }
    }
    kept
}

/// `#![runtime(path)]`, only as the first thing.
fn take_runtime(cx: &mut Errors, settings: &mut Settings, tokens: &mut Vec<TokenTree>) {
    let [TokenTree::Punct(hash), TokenTree::Punct(bang), TokenTree::Group(group), ..] = tokens.as_slice() else { return };
    if hash.as_char() != '#' || bang.as_char() != '!' {
        return;
    }
    let span = group.span();
    let stream = group.stream();
    let text = stream.to_string();
    let parsed = (|input: ParseStream<'_>| {
        let name: Ident = input.parse()?;
        let content;
        parenthesized!(content in input);
        let path = content.call(Path::parse_mod_style)?;
        if name == "runtime" { Ok(path) } else { Err(input.error("another name")) }
    })
    .parse2(stream);
    match parsed {
        Ok(path) => settings.runtime = Some(path),
        Err(_) => {
            cx.report(span, OPTION_OF_MACRO, &[("found", &format!("`#![{text}]`")), ("known", &"`#![runtime(path)]`")]);
        }
    }
    tokens.drain(..3);
}

/// Attributes, visibility and signature of an item, and its block.
struct Item {
    attrs: Vec<Attribute>,
    vis: Visibility,
    sig: Signature,
}

fn parse_item(cx: &mut Errors, mut tokens: Vec<TokenTree>) -> Option<TopologyFn> {
    let whole = tokens.first().map_or_else(Span::call_site, TokenTree::span);
    if let Some((word, span)) = other_item(&tokens) {
        cx.report(span, ITEM_NOT_ALLOWED, &[("item", &format!("`{word}`"))]);
        return None;
    }
    let body = match tokens.pop() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => group,
        last => {
            let span = last.map_or(whole, |token| token.span());
            cx.report(span, NOT_A_TOPOLOGY, &[("why", &"there is no `{ … }`")]);
            return None;
        }
    };
    let header: TokenStream = tokens.into_iter().collect();
    let item = |input: ParseStream<'_>| Ok(Item { attrs: input.call(Attribute::parse_outer)?, vis: input.parse()?, sig: input.parse()? });
    let mut item = match item.parse2(header) {
        Ok(item) => item,
        Err(error) => {
            let span = super::statement::at(&error, whole);
            cx.report(span, NOT_A_TOPOLOGY, &[("why", &error)]);
            return None;
        }
    };
    let optimizations = take_optimized(cx, &mut item.attrs);
    check_attributes(cx, &item.attrs);
    check_modifiers(cx, &item.sig);
    let params = params(cx, &item.sig);
    let tokens = body.stream().into_iter().collect();
    let statements = split(body.stream()).into_iter().map(|piece| parse_statement(cx, piece)).collect();
    let output = output(cx, &item.sig)?;
    let (type_attrs, attrs) = item.attrs.into_iter().partition(is_of_type);
    Some(TopologyFn { attrs, type_attrs, vis: item.vis, name: item.sig.ident, params, output, statements, body: tokens, optimizations })
}

/// The word that makes it another item than a function.
fn other_item(tokens: &[TokenTree]) -> Option<(String, Span)> {
    const ITEMS: &[&str] = &["struct", "enum", "impl", "mod", "trait", "use", "static", "type", "union", "macro_rules", "let"];
    let words = tokens.iter().take_while(|token| !matches!(token, TokenTree::Ident(word) if word == "fn"));
    for token in words {
        if let TokenTree::Ident(word) = token {
            let word_text = word.to_string();
            if ITEMS.contains(&word_text.as_str()) {
                return Some((word_text, word.span()));
            }
        }
    }
    None
}

/// `#[optimized]`, or `#[optimized(merge_repartitions)]`.
fn take_optimized(cx: &mut Errors, attrs: &mut Vec<Attribute>) -> Optimizations {
    let mut optimizations = Optimizations::default();
    let (ours, others): (Vec<Attribute>, _) = std::mem::take(attrs).into_iter().partition(|attr| attr.path().is_ident(OPTIMIZED));
    *attrs = others;
    for attr in ours {
        let listed = match &attr.meta {
            Meta::Path(_) => {
                optimizations = Optimizations::all();
                continue;
            }
            Meta::List(listed) => {
                listed.parse_args_with(Punctuated::<Ident, Token![,]>::parse_terminated).ok().filter(|list| !list.is_empty())
            }
            Meta::NameValue(_) => None,
        };
        let Some(listed) = listed else {
            let found = attr.meta.to_token_stream().to_string();
            cx.report(
                attr.meta.span(),
                OPTIMIZATION,
                &[("found", &crate::text::tidy(&found)), ("known", &list(Optimizations::NAMES.iter().copied()))],
            );
            continue;
        };
        for name in listed.iter().filter(|name| !optimizations.ask(&name.to_string())) {
            cx.report(name.span(), OPTIMIZATION, &[("found", name), ("known", &list(Optimizations::NAMES.iter().copied()))]);
        }
    }
    optimizations
}

fn check_attributes(cx: &mut Errors, attrs: &[Attribute]) {
    for attr in attrs {
        if !ATTRIBUTES.iter().any(|known| attr.path().is_ident(known)) {
            let name = attr.path().to_token_stream().to_string().replace(' ', "");
            let known = list(ATTRIBUTES.iter().copied().chain([OPTIMIZED]));
            cx.report(attr.span(), ATTRIBUTE_NOT_ALLOWED, &[("attribute", &name), ("known", &known)]);
        }
    }
}

/// Whether an attribute is one of the type that is made; `cfg_attr` is where those in it are.
fn is_of_type(attr: &Attribute) -> bool {
    if !attr.path().is_ident("cfg_attr") {
        return OF_TYPE.iter().any(|name| attr.path().is_ident(name));
    }
    let inner = attr.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    inner.is_ok_and(|metas| metas.iter().skip(1).any(|meta| OF_TYPE.iter().any(|name| meta.path().is_ident(name))))
}

fn check_modifiers(cx: &mut Errors, sig: &Signature) {
    let safety = match &sig.safety {
        Safety::Unsafe(token) => Some(("unsafe", token.span)),
        Safety::Safe(token) => Some(("safe", token.span)),
        _ => None,
    };
    let modifiers = [
        sig.constness.map(|token| ("const", token.span)),
        sig.asyncness.map(|token| ("async", token.span)),
        safety,
        sig.abi.as_ref().map(|abi| ("extern", abi.span())),
        sig.variadic.as_ref().map(|variadic| ("...", variadic.span())),
    ];
    for (modifier, span) in modifiers.into_iter().flatten() {
        cx.report(span, FN_MODIFIER, &[("modifier", &modifier)]);
    }
    if !sig.generics.params.is_empty() || sig.generics.where_clause.is_some() {
        cx.report(sig.generics.span(), GENERICS, &[]);
    }
}

fn params(cx: &mut Errors, sig: &Signature) -> Vec<Param> {
    let mut params: Vec<Param> = Vec::new();
    for input in &sig.inputs {
        let typed = match input {
            FnArg::Receiver(receiver) => {
                cx.report(receiver.span(), RECEIVER, &[]);
                continue;
            }
            FnArg::Typed(typed) => typed,
        };
        let name = match &*typed.pat {
            Pat::Ident(name)
                if name.by_ref.is_none()
                    && name.mutability.is_none()
                    && name.subpat.is_none()
                    && typed.attrs.iter().all(|attr| OF_PARAMETER.iter().any(|known| attr.path().is_ident(known))) =>
            {
                name.ident.clone()
            }
            _ => {
                cx.report(typed.span(), PARAMETER_PATTERN, &[]);
                continue;
            }
        };
        if let Some(what) = not_owned(&typed.ty) {
            let found = type_text(&typed.ty);
            cx.report(typed.ty.span(), PARAMETER_TYPE, &[("name", &name), ("found", &found), ("what", &what)]);
        }
        let unshared = if not_owned(&typed.ty).is_none() { shared::not_shared(&typed.ty) } else { None };
        if let Some(unshared) = &unshared {
            let found = type_text(&unshared.ty);
            cx.report(unshared.ty.span(), PARAMETER_NOT_SHARED, &[("name", &name), ("found", &found), ("what", &unshared.what)]);
        }
        if let Some(first) = params.iter().find(|param| param.name == name) {
            cx.report(name.span(), DUPLICATE_PARAMETER, &[("name", &name), ("first", &place(first.name.span()))]);
            continue;
        }
        // One that was reported is replaced, so that rustc does not report it again.
        let ty = if unshared.is_some() { syn::parse_quote!(()) } else { kept(&typed.ty) };
        params.push(Param { attrs: typed.attrs.clone(), name, ty });
    }
    params
}

/// Why a topology could not keep a value of this type.
fn not_owned(ty: &Type) -> Option<&'static str> {
    match ty {
        Type::Reference(reference) if reference.lifetime.as_ref().is_none_or(|lifetime| lifetime.ident != "static") => Some("borrowed"),
        Type::ImplTrait(_) => Some("not a concrete type"),
        Type::Infer(_) => Some("not written out"),
        _ => None,
    }
}

/// The type of the field. One that was reported is replaced, so that rustc does not report it again.
fn kept(ty: &Type) -> Type {
    match (not_owned(ty), ty) {
        (None, ty) => ty.clone(),
        (Some(_), Type::Reference(reference)) => {
            let mut reference = reference.clone();
            reference.lifetime = Some(syn::Lifetime::new("'static", Span::call_site()));
            Type::Reference(reference)
        }
        (Some(_), _) => syn::parse_quote!(()),
    }
}

/// The name of the struct; without one nothing can be generated, not even a fallback.
fn output(cx: &mut Errors, sig: &Signature) -> Option<Ident> {
    let suggestion = camel_case(&sig.ident.to_string());
    let ty = match &sig.output {
        ReturnType::Default => {
            cx.report(sig.ident.span(), NO_RETURN_TYPE, &[("name", &sig.ident), ("suggestion", &suggestion)]);
            return None;
        }
        ReturnType::Type(_, ty) => ty,
    };
    let mut plain = &**ty;
    while let Type::Group(group) = plain {
        plain = &group.elem;
    }
    if let Type::Path(path) = plain
        && path.qself.is_none()
        && let Some(last) = path.path.segments.last()
        && path.path.segments.len() == 1
        && path.path.leading_colon.is_none()
        && matches!(last.arguments, PathArguments::None)
        && last.ident != "Self"
    {
        return Some(last.ident.clone());
    }
    cx.report(ty.span(), RETURN_TYPE_NOT_A_NAME, &[("found", &type_text(ty)), ("suggestion", &suggestion)]);
    None
}

/// `word_count` → `WordCount`.
fn camel_case(name: &str) -> String {
    let mut text = String::new();
    for word in name.split('_') {
        let mut letters = word.chars();
        text.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        text.extend(letters);
    }
    text
}

/// A type as a user would write it.
pub(crate) fn type_text(ty: &Type) -> String {
    crate::text::tidy(&ty.to_token_stream().to_string())
}
