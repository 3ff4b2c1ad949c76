//! Arguments against the shapes of a row.

use std::fmt::Display;

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::{Expr, Lit, LitStr};

use super::build::{Broken, Builder};
use super::context::{misplaced, takes_cx, written_closure};
use super::graph::*;
use crate::diagnostics::*;
use crate::operators::{Arg, Kind, Operator};
use crate::parse::Call;

impl Builder {
    /// Finds the shape of a call and checks its arguments one by one.
    pub(super) fn arguments(
        &mut self,
        cx: &mut Errors,
        row: &'static Operator,
        fallible: bool,
        call: &Call,
    ) -> Result<Vec<Argument>, Broken> {
        let name = if fallible { format!("try_{}", row.name) } else { row.name.to_owned() };
        let shapes = self.shapes(cx, row, &name, call)?;
        let before = cx.count();
        let mut arguments = Vec::new();
        for (index, (arg, expr)) in shapes[0].iter().zip(&call.args).enumerate() {
            match *arg {
                Arg::Closure(_) => {
                    let mut forms: Vec<&[&str]> = shapes
                        .iter()
                        .filter_map(|shape| if let Arg::Closure(parameters) = shape[index] { Some(parameters) } else { None })
                        .collect();
                    forms.dedup();
                    self.closure(cx, &name, (&forms, true), expr);
                    arguments.push(Argument::Closure(called(expr, forms[0].len())));
                }
                Arg::Value(what) => {
                    if let (Expr::Closure(closure), "processor") = (expr, what) {
                        let instead = match row.on {
                            Some(Kind::Table) => "`map_values` or `map_values_with_key`",
                            _ if row.changes_key => "`flat_map` or `for_each`",
                            _ => "`map_values` or `flat_map_values`",
                        };
                        let values: &[(&str, &dyn Display)] = &[("operator", &name), ("instead", &instead)];
                        cx.report(closure.inputs_begin.span, PROCESSOR_IS_CLOSURE, values);
                    }
                    arguments.push(Argument::Value(expr.clone()));
                }
                Arg::Operand(kinds) => {
                    if let Some(id) = self.operand(cx, &name, kinds, expr) {
                        arguments.push(Argument::Operand(id, expr.span()));
                    }
                }
                Arg::Stores => arguments.push(Argument::Stores(self.stores(cx, &name, expr))),
                Arg::Topic => {
                    if let Some(topic) = self.topic(cx, expr) {
                        arguments.push(Argument::Topics(Topics::Names(vec![topic])));
                    }
                }
                Arg::Topics => arguments.extend(self.topics(cx, expr).map(Argument::Topics)),
                Arg::TopicOrClosure(parameters) => {
                    if matches!(expr, Expr::Closure(_)) {
                        self.closure(cx, &name, (&[parameters], true), expr);
                        arguments.push(Argument::Topics(Topics::Computed(Box::new(expr.clone()))));
                    } else if let Some(topic) = self.topic(cx, expr) {
                        arguments.push(Argument::Topics(Topics::Names(vec![topic])));
                    }
                }
            }
        }
        if cx.count() > before { Err(Broken) } else { Ok(arguments) }
    }

