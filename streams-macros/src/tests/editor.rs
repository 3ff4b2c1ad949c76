//! What editors offer is the language: the methods of `streams-runtime/src/editor/` and the table of
//! operators agree, both ways.

use std::collections::BTreeSet;
use std::path::Path;

use crate::operators::{Kind, OPERATORS};

fn source(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../streams-runtime/src/editor").join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The names behind `fn` in the `impl` blocks of a type, without forms and twins.
fn methods(text: &str, of: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for block in text.split("\nimpl").skip(1) {
        let block = &block[..block.find("\n}").unwrap_or(block.len())];
        let head = block.split('{').next().unwrap_or_default().trim();
        let is_of = head.rsplit("> ").next().is_some_and(|name| name.trim_start().starts_with(&format!("{of}<")));
        if is_of {
            names.extend(names_in(block));
            for shared in ["aggregations", "fold"] {
                if block.contains(&format!("\n    {shared}!(")) {
                    let start = text.find(&format!("macro_rules! {shared}")).unwrap();
                    names.extend(names_in(&text[start..start + text[start..].find("\n}").unwrap()]));
                }
            }
        }
    }
    names
}

fn names_in(block: &str) -> impl Iterator<Item = String> {
    block
        .split("fn ")
        .skip(1)
        .filter_map(|rest| Some(rest[..rest.find(|c: char| !c.is_alphanumeric() && c != '_')?].to_owned()))
        .filter(|name| !name.contains("__") && !name.starts_with("try_") && !name.is_empty())
        .collect::<Vec<_>>()
        .into_iter()
}

fn operators(on: Kind) -> BTreeSet<String> {
    OPERATORS.iter().filter(|row| row.on == Some(on)).map(|row| row.name.to_owned()).collect()
}

#[test]
fn editors_offer_the_operators_and_nothing_else() {
    let of_streams = [source("streams.rs"), source("joins.rs")].concat();
    let of_tables = [source("tables.rs"), source("joins.rs")].concat();
    let aggregations = source("aggregations.rs");
    for (on, text, of) in [
        (Kind::Stream, &of_streams, "Stream"),
        (Kind::Table, &of_tables, "Table"),
        (Kind::Grouped, &aggregations, "Grouped"),
        (Kind::GroupedTable, &aggregations, "GroupedTable"),
        (Kind::Windowed, &aggregations, "Windowed"),
        (Kind::Windowed, &aggregations, "WindowedSliding"),
        (Kind::Windowed, &aggregations, "WindowedSessions"),
        (Kind::Cogrouped, &aggregations, "Cogrouped"),
        (Kind::WindowedCogroup, &aggregations, "CogroupedInWindows"),
        (Kind::Split, &source("split.rs"), "Split"),
    ] {
        assert_eq!(methods(text, of), operators(on), "streams-runtime/src/editor: the methods of `{of}`");
    }
    let sources: BTreeSet<String> = OPERATORS.iter().filter(|row| row.on.is_none()).map(|row| row.name.to_owned()).collect();
    let offered: BTreeSet<String> = names_in(&source("sources.rs")).filter(|name| name != "pattern").collect();
    assert_eq!(offered, sources, "streams-runtime/src/editor/sources.rs");
}

/// The sets of options, each with its name.
fn sets() -> Vec<(String, BTreeSet<String>)> {
    let text = source("options.rs");
    let text = &text[text.find("\noptions! {").unwrap()..];
    let lines: String = text.lines().filter(|line| !line.trim_start().starts_with("///")).collect();
    lines
        .split('}')
        .filter_map(|set| set.rsplit_once('{'))
        .map(|(name, options)| {
            let name = name.trim_start_matches("options! {").trim().to_owned();
            (name, options.split(',').map(|option| option.trim().to_owned()).filter(|option| !option.is_empty()).collect())
        })
        .collect()
}

#[test]
fn editors_offer_the_options_behind_each_operator() {
    let sets = sets();
    assert!(sets.len() > 10, "{sets:?}");
    let mut known = BTreeSet::new();
    for row in OPERATORS.iter().filter(|row| !row.options.is_empty()) {
        let options: BTreeSet<String> = row.options.iter().map(|option| option.name.to_owned()).collect();
        let found: Vec<String> = sets.iter().filter(|(_, set)| *set == options).map(|(name, _)| name.clone()).collect();
        let message =
            format!("streams-runtime/src/editor/options.rs has no set with the options of `{}` on {:?}: {options:?}", row.name, row.on);
        assert!(!found.is_empty(), "{message}");
        known.extend(found);
    }
    for (name, _) in &sets {
        assert!(known.contains(name), "streams-runtime/src/editor/options.rs: no operator has the options of `{name}`");
    }
}
