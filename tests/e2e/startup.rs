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

/// They would share the partitions of one group.
#[test]
fn another_topology_under_the_same_application_id_is_refused() {
    let [id, input, output] = ["other", "in", "out"].map(kafka::fresh);
    kafka::create(&input, 2);
    kafka::create(&output, 2);
    let args = [format!("id={id}"), format!("input={input}"), format!("output={output}")];
    let args: Vec<&str> = args.iter().map(String::as_str).chain(["commit_ms=100"]).collect();
    let start = |topology| kafka::start(topology, &[&[topology], &args[..]].concat());
    let mut counted = start("counted");
    counted.wait_until_running();
    let end = start("word_count").end_within(std::time::Duration::from_secs(30));
    let error = end.error.expect("an error");
    println!("after {:?}: {error}", end.after);
    assert!(error.contains("a member that runs another topology") && error.contains(&id), "{error}");
    // The first one has everything, and goes on.
    kafka::produce(&input, (0..1_000).map(|n| kafka::Send::keyed(format!("k{n}"), "v", 1_000)));
    tests::process::eventually("all is counted", || kafka::is_done(&id, &input));
    counted.wait_for("it has both tasks", |s| s.state == "Running" && s.running == 2);
    assert_eq!(counted.status().records, 1_000);
    counted.terminate();
}
