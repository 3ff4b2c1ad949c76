//! Sessions, as far as they can be read off the text: which windows are merged, and what keys they make.

use std::fmt::Display;

use quote::ToTokens;
use syn::spanned::Spanned;

use super::windows::Windows;
use crate::diagnostics::*;
use crate::model::{Argument, Node, written};
use crate::operators::Kind;
use crate::text::tidy;

/// An aggregation in these windows.
pub(super) fn check(cx: &mut Errors, node: &Node, windows: &Windows<'_>) {
    let sessions = windows.constructor == "sessions";
    if node.row.name == "aggregate" {
        // The streams of a cogroup have their closures already.
        let (before, nth) = if node.row.on.is_some_and(Kind::is_cogroup) { (1, "second") } else { (2, "third") };
        match node.args.get(before) {
            None if sessions => cx.report(node.span, MERGER_MISSING, &[("nth", &nth)]),
            Some(Argument::Closure(merger)) if !sessions => {
                cx.report(merger.span(), MERGER_WITHOUT_SESSIONS, &[("windows", &windows.constructor), ("nth", &nth)]);
            }
            _ => {}
        }
    }
    let Some(ty) = node.variable.as_ref().and_then(|variable| variable.ty.as_ref()) else { return };
    let Some([key, _]) = written(ty).key_and_value() else { return };
    let found = written(key);
    let (inner, is_session) = match found.arguments.as_slice() {
        [inner] if found.name == "Windowed" => (inner, false),
        [inner, window] if found.name == "Windowed" && written(window).name == "SessionWindow" => (inner, true),
        // A type of another name may be either.
        _ => return,
    };
    if is_session != sessions {
        let inner = tidy(&inner.to_token_stream().to_string());
        let wanted = if sessions { format!("Windowed<{inner}, SessionWindow>") } else { format!("Windowed<{inner}>") };
        let values: &[(&str, &dyn Display)] =
            &[("windows", &windows.constructor), ("wanted", &wanted), ("found", &tidy(&key.to_token_stream().to_string()))];
        cx.report(found.span, WINDOW_OF_KEY, values);
    }
}
