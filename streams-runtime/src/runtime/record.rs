//! What the state of an application was at its last start, beside its data: a renamed `let`, another type or other windows would begin with
//! empty state, or read what is there as what it is not, and nobody would notice.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::StartupProblem;

/// Between a name and what it is.
const SEPARATOR: char = '\t';

/// The state of a topology: what each name is.
type Layout = [(&'static str, &'static str)];

/// Compares the state with that of the last start, and writes it down. `accepted`: a change is logged, and is what counts from now on.
pub(super) fn compare(file: &Path, layout: &Layout, accepted: bool) -> Result<(), StartupProblem> {
    let failed = |e: std::io::Error| StartupProblem::StateDirectory { path: file.display().to_string(), reason: e.to_string() };
    let before = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(failed(e)),
    };
    let before: BTreeMap<&str, &str> = before.lines().filter_map(|line| line.split_once(SEPARATOR)).collect();
    let changes = changes(&before, layout);
    if !changes.is_empty() && !accepted {
        return Err(StartupProblem::StateChanged { record: file.display().to_string(), changes: changes.join("; ") });
    }
    for change in changes {
        tracing::warn!(change, "the state is not that of the last start, which was accepted");
    }
    let text: String = layout.iter().map(|(name, what)| format!("{name}{SEPARATOR}{what}\n")).collect();
    write(file, &text).map_err(failed)
}

/// State that is new is no change: it begins empty, as it should.
fn changes(before: &BTreeMap<&str, &str>, layout: &Layout) -> Vec<String> {
    let now: BTreeMap<&str, &str> = layout.iter().copied().collect();
    let mut changes = Vec::new();
    for (name, was) in before {
        match now.get(name) {
            Some(is) if is == was => {}
            Some(is) => changes.push(format!("`{name}` was `{was}` and is `{is}` now")),
            None => {
                let renamed = now.iter().find(|(other, is)| *is == was && !before.contains_key(*other));
                changes.push(match renamed {
                    Some((other, _)) => format!(
                        "`{name}` (`{was}`) is gone, and `{other}` is the same under another name, which begins empty; \
                         `.named(\"{name}\")` behind its operator keeps the state"
                    ),
                    None => format!("`{name}` (`{was}`) is gone"),
                });
            }
        }
    }
    changes
}

/// Whole, or not at all.
fn write(file: &Path, text: &str) -> std::io::Result<()> {
    if let Some(directory) = file.parent() {
        fs::create_dir_all(directory)?;
    }
    let mut name = file.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    fs::write(&new, text)?;
    fs::rename(&new, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &[(&str, &str)] = &[("counts", "count : Table<String, u64>"), ("users", "table : Table<String, User>")];

    #[test]
    fn a_change_is_told_in_words_until_it_is_accepted() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("app").join("state-layout");
        assert_eq!(compare(&file, &NOW[..1], false), Ok(()));
        // More state, and the same again.
        assert_eq!(compare(&file, NOW, false), Ok(()));
        assert_eq!(compare(&file, NOW, false), Ok(()));
        let renamed = &[("numbers", "count : Table<String, u64>"), NOW[1]];
        let error = compare(&file, renamed, false).unwrap_err().to_string();
        assert!(error.contains("`counts` (`count : Table<String, u64>`) is gone, and `numbers` is the same"), "{error}");
        assert!(error.contains("`.named(\"counts\")`") && error.contains("`.accept_state_changes()`"), "{error}");
        let retyped = &[("counts", "count : Table<String, i64>"), NOW[1]];
        let error = compare(&file, retyped, false).unwrap_err().to_string();
        assert!(error.contains("`counts` was `count : Table<String, u64>` and is `count : Table<String, i64>` now"), "{error}");
        assert_eq!(compare(&file, retyped, true), Ok(()));
        assert_eq!(compare(&file, retyped, false), Ok(()));
        assert!(compare(&file, &[], false).unwrap_err().to_string().contains("`users` (`table : Table<String, User>`) is gone"));
    }
}
