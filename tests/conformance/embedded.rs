//! The recorded behaviour of Kafka Streams, by whole applications on the embedded log.

use std::fs;
use std::path::{Path, PathBuf};

use tests::conformance::{NOT_ON_TASKS_OF_THEIR_OWN, Outcome, replay_embedded, replay_embedded_text, scenarios};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance/vectors")
}

fn exempt(file: &str) -> bool {
    let scenario = file.split('.').next().unwrap_or_default();
    NOT_ON_TASKS_OF_THEIR_OWN.iter().any(|(name, _)| *name == scenario)
}

#[test]
fn applications_do_what_was_recorded() {
    let outcomes = replay_embedded(&folder()).unwrap();
    let failed: Vec<_> = outcomes.iter().filter(|(file, outcome)| matches!(outcome, Outcome::Failed(_)) && !exempt(file)).collect();
    assert!(failed.is_empty(), "{failed:#?}");
    // Who needs no exemption must not have one.
    for (scenario, why) in NOT_ON_TASKS_OF_THEIR_OWN {
        let of = |file: &str| file.split('.').next() == Some(scenario);
        let differs = outcomes.iter().any(|(file, outcome)| of(file) && matches!(outcome, Outcome::Failed(_)));
        assert!(differs, "{scenario} needs no exemption ({why})");
    }
    let passed = outcomes.iter().filter(|(_, outcome)| *outcome == Outcome::Passed).count();
    assert!(passed > 300, "only {passed}");
}

#[test]
fn a_difference_is_seen() {
    let text = fs::read_to_string(folder().join("count.1.json")).unwrap();
    let outcome = |text: &str| replay_embedded_text(&scenarios(), text);
    assert_eq!(outcome(&text), Outcome::Passed);
    for (from, to) in [(r#""value":1,"#, r#""value":2,"#), (r#""dropped":"#, r#""dropped":1"#)] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text);
        assert!(matches!(outcome(&changed), Outcome::Failed(_)), "{from}");
    }
}
