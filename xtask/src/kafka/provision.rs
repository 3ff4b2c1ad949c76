//! Apache Kafka's jars: fetched once with Maven into the user's cache, never into the repository.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Context, Failure, Result};
use crate::{paths, process};

/// The version that the recorded behaviour in `tests/conformance` comes from.
pub(crate) const KAFKA_VERSION: &str = "4.3.1";

/// The least Java that this Kafka runs on.
const JAVA_VERSION: u32 = 17;

/// The class path of broker and tools; the jars are fetched first if they are not there yet.
pub(crate) fn class_path() -> Result<String> {
    jars("xtask/kafka/pom.xml", "lib")
}

/// The class path of the jars that a list names, kept under a name in the cache.
pub(crate) fn jars(pom: &str, name: &str) -> Result<String> {
    check_java()?;
    let lib = paths::cache()?.join(KAFKA_VERSION).join(name);
    if !lib.is_dir() {
        fetch(&paths::root().join(pom), &lib)?;
    }
    Ok(format!("{}/*", lib.display()))
}

/// Fetches beside `lib`, then renames: whoever sees `lib` sees all of it, also when two start at once.
fn fetch(pom: &Path, lib: &Path) -> Result<()> {
    if process::find("mvn").is_none() {
        return Err(Failure::new("Maven is needed to fetch Apache Kafka, and there is no `mvn` on the path: install Maven 3"));
    }
    eprintln!("fetching Apache Kafka {KAFKA_VERSION} into {}", lib.display());
    let part = lib.with_extension(format!("part-{}", std::process::id()));
    let result = copy_jars(pom, &part).and_then(|()| match fs::rename(&part, lib) {
        Err(_) if lib.is_dir() => Ok(()),
        other => other.context(|| format!("cannot move {} to {}", part.display(), lib.display())),
    });
    // Left over only after a failure, or when somebody else was faster.
    let _ = fs::remove_dir_all(&part);
    result
}

fn copy_jars(pom: &Path, into: &Path) -> Result<()> {
    fs::create_dir_all(into).context(|| format!("cannot make {}", into.display()))?;
    let mut maven = Command::new("mvn");
    maven
        .args(["-q", "-B", "-f"])
        .arg(pom)
        .arg("dependency:copy-dependencies")
        .arg(format!("-Dkafka.version={KAFKA_VERSION}"))
        .arg(format!("-DoutputDirectory={}", into.display()))
        .arg("-DincludeScope=runtime");
    process::check(&mut maven).context(|| "Apache Kafka could not be fetched (Maven Central must be reachable)".into())
}

/// The java that runs broker and tools: `$JAVA_HOME/bin/java` if set, else the one on the path.
pub(crate) fn java() -> PathBuf {
    java_program("java")
}

/// A program of `$JAVA_HOME/bin`, or the one on the path.
pub(crate) fn java_program(name: &str) -> PathBuf {
    match env::var_os("JAVA_HOME").filter(|home| !home.is_empty()) {
        Some(home) => Path::new(&home).join("bin").join(name),
        None => name.into(),
    }
}

fn check_java() -> Result<()> {
    let java = java();
    let output = Command::new(&java)
        .arg("-version")
        .output()
        .context(|| format!("Java {JAVA_VERSION} or later is needed to run Apache Kafka, and `{}` does not run", java.display()))?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    match java_version(&said) {
        Some(version) if version >= JAVA_VERSION => Ok(()),
        _ => Err(Failure::new(format!(
            "Apache Kafka {KAFKA_VERSION} needs Java {JAVA_VERSION} or later; `{} -version` says: {}",
            java.display(),
            said.lines().next().unwrap_or("nothing")
        ))),
    }
}

/// The feature release in the output of `java -version`: 17 of `"17.0.15"`, 8 of `"1.8.0_412"`.
fn java_version(said: &str) -> Option<u32> {
    let quoted = said.split('"').nth(1)?;
    let mut numbers = quoted.split(|c: char| !c.is_ascii_digit()).map(|n| n.parse().ok());
    match numbers.next()?? {
        1 => numbers.next()?,
        version => Some(version),
    }
}

#[cfg(test)]
mod tests {
    use super::java_version;

    #[test]
    fn java_versions_old_and_new() {
        assert_eq!(java_version("openjdk version \"17.0.15\" 2025-04-15\nOpenJDK …"), Some(17));
        assert_eq!(java_version("openjdk version \"21\" 2023-09-19"), Some(21));
        assert_eq!(java_version("openjdk version \"25-ea\" 2025-09-16"), Some(25));
        assert_eq!(java_version("java version \"1.8.0_412\""), Some(8));
        assert_eq!(java_version("no Java here"), None);
    }
}
