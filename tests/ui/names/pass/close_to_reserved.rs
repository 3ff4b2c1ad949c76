//! Names that look like what is not allowed, but are.
use streams_runtime::prelude::*;

const LINES: &str = "lines-from-a-constant";

mod topics {
    pub const MORE: &str = "more.lines_1";
}

topology! {
    pub fn example(input: String) -> Example {
        // A changelog of another application may be read; a single underscore is no reserved name.
        let changes: Stream<String, String> = stream("other-app-store-changelog");
        let lines: Stream<String, String> = stream([LINES, topics::MORE, "_underscore", "a.b-c_d"]);
        let given: Stream<String, String> = stream(input);
        changes.merge(lines).to("changelog");
        given.to("lines-from-a-constant-too");
    }
}

fn main() {
    let _ = example("input".to_owned());
}
