//! `.grace(…)` behind a join of a stream with a table that has a history: records are held until the table has had time to hear of changes
//! that were made before them.

use std::time::Duration;

use crate::codec::buffered::{Buffered, BufferedCodec, BufferedParts};
use crate::codec::{Codec, Encoded, RawBytes, StreamData};
use crate::context::{AtHand, Context};
use crate::error::{ErrorKind, Flow};
use crate::handles::Stream;
use crate::node::{Node, Push, Signal};
use crate::plan::StoreKind;
use crate::stores::handle::Place;
use crate::stores::held::{HeldRows, HeldStore, record_key};
use crate::task::TaskBuilder;
use crate::windows::duration_ms;

/// Holds records in front of a join until the stream time has passed theirs by the grace.
///
/// Kafka Streams: `Joined.withGracePeriod`. The stream time is the largest time of the records that were held. After each record those leave whose
/// time is not after the stream time less the grace, in order of time, key and arrival, each with its own time, headers and origin. A record
/// that is older than that when it comes is joined at once. So is one with a null key, of which a left join makes a result; Kafka Streams fails
/// with such a record. A record that the join drops is not held and does not move the stream time.
///
/// As in Kafka Streams the history of the table must be at least as long as the grace: a topology with a longer grace does not start.
///
/// ```
/// use streams_runtime::prelude::*;
/// use streams_test::TestDriver;
///
/// topology! {
///     fn sales() -> Sales {
///         let prices: Table<String, i64> = table("prices").versioned(minutes(10));
///         let orders: Stream<String, i64> = stream("orders");
///         let sold = orders.join(prices, |count, price| count * price).grace(seconds(5));
///         sold.to("sold");
///     }
/// }
///
/// let driver = TestDriver::new(sales())?;
/// driver.input::<str, i64>("prices")?.pipe_at("tea", &3, 0)?;
/// let orders = driver.input::<str, i64>("orders")?;
/// orders.pipe_at("tea", &10, 2_000)?;
/// // The price was changed before the order, and the table hears of it after it.
/// driver.input::<str, i64>("prices")?.pipe_at("tea", &5, 1_000)?;
/// assert!(driver.output::<String, i64>("sold").is_empty());
/// orders.pipe_at("tea", &1, 7_000)?;
/// assert_eq!(driver.output::<String, i64>("sold").read_pairs(), [("tea".to_owned(), 50)]);
/// # Ok::<(), streams_test::DriverError>(())
/// ```
pub struct GraceNode<K: StreamData + ?Sized, V: StreamData + ?Sized, N> {
    store: Place<HeldStore>,
    name: String,
    grace_ms: i64,
    next: N,
    key_codec: K::Codec,
    value_codec: V::Codec,
    key_slot: <K::Codec as Codec<K>>::Slot,
    value_slot: <V::Codec as Codec<V>>::Slot,
    key_bytes: Vec<u8>,
    /// The record that comes in, as it is written.
    incoming: Buffered<Vec<u8>>,
    value_bytes: Vec<u8>,
    /// What surrounds the record that leaves.
    leaving: AtHand,
}

impl<K, V, N> GraceNode<K, V, N>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
    N: Push<K, V>,
{
    /// Makes the node, with the store `name`, in front of the node `next` of a join. `input` is the stream that both read; beside the grace
    /// stands the table whose history the join looks into.
    pub fn new(b: &mut TaskBuilder<'_>, input: &Stream<K, V>, name: &str, (grace, table): (Duration, &str), next: N) -> Self {
        let _ = input;
        b.needs_history(name, table, duration_ms(grace));
        GraceNode {
            store: b.objects(name, |kind| matches!(kind, StoreKind::Buffer).then(HeldRows::new)),
            name: name.to_owned(),
            grace_ms: duration_ms(grace),
            next,
            key_codec: Default::default(),
            value_codec: Default::default(),
            key_slot: Default::default(),
            value_slot: Default::default(),
            key_bytes: Vec::new(),
            incoming: Buffered::default(),
            value_bytes: Vec::new(),
            leaving: AtHand::default(),
        }
    }

    /// Takes the record at hand into the store.
    fn hold(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        self.key_bytes.clear();
        let encoded = self.key_codec.encode(key, &mut self.key_bytes);
        let mut bytes = self.incoming.new.take().unwrap_or_default();
        bytes.clear();
        let encoded = encoded.and_then(|key| Ok((key, self.value_codec.encode(value, &mut bytes)?)));
        self.incoming.new = Some(bytes);
        match encoded {
            Ok((Encoded::Bytes, Encoded::Bytes)) => {}
            Ok(_) => return self.next.push(key, value, cx),
            Err(e) => return cx.fail(ErrorKind::Process, &self.name, e.into()),
        }
        cx.at_hand_into(&mut self.incoming.origin);
        self.value_bytes.clear();
        let encoded = BufferedCodec(RawBytes).encode(&self.incoming, &mut self.value_bytes);
        encoded.map_err(|e| cx.error(ErrorKind::Store, &self.name, e.into()))?;
        let raw = self.incoming.origin.cause.raw.take();
        let Context { stores, out, record, .. } = cx;
        stores.get(self.store).hold(&self.key_bytes, (&self.value_bytes, raw), record.timestamp_ms, out);
        cx.hand_over_if_large().map_err(|e| cx.produce_error(&self.name, e))
    }

    /// Joins the records that have been held for long enough.
    fn release(&mut self, cx: &mut Context) -> Flow {
        let until_ms = cx.stores.get(self.store).rows.stream_time_ms().saturating_sub(self.grace_ms);
        loop {
            let Some((row, held)) = cx.stores.get(self.store).release(until_ms) else { return Ok(()) };
            let parts = record_key(&row).and_then(|key| Ok((key, BufferedParts::read(&held.bytes)?)));
            let (key_bytes, parts) = parts.map_err(|e| cx.error(ErrorKind::Store, &self.name, e.into()))?;
            let decoded = self.key_codec.decode(Some(key_bytes), &mut self.key_slot);
            let decoded = decoded.and_then(|key| Ok((key, self.value_codec.decode(parts.new, &mut self.value_slot)?)));
            let (key, value) = decoded.map_err(|e| cx.error(ErrorKind::Store, &self.name, e.into()))?;
            let taken = parts.origin_into(&mut self.leaving);
            taken.map_err(|e| cx.error(ErrorKind::Store, &self.name, e.into()))?;
            self.leaving.cause.raw = held.raw;
            cx.exchange(&mut self.leaving);
            let flow = self.next.push(key, value, cx);
            cx.exchange(&mut self.leaving);
            flow?;
            cx.stores.get(self.store).released(row);
        }
    }
}

impl<K, V, N> Node for GraceNode<K, V, N>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
    N: Node,
{
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.next.signal(signal, cx)
    }
}

impl<K, V, N> Push<K, V> for GraceNode<K, V, N>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
    N: Push<K, V>,
{
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        let late = cx.timestamp_ms < cx.stores.get(self.store).rows.stream_time_ms().saturating_sub(self.grace_ms);
        if late || key.present().is_none() || value.present().is_none() {
            return self.next.push(key, value, cx);
        }
        self.hold(key, value, cx)?;
        self.release(cx)
    }
}
