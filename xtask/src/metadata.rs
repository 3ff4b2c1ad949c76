//! What cargo knows about the workspace.

use std::path::PathBuf;

use serde::Deserialize;

use crate::failure::{Context, Failure, Result};
use crate::{paths, process};

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
    src_path: PathBuf,
    #[serde(default, rename = "required-features")]
    required_features: Vec<String>,
}

/// The names of the test binaries of a package that are built only with a feature.
pub(crate) fn tests_requiring(package: &str, feature: &str) -> Result<Vec<String>> {
    let tests = targets(package, "test")?;
    let required = |t: &Target| t.required_features.iter().any(|f| f == feature);
    Ok(tests.into_iter().filter(required).map(|t| t.name).collect())
}

/// The source file of an example, or a failure that names the examples there are.
pub(crate) fn example_source(package: &str, example: &str) -> Result<PathBuf> {
    let examples = targets(package, "example")?;
    if let Some(found) = examples.iter().find(|t| t.name == example) {
        return Ok(found.src_path.clone());
    }
    let known: Vec<&str> = examples.iter().map(|t| t.name.as_str()).collect();
    Err(Failure::new(format!("no such example: {example}; there are: {}", known.join(", "))))
}

fn targets(package: &str, kind: &str) -> Result<Vec<Target>> {
    let mut command = process::cargo();
    command.current_dir(paths::root()).args(["metadata", "--no-deps", "--format-version", "1"]);
    let metadata = parse(&process::stdout(&mut command)?)?;
    let package = metadata.packages.into_iter().find(|p| p.name == package);
    let targets = package.map(|p| p.targets).unwrap_or_default();
    Ok(targets.into_iter().filter(|t| t.kind.iter().any(|k| k == kind)).collect())
}

fn parse(json: &str) -> Result<Metadata> {
    serde_json::from_str(json).context(|| "cannot read cargo's metadata".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_metadata_is_read() {
        let json = r#"{"packages": [{"name": "tests", "version": "1.0.0", "targets": [
            {"name": "e2e", "kind": ["test"], "src_path": "/t/e2e.rs", "required-features": ["kafka"]},
            {"name": "ui", "kind": ["test"], "src_path": "/t/ui.rs"}]}], "version": 1}"#;
        let metadata = parse(json).unwrap();
        let targets = &metadata.packages[0].targets;
        assert_eq!(targets[0].required_features, ["kafka"]);
        assert!(targets[1].required_features.is_empty());
    }

    #[test]
    fn this_workspace_has_no_such_example() {
        let said = example_source("examples", "no_such_example").unwrap_err().to_string();
        assert!(said.contains("there are:"), "{said}");
    }
}
