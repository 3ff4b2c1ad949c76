//! Records that go through one by one.

use serde::{Deserialize, Serialize};
use streams_runtime::prelude::*;

use crate::first::note_first;

/// A view as far as a filter is concerned.
#[derive(Clone, Serialize, Deserialize, StreamData)]
pub(crate) struct View {
    user: String,
    page: String,
    ms: u64,
    #[allow(dead_code, reason = "bound as the other side binds it")]
    ts: i64,
}

/// What is slow, and whether very.
#[derive(Clone, Serialize, Deserialize, StreamData)]
pub(crate) struct SlowView {
    user: String,
    page: String,
    ms: u64,
    slow: bool,
}

topology! {
    /// ASCII upper case.
    pub(crate) fn map_values(input: String, output: String) -> MapValues {
        let views: Stream<str, str> = stream(input);
        views.peek(|_, _| note_first()).map_values(|v| v.to_ascii_uppercase()).to(output);
    }
}

topology! {
    /// Records as they are.
    pub(crate) fn forward(input: String, output: String) -> Forwarded {
        let views: Stream<str, str> = stream(input);
        views.peek(|_, _| note_first()).to(output);
    }
}

topology! {
    /// Slow views, out of JSON and into JSON.
    pub(crate) fn filter_map_json(input: String, output: String) -> FilterMapJson {
        let views: Stream<str, View> = stream(input);
        views
            .peek(|_, _| note_first())
            .filter(|_, view| view.ms >= 32_768)
            .map_values(|view| SlowView { user: view.user.clone(), page: view.page.clone(), ms: view.ms, slow: view.ms >= 49_152 })
            .to(output);
    }
}