    /// The shapes that fit: by the number of arguments, and by the kind of an operand where that decides. They differ only in what closures take.
    fn shapes(&mut self, cx: &mut Errors, row: &'static Operator, name: &str, call: &Call) -> Result<Vec<&'static [Arg]>, Broken> {
        let operand_kinds: Vec<Kind> = row
            .shapes
            .iter()
            .filter_map(|shape| if let Some(Arg::Operand(kinds)) = shape.first() { Some(*kinds) } else { None })
            .flatten()
            .copied()
            .collect();
        let mut candidates: Vec<usize> = (0..row.shapes.len()).collect();
        if !operand_kinds.is_empty()
            && let Some(first) = call.args.first()
        {
            let id = self.operand(cx, name, &operand_kinds, first).ok_or(Broken)?;
            let kind = self.nodes[id.0].gives();
            candidates.retain(|shape| matches!(row.shapes[*shape].first(), Some(Arg::Operand(kinds)) if kinds.contains(&kind)));
        }
        let fitting = candidates.iter().map(|shape| row.shapes[*shape]).filter(|shape| shape.len() == call.args.len());
        let fitting: Vec<&'static [Arg]> = fitting.collect();
        if !fitting.is_empty() {
            return Ok(fitting);
        }
        if call.args.len() == 2 && candidates.iter().any(|shape| is_stream_join(row.shapes[*shape])) {
            cx.report(call.name.span(), JOIN_WITHOUT_WINDOWS, &[("operator", &name)]);
            return Err(Broken);
        }
        let wanted: Vec<String> = candidates.iter().map(|shape| describe(row.shapes[*shape])).collect();
        let found = found_arguments(call.args.len());
        let span = if call.args.is_empty() { call.name.span() } else { Self::args_span(call) };
        if row.on.is_none() && call.args.is_empty() && row.gives != Kind::Store {
            let what = if row.gives == Kind::Stream { "a topic, `[topics]` or `pattern(\"…\")`" } else { "a topic" };
            cx.report(call.name.span(), STREAM_TOPIC_MISSING, &[("source", &name), ("what", &what)]);
            return Err(Broken);
        }
        let by_foreign_key = row.on == Some(Kind::Table) && row.name == "outer_join" && call.args.len() == 3;
        if by_foreign_key {
            cx.report(call.name.span(), OUTER_BY_FOREIGN_KEY, &[]);
            return Err(Broken);
        }
        let closures = call.args.iter().filter(|arg| matches!(arg, Expr::Closure(_))).count();
        let of_stream_and_table = row.on == Some(Kind::Stream)
            && candidates.iter().any(|shape| matches!(row.shapes[*shape].first(), Some(Arg::Operand([Kind::Table]))));
        if of_stream_and_table && closures == 2 {
            cx.report(call.name.span(), STREAM_BY_FOREIGN_KEY, &[("operator", &name)]);
            return Err(Broken);
        }
        cx.report(span, ARITY, &[("name", &name), ("wanted", &wanted.join(", or ")), ("found", &found)]);
        Err(Broken)
    }

    /// A closure, which may be called in any of the forms, and may take the context (`may_see_cx`).
    pub(super) fn closure(&self, cx: &mut Errors, name: &str, (forms, may_see_cx): (&[&[&str]], bool), expr: &Expr) {
        let signature = |parameters: &[&str]| format!("|{}|", parameters.join(", "));
        match expr {
            Expr::Closure(closure) => {
                if let Some(token) = &closure.asyncness {
                    cx.report(token.span, CLOSURE_ASYNC, &[]);
                }
                let fits = forms.iter().any(|parameters| closure.inputs.len() == parameters.len());
                if may_see_cx {
                    misplaced(cx, name, forms, closure);
                }
                let sees_cx = may_see_cx && takes_cx(forms, closure);
                if !fits && !sees_cx {
                    let mut wanted = match forms[0].len() {
                        0 => "no argument: `||`".to_owned(),
                        count => format!("{}: `{}`", counted(count, "argument"), signature(forms[0])),
                    };
                    for parameters in &forms[1..] {
                        wanted += &format!(", or {}: `{}`", parameters.len(), signature(parameters));
                    }
                    if may_see_cx {
                        wanted += ", or one more, `cx`";
                    }
                    let found = counted(closure.inputs.len(), "parameter");
                    let span = closure.inputs_begin.span.join(closure.inputs_end.span).unwrap_or(closure.inputs_begin.span);
                    cx.report(span, CLOSURE_PARAMETERS, &[("name", &name), ("wanted", &wanted), ("found", &found)]);
                }
            }
            // A function by its name, unless that is one of the graph; one that a parameter holds, or that is made here.
            Expr::Path(path) if path.path.get_ident().is_none_or(|ident| self.names.find(&plain(ident)).is_none()) => {}
            Expr::Field(field) if self.is_of_parameter(&field.base) => {}
            Expr::Call(call) if makes_function(call) => {}
            Expr::Block(block) if ends_in_closure(block) => {
                if let Some(closure) = written_closure(expr).filter(|_| may_see_cx) {
                    misplaced(cx, name, forms, closure);
                }
            }
            other => cx.report(other.span(), NOT_A_CLOSURE, &[("name", &name), ("wanted", &format!("{} …", signature(forms[0])))]),
        }
    }

    /// A parameter of the topology, or a field of one.
    fn is_of_parameter(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Field(field) => self.is_of_parameter(&field.base),
            Expr::Path(path) => path.path.get_ident().is_some_and(|name| self.params.iter().any(|(param, _)| param == name)),
            _ => false,
        }
    }

