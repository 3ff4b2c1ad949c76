//! A type that borrows.
use streams_runtime::prelude::*;

#[derive(Clone, StreamData)]
pub struct View<'a> {
    pub user: &'a str,
}

fn main() {}
