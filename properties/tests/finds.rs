//! That a difference between a topology and the model is found, and its input made small.

#![allow(unused_variables)] // closures are written as the generator writes them
#![allow(clippy::unwrap_used)]

use properties::generate::topology;
use properties::model::Mistake;
use properties::prelude::*;
use properties::render;
use properties::run::{Failure, Mode, Outcome, Plan, Suite, check, run};
use properties::topology::{Base, Fold, Node, Op, Part, Test, Topic, Topology, Value, WindowKind, Windows};

topology! {
    pub fn topology_at_hand() -> Generated {
        let n0: Stream<String, String> = stream("in0");
        let n1 = n0.filter(|k, v| code(v) % 2 == 1);
        let n2: Table<Windowed<String>, String> = n1.group_by_key().windowed_by(tumbling(millis(50)).grace(millis(10))).aggregate(|| "*".to_owned(), |k, v, a| combine(&a, v));
        n2.to_stream().to("out0");
    }
}

const ENTRY: Entry = Entry {
    start: |options| options.start(topology_at_hand()),
    any: || AnyTopology::new(&std::sync::Arc::new(topology_at_hand())),
    stores: |driver| Ok(vec![window_rows::<String>(driver, "n2", 50)?]),
};

/// What stands in the text, with this grace.
fn at_hand(grace: i64, rest: u64) -> Topology {
    let windows = Windows { kind: WindowKind::Time, first: 0, size: 50, advance: 50, grace, on_close: false, retention: None };
    let ops = [
        (Op::Stream(vec![0]), false),
        (Op::Filter { input: 0, test: Test { part: Part::Value, modulus: 2, rest }, not: false, stored: false }, false),
        (Op::Aggregate { input: 1, by: None, windows: Some(windows), fold: Fold::Aggregate(Base::Text, None) }, false),
        (Op::ToStream { input: 2 }, true),
        (Op::To { input: 3, topic: "out0".to_owned(), or: None }, false),
    ];
    Topology {
        optimized: false,
        topics: vec![Topic { name: "in0".to_owned(), null_keys: false, value: Value { base: Base::Text, null: false } }],
        nodes: ops.into_iter().map(|(op, chained)| Node { op, chained }).collect(),
    }
}

fn outcome(model: Topology, mistake: Mistake) -> (Topology, Outcome) {
    let plan = Plan { pairs: 200, only: None, input_seed: None, mistake, threads: 1 };
    let suite = Suite { seed: 1, topologies: vec![model] };
    let outcome = run(&suite, &[ENTRY], &plan).remove(0);
    (suite.topologies.into_iter().next().unwrap(), outcome)
}

fn failure(model: Topology, mistake: Mistake) -> (Topology, Failure) {
    let (model, outcome) = outcome(model, mistake);
    assert!(outcome.failed > 0, "the difference was not found");
    (model, outcome.failure.unwrap())
}

#[test]
fn a_topology_agrees_with_itself() {
    let (model, outcome) = outcome(at_hand(10, 1), Mistake::None);
    assert_eq!((outcome.passed, outcome.failed), (200, 0), "{:?}", outcome.failure);
    // The last way is for joins by a foreign key, and there is none.
    let (ways, spread) = outcome.runs.split_at(outcome.runs.len() - 1);
    assert!(ways.iter().all(|runs| *runs > 10) && spread == [0], "{:?}", outcome.runs);
    let text = render::topology(&model);
    let at_hand = include_str!("finds.rs").replace("topology_at_hand", "topology");
    assert!(at_hand.contains(&text), "the model is not what is compiled:\n{text}");
}

#[test]
fn another_filter_is_found_with_one_record() {
    let (_, failure) = failure(at_hand(10, 0), Mistake::None);
    let steps = &failure.steps;
    assert_eq!(steps.len(), 1);
    assert_eq!(steps[0].record.ts, 0);
    assert_eq!(failure.difference.place, "step 0");
}

#[test]
fn another_grace_is_found_with_a_late_record() {
    let (model, failure) = failure(at_hand(20, 1), Mistake::None);
    let steps = &failure.steps;
    assert_eq!(steps.len(), 2, "{}", failure.difference);
    assert!(steps[1].record.ts < steps[0].record.ts);
    // The input that is told fails again.
    assert!(check(&ENTRY, &model, steps, (Mode::Plain, 1), Mistake::None).is_err());
    assert_eq!(check(&ENTRY, &at_hand(10, 1), steps, (Mode::Plain, 1), Mistake::None), Ok(()));
}

#[test]
fn mistakes_of_the_model_are_found() {
    let (_, late) = failure(at_hand(10, 1), Mistake::TakeLate);
    assert_eq!(late.steps.len(), 2, "{}", late.difference);
}

#[test]
fn an_input_is_as_its_seed_has_it() {
    let run = || outcome(at_hand(20, 1), Mistake::None).1;
    let (one, two) = (run(), run());
    assert_eq!((one.failed, one.records), (two.failed, two.records));
    let again = Plan { pairs: 1, only: Some(0), input_seed: Some(one.failure.unwrap().input_seed), mistake: Mistake::None, threads: 1 };
    let suite = Suite { seed: 1, topologies: vec![at_hand(20, 1)] };
    assert_eq!(properties::run::run(&suite, &[ENTRY], &again)[0].failed, 1);
}

#[test]
fn topologies_have_three_to_eight_operators() {
    let is_operator = |node: &&Node| !(node.op.is_source() || matches!(node.op, Op::ToStream { .. } | Op::To { .. } | Op::Branch { .. }));
    for index in 0..500 {
        let topology = topology(3, index);
        let operators = topology.nodes.iter().filter(is_operator).count();
        assert!((3..=8).contains(&operators), "{operators} in {}", render::topology(&topology));
    }
}
