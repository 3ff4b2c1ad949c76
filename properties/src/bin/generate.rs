//! Writes the crate of the topologies of a seed: `generate DIRECTORY SEED COUNT`. `cargo xtask properties` calls it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use properties::render;
use properties::write::{Texts, write};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [directory, seed, count] = &arguments[..] else {
        eprintln!("generate DIRECTORY SEED COUNT");
        return ExitCode::FAILURE;
    };
    let written = match (seed.parse(), count.parse()) {
        (Ok(seed), Ok(count)) => match PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize() {
            Ok(root) => {
                let (program, manifest) = (render::program(count), render::manifest(&root.to_string_lossy(), seed));
                write(Path::new(directory), &root, (seed, count), &Texts { module: render::module, program: &program, manifest: &manifest })
                    .map_err(|e| e.to_string())
            }
            Err(error) => Err(error.to_string()),
        },
        _ => Err("seed and count are numbers".to_owned()),
    };
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("generate: {error}");
            ExitCode::FAILURE
        }
    }
}
