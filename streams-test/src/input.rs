//! Typed inputs.

use std::borrow::Borrow;
use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;

use streams_runtime::Headers;
use streams_runtime::codec::{Codec, CodecError, Encoded};

use crate::engine::{Engine, Place};
use crate::error::DriverError;
use crate::record::RawRecord;

/// A topic to pipe records into. Made by [`TestDriver::input`](crate::TestDriver::input).
///
/// Nulls have a type: `driver.input::<Option<String>, String>("topic")` takes `None` as key. The formats of a type and of its
/// borrowed form are the same, so `input::<str, str>` takes literals.
pub struct TestInput<K: ?Sized, V: ?Sized, KC, VC> {
    engine: Rc<RefCell<Engine>>,
    topic: Arc<str>,
    key_codec: KC,
    value_codec: VC,
    partition: Option<i32>,
    types: PhantomData<fn(PhantomData<K>, PhantomData<V>)>,
}

impl<K: ?Sized, V: ?Sized, KC, VC> fmt::Debug for TestInput<K, V, KC, VC> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TestInput({})", self.topic)
    }
}

impl<K: ?Sized, V: ?Sized, KC: Codec<K>, VC: Codec<V>> TestInput<K, V, KC, VC> {
    pub(crate) fn new(engine: Rc<RefCell<Engine>>, topic: Arc<str>, key_codec: KC, value_codec: VC) -> Self {
        TestInput { engine, topic, key_codec, value_codec, partition: None, types: PhantomData }
    }

    /// Pipes into this partition, whatever the keys: as a producer with a partitioner of its own
    /// does. A partition that the topic does not have is an error when a record is piped.
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
    /// let driver = TestDriver::builder(copy()).partitions(2).build()?;
    /// let second = driver.input::<str, u64>("input")?.partition(1);
    /// second.pipe("k", 5u64)?;
    /// assert!(driver.input::<str, u64>("input")?.partition(2).pipe("k", 5u64).is_err());
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn partition(mut self, partition: i32) -> Self {
        self.partition = Some(partition);
        self
    }

    /// Pipes a record with the driver's wall-clock time as its timestamp.
    ///
    /// # Errors
    /// When processing fails; the driver is then of no more use, as the application would have stopped.
    pub fn pipe(&self, key: impl Borrow<K>, value: impl Borrow<V>) -> Result<(), DriverError> {
        let now_ms = RefCell::borrow(&self.engine).now_ms;
        self.pipe_with_headers(key, value, now_ms, &[])
    }

    /// Pipes a record with this timestamp, in milliseconds since the Unix epoch.
    ///
    /// # Errors
    /// When processing fails.
    pub fn pipe_at(&self, key: impl Borrow<K>, value: impl Borrow<V>, timestamp_ms: i64) -> Result<(), DriverError> {
        self.pipe_with_headers(key, value, timestamp_ms, &[])
    }

    /// Pipes a record with this timestamp and these headers (`None` is a null header value).
    ///
    /// # Errors
    /// When processing fails.
    pub fn pipe_with_headers(
        &self,
        key: impl Borrow<K>,
        value: impl Borrow<V>,
        timestamp_ms: i64,
        headers: &[(&str, Option<&[u8]>)],
    ) -> Result<(), DriverError> {
        let mut bytes = Vec::new();
        let encoded = self.key_codec.encode(key.borrow(), &mut bytes);
        let key = self.bytes("the key", encoded, bytes)?.filter(|_| !KC::NO_KEY);
        let mut bytes = Vec::new();
        let encoded = self.value_codec.encode(value.borrow(), &mut bytes);
        let value = self.bytes("the value", encoded, bytes)?;
        let mut all = Headers::default();
        for (name, value) in headers {
            all.add(name, *value);
        }
        self.pipe_bytes(key, value, timestamp_ms, all)
    }

    /// Pipes bytes, which need not be of the types.
    ///
    /// # Errors
    /// When processing fails.
    pub fn pipe_raw(&self, key: Option<&[u8]>, value: Option<&[u8]>, timestamp_ms: i64) -> Result<(), DriverError> {
        let (key, value) = (key.map(<[u8]>::to_vec), value.map(<[u8]>::to_vec));
        self.pipe_bytes(key, value, timestamp_ms, Headers::default())
    }

    /// A key in a window goes by the key inside, as a sink writes it.
    fn pipe_bytes(&self, key: Option<Vec<u8>>, value: Option<Vec<u8>>, timestamp_ms: i64, headers: Headers) -> Result<(), DriverError> {
        let of_key = key.as_deref().map(|key| self.key_codec.partitioned_by(key).to_vec());
        let place = self.partition.map_or(Place::Key(of_key.as_deref()), Place::Partition);
        let record = RawRecord { topic: Arc::clone(&self.topic), key, value, timestamp_ms, headers };
        RefCell::borrow_mut(&self.engine).pipe(record, place)
    }

    fn bytes(&self, part: &'static str, encoded: Result<Encoded, CodecError>, bytes: Vec<u8>) -> Result<Option<Vec<u8>>, DriverError> {
        match encoded {
            Ok(Encoded::Bytes) => Ok(Some(bytes)),
            Ok(Encoded::Null) => Ok(None),
            Err(e) => Err(DriverError::Encode { part, topic: self.topic.to_string(), reason: e.to_string() }),
        }
    }
}
