//! The phases, in order. Parsing, modelling and checking run past mistakes, so that all are told in one compile; planning and
//! generating code need a graph that is whole, and cannot fail.

use std::time::Instant;

use proc_macro2::TokenStream;

use crate::codegen::Items;
use crate::diagnostics::{Errors, Problem, RECEIVER};
use crate::model::Topology;
use crate::parse::Settings;
use crate::{check, codegen, dump, model, parse, plan};

/// What a macro call becomes.
pub(crate) struct Expansion {
    pub(crate) tokens: TokenStream,
    /// The same as rustc gets it: each topology as one item.
    pub(crate) placed: TokenStream,
    #[cfg_attr(not(test), expect(dead_code, reason = "their tokens are in `tokens`; tests look at them"))]
    pub(crate) problems: Vec<Problem>,
}

/// `topology! { … }`
pub(crate) fn topology_macro(input: TokenStream) -> Expansion {
    let cx = Errors::new();
    expand(cx, Settings::default(), input)
}

/// `#[topology]`
pub(crate) fn topology_attribute(options: TokenStream, item: TokenStream) -> Expansion {
    let mut cx = Errors::new();
    let settings = parse::parse_attribute_options(&mut cx, options);
    expand(cx, settings, item)
}

fn expand(mut cx: Errors, mut settings: Settings, input: TokenStream) -> Expansion {
    let started = Instant::now();
    let syntax = parse::parse_topologies(&mut cx, &mut settings, input);
    let for_editors: TokenStream = syntax.iter().map(|topology| codegen::for_editors(&settings, topology)).collect();
    let mut items = Vec::new();
    let topologies: Vec<Topology> = syntax
        .into_iter()
        .map(|syntax| {
            let topology = model::build(&mut cx, syntax);
            check::check(&mut cx, &topology);
            topology
        })
        .collect();
    let outputs: Vec<String> = topologies.iter().map(|topology| topology.output.to_string()).collect();
    match cx.propagate() {
        Ok(()) => {
            for topology in topologies {
                let plan = plan::plan(topology);
                items.push(codegen::generate(&settings, &plan));
            }
        }
        Err(_) => {
            for topology in topologies {
                items.push(codegen::fallback(&settings, &plan::plan(topology)));
            }
        }
    }
    let tokens: TokenStream = items.iter().map(Items::tokens).collect();
    let problems = cx.finish();
    // A method is in an `impl` block, where nothing else can stand.
    let is_method = problems.iter().any(|problem| problem.row.code == RECEIVER.code);
    let placed: TokenStream = items.iter().filter(|_| !is_method).map(Items::as_one).collect();
    dump::dump(&outputs, started, &tokens);
    let [tokens, placed] = [tokens, placed].map(|tokens| {
        let mut tokens: TokenStream = for_editors.clone().into_iter().chain(tokens).collect();
        for problem in &problems {
            tokens.extend(problem.to_tokens());
        }
        tokens
    });
    Expansion { tokens, placed, problems }
}
