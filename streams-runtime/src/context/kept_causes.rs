//! The causes of rows that become results when their time has come: of windows that are sent on
//! close, and of records that wait for a partner. They are in memory only, and only where a handler
//! may ask for records: after a restart they are not known any more.

use std::collections::BTreeMap;

use super::{Cause, Context};

/// Causes by the time at which their rows come in order, and the rows' keys.
#[derive(Debug, Default)]
pub(crate) struct KeptCauses {
    rows: BTreeMap<(i64, Box<[u8]>), Vec<Cause>>,
}

impl KeptCauses {
    /// The record at hand has made the last update of a row.
    #[inline]
    pub(crate) fn set(&mut self, time_ms: i64, row: &[u8], cx: &Context) {
        if cx.keeps_raw {
            self.rows.insert((time_ms, row.into()), vec![cx.cause.clone()]);
        }
    }

    /// The record at hand is one of those that wait under a row.
    #[inline]
    pub(crate) fn add(&mut self, time_ms: i64, row: &[u8], cx: &Context) {
        if cx.keeps_raw {
            self.rows.entry((time_ms, row.into())).or_default().push(cx.cause.clone());
        }
    }

    /// Takes the causes of a row out, in the order in which they came; there may be none.
    #[inline]
    pub(crate) fn take(&mut self, time_ms: i64, row: &[u8]) -> Vec<Cause> {
        if self.rows.is_empty() { Vec::new() } else { self.rows.remove(&(time_ms, row.into())).unwrap_or_default() }
    }

    /// The rows before this time are gone.
    pub(crate) fn forget_before(&mut self, time_ms: i64) {
        if !self.rows.is_empty() {
            self.rows = self.rows.split_off(&(time_ms, Box::default()));
        }
    }
}
