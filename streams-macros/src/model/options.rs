//! Options behind a source or an operator.

use std::fmt::Display;

use syn::spanned::Spanned;
use syn::{Expr, Lit, LitStr};

use super::arguments::found_arguments;
use super::build::{Broken, Builder};
use super::graph::NodeId;
use crate::diagnostics::*;
use crate::operators::{Kind, Operator, OptionRow};
use crate::parse::Call;

/// What the closure of `partitioned_by` takes.
pub(crate) const PARTITIONER: &[&str] = &["key", "value", "partitions"];

impl Builder {
    pub(super) fn option(&mut self, cx: &mut Errors, on: NodeId, option: &'static OptionRow, call: &Call) -> Result<(), Broken> {
        let span = call.name.span();
        let node = &self.nodes[on.0];
        // A name that was read before is finished: options follow the operator at once.
        let finished = node.variable.is_some();
        if option.name == "ttl"
            && !finished
            && let Some((what, fix)) = lives_otherwise(node.row)
        {
            cx.report(span, TTL_PLACE, &[("what", &what), ("fix", &fix)]);
            return Err(Broken);
        }
        if finished || !node.row.options.contains(&option) {
            let known = list(node.row.options.iter().map(|option| option.name));
            let known = match known.as_str() {
                _ if finished => "ended with its own statement".to_owned(),
                "" => "no options".to_owned(),
                known => format!("the options {known}"),
            };
            let operator = if finished { self.called(on) } else { node.operator() };
            let values: &[(&str, &dyn Display)] = &[("option", &option.name), ("operator", &operator), ("known", &known)];
            cx.report(span, UNKNOWN_OPTION_PLACE, values);
            return Err(Broken);
        }
        if call.args.len() != option.arguments.len() {
            let wanted = format!("`({})`", option.arguments.join(", "));
            let values: &[(&str, &dyn Display)] =
                &[("name", &option.name), ("wanted", &wanted), ("found", &found_arguments(call.args.len()))];
            cx.report(Self::args_span(call), ARITY, values);
            return Err(Broken);
        }
        let before = cx.count();
        let set = &node.options;
        let Some(first) = call.args.first() else {
            let options = &mut self.nodes[on.0].options;
            let place = match option.name {
                "emit_on_close" => &mut options.emit_on_close,
                "single_store" => &mut options.single_store,
                "hold_unmatched" => &mut options.hold_unmatched,
                "retain_duplicates" => &mut options.retain_duplicates,
                "without_cache" => &mut options.without_cache,
                "without_changelog" => &mut options.without_changelog,
                "copartitioned" => &mut options.copartitioned,
                "feedback" => &mut options.feedback,
                _ => &mut options.without_store,
            };
            if place.replace(span).is_some() {
                cx.report(span, DUPLICATE_OPTION, &[("option", &option.name)]);
                return Err(Broken);
            }
            return Ok(());
        };
        let found = Self::text(first);
        let found: &[(&str, &dyn Display)] = &[("found", &found)];
        let twice = match option.name {
            "timestamp" => {
                self.closure(cx, "timestamp", (&[&["key", "value"], &["key", "value", "record"]], false), first);
                let twice = set.timestamp.is_some();
                self.nodes[on.0].options.timestamp = Some(first.clone());
                twice
            }
            "partitioned_by" => {
                // That of a source is compared, and never called.
                self.closure(cx, "partitioned_by", (&[PARTITIONER], !node.is_source()), first);
                let twice = set.partitioned_by.is_some();
                self.nodes[on.0].options.partitioned_by = Some(first.clone());
                twice
            }
            "with" => {
                let twice = set.with.is_some();
                self.nodes[on.0].options.with = Some((first.clone(), call.args[1].clone()));
                twice
            }
            "offset_reset" => {
                let twice = set.offset_reset.is_some();
                match last_segment(first) {
                    Some(word) if word == "Earliest" || word == "Latest" => self.nodes[on.0].options.offset_reset = Some(word),
                    _ => cx.report(first.span(), OFFSET_RESET, found),
                }
                twice
            }
            "partitions" => {
                let twice = set.partitions.is_some();
                match first {
                    Expr::Lit(literal) => match &literal.lit {
                        Lit::Int(int) if int.base10_parse::<u32>().is_ok_and(|count| count > 0) => {
                            self.nodes[on.0].options.partitions = int.base10_parse().ok().map(|count| (count, int.span()));
                        }
                        _ => cx.report(first.span(), PARTITIONS, found),
                    },
                    _ => cx.report(first.span(), PARTITIONS, found),
                }
                twice
            }
            "flush_after" => {
                let twice = set.flush_after.is_some();
                self.nodes[on.0].options.flush_after = Some((first.clone(), span));
                twice
            }
            "max_ahead" => {
                let twice = set.max_ahead.is_some();
                self.nodes[on.0].options.max_ahead = Some(first.clone());
                twice
            }
            "retention" => {
                let twice = set.retention.is_some();
                self.nodes[on.0].options.retention = Some(first.clone());
                twice
            }
            "grace" => {
                let twice = set.grace.is_some();
                self.nodes[on.0].options.grace = Some((first.clone(), span));
                twice
            }
            "changelog_setting" => {
                let Some(setting) = text(cx, first).zip(text(cx, &call.args[1])) else { return Err(Broken) };
                let twice = set.changelog_settings.iter().any(|(name, _)| name.value() == setting.0.value());
                self.nodes[on.0].options.changelog_settings.push(setting);
                twice
            }
            "versioned" => {
                let twice = set.versioned.is_some();
                self.nodes[on.0].options.versioned = Some((first.clone(), span));
                twice
            }
            "ttl" => {
                let twice = set.ttl.is_some();
                self.nodes[on.0].options.ttl = Some((first.clone(), span));
                twice
            }
            _ => {
                let twice = set.named.is_some();
                match first {
                    Expr::Lit(literal) if matches!(literal.lit, Lit::Str(_)) => {
                        if let Lit::Str(name) = &literal.lit {
                            self.nodes[on.0].options.named = Some(name.clone());
                        }
                    }
                    _ => cx.report(first.span(), NAMED, found),
                }
                twice
            }
        };
        if twice {
            cx.report(span, DUPLICATE_OPTION, &[("option", &option.name)]);
        }
        if cx.count() > before { Err(Broken) } else { Ok(()) }
    }
}

