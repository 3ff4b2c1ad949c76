//! Every closure of every operator has a case in `tests/operators/context` that takes `cx`, so that
//! a new operator cannot forget it.

use std::collections::BTreeSet;
use std::path::Path;

use syn::visit::Visit;

use crate::diagnostics::Errors;
use crate::model::{self, Argument, Node, Topology};
use crate::operators::{Arg, Kind, OPERATORS};
use crate::parse::{self, Settings};

/// The topologies of a file.
#[derive(Default)]
struct Topologies(Vec<Topology>);

impl<'ast> Visit<'ast> for Topologies {
    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        if call.path.is_ident("topology") {
            let mut cx = Errors::new();
            let syntax = parse::parse_topologies(&mut cx, &mut Settings::default(), call.tokens.clone());
            self.0.extend(syntax.into_iter().map(|syntax| model::build(&mut cx, syntax)));
            let messages: Vec<String> = cx.finish().into_iter().map(|problem| problem.message).collect();
            assert!(messages.is_empty(), "{messages:?}");
        }
    }
}

/// A closure of an operator: what it is called on, its name, what it is joined with, how many
/// arguments there are, and which is the closure.
type Place = (String, &'static str, String, usize, usize);

fn place(on: Option<Kind>, name: &'static str, with: Option<Kind>, count: usize, argument: usize) -> Place {
    (format!("{on:?}"), name, with.map_or(String::new(), |kind| kind.noun().to_owned()), count, argument)
}

/// The closures that take `cx`, and the operators whose `try_` twins have one.
fn covered(topology: &Topology, closures: &mut BTreeSet<Place>, twins: &mut BTreeSet<(String, &'static str)>) {
    for node in topology.ids().map(|id| topology.node(id)) {
        // The stream of a further `cogroup` is no argument any more.
        let (with, gone) = match node.follows {
            Some(_) => (Some(Kind::Grouped), 1),
            None => (node.operand().map(|(id, _)| topology.node(id).gives()), 0),
        };
        for argument in (0..node.args.len()).filter(|argument| node.closure_sees_cx(*argument)) {
            let (name, count, at, fallible) = if node.row.on == Some(Kind::Split) {
                ("branch", 1, 0, node.fallible_branches[argument])
            } else {
                (node.row.name, node.args.len() + gone, argument + gone, node.fallible)
            };
            closures.insert(place(node.row.on, name, with, count, at));
            if fallible {
                twins.insert((format!("{:?}", node.row.on), name));
            }
        }
    }
}

/// Closures that are asked for: those of all shapes of all rows.
fn asked() -> Vec<Place> {
    let mut places = Vec::new();
    for row in OPERATORS {
        for shape in row.shapes {
            let with = shape.iter().find_map(|arg| if let Arg::Operand(kinds) = arg { kinds.first().copied() } else { None });
            for (argument, arg) in shape.iter().enumerate() {
                if matches!(arg, Arg::Closure(_) | Arg::TopicOrClosure(_)) {
                    places.push(place(row.on, row.name, with, shape.len(), argument));
                }
            }
        }
    }
    places
}

#[test]
fn every_closure_of_every_operator_has_a_case_that_takes_the_context() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/operators/context");
    let mut topologies = Topologies::default();
    for file in std::fs::read_dir(folder).unwrap() {
        topologies.visit_file(&syn::parse_file(&std::fs::read_to_string(file.unwrap().path()).unwrap()).unwrap());
    }
    let (mut closures, mut twins) = Default::default();
    for topology in &topologies.0 {
        covered(topology, &mut closures, &mut twins);
    }
    let missing: Vec<Place> = asked().into_iter().filter(|place| !closures.contains(place)).collect();
    assert!(missing.is_empty(), "closures without a case in tests/operators/context: {missing:#?}");
    // The aggregation of a cogroup has no closure that may fail.
    let with_closure = OPERATORS
        .iter()
        .filter(|row| row.twin && row.shapes.iter().flat_map(|shape| shape.iter()).any(|arg| matches!(arg, Arg::Closure(_))));
    let missing: Vec<&str> = with_closure.filter(|row| !twins.contains(&(format!("{:?}", row.on), row.name))).map(|row| row.name).collect();
    assert!(missing.is_empty(), "twins without a case in tests/operators/context: {missing:?}");
}

/// The nodes of a topology with one stream, `s`.
fn nodes(statements: &str) -> Vec<Node> {
    let text = format!("fn t() -> T {{ let s: Stream<String, String> = stream(\"s\"); {statements} }}");
    let mut cx = Errors::new();
    let syntax = parse::parse_topologies(&mut cx, &mut Settings::default(), text.parse().unwrap());
    let topologies: Vec<Topology> = syntax.into_iter().map(|syntax| model::build(&mut cx, syntax)).collect();
    assert!(cx.finish().is_empty(), "{statements}");
    topologies.into_iter().next().unwrap().nodes
}

#[test]
fn a_closure_beside_one_that_takes_the_context_is_given_a_parameter_to_leave_alone() {
    let shown = |node: &Node, argument: usize| match &node.args[argument] {
        Argument::Closure(closure) => {
            let closure = node.closure_for_method(argument, closure);
            quote::quote!(#closure).to_string()
        }
        other => panic!("{other:?}"),
    };
    for (init, expected) in [
        ("|| 0", "| _ | 0"),
        ("u64::default", "| _ | u64 :: default ()"),
        ("{ let zero = 0; move || zero }", "{ let zero = 0 ; move | _ | zero }"),
        ("|cx| cx.offset()", "| cx | cx . offset ()"),
    ] {
        let nodes = nodes(&format!("let n: Table<String, u64> = s.group_by_key().aggregate({init}, |_, _, n, cx| n);"));
        assert_eq!(shown(nodes.last().unwrap(), 0), expected);
    }
    let nodes = nodes("let n: Table<String, u64> = s.group_by_key().aggregate(|cx| 0, add);");
    assert_eq!(shown(nodes.last().unwrap(), 1), "| argument_0 , argument_1 , argument_2 , _ | add (argument_0 , argument_1 , argument_2)");
    let nodes = nodes_of_call();
    let shown = shown(nodes.last().unwrap(), 0);
    assert_eq!(shown, "{ let mut __function = starting_at (5) ; move | _ | __function () }");
}

/// What makes a function is called once.
fn nodes_of_call() -> Vec<Node> {
    nodes("let n: Table<String, u64> = s.group_by_key().aggregate(starting_at(5), |_, _, n, cx| n);")
}