    fn operand(&mut self, cx: &mut Errors, name: &str, kinds: &[Kind], expr: &Expr) -> Option<NodeId> {
        let nouns: Vec<&str> = kinds.iter().map(|kind| kind.noun()).collect();
        let mut nouns_unique = nouns.clone();
        nouns_unique.dedup();
        let wanted = nouns_unique.join(" or a ");
        let Some(ident) = Self::as_name(expr) else {
            cx.report(expr.span(), OPERAND_NOT_A_NAME, &[("name", &name), ("wanted", &wanted)]);
            return None;
        };
        let id = self.names.resolve(cx, ident)?;
        let node = &mut self.nodes[id.0];
        node.read = true;
        let kind = node.gives();
        if !kinds.contains(&kind) {
            let values: &[(&str, &dyn Display)] = &[("name", &name), ("wanted", &wanted), ("operand", ident), ("kind", &kind.noun())];
            let no_outer = name.ends_with("outer_join") && kinds.first() == Some(&Kind::Stream) && kind != Kind::Stream;
            let tables = matches!(kind, Kind::Table | Kind::GlobalTable);
            cx.report(ident.span(), if no_outer && tables { OUTER_JOIN_WITH_TABLE } else { OPERAND_KIND }, values);
            return None;
        }
        Some(id)
    }

    /// `store` or `(store, table)`.
    fn stores(&mut self, cx: &mut Errors, name: &str, expr: &Expr) -> Vec<(NodeId, Span)> {
        let exprs: Vec<&Expr> = match expr {
            Expr::Tuple(tuple) => tuple.elems.iter().collect(),
            Expr::Paren(paren) => vec![&*paren.expr],
            one => vec![one],
        };
        let mut stores: Vec<(NodeId, Span)> = Vec::new();
        for expr in exprs {
            let Some(ident) = Self::as_name(expr) else {
                cx.report(expr.span(), OPERAND_NOT_A_NAME, &[("name", &name), ("wanted", &"store")]);
                continue;
            };
            let Some(id) = self.names.resolve(cx, ident) else { continue };
            let node = &mut self.nodes[id.0];
            node.read = true;
            if matches!(node.gives(), Kind::Table | Kind::GlobalTable) && is_kept(node) || node.gives() == Kind::Store {
                if stores.iter().any(|(other, _)| *other == id) {
                    cx.report(ident.span(), STORE_TWICE, &[("name", ident)]);
                } else {
                    stores.push((id, ident.span()));
                }
            } else if node.gives() == Kind::Table {
                let fix = unread_table(node);
                cx.report(ident.span(), TABLE_NOT_READ, &[("name", ident), ("operator", &name), ("fix", &fix)]);
            } else {
                let values: &[(&str, &dyn Display)] = &[("name", ident), ("kind", &node.gives().noun()), ("operator", &name)];
                cx.report(ident.span(), NOT_A_STORE, values);
            }
        }
        stores
    }

    fn topics(&self, cx: &mut Errors, expr: &Expr) -> Option<Topics> {
        match expr {
            Expr::Array(array) => {
                if array.elems.is_empty() {
                    cx.report(array.span(), NO_TOPICS, &[]);
                }
                let names: Option<Vec<TopicName>> = array.elems.iter().map(|topic| self.topic(cx, topic)).collect();
                names.map(Topics::Names)
            }
            Expr::Call(call) if is_pattern(expr) => {
                if let [Expr::Lit(literal)] = call.args.iter().collect::<Vec<_>>().as_slice()
                    && let Lit::Str(regex) = &literal.lit
                {
                    regular(cx, regex);
                    return Some(Topics::Pattern(regex.clone()));
                }
                cx.report(expr.span(), PATTERN_INVALID, &[("found", &Self::text(&call.args))]);
                None
            }
            one => self.topic(cx, one).map(|topic| Topics::Names(vec![topic])),
        }
    }

