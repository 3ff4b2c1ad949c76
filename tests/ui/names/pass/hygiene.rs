//! Expansions work without the prelude, under a lint wall, and among names that shadow everything they could want.
#![no_implicit_prelude]
#![deny(warnings, missing_docs, unreachable_pub, unused, rust_2018_idioms, single_use_lifetimes, trivial_casts)]
#![allow(dead_code, non_camel_case_types)]

/// A key.
#[derive(::core::clone::Clone, ::serde::Serialize, ::serde::Deserialize, ::streams_runtime::StreamData)]
struct Letter {
    /// First one.
    first: ::core::primitive::char,
}

mod shadows {
    use ::streams_runtime::{Stream, Table, topology};

    use super::Letter;

    struct Option;
    struct Some;
    struct None;
    struct Box;
    struct Vec;
    struct Arc;
    struct Topology;
    struct TaskBuilder;
    struct u64;
    struct usize;
    struct str;
    struct bool;
    mod core {}
    mod std {}
    mod streams_runtime {}

    topology! {
        /// Counts words by their first letter.
        pub(super) fn letters(input: ::std::string::String, at_least: ::core::primitive::usize) -> Letters {
            let lines: Stream<::std::string::String, ::std::string::String> = stream(input);
            let long = lines.filter(|_, line| line.len() >= *at_least);
            /// By letter.
            let counts: Table<Letter, ::core::primitive::u64> = long
                .group_by(|_, line| Letter { first: ::core::iter::Iterator::next(&mut line.chars()).unwrap_or(' ') })
                .count();
            counts.to_stream().to("counts");
            long.merge(lines).to("all");
        }
    }
}

fn main() {
    let _letters = shadows::letters(::std::convert::From::from("lines"), 3);
}
