//! `stream("topic")`: records out of topics, decoded and pushed.

use std::marker::PhantomData;
use std::time::Duration;

use crate::codec::{Codec, Known, StreamData, format_of};
use crate::context::Context;
use crate::dropped::DropReason;
use crate::error::{ErrorKind, Flow, TaskError};
use crate::handles::Stream;
use crate::node::{Push, Signal};
use crate::record::{HeadersRef, RecordBatch, RecordRef};
use crate::task::TaskBuilder;
use crate::windows::duration_ms;

/// Records of one partition to be pushed through a source.
#[derive(Debug)]
pub struct Run<'a> {
    /// Where they are.
    pub batch: &'a RecordBatch,
    /// The first one.
    pub from: usize,
    /// After the last one.
    pub to: usize,
    /// Records later than this wait, since another partition's are due first.
    pub limit_ms: i64,
    /// The time of the first one, where it was asked for already.
    pub first_ms: Option<i64>,
}

/// A source node with all that follows it. Called once per batch, not per record.
pub trait Source {
    /// Pushes records until the run or its time limit is over, or until a schedule or a commit is due. Returns the index after the last record taken.
    ///
    /// # Errors
    /// When the task has to stop; with the index of the record that was not processed.
    fn run(&mut self, run: Run<'_>, cx: &mut Context) -> Result<usize, (usize, Box<TaskError>)>;

    /// The time of a record as the source's extractor has it. A record that cannot be decoded, or
    /// is too far ahead of the wall clock, has the earliest time, so that it is dealt with first.
    fn timestamp_ms(&mut self, record: &SourceRecord<'_>, wall_clock_ms: i64) -> i64;

    /// Whether [`timestamp_ms`](Self::timestamp_ms) is the record's own time.
    fn uses_record_time(&self) -> bool;

    /// Tells all nodes.
    ///
    /// # Errors
    /// When the user's code or a store fails.
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow;
}

/// A record at its source, before it has a time in the task.
#[derive(Clone, Copy, Debug)]
pub struct SourceRecord<'a> {
    pub(crate) record: RecordRef<'a>,
    pub(crate) topic: &'a str,
    pub(crate) partition: i32,
    pub(crate) partition_time_ms: i64,
}

impl<'a> SourceRecord<'a> {
    /// The time that it has in its topic, in milliseconds since the Unix epoch.
    pub fn timestamp_ms(&self) -> i64 {
        self.record.timestamp_ms
    }

    /// The largest time so far of the records of its partition, as they were extracted; -1 before the first record. It is
    /// committed with the offsets, as Kafka Streams does it, and so outlives a restart.
    pub fn partition_time_ms(&self) -> i64 {
        self.partition_time_ms
    }

    /// Its topic.
    pub fn topic(&self) -> &'a str {
        self.topic
    }

    /// Its partition.
    pub fn partition(&self) -> i32 {
        self.partition
    }

    /// Its offset.
    pub fn offset(&self) -> i64 {
        self.record.offset
    }

    /// Its headers.
    pub fn headers(&self) -> HeadersRef<'a> {
        self.record.headers
    }
}

/// Where a record's time comes from.
pub trait ExtractTimestamp<K: ?Sized, V: ?Sized> {
    /// Whether it is the record's own time.
    const RECORD_TIME: bool;

    /// The time of a record, in milliseconds since the Unix epoch; negative leaves the record out.
    fn extract(&mut self, key: &K, value: &V, record: &SourceRecord<'_>) -> i64;

    /// How far ahead of the wall clock a time may be; `None`: as far as it likes.
    #[inline(always)]
    fn max_ahead_ms(&self) -> Option<i64> {
        None
    }

    /// [`max_ahead_ms`](Self::max_ahead_ms), if this time is further ahead than that.
    #[inline(always)]
    fn too_far_ahead(&self, timestamp_ms: i64, wall_clock_ms: i64) -> Option<i64> {
        self.max_ahead_ms().filter(|max_ahead_ms| timestamp_ms > wall_clock_ms.saturating_add(*max_ahead_ms))
    }
}

/// The time that the record has in its topic.
#[derive(Clone, Copy, Debug)]
pub struct RecordTimestamp;

impl<K: ?Sized, V: ?Sized> ExtractTimestamp<K, V> for RecordTimestamp {
    const RECORD_TIME: bool = true;

