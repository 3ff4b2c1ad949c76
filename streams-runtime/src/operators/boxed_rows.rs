//! Rows of a table behind a pointer: types of views over views would otherwise grow without bound.

use std::rc::Rc;

use super::rows::Rows;
use crate::context::{Context, RecordContext};
use crate::error::TaskError;
use crate::handles::Table;

/// What looks up the rows of a long path of views, with its type forgotten. It costs a virtual call for each lookup.
pub struct BoxedRows<K, V>(Rc<dyn AnyRows<K, V>>);

impl<K, V> Clone for BoxedRows<K, V> {
    fn clone(&self) -> Self {
        BoxedRows(Rc::clone(&self.0))
    }
}

impl<K, V> BoxedRows<K, V> {
    /// Forgets the type of what looks up the rows of a table.
    pub fn new<G: Rows<K, V> + 'static>(_: &Table<K, V>, rows: G) -> Self {
        BoxedRows(Rc::new(rows))
    }
}

/// What is done with a row and its time.
type Then<'t, V> = &'t mut dyn FnMut(Option<(&V, i64)>, &mut RecordContext);

/// What is done with a row whose deletion is still to be told.
type ThenUntold<'t, V> = &'t mut dyn FnMut(Option<Option<&V>>, &mut RecordContext);

/// [`Rows`] without type parameters on its methods.
trait AnyRows<K, V> {
    fn with_any(&self, key: &K, cx: &mut Context, then: Then<'_, V>) -> Result<(), Box<TaskError>>;

    fn with_any_as_of(&self, key: &K, time_ms: i64, cx: &mut Context, then: Then<'_, V>) -> Result<(), Box<TaskError>>;

    fn with_any_untold(&self, key: &K, cx: &mut Context, then: ThenUntold<'_, V>) -> Result<(), Box<TaskError>>;
}

impl<K, V, G: Rows<K, V>> AnyRows<K, V> for G {
    fn with_any(&self, key: &K, cx: &mut Context, then: Then<'_, V>) -> Result<(), Box<TaskError>> {
        self.with(key, cx, then)
    }

    fn with_any_as_of(&self, key: &K, time_ms: i64, cx: &mut Context, then: Then<'_, V>) -> Result<(), Box<TaskError>> {
        self.with_as_of(key, time_ms, cx, then)
    }

    fn with_any_untold(&self, key: &K, cx: &mut Context, then: ThenUntold<'_, V>) -> Result<(), Box<TaskError>> {
        self.with_untold(key, cx, then)
    }
}

/// Runs `look` with a closure that keeps what `then` gives.
fn kept<V, R>(
    then: impl FnOnce(Option<(&V, i64)>, &mut RecordContext) -> R,
    cx: &mut Context,
    look: impl FnOnce(&mut Context, Then<'_, V>) -> Result<(), Box<TaskError>>,
) -> Result<R, Box<TaskError>> {
    let (mut then, mut result) = (Some(then), None);
    look(cx, &mut |row, record| {
        if let Some(then) = then.take() {
            result = Some(then(row, record));
        }
    })?;
    match (result, then) {
        (Some(result), _) => Ok(result),
        // Whoever looks a row up says what was found, also that nothing was.
        (None, Some(then)) => Ok(then(None, &mut cx.record)),
        (None, None) => unreachable!("what was called has given its result"),
    }
}

impl<K, V> Rows<K, V> for BoxedRows<K, V> {
    fn with<R>(
        &self,
        key: &K,
        cx: &mut Context,
        then: impl FnOnce(Option<(&V, i64)>, &mut RecordContext) -> R,
    ) -> Result<R, Box<TaskError>> {
        kept(then, cx, |cx, then| self.0.with_any(key, cx, then))
    }

    fn with_as_of<R>(
        &self,
        key: &K,
        time_ms: i64,
        cx: &mut Context,
        then: impl FnOnce(Option<(&V, i64)>, &mut RecordContext) -> R,
    ) -> Result<R, Box<TaskError>> {
        kept(then, cx, |cx, then| self.0.with_any_as_of(key, time_ms, cx, then))
    }
    fn with_untold<R>(
        &self,
        key: &K,
        cx: &mut Context,
        then: impl FnOnce(Option<Option<&V>>, &mut RecordContext) -> R,
    ) -> Result<R, Box<TaskError>> {
        let (mut then, mut result) = (Some(then), None);
        self.0.with_any_untold(key, cx, &mut |untold, record| {
            if let Some(then) = then.take() {
                result = Some(then(untold, record));
            }
        })?;
        match (result, then) {
            (Some(result), _) => Ok(result),
            (None, Some(then)) => Ok(then(None, &mut cx.record)),
            (None, None) => unreachable!("what was called has given its result"),
        }
    }
}
