//! What is in the way of a start is said, all of it.

use crate::kafka;

fn error_of(name: &str, args: &[&str]) -> String {
    let end = kafka::start(name, args).end_within(std::time::Duration::from_secs(30));
    assert_eq!(end.status.code(), Some(1));
    let error = end.error.expect("an error");
    assert!(error.starts_with("the application cannot start:"), "{error}");
    error
}

#[test]
fn missing_topics_are_named_all_at_once() {
    let (id, here) = (kafka::fresh("missing"), kafka::fresh("here"));
    kafka::create(&here, 1);
    let args = ["tables", &format!("id={id}"), &format!("input={here}"), "users=no-users", "codes=no-codes", "output=no-output"];
    let error = error_of("missing", &args);
    for (topic, role) in [("no-users", "read by the topology"), ("no-codes", "global table"), ("no-output", "written by the topology")] {
        let line = error.lines().find(|l| l.contains(topic)).unwrap_or_else(|| panic!("{topic} is not named: {error}"));
        assert!(line.contains("does not exist") && line.contains(role), "{line}");
    }
    assert!(!error.contains(&here), "{error}");
    // Nothing was made for an application that cannot run.
    assert!(!kafka::tool(&["topics", "--list"]).lines().any(|t| t.starts_with(&id)));
}

#[test]
fn unequal_partition_counts_of_joined_topics_are_named() {
    let [id, orders, users, codes, output] = ["unequal", "orders", "users", "codes", "out"].map(kafka::fresh);
    for (topic, partitions) in [(&orders, 4), (&users, 3), (&codes, 1), (&output, 1)] {
        kafka::create(topic, partitions);
    }
    let args = ["tables", &format!("id={id}"), &format!("input={orders}"), &format!("users={users}"), &format!("codes={codes}")];
    let error = error_of("unequal", &[&args[..], &[&format!("output={output}")]].concat());
    assert!(error.contains(&format!("`{orders}` has 4")) && error.contains(&format!("`{users}` has 3")), "{error}");
    assert!(error.contains("must have the same number of partitions") && !error.contains(&codes), "{error}");
}

#[test]
fn internal_topics_with_foreign_settings_are_refused() {
    let [id, input, output] = ["foreign", "words", "counts"].map(kafka::fresh);
    kafka::create(&input, 2);
    kafka::create(&output, 2);
    kafka::create_with(&format!("{id}-counts-changelog"), 2, &[("cleanup.policy", "delete")]);
    kafka::create(&format!("{id}-counts-repartition"), 5);
    let args = ["word_count", &format!("id={id}"), &format!("input={input}"), &format!("output={output}")];
    let error = error_of("foreign", &args);
    assert!(
        error.contains(&format!("internal topic `{id}-counts-changelog`: its `cleanup.policy` is `delete`, it must be `compact`")),
        "{error}"
    );
    assert!(error.contains(&format!("internal topic `{id}-counts-repartition`: it has 5 partitions, 2 are needed")), "{error}");
}
