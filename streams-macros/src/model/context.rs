//! `cx`: the one parameter more that every closure of an operator may have.
//!
//! A closure is recognised by the number of its parameters: it takes the context if it has one more
//! than the longest of its forms. The runtime has a twin of each method, whose closures all take
//! it; so a closure beside it that does not is given a parameter that it leaves alone.

use std::borrow::Cow;

use proc_macro2::{Ident, Span};
use quote::{format_ident, quote};
use syn::spanned::Spanned;
use syn::{Expr, ExprClosure, Pat, Stmt, Type, parse_quote};

use super::graph::{Argument, Node, Topics, plain};
use crate::diagnostics::*;
use crate::operators::{self, Arg, Kind, TABLE_KEY};
use crate::text::tidy;

/// How `cx` may be called by someone who means it.
const CONTEXTS: &[&str] = &["cx", "ctx", "context"];

/// The parameters of a closure without `cx`, in one form.
type Form = &'static [&'static str];

/// Whether a closure has one parameter more than any of its forms.
pub(crate) fn takes_cx(forms: &[&[&str]], closure: &ExprClosure) -> bool {
    forms.iter().map(|form| form.len()).max().is_some_and(|longest| closure.inputs.len() == longest + 1)
}

impl Node {
    /// The forms of the closure that is this argument.
    fn forms(&self, argument: usize) -> Vec<Form> {
        if self.row.on == Some(Kind::Split) {
            let branch = operators::find(Some(Kind::Split), "branch").map(|(row, _)| row.shapes);
            return branch.unwrap_or_default().iter().filter_map(|shape| form(shape.first()?)).collect();
        }
        let fits = |shape: &'static [Arg]| {
            // The stream of a further `cogroup` is its receiver, and no argument any more.
            let args: Vec<&'static Arg> = shape.iter().filter(|arg| self.follows.is_none() || !matches!(arg, Arg::Operand(_))).collect();
            let fits = args.len() == self.args.len() && args.iter().zip(&self.args).all(|(arg, found)| is(arg, found));
            fits.then(|| form(args[argument])).flatten()
        };
        self.row.shapes.iter().copied().filter_map(fits).collect()
    }

    /// Whether the closure that is this argument takes the context.
    pub(crate) fn closure_sees_cx(&self, argument: usize) -> bool {
        let closure = match self.args.get(argument) {
            Some(Argument::Closure(closure)) => closure,
            Some(Argument::Topics(Topics::Computed(closure))) => closure,
            _ => return false,
        };
        written_closure(closure).is_some_and(|closure| takes_cx(&self.forms(argument), closure))
    }

    /// Whether a closure of the operator takes the context, so that its twin is called.
    pub(crate) fn sees_cx(&self) -> bool {
        (0..self.args.len()).any(|argument| self.closure_sees_cx(argument))
    }

    /// The closure that is this argument, for the method that is called: `|| 0` becomes `|_| 0`
    /// where another one takes the context.
    pub(crate) fn closure_for_method<'a>(&self, argument: usize, expr: &'a Expr) -> Cow<'a, Expr> {
        if !self.sees_cx() || self.closure_sees_cx(argument) {
            return Cow::Borrowed(expr);
        }
        let mut expr = expr.clone();
        let unchanged = match &mut expr {
            Expr::Closure(closure) => return Cow::Owned(Expr::Closure(with_one_more(closure))),
            Expr::Block(block) => match block.block.stmts.last_mut() {
                Some(Stmt::Expr(Expr::Closure(closure), None)) => {
                    *closure = with_one_more(closure);
                    return Cow::Owned(expr);
                }
                _ => expr,
            },
            _ => expr,
        };
        let count = self.forms(argument).iter().map(|form| form.len()).min().unwrap_or_default();
        let names: Vec<Ident> = (0..count).map(|index| format_ident!("__{index}")).collect();
        Cow::Owned(parse_quote!({
            let mut __function = #unchanged;
            move |#(#names,)* _| __function(#(#names),*)
        }))
    }
}

/// The closure with one parameter more, which it leaves alone.
fn with_one_more(closure: &ExprClosure) -> ExprClosure {
    let mut closure = closure.clone();
    if !closure.inputs.empty_or_trailing() {
        closure.inputs.push_punct(Default::default());
    }
    closure.inputs.push_value(parse_quote!(_));
    closure
}

/// The closure that is written in the place of an argument, also at the end of a block.
pub(crate) fn written_closure(expr: &Expr) -> Option<&ExprClosure> {
    match expr {
        Expr::Closure(closure) => Some(closure),
        Expr::Block(block) => match block.block.stmts.last() {
            Some(Stmt::Expr(Expr::Closure(closure), None)) => Some(closure),
            _ => None,
        },
        _ => None,
    }
}

