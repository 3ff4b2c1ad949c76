//! Attributes go where they belong: to the function, to the type that is made, to the fields of parameters.
#![deny(deprecated)]
use streams_runtime::prelude::*;

topology! {
    /// Long lines.
    #[derive(Clone, Debug, PartialEq)]
    #[cfg_attr(all(), derive(Eq))]
    #[must_use]
    #[inline]
    pub fn long(
        /// The least length.
        min: usize,
        #[allow(dead_code)] unused: u8,
    ) -> Long {
        let lines: Stream<String, String> = stream("lines");
        lines.filter(|_, line| line.len() >= *min).to("long");
    }

    #[deprecated(note = "use `long`")]
    pub fn old() -> Old {
        let lines: Stream<String, String> = stream("lines");
        lines.to("long");
    }
}

fn main() {
    let topology = long(3, 0);
    assert_eq!(topology.clone(), long(3, 0));
    assert_eq!(format!("{topology:?}"), "Long { min: 3, unused: 0 }");
}
