//! Every row of the table of diagnostics has a case, found by running the macros over the files that `tests/ui.rs` compiles.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};

use crate::diagnostics::{Problem, ROWS};
use crate::{derive, expand};

/// The macro calls of a file, and what they report.
#[derive(Default)]
struct Calls {
    count: usize,
    problems: Vec<Problem>,
}

impl Calls {
    /// A function or a method, if it has the attribute.
    fn function(&mut self, attrs: &[syn::Attribute], function: &impl quote::ToTokens) {
        let Some(attribute) = attrs.iter().find(|attr| attr.path().is_ident("topology")) else { return };
        let options = match &attribute.meta {
            syn::Meta::List(list) => list.tokens.clone(),
            _ => Default::default(),
        };
        let mut function: syn::ItemFn = syn::parse_quote!(#function);
        function.attrs.retain(|attr| !attr.path().is_ident("topology"));
        self.count += 1;
        self.problems.extend(expand::topology_attribute(options, quote::quote!(#function)).problems);
    }
}

impl<'ast> Visit<'ast> for Calls {
    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        if call.path.segments.last().is_some_and(|name| name.ident == "topology") {
            self.count += 1;
            self.problems.extend(expand::topology_macro(call.tokens.clone()).problems);
        }
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.function(&function.attrs, function);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.function(&function.attrs, function);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_item(&mut self, item: &'ast syn::Item) {
        let attrs = match item {
            syn::Item::Struct(item) => &item.attrs,
            syn::Item::Enum(item) => &item.attrs,
            syn::Item::Union(item) => &item.attrs,
            other => return visit::visit_item(self, other),
        };
        let derives = |attr: &syn::Attribute| {
            attr.path().is_ident("derive") && matches!(&attr.meta, syn::Meta::List(list) if list.tokens.to_string().contains("StreamData"))
        };
        if attrs.iter().any(derives) {
            self.count += 1;
            self.problems.extend(derive::stream_data(quote::quote!(#item)).problems);
        }
    }
}

fn ui() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/ui")
}

/// All cases of one kind (`fail` or `pass`), as `category/name`.
pub(super) fn cases(kind: &str) -> BTreeMap<String, PathBuf> {
    let mut cases = BTreeMap::new();
    for category in std::fs::read_dir(ui()).unwrap() {
        let folder = category.unwrap().path();
        let Ok(files) = std::fs::read_dir(folder.join(kind)) else { continue };
        for file in files {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                let category = folder.file_name().unwrap().to_string_lossy().into_owned();
                let name = path.file_stem().unwrap().to_string_lossy().into_owned();
                cases.insert(format!("{category}/{name}"), path);
            }
        }
    }
    cases
}

fn run(path: &Path) -> Calls {
    let file = syn::parse_file(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut calls = Calls::default();
    calls.visit_file(&file);
    // Calls inside of `macro_rules!` are seen by rustc only.
    let generated = file.items.iter().any(|item| matches!(item, syn::Item::Macro(item) if item.ident.is_some()));
    assert!(calls.count > 0 || generated, "{} calls no macro", path.display());
    calls
}

#[test]
fn every_row_has_a_case_and_every_case_a_mistake() {
    let mut hits: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let mut messages: BTreeMap<String, String> = BTreeMap::new();
    let mut silent = Vec::new();
    for (name, path) in cases("fail") {
        let problems = run(&path).problems;
        if problems.is_empty() && !name.starts_with("types/") {
            silent.push(name.clone());
        }
        for problem in problems {
            hits.entry(problem.row.code).or_default().push(name.clone());
            messages.insert(problem.message, name.clone());
        }
    }
    let missing: Vec<&str> = ROWS.iter().map(|row| row.code).filter(|code| !hits.contains_key(code)).collect();
    assert!(silent.is_empty(), "cases in which the macro finds no mistake (those belong to `types/`): {silent:?}");
    assert!(missing.is_empty(), "rows without a case in tests/ui: {missing:?}");
    assert!(messages.len() >= 60, "only {} distinct messages", messages.len());
}

#[test]
fn what_is_right_passes() {
    let cases = cases("pass");
    assert!(!cases.is_empty());
    for (name, path) in cases {
        let problems = run(&path).problems;
        let messages: Vec<&String> = problems.iter().map(|problem| &problem.message).collect();
        assert!(problems.is_empty(), "{name}: {messages:?}");
    }
}

/// `cargo test -p streams-macros -- --ignored --nocapture messages` to read all messages at once.
#[test]
#[ignore = "for reading"]
fn messages() {
    for (name, path) in cases("fail") {
        for problem in run(&path).problems {
            println!("{name}: {} {} [{}]", crate::diagnostics::place(problem.span), problem.message, problem.row.code);
        }
    }
}
