//! Facts about the whole graph, one file per subject. Types on the edges are left to rustc, which words them better.

mod changelogs;
mod closures;
mod cogroup;
mod division;
mod fallible;
mod feedback;
mod foreign_keys;
mod join_windows;
mod keys;
mod names;
mod no_self;
mod references;
mod sessions;
mod state;
mod stores;
mod suppress;
mod tables;
mod ttl;
mod unused;
mod versions;
mod windows;

pub(crate) use feedback::back_to_its_topic;
pub(crate) use names::read_twice;
pub(crate) use state::{CONSTANTS, handle_name};
pub(crate) use windows::{closes_in_vain, duration_ms, impossible_constant, is_constant, is_custom, is_written_out};

use crate::diagnostics::Errors;
use crate::model::Topology;

/// Reports everything that is wrong with the graph.
pub(crate) fn check(cx: &mut Errors, topology: &Topology) {
    names::check(cx, topology);
    closures::check(cx, topology);
    references::check(cx, topology);
    fallible::check(cx, topology);
    no_self::check(cx, topology);
    foreign_keys::check(cx, topology);
    state::check(cx, topology);
    keys::check(cx, topology);
    cogroup::check(cx, topology);
    division::check(cx, topology);
    feedback::check(cx, topology);
    stores::check(cx, topology);
    suppress::check(cx, topology);
    tables::check(cx, topology);
    ttl::check(cx, topology);
    changelogs::check(cx, topology);
    unused::check(cx, topology);
    versions::check(cx, topology);
    windows::check(cx, topology);
    join_windows::check(cx, topology);
}
