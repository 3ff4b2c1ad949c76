//! Where a processor lives in its node: begun and ended once, however many paths lead there, and wrapped if the application says so.

use super::wrapper::{ProcessorCall, ProcessorCode, ProcessorWrapper};
use super::{ProcessorContext, StoppedBehind, StoreHandles};
use crate::context::Context;
use crate::error::{BoxError, ErrorKind, Flow, TaskError};
use crate::node::{Punctuation, Signal};

pub(crate) struct Host<P, S> {
    processor: P,
    stores: S,
    name: &'static str,
    node: usize,
    open: bool,
    wrapper: Option<Box<dyn ProcessorWrapper>>,
}

impl<P, S> Host<P, S> {
    /// `name` is that of the operator until [`at`](Self::at) says where in the topology it is.
    pub(crate) fn new(processor: P, stores: S, name: &'static str) -> Self {
        Host { processor, stores, name, node: 0, open: false, wrapper: None }
    }

    pub(crate) fn at(&mut self, name: &'static str) {
        self.name = name;
    }

    /// Which node makes its schedules.
    pub(crate) fn attached(mut self, node: usize) -> Self {
        self.node = node;
        self
    }
}

impl<P, S: StoreHandles> Host<P, S> {
    /// Runs some of its code.
    #[inline]
    pub(crate) fn run<F>(&mut self, call: ProcessorCall, cx: &mut Context, code: F) -> Result<(), BoxError>
    where
        F: FnOnce(&mut P, &mut ProcessorContext<'_, S>) -> Result<(), BoxError>,
    {
        match &mut self.wrapper {
            None => code(&mut self.processor, &mut ProcessorContext::new(cx, self.stores.again(), self.node)),
            Some(wrapper) => {
                let (processor, stores, node) = (&mut self.processor, &self.stores, self.node);
                let mut code = Some(code);
                let mut run = |cx: &mut Context| match code.take() {
                    Some(code) => code(processor, &mut ProcessorContext::new(cx, stores.again(), node)),
                    None => Ok(()),
                };
                wrapper.call(call, cx, ProcessorCode(&mut run))
            }
        }
    }

    /// Begins and ends the processor; gives a schedule of its own that is due.
    pub(crate) fn signal(
        &mut self,
        signal: &mut Signal,
        cx: &mut Context,
        init: impl FnOnce(&mut P, &mut ProcessorContext<'_, S>) -> Result<(), BoxError>,
        close: impl FnOnce(&mut P),
    ) -> Result<Option<Punctuation>, Box<TaskError>> {
        match signal {
            Signal::Init if !self.open => {
                self.open = true;
                self.wrapper = cx.wrapper(self.name);
                let result = self.run(ProcessorCall::Init, cx, init);
                result.map_err(|error| cx.error(ErrorKind::Process, self.name, error))?;
            }
            Signal::Close if self.open => {
                self.open = false;
                let result = self.run(ProcessorCall::Close, cx, |processor, _| {
                    close(processor);
                    Ok(())
                });
                result.map_err(|error| cx.error(ErrorKind::Process, self.name, error))?;
            }
            Signal::Punctuate(due) if due.is_some_and(|due| due.node == self.node) => return Ok(due.take()),
            _ => {}
        }
        Ok(None)
    }

    /// The user's error to the handler, unless a node further down has stopped the task already.
    #[inline]
    pub(crate) fn finish(&self, result: Result<(), BoxError>, downstream: Flow, cx: &mut Context) -> Flow {
        downstream?;
        match result {
            Ok(()) => Ok(()),
            Err(error) => cx.fail(ErrorKind::Process, self.name, error),
        }
    }
}

/// What a wrapper is told: the user's error, or that something behind has failed.
#[inline]
pub(crate) fn outcome(result: Result<(), BoxError>, failed_behind: bool) -> Result<(), BoxError> {
    if failed_behind { Err(StoppedBehind.into()) } else { result }
}
