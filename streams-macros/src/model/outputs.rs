//! Tuples of names: the branches of a `split`, and the outputs of a processor.

use proc_macro2::Ident;

use super::build::{Broken, Builder};
use super::graph::*;
use crate::diagnostics::*;
use crate::operators::Kind;
use crate::parse::{self, Binding};

impl Builder {
    pub(super) fn bind_branches(
        &mut self,
        cx: &mut Errors,
        split: NodeId,
        binding: &Binding,
        docs: Vec<syn::Attribute>,
    ) -> Result<(), Broken> {
        let node = &self.nodes[split.0];
        let row = node.row;
        let wanted = node.args.len() + usize::from(row.name == "otherwise");
        let names = match &binding.names {
            parse::Names::One(name) => {
                let names: Vec<String> = (1..=wanted).map(|i| format!("{name}_{i}")).collect();
                let names = if wanted == 1 { format!("{name},") } else { names.join(", ") };
                cx.report(name.span(), SPLIT_NOT_A_TUPLE, &[("wanted", &wanted), ("names", &names)]);
                return Err(Broken);
            }
            parse::Names::Tuple(names, tuple) if names.len() != wanted => {
                cx.report(*tuple, SPLIT_COUNT, &[("wanted", &wanted), ("found", &names.len())]);
                return Err(Broken);
            }
            parse::Names::Tuple(names, _) => names,
        };
        let why = "all branches have the type of the stream";
        self.bind_tuple(cx, split, names, binding, (&docs, why))
    }

    /// `let (a, b) = stream.process(…)`: one stream for each output of the processor, which knows how many there are.
    pub(super) fn bind_outputs(
        &mut self,
        cx: &mut Errors,
        process: NodeId,
        names: &[Ident],
        binding: &Binding,
        docs: &[syn::Attribute],
    ) -> Result<(), Broken> {
        self.bind_tuple(cx, process, names, binding, (docs, "the processor says those of its outputs"))
    }

    fn bind_tuple(
        &mut self,
        cx: &mut Errors,
        from: NodeId,
        names: &[Ident],
        binding: &Binding,
        (docs, why_no_type): (&[syn::Attribute], &str),
    ) -> Result<(), Broken> {
        let (row, span) = (self.nodes[from.0].row, self.nodes[from.0].span);
        if let Some(ty) = &binding.ty {
            let operator = if row.gives == Kind::Branches { "split" } else { row.name };
            let values: &[(&str, &dyn std::fmt::Display)] = &[("operator", &operator), ("why", &why_no_type)];
            cx.report(syn::spanned::Spanned::span(ty), TYPE_ON_TUPLE, values);
            return Err(Broken);
        }
        for (index, name) in names.iter().enumerate() {
            let id = self.push(Node {
                row,
                fallible: false,
                span,
                receiver: Some(from),
                output_index: Some(index),
                args: Vec::new(),
                fallible_branches: Vec::new(),
                options: Options::default(),
                variable: Some(Variable { name: name.clone(), ty: None, docs: docs.to_vec() }),
                label: String::new(),
                read: false,
                used_at: None,
                inserted_for: None,
                follows: None,
                also_from: Vec::new(),
            });
            self.names.define(name, Some(id));
        }
        Ok(())
    }
}
