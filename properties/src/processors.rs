//! Processors of the grammar.

use streams_runtime::prelude::*;

use crate::values::{Shown, letter, numbered, show};

/// Numbers the records of each key, with a store.
#[derive(Clone, Copy, Debug)]
pub struct Numbered;

impl<K: Shown + 'static, V: Shown + 'static> FixedKeyProcessor<K, V> for Numbered {
    type ValueOut = String;
    type Stores = KeyValue<String, i64>;

    fn process<O: ForwardValue<String>>(
        &mut self,
        record: Record<'_, K, V>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let key = show(record.key);
        let number = cx.store(cx.stores).get(&key)?.copied().unwrap_or(0) + 1;
        cx.store(cx.stores).put(&key, number)?;
        out.forward(cx, &numbered(record.value, number));
        Ok(())
    }
}

/// How much later the second record of a [`Relabelled`] is.
pub const LATER_MS: i64 = 7;

/// Forwards each record as text under a letter, and once more, later, under another.
#[derive(Clone, Copy, Debug)]
pub struct Relabelled {
    letters: u64,
}

impl Relabelled {
    /// With so many letters.
    pub fn to(letters: u64) -> Self {
        Relabelled { letters }
    }
}

impl<K: Shown + 'static, V: Shown + 'static> Processor<K, V> for Relabelled {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = ();

    fn process<O: Forward<String, String>>(
        &mut self,
        record: Record<'_, K, V>,
        cx: &mut ProcessorContext<'_, ()>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let (code, value) = (record.key.coded() + record.value.coded(), show(record.value));
        out.forward(cx, &letter(code, self.letters), &value);
        out.forward_at(cx, &letter(code + 1, self.letters), &value, record.timestamp_ms + LATER_MS);
        Ok(())
    }
}
