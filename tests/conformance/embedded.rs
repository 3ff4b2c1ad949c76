//! The recorded behaviour of Kafka Streams, by whole applications on the embedded log.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tests::conformance::{NOT_ON_TASKS_OF_THEIR_OWN, Outcome, replay_embedded, scenarios};

/// Applications at a time: most of the time their threads wait for each other.
const THREADS: usize = 64;

fn vectors() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/vectors");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    paths
}

/// What became of each file, by name.
fn replay(paths: &[PathBuf]) -> Vec<(String, Outcome)> {
    let (next, outcomes) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let scenarios = scenarios();
                while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let name = path.file_name().unwrap().to_string_lossy().into_owned();
                    let outcome = replay_embedded(&scenarios, &fs::read_to_string(path).unwrap());
                    outcomes.lock().unwrap().push((name, outcome));
                }
            });
        }
    });
    outcomes.into_inner().unwrap()
}

fn exempt(file: &str) -> bool {
    let scenario = file.split('.').next().unwrap_or_default();
    NOT_ON_TASKS_OF_THEIR_OWN.iter().any(|(name, _)| *name == scenario) || scenario.starts_with("quirk_")
}

#[test]
fn applications_do_what_was_recorded() {
    let outcomes = replay(&vectors());
    let failed: Vec<_> = outcomes.iter().filter(|(file, outcome)| matches!(outcome, Outcome::Failed(_)) && !exempt(file)).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    // Who needs no exemption must not have one.
    for (scenario, why) in NOT_ON_TASKS_OF_THEIR_OWN {
        let of = |file: &str| file.split('.').next() == Some(scenario);
        let differs = outcomes.iter().any(|(file, outcome)| of(file) && matches!(outcome, Outcome::Failed(_)));
        assert!(differs, "{scenario} needs no exemption ({why})");
    }
    let passed = outcomes.iter().filter(|(_, outcome)| *outcome == Outcome::Passed).count();
    assert!(passed > 150, "only {passed}");
}

#[test]
fn a_difference_is_seen() {
    let path = vectors().into_iter().find(|path| path.ends_with("count.1.json")).unwrap();
    let text = fs::read_to_string(path).unwrap();
    let outcome = |text: &str| replay_embedded(&scenarios(), text);
    assert_eq!(outcome(&text), Outcome::Passed);
    for (from, to) in [(r#""value":1,"#, r#""value":2,"#), (r#""dropped":"#, r#""dropped":1"#)] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text);
        assert!(matches!(outcome(&changed), Outcome::Failed(_)), "{from}");
    }
}
