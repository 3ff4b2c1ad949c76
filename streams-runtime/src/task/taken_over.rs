//! What is committed beside offsets, and what a task that begins makes of it.

use super::{Task, metadata};
use crate::context::Context;
use crate::stores::StoreError;

/// Behind the name of a store: its time, which is ahead of the stream time. No store has such a
/// name.
const AHEAD: &str = "@time";

impl Task {
    /// What is committed beside the offset of an input.
    pub fn offset_metadata(&self, input: usize) -> String {
        self.inputs.get(input).map(|input| input.metadata(&self.times())).unwrap_or_default()
    }

    /// Takes over what was committed beside the offset of an input: the time of the partition, and
    /// up to when windows were sent. What was not written by us or by Kafka Streams is left alone.
    pub fn take_over(&mut self, input: usize, metadata: &str) {
        let (Some(input), Some(metadata)) = (self.inputs.get_mut(input), metadata::decode(metadata)) else { return };
        input.partition_time_ms = input.partition_time_ms.max(metadata.partition_time_ms);
        self.cx.stream_time_ms = self.cx.stream_time_ms.max(metadata.partition_time_ms);
        for (store, time_ms) in metadata.times {
            match store.strip_suffix(AHEAD) {
                Some(store) => self.ahead.push((store.to_owned(), time_ms)),
                None => self.cx.closed.take_over(&store, time_ms),
            }
        }
    }

    /// The stores are restored from now on, and all that was committed [is taken
    /// over](Self::take_over). Rows that are out of retention at the committed stream time leave
    /// while they are restored. What the changelogs tell beyond the commit moves no time: the
    /// records behind it are processed once more.
    ///
    /// Without a call, or where nothing was committed, all rows are kept. The time of the stores
    /// begins with what is put next.
    ///
    /// # Errors
    /// When a store fails.
    pub fn begin_restore(&mut self) -> Result<(), StoreError> {
        let Context { stores, record, .. } = &mut self.cx;
        for store in stores.iter_mut() {
            let ahead = self.ahead.iter().filter(|(name, _)| name == store.name());
            let committed_ms = ahead.fold(record.stream_time_ms, |latest_ms, (_, time_ms)| latest_ms.max(*time_ms));
            store.begin_restore(committed_ms)?;
        }
        Ok(())
    }

    /// What is committed of the times of stores: up to when windows were sent that are sent on
    /// close, and the time of a store that is ahead of the stream time, as processors may bring it.
    /// All others are known from the stream time and their rows.
    pub(super) fn times(&self) -> Vec<(String, i64)> {
        let Context { stores, closed, record, .. } = &self.cx;
        let ahead = stores.iter().filter(|store| store.time_ms() > record.stream_time_ms && closed.of(store.name()).is_none());
        let mut times = closed.sent();
        times.extend(ahead.map(|store| (format!("{}{AHEAD}", store.name()), store.time_ms())));
        times
    }
}
