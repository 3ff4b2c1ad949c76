//! Syntax → graph. Names get their meaning here; a name whose statement is broken is known, but nothing is said about it.

mod arguments;
mod bind;
mod build;
mod cogroup;
mod context;
mod division;
mod edges;
mod flow;
mod graph;
mod names;
mod options;
mod outputs;
mod shared;
mod types;
mod unknown;

#[cfg(test)]
pub(crate) use arguments::describe;
pub(crate) use arguments::found_arguments;
pub(crate) use build::build;
pub(crate) use context::{takes_cx, written_closure};
pub(crate) use division::{Division, topic_texts};
pub(crate) use edges::EdgeTypes;
pub(crate) use flow::Flow;
pub(crate) use graph::*;
pub(crate) use options::PARTITIONER;
pub(crate) use shared::Shared;
pub(crate) use types::written;
