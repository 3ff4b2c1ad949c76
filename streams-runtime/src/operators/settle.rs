//! Plain operators and their `try_` twins share their nodes: only what the closure returns is settled differently.

use crate::context::Context;
use crate::error::{BoxError, ErrorKind, TaskError};

/// How the result of a closure is taken: as it is, or as a `Result` whose error goes to the process handler.
pub trait Settle<R> {
    /// What the closure gives when all is well.
    type Out;
    /// Whether there may be no result, so that what the closure changes must be kept.
    const MAY_FAIL: bool;

    /// The result; `None` if the handler said to go on without the record.
    ///
    /// # Errors
    /// When the handler said to stop.
    fn settle(result: R, node: &'static str, cx: &mut Context) -> Result<Option<Self::Out>, Box<TaskError>>;

    /// The result for a value that was settled before: an error has been told then.
    fn settle_again(result: R) -> Option<Self::Out>;
}

/// The result as it is.
#[derive(Clone, Copy, Debug)]
pub struct Plain;

impl<T> Settle<T> for Plain {
    type Out = T;
    const MAY_FAIL: bool = false;

    #[inline(always)]
    fn settle(result: T, _: &'static str, _: &mut Context) -> Result<Option<T>, Box<TaskError>> {
        Ok(Some(result))
    }

    #[inline(always)]
    fn settle_again(result: T) -> Option<T> {
        Some(result)
    }
}

/// A `Result`, for the `try_` twins.
#[derive(Clone, Copy, Debug)]
pub struct Try;

impl<T, E: Into<BoxError>> Settle<Result<T, E>> for Try {
    type Out = T;
    const MAY_FAIL: bool = true;

    #[inline]
    fn settle(result: Result<T, E>, node: &'static str, cx: &mut Context) -> Result<Option<T>, Box<TaskError>> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(error) => cx.fail(ErrorKind::Process, node, error.into()).map(|()| None),
        }
    }

    fn settle_again(result: Result<T, E>) -> Option<T> {
        result.ok()
    }
}