    #[inline]
    fn extract(&mut self, _: &K, _: &V, record: &SourceRecord<'_>) -> i64 {
        record.record.timestamp_ms
    }
}

/// A time computed from key and value.
#[derive(Clone, Copy, Debug)]
pub struct ByClosure<F>(F);

impl<K: ?Sized, V: ?Sized, F: FnMut(&K, &V) -> i64> ExtractTimestamp<K, V> for ByClosure<F> {
    const RECORD_TIME: bool = false;

    #[inline]
    fn extract(&mut self, key: &K, value: &V, _: &SourceRecord<'_>) -> i64 {
        (self.0)(key, value)
    }
}

/// A time computed from key, value and all else that a record has.
#[derive(Clone, Copy, Debug)]
pub struct ByRecord<F>(F);

impl<K: ?Sized, V: ?Sized, F: FnMut(&K, &V, &SourceRecord<'_>) -> i64> ExtractTimestamp<K, V> for ByRecord<F> {
    const RECORD_TIME: bool = false;

    #[inline]
    fn extract(&mut self, key: &K, value: &V, record: &SourceRecord<'_>) -> i64 {
        (self.0)(key, value, record)
    }
}

/// A time that may be only so far ahead of the wall clock.
#[derive(Clone, Copy, Debug)]
pub struct MaxAhead<E> {
    extractor: E,
    max_ahead_ms: i64,
}

impl<K: ?Sized, V: ?Sized, E: ExtractTimestamp<K, V>> ExtractTimestamp<K, V> for MaxAhead<E> {
    const RECORD_TIME: bool = E::RECORD_TIME;

    #[inline]
    fn extract(&mut self, key: &K, value: &V, record: &SourceRecord<'_>) -> i64 {
        self.extractor.extract(key, value, record)
    }

    #[inline]
    fn max_ahead_ms(&self) -> Option<i64> {
        Some(self.max_ahead_ms)
    }
}

/// A stream's source before it is attached.
pub struct StreamSource<K: ?Sized, V: ?Sized, KC, VC, E> {
    key_codec: KC,
    value_codec: VC,
    extractor: E,
    types: PhantomData<fn() -> (PhantomData<K>, PhantomData<V>)>,
}

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// The source of a stream, in the formats of its types.
    ///
    /// Kafka Streams: `StreamsBuilder.stream`. Records with a negative time are left out and counted as dropped.
    // The codecs are inferred from the bounds, so that a type without a format is one error in the words of `StreamData`.
    pub fn source<KC, VC>(&self) -> StreamSource<K, V, KC, VC, RecordTimestamp>
    where
        K: StreamData<Codec = KC>,
        V: StreamData<Codec = VC>,
    {
        self.source_again(format_of::<K>(), format_of::<V>())
    }
}

impl<K: ?Sized, V: ?Sized> Stream<K, V> {
    /// In `topology!` this is written `stream("topic").with(KeyCodec, ValueCodec)`.
    ///
    /// The source of a stream in other formats: `stream("topic").with(KeyCodec, ValueCodec)`.
    pub fn source_with<KC, VC, S, V2>(&self, key_codec: KC, value_codec: VC) -> StreamSource<K, V, KC, VC, RecordTimestamp>
    // The format of the values is looked at where that of the keys is one: both in the wrong order
    // are one mistake.
    where
        KC: Codec<K, Slot = S>,
        S: Known<V, Is = V2>,
        VC: Codec<V2>,
        V2: ?Sized,
    {
        self.source_again(key_codec, value_codec)
    }

    /// The source of what the application has written itself, in the same formats: what they are
    /// not was told there.
    #[doc(hidden)]
    pub fn source_again<KC, VC>(&self, key_codec: KC, value_codec: VC) -> StreamSource<K, V, KC, VC, RecordTimestamp> {
        StreamSource { key_codec, value_codec, extractor: RecordTimestamp, types: PhantomData }
    }
}

impl<K: ?Sized, V: ?Sized, KC, VC, E> StreamSource<K, V, KC, VC, E> {
    /// Takes the time of a record from its key and value.
    pub fn timestamp<F: FnMut(&K, &V) -> i64>(self, f: F) -> StreamSource<K, V, KC, VC, ByClosure<F>> {
        StreamSource { key_codec: self.key_codec, value_codec: self.value_codec, extractor: ByClosure(f), types: PhantomData }
    }