/// What has its own way to forget rows, so that they have no ttl, and what to write.
fn lives_otherwise(row: &Operator) -> Option<(String, &'static str)> {
    let name = row.name;
    let found = match row.on {
        Some(Kind::Windowed | Kind::WindowedCogroup) => {
            (format!("this `{name}` is in windows, which are kept for their retention"), "write `.retention(…)`")
        }
        None if matches!(name, "window_store" | "session_store") => {
            (format!("a `{name}` keeps its rows for its retention"), "its first argument says how long that is")
        }
        None if name == "versioned_store" => {
            (format!("a `{name}` keeps the history of its keys"), "its argument says how far that reaches")
        }
        None if name == "global_table" => {
            let what = "a global table has what its topic has: it belongs to no task, and so has no stream time".to_owned();
            (what, "read the topic as `table(…)`, or have those who write it delete")
        }
        _ => return None,
    };
    Some(found)
}

fn last_segment(expr: &Expr) -> Option<syn::Ident> {
    if let Expr::Path(path) = expr { path.path.segments.last().map(|segment| segment.ident.clone()) } else { None }
}

/// A name or value that is written out.
fn text(cx: &mut Errors, expr: &Expr) -> Option<LitStr> {
    match expr {
        Expr::Lit(literal) if let Lit::Str(text) = &literal.lit => Some(text.clone()),
        _ => {
            cx.report(expr.span(), CHANGELOG_SETTING, &[("found", &Builder::text(expr))]);
            None
        }
    }
}
