//! What README.md shows as compile errors is what the compiler says. Its code is tested with the documentation of `streams-runtime`.

#![allow(clippy::unwrap_used)] // tests

use std::fs;
use std::path::Path;

#[test]
fn compile_errors_are_those_of_the_ui_cases() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(here.join("../README.md")).unwrap();
    let errors: Vec<&str> = readme.split("```text\n").skip(1).map(|block| block.split("```").next().unwrap()).collect();
    assert!(errors.len() >= 2, "no compile errors shown");
    for error in errors {
        let case = error.split("--> ").nth(1).unwrap().lines().next().unwrap();
        let stderr = fs::read_to_string(here.join(case).with_extension("stderr")).unwrap();
        assert!(stderr.trim_end() == error.trim_end(), "README.md shows\n{error}\nand the compiler says\n{stderr}");
    }
}
