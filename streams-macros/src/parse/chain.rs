//! `name.operator(…).operator(…)`. Not syn's expression: a chain that breaks off must not be lost.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{AngleBracketedGenericArguments, Expr, Token, parenthesized, token};

use super::statement::{at, next_token};
use super::syntax::{Call, Chain, Head};
use crate::diagnostics::*;

pub(super) fn parse_chain(cx: &mut Errors, input: ParseStream<'_>) -> Option<Chain> {
    let Ok(first) = input.parse::<Ident>() else {
        cx.report(input.span(), UNEXPECTED, &[("found", &next_token(input))]);
        return None;
    };
    let head = match parse_call(cx, input, &first) {
        Some(call) => Head::Source(call),
        None => Head::Name(first),
    };
    let mut chain = Chain { head, calls: Vec::new() };
    while !input.is_empty() {
        if input.peek(Token![?]) {
            cx.report(input.span(), QUESTION_MARK, &[]);
            let _: syn::Result<Token![?]> = input.parse();
            continue;
        }
        let Ok(dot) = input.parse::<Token![.]>() else {
            if !input.peek(Token![else]) {
                cx.report(input.span(), UNEXPECTED, &[("found", &next_token(input))]);
            }
            break;
        };
        match parse_link(cx, input, dot.span) {
            Link::Call(call) => chain.calls.push(call),
            Link::Nothing => {}
            Link::End => break,
        }
    }
    Some(chain)
}

/// What follows a dot.
enum Link {
    Call(Call),
    /// Reported; the chain goes on.
    Nothing,
    /// Reported; nothing more can be read.
    End,
}

fn parse_link(cx: &mut Errors, input: ParseStream<'_>, dot: Span) -> Link {
    if input.peek(Token![await]) {
        cx.report(input.span(), AWAIT, &[]);
        let _: syn::Result<Token![await]> = input.parse();
        return Link::Nothing;
    }
    let Ok(name) = input.call(Ident::parse_any) else {
        cx.report(dot, HALF_TYPED, &[]);
        return Link::End;
    };
    if input.peek(Token![::]) {
        match input.call(AngleBracketedGenericArguments::parse_turbofish) {
            Ok(_) => cx.report(name.span(), TURBOFISH, &[("name", &name)]),
            Err(error) => {
                cx.report(at(&error, name.span()), UNEXPECTED, &[("found", &next_token(input))]);
                return Link::End;
            }
        }
    }
    match parse_call(cx, input, &name) {
        Some(call) => Link::Call(call),
        None => {
            cx.report(name.span(), NOT_CALLED, &[("name", &name)]);
            Link::End
        }
    }
}

/// `(arguments)`, if there are parentheses.
fn parse_call(cx: &mut Errors, input: ParseStream<'_>, name: &Ident) -> Option<Call> {
    if !input.peek(token::Paren) {
        return None;
    }
    let parsed = (|| {
        let content;
        let paren = parenthesized!(content in input);
        let args = parse_args(cx, &content, paren.span.join());
        Ok::<_, syn::Error>(Call { name: name.clone(), args })
    })();
    parsed.ok()
}

fn parse_args(cx: &mut Errors, content: ParseStream<'_>, span: Span) -> Vec<Expr> {
    let mut args = Vec::new();
    while !content.is_empty() {
        let start = content.span();
        match content.parse::<Expr>() {
            Ok(argument) => args.push(ungrouped(argument)),
            Err(error) => {
                cx.report(at(&error, start), BAD_ARGUMENT, &[("why", &error)]);
                break;
            }
        }
        if content.is_empty() {
            break;
        }
        if content.parse::<Token![,]>().is_err() {
            let found = next_token(content);
            cx.report(content.span(), BAD_ARGUMENT, &[("why", &format!("`,` or `)` is expected, found `{found}`"))]);
            break;
        }
    }
    // Whatever is left belongs to the argument that was reported.
    let rest = content.parse::<TokenStream>().map(ToTokens::into_token_stream);
    debug_assert!(rest.is_ok(), "any tokens are a token stream at {span:?}");
    args
}

/// Without the invisible group around what came through a parameter of a `macro_rules!` macro, and without parentheses or braces around
/// a closure.
fn ungrouped(expr: Expr) -> Expr {
    match expr {
        Expr::Group(group) => ungrouped(*group.expr),
        Expr::Paren(ref paren) if is_closure(&paren.expr) => inner_closure(expr),
        Expr::Block(ref block) if one_expression(block).is_some_and(is_closure) => inner_closure(expr),
        other => other,
    }
}

/// A closure, in any number of parentheses and braces.
fn is_closure(expr: &Expr) -> bool {
    match expr {
        Expr::Closure(_) => true,
        Expr::Group(group) => is_closure(&group.expr),
        Expr::Paren(paren) => is_closure(&paren.expr),
        Expr::Block(block) => one_expression(block).is_some_and(is_closure),
        _ => false,
    }
}

fn inner_closure(expr: Expr) -> Expr {
    match expr {
        Expr::Group(group) => inner_closure(*group.expr),
        Expr::Paren(paren) => inner_closure(*paren.expr),
        Expr::Block(ref block) if one_expression(block).is_some() => one_expression(block).cloned().map_or(expr.clone(), inner_closure),
        other => other,
    }
}

fn one_expression(block: &syn::ExprBlock) -> Option<&Expr> {
    match block.block.stmts.as_slice() {
        [syn::Stmt::Expr(expr, None)] if block.label.is_none() && block.attrs.is_empty() => Some(expr),
        _ => None,
    }
}
