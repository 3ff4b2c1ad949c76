//! Tokens of a body → tokens of statements, so that a mistake in one statement leaves the others whole.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

/// The tokens of one statement, without its `;`.
#[derive(Debug)]
pub(super) struct Piece {
    pub(super) tokens: Vec<TokenTree>,
    /// Where a `;` should be but is not.
    pub(super) unfinished: Option<Span>,
}

/// Words with which something begins that is no statement of a topology and ends with a block instead of a `;`.
const BLOCK_WORDS: &[&str] = &["for", "while", "loop", "if", "match", "unsafe", "fn", "struct", "enum", "impl", "mod", "trait", "async", "pub", "extern"];

/// Splits at `;`, at a `let` that follows a statement without one, and behind the block of a foreign construct.
pub(super) fn split(body: TokenStream) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut current: Vec<TokenTree> = Vec::new();
    let mut tokens = body.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Punct(punct) if punct.as_char() == ';' => {
                pieces.push(Piece { tokens: std::mem::take(&mut current), unfinished: None });
                continue;
            }
            TokenTree::Ident(word) if word == "let" && begins_statement(&current) => {
                let unfinished = current.last().map(TokenTree::span);
                pieces.push(Piece { tokens: std::mem::take(&mut current), unfinished });
            }
            _ => {}
        }
        let block = matches!(&token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        current.push(token);
        let goes_on = matches!(tokens.peek(), Some(TokenTree::Ident(word)) if word == "else")
            || matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if matches!(punct.as_char(), '.' | '?' | ';'));
        if block && !goes_on && is_foreign(&current) {
            pieces.push(Piece { tokens: std::mem::take(&mut current), unfinished: None });
        }
    }
    if !current.is_empty() {
        let unfinished = current.last().map(TokenTree::span);
        pieces.push(Piece { tokens: current, unfinished });
    }
    pieces.retain(|piece| !piece.tokens.is_empty());
    pieces
}

/// A `let` behind these tokens begins a new statement: they are one already, and not `if` or `&&` before a pattern.
fn begins_statement(before: &[TokenTree]) -> bool {
    let whole = without_attributes(before);
    match whole.last() {
        None => false,
        Some(TokenTree::Ident(word)) => word != "if" && word != "while",
        Some(TokenTree::Punct(punct)) => punct.as_char() != '&' && punct.as_char() != '|',
        Some(_) => true,
    }
}

fn is_foreign(tokens: &[TokenTree]) -> bool {
    match without_attributes(tokens).first() {
        Some(TokenTree::Ident(word)) => BLOCK_WORDS.iter().any(|known| word == known),
        Some(TokenTree::Group(_)) => true,
        _ => false,
    }
}

/// Without leading `#[…]`.
fn without_attributes(mut tokens: &[TokenTree]) -> &[TokenTree] {
    while let [TokenTree::Punct(hash), TokenTree::Group(_), rest @ ..] = tokens {
        if hash.as_char() != '#' {
            break;
        }
        tokens = rest;
    }
    tokens
}