    /// In `topology!` this is written `stream("topic").timestamp(|key, value, record| …)`.
    ///
    /// Takes the time of a record from its key, its value and the record itself: `stream("topic").timestamp(|key, value, record| …)`.
    ///
    /// Kafka Streams: `TimestampExtractor`. It is asked once for each record.
    ///
    /// ```
    /// use streams_runtime::prelude::*;
    /// use streams_test::TestDriver;
    ///
    /// topology! {
    ///     /// Readings say when they were made, or are taken to be as late as the latest of their partition.
    ///     fn readings() -> Readings {
    ///         let readings: Stream<String, i64> =
    ///             stream("readings").timestamp(|_, made_ms, record| if *made_ms > 0 { *made_ms } else { record.partition_time_ms() });
    ///         readings.to("dated");
    ///     }
    /// }
    ///
    /// let driver = TestDriver::new(readings())?;
    /// let readings = driver.input::<str, i64>("readings")?;
    /// readings.pipe("a", 500)?;
    /// readings.pipe("b", 0)?;
    /// let times: Vec<i64> = driver.output::<String, i64>("dated").read_all().iter().map(|r| r.timestamp_ms).collect();
    /// assert_eq!(times, [500, 500]);
    /// # Ok::<(), streams_test::DriverError>(())
    /// ```
    pub fn timestamp_by_record<F>(self, f: F) -> StreamSource<K, V, KC, VC, ByRecord<F>>
    where
        F: FnMut(&K, &V, &SourceRecord<'_>) -> i64,
    {
        StreamSource { key_codec: self.key_codec, value_codec: self.value_codec, extractor: ByRecord(f), types: PhantomData }
    }

    /// In `topology!` this is written `stream("topic").max_ahead(duration)`, and behind
    /// `table("topic")` as well.
    ///
    /// Leaves out records whose time is further ahead of the wall clock than this. Such a record is
    /// counted as dropped, goes to `.on_dropped(…)` as
    /// [`DropReason::TooFarAhead`](crate::DropReason), and moves no stream time: without the guard
    /// one record from the far future closes all windows for good, since stream time never goes
    /// back.
    ///
    /// The time is that of `.timestamp(…)`, if there is one. The clock is that of the process when
    /// the record is taken in, so a record that is processed a second time, after a crash, is
    /// judged by the time of then. In the test driver it is the clock that the test moves, which
    /// starts at 0 or at `.wall_clock_start_ms(…)`. Kafka Streams has nothing like it.
    ///
    /// ```
    /// use streams_runtime::prelude::*;
    /// use streams_test::TestDriver;
    ///
    /// topology! {
    ///     fn views() -> Views {
    ///         let views: Stream<String, String> = stream("views").max_ahead(minutes(5));
    ///         let counts: Table<Windowed<String>, u64> =
    ///             views.group_by_key().windowed_by(tumbling(minutes(1)).grace(millis(0))).emit_on_close().count();
    ///         counts.to_stream().to("counts");
    ///     }
    /// }
    ///
    /// let driver = TestDriver::builder(views()).wall_clock_start_ms(1_000_000).build()?;
    /// let views = driver.input::<str, str>("views")?;
    /// views.pipe_at("home", "ada", 1_000_000)?;
    /// views.pipe_at("home", "from the future", 1_300_001)?;
    /// views.pipe_at("home", "bob", 1_010_000)?;
    /// assert!(driver.output::<Windowed<String>, u64>("counts").is_empty());
    /// assert_eq!((driver.dropped(), driver.window_store(Views::COUNTS)?.fetch("home", 960_000)), (1, Some(2)));
    /// # Ok::<(), streams_test::DriverError>(())
    /// ```
    pub fn max_ahead(self, duration: Duration) -> StreamSource<K, V, KC, VC, MaxAhead<E>> {
        let extractor = MaxAhead { extractor: self.extractor, max_ahead_ms: duration_ms(duration) };
        StreamSource { key_codec: self.key_codec, value_codec: self.value_codec, extractor, types: PhantomData }
    }

    /// Makes source number `index` of the sub-topology, called `name` in messages, that hands its records to `next`.
    pub fn attach<N>(self, b: &mut TaskBuilder<'_>, index: usize, name: &'static str, next: N)
    where
        K: 'static,
        V: 'static,
        KC: Codec<K>,
        VC: Codec<V>,
        E: ExtractTimestamp<K, V> + 'static,
        N: Push<K, V> + 'static,
    {
        let node = StreamSourceNode { op: self, name, next, key_slot: KC::Slot::default(), value_slot: VC::Slot::default() };
        b.add_source(index, Box::new(node));
    }
}

struct StreamSourceNode<K: ?Sized, V: ?Sized, KC: Codec<K>, VC: Codec<V>, E, N> {
    op: StreamSource<K, V, KC, VC, E>,
    name: &'static str,
    next: N,
    key_slot: KC::Slot,
    value_slot: VC::Slot,
}

impl<K, V, KC, VC, E, N> StreamSourceNode<K, V, KC, VC, E, N>
where
    K: ?Sized,
    V: ?Sized,
    KC: Codec<K>,
    VC: Codec<V>,
    E: ExtractTimestamp<K, V>,
    N: Push<K, V>,
{
    /// Pushes a record, unless rows have to expire first: then it waits, and the context says so.
    #[inline]
    fn take(&mut self, record: &RecordRef<'_>, known_ms: Option<i64>, cx: &mut Context) -> Flow {
        cx.begin(record);
        let key = match self.op.key_codec.decode(record.key, &mut self.key_slot) {
            Ok(key) => key,
            Err(e) => return cx.fail(ErrorKind::Decode, self.name, format!("key: {e}").into()),
        };
        let value = match self.op.value_codec.decode(record.value, &mut self.value_slot) {
            Ok(value) => value,
            Err(e) => return cx.fail(ErrorKind::Decode, self.name, format!("value: {e}").into()),
        };
        let timestamp_ms = match known_ms {
            // The earliest time stands for one that was too far ahead when it was asked for.
            Some(known_ms) if !E::RECORD_TIME && known_ms > i64::MIN => known_ms,
            _ => {
                let (topic, partition, partition_time_ms) = (cx.topic(), cx.partition(), cx.partition_time_ms);
                self.op.extractor.extract(key, value, &SourceRecord { record: *record, topic, partition, partition_time_ms })
            }
        };
        if timestamp_ms < 0 {
            return cx.drop_record(self.name, DropReason::NegativeTimestamp { timestamp_ms });
        }
        if let Some(max_ahead_ms) = self.op.extractor.too_far_ahead(timestamp_ms, cx.wall_clock_ms) {
            let reason = DropReason::TooFarAhead { timestamp_ms, wall_clock_ms: cx.wall_clock_ms, max_ahead_ms };
            return cx.drop_record(self.name, reason);
        }
        if cx.next_expiry.is_due(timestamp_ms) {
            cx.let_wait(timestamp_ms);
            return Ok(());
        }
        cx.timestamp_ms = timestamp_ms;
        cx.stream_time_ms = cx.stream_time_ms.max(timestamp_ms);
        cx.partition_time_ms = cx.partition_time_ms.max(timestamp_ms);
        self.next.push(key, value, cx)
    }
}

impl<K, V, KC, VC, E, N> Source for StreamSourceNode<K, V, KC, VC, E, N>
where
    K: ?Sized,
    V: ?Sized,
    KC: Codec<K>,
    VC: Codec<V>,
    E: ExtractTimestamp<K, V>,
    N: Push<K, V>,
{
    fn run(&mut self, run: Run<'_>, cx: &mut Context) -> Result<usize, (usize, Box<TaskError>)> {
        let mut index = run.from;
        let mut known_ms = run.first_ms;
        while index < run.to {
            let Some(record) = run.batch.get(index) else { break };
            if E::RECORD_TIME
                && record.timestamp_ms > run.limit_ms
                && self.op.extractor.too_far_ahead(record.timestamp_ms, cx.wall_clock_ms).is_none()
            {
                break;
            }
            if let Err(error) = self.take(&record, known_ms.take(), cx) {
                return Err((index, error));
            }
            if cx.waits_for_expiry_ms.is_some() {
                break;
            }
            index += 1;
            if cx.schedules.stream_time_due(cx.stream_time_ms) || cx.commit_requested {
                break;
            }
        }
        Ok(index)
    }

    fn timestamp_ms(&mut self, record: &SourceRecord<'_>, wall_clock_ms: i64) -> i64 {
        let timestamp_ms = if E::RECORD_TIME {
            record.timestamp_ms()
        } else {
            let key = self.op.key_codec.decode(record.record.key, &mut self.key_slot);
            let value = self.op.value_codec.decode(record.record.value, &mut self.value_slot);
            match (key, value) {
                (Ok(key), Ok(value)) => self.op.extractor.extract(key, value, record),
                _ => i64::MIN,
            }
        };
        if self.op.extractor.too_far_ahead(timestamp_ms, wall_clock_ms).is_some() { i64::MIN } else { timestamp_ms }
    }

    fn uses_record_time(&self) -> bool {
        E::RECORD_TIME
    }

    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.next.signal(signal, cx)
    }
}