fn form(arg: &Arg) -> Option<Form> {
    match arg {
        Arg::Closure(parameters) | Arg::TopicOrClosure(parameters) => Some(parameters),
        _ => None,
    }
}

fn is(arg: &Arg, found: &Argument) -> bool {
    match found {
        Argument::Closure(_) => matches!(arg, Arg::Closure(_)),
        Argument::Value(_) => matches!(arg, Arg::Value(_)),
        Argument::Operand(..) => matches!(arg, Arg::Operand(_)),
        Argument::Stores(_) => matches!(arg, Arg::Stores),
        Argument::Topics(_) => matches!(arg, Arg::Topic | Arg::Topics | Arg::TopicOrClosure(_)),
    }
}

/// What the number of parameters does not tell, but their names do: `cx` in the place of another
/// parameter, and the other way round.
pub(super) fn misplaced(cx: &mut Errors, name: &str, forms: &[&[&str]], closure: &ExprClosure) {
    let names: Vec<Option<(String, Span)>> = closure.inputs.iter().map(named).collect();
    let Some(longest) = forms.iter().copied().max_by_key(|form| form.len()) else { return };
    let with_cx = longest.iter().chain(&["cx"]).copied().collect::<Vec<_>>().join(", ");
    let is_context = |(parameter, named): (&Pat, &Option<(String, Span)>)| {
        has_type_of_context(parameter) || matches!(named, Some((name, _)) if CONTEXTS.contains(&name.as_str()))
    };
    let contexts: Vec<bool> = closure.inputs.iter().zip(&names).map(is_context).collect();
    let first = contexts.iter().position(|is_context| *is_context);
    if let Some((found, span)) = first.and_then(|index| names[index].clone()) {
        let is_last = contexts.last() == Some(&true);
        if is_last
            && !takes_cx(forms, closure)
            && longest.contains(&TABLE_KEY)
            && let Some(wanted) = with_both_keys(closure)
        {
            let called = longest.join(", ");
            cx.report(span, CX_OF_GLOBAL_JOINER, &[("found", &found), ("called", &called), ("wanted", &wanted)]);
            return;
        }
        if takes_cx(forms, closure) && !is_last {
            cx.report(span, CX_NOT_LAST, &[("found", &found), ("wanted", &with_cx)]);
        } else if is_last && !takes_cx(forms, closure) && forms.iter().any(|form| form.len() + 1 == names.len()) {
            let taken = longest.last().copied().unwrap_or_default();
            cx.report(span, CX_NEEDS_ALL, &[("name", &name), ("found", &found), ("taken", &taken), ("wanted", &with_cx)]);
        }
        return;
    }
    if !takes_cx(forms, closure) {
        return;
    }
    let Some(Some((last, span))) = names.last() else { return };
    if forms.iter().any(|form| form.contains(&last.as_str())) || ["key", "k", "value", "v"].contains(&last.as_str()) {
        let plain = name.strip_prefix("try_").unwrap_or(name);
        let with_key = format!("{plain}_with_key");
        let fix = if operators::OPERATORS.iter().any(|row| row.name == with_key) && !name.ends_with("_with_key") {
            let twin = if plain == name { "" } else { "try_" };
            format!("; `{twin}{with_key}` calls it with the key as well")
        } else {
            String::new()
        };
        let values: &[(&str, &dyn std::fmt::Display)] = &[("name", &name), ("wanted", &with_cx), ("found", last), ("fix", &fix)];
        cx.report(*span, CX_TAKEN_FOR_VALUE, values);
    }
}

/// The parameters of a joiner with a global table that takes the context, as far as they are
/// written: the keys that are left out become `_`.
fn with_both_keys(closure: &ExprClosure) -> Option<String> {
    let mut parameters: Vec<String> = closure.inputs.iter().map(|parameter| tidy(&quote!(#parameter).to_string())).collect();
    match parameters.len() {
        3 => drop(parameters.splice(0..0, ["_".to_owned(), "_".to_owned()])),
        4 => parameters.insert(1, "_".to_owned()),
        _ => return None,
    }
    Some(parameters.join(", "))
}

/// Whether the type that is written behind a parameter is that of the context.
fn has_type_of_context(parameter: &Pat) -> bool {
    let Pat::Type(typed) = parameter else { return false };
    let ty = match &*typed.ty {
        Type::Reference(reference) => &*reference.elem,
        ty => ty,
    };
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "RecordContext"))
}

/// The name of a parameter, without the underscore of one that is not used.
fn named(parameter: &Pat) -> Option<(String, Span)> {
    match parameter {
        Pat::Ident(name) => Some((plain(&name.ident).trim_start_matches('_').to_owned(), name.ident.span())),
        Pat::Type(typed) => named(&typed.pat).map(|(name, _)| (name, parameter.span())),
        Pat::Reference(reference) => named(&reference.pat),
        _ => None,
    }
}