    /// A literal, a constant, a parameter, or what is made of them.
    fn topic(&self, cx: &mut Errors, expr: &Expr) -> Option<TopicName> {
        match expr {
            Expr::Lit(literal) if matches!(literal.lit, Lit::Str(_)) => {
                if let Lit::Str(name) = &literal.lit {
                    return Some(TopicName::Literal(name.clone()));
                }
                None
            }
            Expr::Path(path) if path.qself.is_none() => {
                let Some(name) = path.path.get_ident() else { return Some(TopicName::Constant(path.path.clone())) };
                if let Some((param, ty)) = self.params.iter().find(|(param, _)| param == name) {
                    if is_no_text(ty) {
                        cx.report(name.span(), PARAMETER_NOT_STRING, &[("name", param), ("found", ty)]);
                        return None;
                    }
                    return Some(TopicName::Parameter(param.clone()));
                }
                if name.to_string().chars().any(char::is_lowercase) {
                    let params: Vec<String> = self.params.iter().map(|(param, _)| plain(param)).collect();
                    let hint = did_you_mean(&plain(name), params.iter().map(String::as_str));
                    cx.report(name.span(), UNKNOWN_PARAMETER, &[("name", name), ("hint", &hint)]);
                    return None;
                }
                Some(TopicName::Constant(path.path.clone()))
            }
            _ if is_pattern(expr) => {
                cx.report(expr.span(), PATTERN_PLACE, &[]);
                None
            }
            Expr::Macro(call) if let Some(text) = concatenated(&call.mac) => Some(TopicName::Literal(text)),
            other if self.may_be_text(other) => Some(TopicName::Expression(Box::new(other.clone()))),
            other => {
                cx.report(other.span(), TOPIC_EXPRESSION, &[("found", &Self::text(other))]);
                None
            }
        }
    }

    /// Whether an expression can give a topic: of its type rustc knows more.
    fn may_be_text(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Field(field) => self.may_be_text(&field.base),
            Expr::Path(path) => path.path.get_ident().is_none_or(|name| self.names.find(&plain(name)).is_none()),
            Expr::MethodCall(call) => self.may_be_text(&call.receiver) || matches!(&*call.receiver, Expr::Lit(_)),
            Expr::Paren(paren) => self.may_be_text(&paren.expr),
            Expr::Reference(reference) => self.may_be_text(&reference.expr),
            Expr::Unary(unary) => matches!(unary.op, syn::UnOp::Deref(_)) && self.may_be_text(&unary.expr),
            Expr::Call(_) | Expr::Macro(_) | Expr::Index(_) | Expr::Block(_) | Expr::If(_) | Expr::Match(_) => true,
            _ => false,
        }
    }
}

/// A type that is written out and certainly none of text.
fn is_no_text(ty: &str) -> bool {
    const NUMBERS: &[&str] =
        &["u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64", "bool", "char"];
    let last = ty.split('<').next().unwrap_or(ty).rsplit("::").next().unwrap_or(ty);
    NUMBERS.contains(&ty) || matches!(last, "Vec" | "Option" | "Duration" | "PathBuf" | "HashMap" | "HashSet" | "BTreeMap")
}

/// The text of `concat!("a", "-b")`, so that it is checked like a literal.
fn concatenated(call: &syn::Macro) -> Option<LitStr> {
    if !call.path.is_ident("concat") {
        return None;
    }
    let parts = call.parse_body_with(syn::punctuated::Punctuated::<LitStr, syn::Token![,]>::parse_terminated).ok()?;
    let text: String = parts.iter().map(LitStr::value).collect();
    Some(LitStr::new(&text, call.path.span()))
}

