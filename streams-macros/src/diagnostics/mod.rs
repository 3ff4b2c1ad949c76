//! What can be wrong with a topology, and the sink that every phase reports it to.

mod suggest;
mod table;

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

pub(crate) use suggest::{did_you_mean, list, nearest, snake_case};
pub(crate) use table::*;

/// One mistake that the macro knows: a row of the table in `table.rs`.
#[derive(Debug)]
pub(crate) struct Row {
    /// Stands in every message; `DIAGNOSTICS.md` explains by it.
    pub(crate) code: &'static str,
    /// What is wrong, with `{placeholders}`.
    pub(crate) message: &'static str,
    /// Why, and what to write instead.
    #[cfg_attr(not(test), expect(dead_code, reason = "DIAGNOSTICS.md is made of it, by a test"))]
    pub(crate) explanation: &'static str,
}

impl Row {
    /// The message with its placeholders filled, and the code.
    pub(crate) fn text(&self, values: &[(&str, &dyn Display)]) -> String {
        let filled = values
            .iter()
            .fold(self.message.to_owned(), |message, (name, value)| message.replace(&format!("{{{name}}}"), &value.to_string()));
        format!("{filled} [{}]", self.code)
    }
}

/// A mistake that was made.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) row: &'static Row,
    pub(crate) span: Span,
    pub(crate) message: String,
}

/// A phase found mistakes; they are in the sink.
#[derive(Debug)]
pub(crate) struct Failed;

/// Collects the problems of one expansion. Whoever makes one must [`finish`](Errors::finish) it, or their message is lost.
#[derive(Debug, Default)]
pub(crate) struct Errors {
    problems: Vec<Problem>,
    finished: bool,
}

impl Errors {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Reports that `row` happened at `span`. Placeholders of the message are filled from `values`.
    pub(crate) fn report(&mut self, span: Span, row: &'static Row, values: &[(&str, &dyn Display)]) {
        let mut message = row.message.to_owned();
        debug_assert_eq!(
            placeholders(row.message),
            values.iter().filter(|(name, _)| row.message.contains(&format!("{{{name}}}"))).count(),
            "{}",
            row.code
        );
        for (name, value) in values {
            message = message.replace(&format!("{{{name}}}"), &value.to_string());
        }
        self.problems.push(Problem { row, span, message });
    }

    /// How many problems there are, to see whether a step reported one.
    pub(crate) fn count(&self) -> usize {
        self.problems.len()
    }

    /// The barrier between two phases of which the second cannot work on something broken.
    pub(crate) fn propagate(&self) -> Result<(), Failed> {
        if self.problems.is_empty() { Ok(()) } else { Err(Failed) }
    }

    /// All problems, in the order of their places in the text.
    pub(crate) fn finish(mut self) -> Vec<Problem> {
        self.finished = true;
        let mut problems = std::mem::take(&mut self.problems);
        problems.sort_by_key(|problem| {
            let start = problem.span.start();
            (start.line, start.column)
        });
        problems
    }
}

impl Drop for Errors {
    fn drop(&mut self) {
        if !self.finished && !std::thread::panicking() {
            panic!("the problems of an expansion were thrown away: `Errors::finish` was not called");
        }
    }
}

impl Problem {
    /// `compile_error!` at the user's tokens.
    pub(crate) fn to_tokens(&self) -> TokenStream {
        let text = format!("{} [{}]", self.message, self.row.code);
        quote_spanned! { self.span => ::core::compile_error!(#text); }
    }
}

/// How many different `{placeholders}` a message has.
fn placeholders(message: &str) -> usize {
    let names = message.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name));
    let mut names: Vec<&str> = names.filter(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_')).collect();
    names.sort_unstable();
    names.dedup();
    names.len()
}

/// `line:column` of a second place, as editors count.
pub(crate) fn place(span: Span) -> String {
    let start = span.start();
    format!("{}:{}", start.line, start.column + 1)
}
