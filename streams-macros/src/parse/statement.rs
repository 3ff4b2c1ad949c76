//! One statement: `let name: Type = chain` or `chain`.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::spanned::Spanned;
use syn::visit::Visit;
use syn::{Attribute, Pat, Token, Type};

use super::chain::parse_chain;
use super::split::Piece;
use super::syntax::{Binding, Names, Statement};
use crate::diagnostics::*;
use crate::text::tidy;

/// Reports what is wrong in it; what could be read is kept.
pub(super) fn parse_statement(cx: &mut Errors, piece: Piece) -> Statement {
    let before = cx.count();
    let mut statement = Statement { docs: Vec::new(), binding: None, chain: None, broken: false, tokens: piece.tokens };
    let stream: TokenStream = statement.tokens.iter().cloned().collect();
    let parsed = (|input: ParseStream<'_>| {
        parse_into(cx, &mut statement, input);
        // What was not understood has been reported; syn must not complain about it again.
        input.parse::<TokenStream>().map(drop)
    })
    .parse2(stream);
    if let Err(error) = parsed {
        cx.report(error.span(), UNEXPECTED, &[("found", &error)]);
    }
    if cx.count() == before
        && let Some(span) = piece.unfinished
    {
        cx.report(span, MISSING_SEMICOLON, &[]);
        // It is whole in every other respect.
        return statement;
    }
    statement.broken = cx.count() > before;
    statement
}

fn parse_into(cx: &mut Errors, statement: &mut Statement, input: ParseStream<'_>) {
    match input.call(Attribute::parse_outer) {
        Ok(attrs) => {
            for attr in attrs {
                if attr.path().is_ident("doc") {
                    statement.docs.push(attr);
                } else {
                    let name = attr.path().to_token_stream();
                    cx.report(attr.span(), ATTRIBUTE_ON_STATEMENT, &[("attribute", &name)]);
                }
            }
        }
        Err(error) => return cx.report(error.span(), UNEXPECTED, &[("found", &error)]),
    }
    if let Some((what, span, row)) = foreign(input) {
        return cx.report(span, row, &[("what", &what), ("name", &what)]);
    }
    if input.peek(Token![let]) {
        let before = cx.count();
        statement.binding = parse_binding(cx, input);
        if cx.count() > before {
            return;
        }
        statement.chain = parse_chain(cx, input);
        if input.peek(Token![else]) {
            cx.report(input.span(), LET_ELSE, &[]);
        }
    } else {
        statement.chain = parse_chain(cx, input);
    }
}

/// Statements of Rust that are none of a topology.
fn foreign(input: ParseStream<'_>) -> Option<(String, Span, &'static Row)> {
    let span = input.span();
    let fork = input.fork();
    let Ok(word) = fork.call(Ident::parse_any) else {
        let block = input.peek(syn::token::Brace).then(|| ("a block".to_owned(), span, STATEMENT_NOT_ALLOWED));
        return block;
    };
    let word = word.to_string();
    match word.as_str() {
        "for" | "while" | "loop" | "if" | "match" | "return" | "break" | "continue" | "yield" => {
            Some((format!("`{word}`"), span, STATEMENT_NOT_ALLOWED))
        }
        "unsafe" | "async" if fork.peek(syn::token::Brace) => Some((format!("an `{word}` block"), span, STATEMENT_NOT_ALLOWED)),
        "fn" | "struct" | "enum" | "impl" | "mod" | "trait" | "use" | "const" | "static" | "type" | "pub" | "extern" | "unsafe"
        | "async" => Some((format!("`{word}`"), span, ITEM_IN_BODY)),
        _ if fork.peek(Token![!]) && !fork.peek(Token![!=]) => Some((word, span, MACRO_IN_BODY)),
        _ if fork.peek(Token![=]) && !fork.peek(Token![==]) => Some(("an assignment".to_owned(), span, STATEMENT_NOT_ALLOWED)),
        _ => None,
    }
}

/// `let names: Type =`
fn parse_binding(cx: &mut Errors, input: ParseStream<'_>) -> Option<Binding> {
    let let_token: Token![let] = input.parse().ok()?;
    let pattern = match Pat::parse_single(input) {
        Ok(pattern) => pattern,
        Err(error) => {
            cx.report(at(&error, let_token.span), LET_PATTERN, &[("found", &next_token(input))]);
            return None;
        }
    };
    let Some(names) = names_of(cx, &pattern) else {
        // What it would have named is known from here on, so that its uses are not reported as well.
        let mut bound = Bound::default();
        bound.visit_pat(&pattern);
        return Some(Binding { names: Names::Tuple(bound.0, pattern.span()), ty: None });
    };
    let mut ty = None;
    if input.peek(Token![:]) {
        let colon: Token![:] = input.parse().ok()?;
        let first = if input.is_empty() { colon.span } else { input.span() };
        match input.parse::<Type>() {
            Ok(written) => ty = Some(written),
            Err(_) => {
                cx.report(first, TYPE_UNFINISHED, &[("name", &pattern.to_token_stream())]);
                return Some(Binding { names, ty });
            }
        }
    }
    if input.parse::<Token![=]>().is_err() {
        let name = pattern.to_token_stream();
        if input.is_empty() {
            cx.report(pattern.span(), LET_WITHOUT_VALUE, &[("name", &name)]);
        } else {
            cx.report(input.span(), UNEXPECTED, &[("found", &next_token(input))]);
        }
        return Some(Binding { names, ty });
    }
    if input.is_empty() {
        cx.report(pattern.span(), LET_WITHOUT_VALUE, &[("name", &pattern.to_token_stream())]);
    }
    Some(Binding { names, ty })
}

/// Names that a pattern binds.
#[derive(Default)]
struct Bound(Vec<Ident>);

impl<'ast> Visit<'ast> for Bound {
    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        self.0.push(pattern.ident.clone());
    }
}

fn names_of(cx: &mut Errors, pattern: &Pat) -> Option<Names> {
    match pattern {
        Pat::Ident(_) => name_of(cx, pattern).map(Names::One),
        Pat::Tuple(tuple) if !tuple.elems.is_empty() => {
            let names: Option<Vec<Ident>> = tuple.elems.iter().map(|element| name_of(cx, element)).collect();
            Some(Names::Tuple(names?, tuple.span()))
        }
        other => {
            cx.report(other.span(), LET_PATTERN, &[("found", &tidy(&other.to_token_stream().to_string()))]);
            None
        }
    }
}

fn name_of(cx: &mut Errors, pattern: &Pat) -> Option<Ident> {
    if let Pat::Ident(name) = pattern
        && name.by_ref.is_none()
        && name.mutability.is_none()
        && name.subpat.is_none()
        && name.attrs.is_empty()
    {
        return Some(name.ident.clone());
    }
    cx.report(pattern.span(), LET_PATTERN, &[("found", &tidy(&pattern.to_token_stream().to_string()))]);
    None
}

/// The place of a syntax error; at the end of a statement syn has none of its own.
pub(super) fn at(error: &syn::Error, otherwise: Span) -> Span {
    let span = error.span();
    if span.start() == Span::call_site().start() { otherwise } else { span }
}

/// The next token as text.
pub(super) fn next_token(input: ParseStream<'_>) -> String {
    match input.fork().parse::<TokenTree>() {
        Ok(token) => token.to_string(),
        Err(_) => "the end of the statement".to_owned(),
    }
}
