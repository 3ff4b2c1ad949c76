//! The bodies of threads: a panic ends the application.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::error::Error;
use super::shared::Shared;

/// Runs the body of a thread. A panic ends the application, with its text; `false`: there was one.
pub(super) fn guarded(shared: &Shared, body: impl FnOnce()) -> bool {
    let result = catch_unwind(AssertUnwindSafe(body));
    if let Err(panic) = &result {
        shared.fail(Error::Panicked(text(&**panic)));
    }
    result.is_ok()
}

fn text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}
