//! Typed outputs.

use std::borrow::ToOwned;
use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;

use streams_runtime::codec::Codec;

use crate::engine::Engine;
use crate::record::{OutputRecord, RawRecord, Written};

/// A topic to read results from. Made by [`TestDriver::output`](crate::TestDriver::output). Several of one topic share what is unread.
pub struct TestOutput<K: ?Sized, V: ?Sized, KC, VC> {
    engine: Rc<RefCell<Engine>>,
    topic: Arc<str>,
    key_codec: KC,
    value_codec: VC,
    partition: Option<i32>,
    types: PhantomData<fn() -> (PhantomData<K>, PhantomData<V>)>,
}

impl<K: ?Sized, V: ?Sized, KC, VC> fmt::Debug for TestOutput<K, V, KC, VC> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TestOutput({})", self.topic)
    }
}

impl<K, V, KC, VC> TestOutput<K, V, KC, VC>
where
    K: ToOwned + ?Sized,
    V: ToOwned + ?Sized,
    KC: Codec<K>,
    VC: Codec<V>,
{
    /// Takes the next record; `None` if there is none.
    ///
    /// ```
    /// # use streams_runtime::prelude::*;
    /// # use streams_test::TestDriver;
    /// # topology! {
    /// #     fn copy() -> Copy {
    /// #         let input: Stream<String, u64> = stream("input");
    /// #         input.to("output");
    /// #     }
    /// # }
    /// # fn main() -> Result<(), streams_test::DriverError> {
    /// # let driver = TestDriver::new(copy())?;
    /// let input = driver.input::<str, u64>("input")?;
    /// let output = driver.output::<str, u64>("output");
    /// input.pipe_with_headers("k", 5u64, 1234, &[("trace", Some(b"7"))])?;
    /// let record = output.read().expect("a record");
    /// assert_eq!((record.key.as_str(), record.value, record.timestamp_ms), ("k", 5, 1234));
    /// assert_eq!(record.headers.last("trace"), Some(Some(&b"7"[..])));
    /// assert!(output.read().is_none());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    /// If its bytes are not of the types asked for: the test is wrong then.
    #[track_caller]
    pub fn read(&self) -> Option<OutputRecord<K::Owned, V::Owned>> {
        let Written { partition, record } = self.next()?;
        let (mut key_slot, mut value_slot) = (KC::Slot::default(), VC::Slot::default());
        let key = match self.key_codec.decode(record.key.as_deref(), &mut key_slot) {
            Ok(key) => key.to_owned(),
            Err(e) => panic!("the key of a record of `{}` is not a `{}`: {e}", self.topic, std::any::type_name::<K>()),
        };
        let value = match self.value_codec.decode(record.value.as_deref(), &mut value_slot) {
            Ok(value) => value.to_owned(),
            Err(e) => panic!("the value of a record of `{}` is not a `{}`: {e}", self.topic, std::any::type_name::<V>()),
        };
        Some(OutputRecord { key, value, timestamp_ms: record.timestamp_ms, headers: record.headers, partition })
    }

    /// Takes all records that are there.
    ///
    /// # Panics
    /// As [`read`](Self::read).
    #[track_caller]
    pub fn read_all(&self) -> Vec<OutputRecord<K::Owned, V::Owned>> {
        let mut records = Vec::new();
        while let Some(record) = self.read() {
            records.push(record);
        }
        records
    }

    /// Takes all records that are there, as pairs of key and value.
    ///
    /// # Panics
    /// As [`read`](Self::read).
    #[track_caller]
    pub fn read_pairs(&self) -> Vec<(K::Owned, V::Owned)> {
        let mut pairs = Vec::new();
        while let Some(record) = self.read() {
            pairs.push(record.into_pair());
        }
        pairs
    }
}

impl<K: ?Sized, V: ?Sized, KC, VC> TestOutput<K, V, KC, VC> {
    pub(crate) fn new(engine: Rc<RefCell<Engine>>, topic: Arc<str>, key_codec: KC, value_codec: VC) -> Self {
        TestOutput { engine, topic, key_codec, value_codec, partition: None, types: PhantomData }
    }

    /// Only what was written into this partition.
    #[must_use]
    pub fn partition(mut self, partition: i32) -> Self {
        self.partition = Some(partition);
        self
    }

    fn next(&self) -> Option<Written> {
        self.engine.borrow_mut().next_output(&self.topic, self.partition)
    }

    /// Takes the next record in bytes; `None` if there is none.
    pub fn read_raw(&self) -> Option<RawRecord> {
        self.next().map(|written| written.record)
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        !self.engine.borrow().has_output(&self.topic, self.partition)
    }
}