/// A function that is named or held by a parameter becomes a closure that calls it, so that rustc adjusts what it is called with, as in
/// any call: `str::len` of a `&String`.
fn called(expr: &Expr, parameters: usize) -> Expr {
    let callee = match expr {
        Expr::Path(_) => quote::quote!(#expr),
        Expr::Field(_) => quote::quote!((#expr)),
        _ => return expr.clone(),
    };
    let span = match expr {
        Expr::Path(path) => path.path.segments.last().map_or_else(|| expr.span(), |last| last.ident.span()),
        _ => expr.span(),
    };
    // Not the user's own text, or rustc proposes to change it.
    let span = span.resolved_at(proc_macro2::Span::call_site());
    let names: Vec<syn::Ident> = (0..parameters).map(|index| quote::format_ident!("argument_{index}", span = span)).collect();
    syn::parse2(quote::quote_spanned!(span => |#(#names),*| #callee(#(#names),*))).unwrap_or_else(|_| expr.clone())
}

/// Functions of the prelude whose results are no functions.
const VALUES: &[&str] = &[
    "within",
    "tumbling",
    "hopping",
    "sliding",
    "sessions",
    "unlimited",
    "custom",
    "millis",
    "seconds",
    "minutes",
    "hours",
    "days",
    "pattern",
    "until_window_closes",
    "until_time_limit",
];

/// `longer_than(5)`: a call of a function that may give a closure. The names of variants begin with an upper-case letter.
fn makes_function(call: &syn::ExprCall) -> bool {
    let Expr::Path(path) = &*call.func else { return false };
    let Some(last) = path.path.segments.last().map(|last| last.ident.to_string()) else { return false };
    last.starts_with(|c: char| c.is_lowercase() || c == '_') && !VALUES.contains(&last.as_str())
}

/// `{ let limit = 5; move |_, value| … }`
fn ends_in_closure(block: &syn::ExprBlock) -> bool {
    block.label.is_none() && matches!(block.block.stmts.last(), Some(syn::Stmt::Expr(Expr::Closure(_), None)))
}

/// Whether a table has a store that processors can read.
fn is_kept(node: &Node) -> bool {
    node.gives() == Kind::GlobalTable || node.is_state()
}

/// What to do about a table whose rows a processor cannot read.
fn unread_table(node: &Node) -> String {
    if let Some(span) = node.options.without_store {
        return format!("remove `.without_store()` at {}", place(span));
    }
    if node.holds_back() {
        return "it only holds changes back; read the table before it".to_owned();
    }
    "it is only a view; give it a store of its own by writing its type: `let …: Table<Key, Value> = …;`".to_owned()
}

/// Reports a pattern that is no regular expression.
fn regular(cx: &mut Errors, pattern: &syn::LitStr) {
    let text = pattern.value();
    if let Err(error) = regex_syntax::ast::parse::Parser::new().parse(&text) {
        let at = error.span().start.offset;
        let at = text.get(..at).map_or(at, |before| before.chars().count()) + 1;
        cx.report(pattern.span(), PATTERN_SYNTAX, &[("pattern", &text), ("why", error.kind()), ("at", &at)]);
    }
}

fn is_pattern(expr: &Expr) -> bool {
    matches!(expr, Expr::Call(call) if matches!(&*call.func, Expr::Path(path) if path.path.is_ident("pattern")))
}

/// Whether a shape is that of a join of two streams.
fn is_stream_join(shape: &[Arg]) -> bool {
    matches!(shape, [Arg::Operand([Kind::Stream]), .., Arg::Value(_)])
}

/// How many arguments a call has: `none`, `1 argument`, `2 arguments`.
pub(crate) fn found_arguments(count: usize) -> String {
    if count == 0 { "none".to_owned() } else { counted(count, "argument") }
}

/// `1 argument`, `2 arguments`
fn counted(count: usize, noun: &str) -> String {
    match count {
        0 => format!("no {noun}"),
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}

/// The arguments of a shape: `(table, |value, table_value| …)`.
pub(crate) fn describe(shape: &[Arg]) -> String {
    if shape.is_empty() {
        return "no arguments".to_owned();
    }
    let args: Vec<String> = shape
        .iter()
        .map(|arg| match arg {
            Arg::Closure(parameters) => format!("|{}| …", parameters.join(", ")),
            Arg::Value(what) => (*what).to_owned(),
            Arg::Operand(kinds) => kinds.iter().map(|kind| kind.noun()).collect::<Vec<_>>().join(" or "),
            Arg::Stores => "store or (stores)".to_owned(),
            Arg::Topic => "topic".to_owned(),
            Arg::Topics => "topic, [topics] or pattern(\"…\")".to_owned(),
            Arg::TopicOrClosure(parameters) => format!("topic or |{}| …", parameters.join(", ")),
        })
        .collect();
    format!("`({})`", args.join(", "))
}
