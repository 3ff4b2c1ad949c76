//! A topology without anything in it.
use streams_runtime::prelude::*;

topology! {}

fn main() {}
