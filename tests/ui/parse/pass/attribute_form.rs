//! The attribute, several topologies in one call, in modules and in functions.
use streams_runtime::attribute::topology;
use streams_runtime::prelude::{Stream, Topology};

/// Long lines.
#[topology]
pub fn long_lines(min_len: usize) -> LongLines {
    let lines: Stream<String, String> = stream("lines");
    lines.filter(|_, line| line.len() >= *min_len).to("long-lines");
}

mod inside {
    use streams_runtime::prelude::*;

    topology! {
        /// Two topologies in one macro call, in a module.
        pub(crate) fn first() -> First {
            let lines: Stream<(), String> = stream("lines");
            lines.to("first");
        }

        pub(crate) fn second() -> Second {
            let lines: Stream<(), String> = stream(pattern("lines-.*")).offset_reset(Latest);
            lines.to("second");
        }
    }

    pub(crate) fn both() -> (First, Second) {
        (first(), second())
    }
}

fn main() {
    let _ = long_lines(10);
    let _ = inside::both();

    streams_runtime::topology! {
        fn in_a_function() -> InAFunction {
            let lines: Stream<(), String> = stream("lines");
            lines.to("third");
        }
    }
    let _ = in_a_function().plan();
}
