//! The node of a join of two streams: one for both sides.

use std::cell::RefCell;
use std::rc::Rc;

use super::JoinStreams;
use crate::codec::{Codec, CodecError, Encoded, StreamData};
use crate::context::{Context, KeptCauses, RecordContext};
use crate::dropped::DropReason;
use crate::error::{ErrorKind, Flow, TaskError};
use crate::node::{Node, Push, Signal};
use crate::operators::{Joiner, Settle};
use crate::plan::StoreKind;
use crate::stores::handle::Place;
use crate::stores::join_window::{JoinRows, JoinStore};
use crate::stores::waiting::{Side, Values, WaitingRows, WaitingStore, set_waiting_key, time_of, waiting_key};
use crate::task::TaskBuilder;
use crate::windows::Reach;

/// The join at work.
struct JoinNode<K: StreamData + ?Sized, V: StreamData + ?Sized, OK: ?Sized, OV: StreamData + ?Sized, J, R, M, N> {
    op: JoinStreams<K, V, OK, OV, J, R, M>,
    left: Place<JoinStore<V::Stored>>,
    right: Place<JoinStore<OV::Stored>>,
    /// Those without a partner so far, where one side alone suffices.
    waiting: Option<Place<WaitingStore<V::Stored, OV::Stored>>>,
    /// The largest timestamp of both sides.
    stream_time_ms: i64,
    /// No record that waits is looked at before its window has closed; [`i64::MAX`] if none waits. As in Kafka Streams it may be later than the
    /// time of the first.
    oldest_ms: i64,
    key_codec: K::Codec,
    /// Of the record at hand.
    key: Vec<u8>,
    key_slot: <K::Codec as Codec<K>>::Slot,
    /// Of records that waited.
    closing_slot: <K::Codec as Codec<K>>::Slot,
    closing_key: Vec<u8>,
    waiting_key: Vec<u8>,
    /// Of records that wait.
    causes: KeptCauses,
    next: N,
}

/// The join as its two sides see it.
pub struct JoinedStreams<K: StreamData + ?Sized, V: StreamData + ?Sized, OK: ?Sized, OV: StreamData + ?Sized, J, R, M, N> {
    node: Rc<RefCell<JoinNode<K, V, OK, OV, J, R, M, N>>>,
}

impl<K: ?Sized, V: ?Sized, OK: ?Sized, OV: ?Sized, J, R, M> JoinStreams<K, V, OK, OV, J, R, M>
where
    K: StreamData,
    V: StreamData,
    OV: StreamData,
    J: Joiner<K, V::Stored, OV::Stored, R>,
{
    /// Makes the node, with the stores of both sides and, for a left or outer join, that of the records which wait for a partner. It hands its
    /// results to `next`.
    pub fn attach<N>(
        self,
        b: &mut TaskBuilder<'_>,
        this: &str,
        other: &str,
        waiting: Option<&str>,
        next: N,
    ) -> JoinedStreams<K, V, OK, OV, J, R, M, N> {
        if let Some(problem) = self.windows.problem() {
            b.window_problem(this, problem);
        }
        let left = b.objects(this, |kind| side(kind).map(JoinRows::new));
        let right = b.objects(other, |kind| side(kind).map(JoinRows::new));
        let waiting = waiting.map(|name| b.objects(name, |kind| (kind == StoreKind::Buffer).then(WaitingRows::new)));
        let node = JoinNode {
            op: self,
            left,
            right,
            waiting,
            stream_time_ms: -1,
            oldest_ms: i64::MAX,
            key_codec: K::Codec::default(),
            key: Vec::new(),
            key_slot: Default::default(),
            closing_slot: Default::default(),
            closing_key: Vec::new(),
            waiting_key: Vec::new(),
            causes: KeptCauses::default(),
            next,
        };
        JoinedStreams { node: Rc::new(RefCell::new(node)) }
    }
}

fn side(kind: StoreKind) -> Option<i64> {
    if let StoreKind::JoinWindow { retention_ms } = kind { Some(retention_ms) } else { None }
}

impl<K: ?Sized, V: ?Sized, OK: ?Sized, OV: ?Sized, J, R, M, N> JoinedStreams<K, V, OK, OV, J, R, M, N>
where
    K: StreamData,
    V: StreamData,
    OV: StreamData,
{
    /// Takes the records of the left stream.
    pub fn left(&self) -> LeftRecords<K, V, OK, OV, J, R, M, N> {
        LeftRecords { node: Rc::clone(&self.node) }
    }

    /// Takes the records of the right stream.
    pub fn right(&self) -> RightRecords<K, V, OK, OV, J, R, M, N> {
        RightRecords { node: Rc::clone(&self.node) }
    }
}

impl<K, V, OK, OV, J, R, M, N> JoinNode<K, V, OK, OV, J, R, M, N>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
    OK: ?Sized,
    OV: StreamData + ?Sized,
{
    /// The stores are restored: what is known of time goes on where it was.
    fn begin(&mut self, cx: &mut Context) {
        let newest_ms = cx.stores.get(self.left).rows.newest_ms().max(cx.stores.get(self.right).rows.newest_ms());
        self.stream_time_ms = self.stream_time_ms.max(newest_ms);
        if let Some(waiting) = self.waiting
            && let Some((_, first_ms)) = cx.stores.get(waiting).rows.first()
        {
            self.oldest_ms = self.oldest_ms.min(first_ms);
        }
    }
}

impl<K, V, OK, OV, J, R, M, N, V2> JoinNode<K, V, OK, OV, J, R, M, N>
where
    K: StreamData + ?Sized,
    V: StreamData + ?Sized,
    OK: ?Sized,
    OV: StreamData + ?Sized,
    J: Joiner<K, V::Stored, OV::Stored, R>,
    M: Settle<R, Out = V2>,
    N: Push<K, V2>,
{
    /// Joins the records that have waited until their windows closed with nothing, if a record with this reach is one that moves the stream time.
    fn close(&mut self, reach: Reach, cx: &mut Context) -> Flow {
        let Some(waiting) = self.waiting else { return Ok(()) };
        if self.op.holds_unmatched {
            return self.close_held(waiting, cx);
        }
        let record_ms = cx.timestamp_ms;
        if record_ms != self.stream_time_ms || !reach.is_closed(self.oldest_ms, record_ms) {
            return Ok(());
        }
        self.oldest_ms = i64::MAX;
        let mut seen_ms = i64::MIN;
        let mut key = std::mem::take(&mut self.closing_key);
        // Closed ones are the first of their side: what ends the look comes behind the first open ones of both.
        while self.give_up_first(waiting, record_ms, &mut key, cx)?.is_some() {}
        // They came in the order of time.
        if !key.is_empty() {
            seen_ms = time_of(&key);
            key.clear();
        }
        self.closing_key = key;
        if let Some(end_ms) = cx.stores.get(waiting).rows.looked_up_to_ms() {
            seen_ms = seen_ms.max(end_ms);
        }
        if seen_ms > i64::MIN {
            self.oldest_ms = seen_ms;
        }
        Ok(())
    }

    /// Joins all records whose windows have closed with nothing. They leave the join, so that
    /// nobody meets them any more.
    fn close_held(&mut self, waiting: Place<WaitingStore<V::Stored, OV::Stored>>, cx: &mut Context) -> Flow {
        let mut key = std::mem::take(&mut self.closing_key);
        let (stream_time_ms, record_ms) = (self.stream_time_ms, cx.timestamp_ms);
        while let Some(side) = self.give_up_first(waiting, stream_time_ms, &mut key, cx)? {
            let (time_ms, own_key) = waiting_key(&key).map_err(|e| cx.error(ErrorKind::Store, self.op.node, e.into()))?;
            match side {
                Side::Left => cx.stores.get(self.left).give_up(own_key, time_ms, record_ms),
                Side::Right => cx.stores.get(self.right).give_up(own_key, time_ms, record_ms),
            }
        }
        key.clear();
        self.closing_key = key;
        Ok(())
    }

    /// Joins the first records that have waited until their windows closed, of one side, key and
    /// time, with nothing.
    fn give_up_first(
        &mut self,
        waiting: Place<WaitingStore<V::Stored, OV::Stored>>,
        stream_time_ms: i64,
        key: &mut Vec<u8>,
        cx: &mut Context,
    ) -> Result<Option<Side>, Box<TaskError>> {
        let (of_left, of_right) = (self.op.windows.of_left(), self.op.windows.of_right());
        let record_ms = cx.timestamp_ms;
        let store = cx.stores.get(waiting);
        let left = store.rows.left.first().filter(|key| of_left.is_closed(time_of(key), stream_time_ms));
        let right = store.rows.right.first().filter(|key| of_right.is_closed(time_of(key), stream_time_ms));
        let side = match (left, right) {
            (Some(left), Some(right)) if left < right => Side::Left,
            (_, Some(_)) => Side::Right,
            (Some(_), None) => Side::Left,
            (None, None) => return Ok(None),
        };
        match side {
            Side::Left => {
                let Some(values) = store.give_up_left(record_ms, key) else { return Ok(None) };
                self.give_up(key, &values, |joiner, key, value, cx| joiner.call(key, Some(value), None, cx), cx)?;
            }
            Side::Right => {
                let Some(values) = store.give_up_right(record_ms, key) else { return Ok(None) };
                self.give_up(key, &values, |joiner, key, value, cx| joiner.call(key, None, Some(value), cx), cx)?;
            }
        }
        Ok(Some(side))
    }

    /// Records of one side, key and time get no partner.
    fn give_up<T>(
        &mut self,
        waiting_row: &[u8],
        values: &Values<T>,
        call: fn(&mut J, &K, &T, &mut RecordContext) -> Option<R>,
        cx: &mut Context,
    ) -> Flow {
        let node = self.op.node;
        let decoded =
            waiting_key(waiting_row).and_then(|(time_ms, key)| Ok((time_ms, self.key_codec.decode(Some(key), &mut self.closing_slot)?)));
        let (time_ms, key) = decoded.map_err(|e| cx.error(ErrorKind::Store, node, e.into()))?;
        let mut causes = self.causes.take(time_ms, waiting_row).into_iter();
        // The record at hand only brought their time.
        let at_hand = std::mem::take(&mut cx.cause);
        let (joiner, next) = (&mut self.op.joiner, &mut self.next);
        let flow = values.iter().try_for_each(|value| {
            cx.cause = causes.next().unwrap_or_default();
            cx.scoped(J::SEES_CX, |cx| {
                let result = call(joiner, key, value, &mut cx.record);
                tell::<_, _, M, _, _>(result, key, time_ms, (node, &mut *next), cx)
            })
        });
        cx.cause = at_hand;
        flow
    }
}

/// Hands a result on with this time.
#[inline]
fn tell<K: ?Sized, R, M, V2, N>(result: Option<R>, key: &K, time_ms: i64, to: (&'static str, &mut N), cx: &mut Context) -> Flow
where
    M: Settle<R, Out = V2>,
    N: Push<K, V2>,
{
    let (node, next) = to;
    let Some(result) = result else { return Ok(()) };
    let Some(joined) = M::settle(result, node, cx)? else { return Ok(()) };
    let record_ms = std::mem::replace(&mut cx.timestamp_ms, time_ms);
    let flow = next.push(key, &joined, cx);
    cx.timestamp_ms = record_ms;
    flow
}

macro_rules! side {
    (
        $(#[$doc:meta])*
        $records:ident($key:ident, $value:ident), store $own:ident of $side:ident against $other:ident of $other_side:ident, $reach:ident,
        own $own_alone:ident, other $other_alone:ident, $wait:ident,
        |$given:ident, $codec:ident, $bytes:ident, $slot:ident| $as_key:expr,
        |$mine:ident, $row:ident| $sides:expr
    ) => {
        $(#[$doc])*
        pub struct $records<K: StreamData + ?Sized, V: StreamData + ?Sized, OK: ?Sized, OV: StreamData + ?Sized, J, R, M, N> {
            node: Rc<RefCell<JoinNode<K, V, OK, OV, J, R, M, N>>>,
        }

        impl<K, V, OK, OV, J, R, M, N> Node for $records<K, V, OK, OV, J, R, M, N>
        where
            K: StreamData + ?Sized,
            V: StreamData + ?Sized,
            OK: ?Sized,
            OV: StreamData + ?Sized,
            N: Node,
        {
            fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
                let mut node = self.node.borrow_mut();
                if matches!(signal, Signal::Init) {
                    node.begin(cx);
                }
                node.next.signal(signal, cx)
            }
        }

        impl<K, V, OK, OV, J, R, M, N, V2> Push<$key, $value> for $records<K, V, OK, OV, J, R, M, N>
        where
            K: StreamData + ?Sized,
            V: StreamData + ?Sized,
            OK: StreamData<Stored = K::Stored> + ?Sized,
            OV: StreamData + ?Sized,
            J: Joiner<K, V::Stored, OV::Stored, R>,
            M: Settle<R, Out = V2>,
            N: Push<K, V2>,
        {
            #[inline]
            fn push(&mut self, $given: &$key, value: &$value, cx: &mut Context) -> Flow {
                // A graph without cycles never comes back to a node that is at work.
                let node = &mut *self.node.borrow_mut();
                let time_ms = cx.timestamp_ms;
                node.stream_time_ms = node.stream_time_ms.max(time_ms);
                node.key.clear();
                let encoded = <$key as StreamData>::Codec::default().encode($given, &mut node.key);
                let encoded = encoded.map_err(|e| cx.error(ErrorKind::Store, node.op.node, e.into()))?;
                let has_key = encoded == Encoded::Bytes;
                let stored = if has_key || J::$own_alone { value.to_stored() } else { None };
                let Some(value) = stored else {
                    let reason = if has_key || J::$own_alone { DropReason::NullValue } else { DropReason::NullKey };
                    return cx.drop_record(node.op.node, reason);
                };
                let reach = node.op.windows.$reach();
                if has_key {
                    node.close(reach, cx)?;
                }
                let JoinNode { op, waiting, stream_time_ms, oldest_ms, key_codec, key: bytes, key_slot, waiting_key, causes, next, .. } = node;
                let (own, other) = (node.$own, node.$other);
                let mut found = cx.stores.get(other).rows.find(bytes, reach.around(time_ms));
                let is_alone = J::$own_alone && found.is_empty();
                let is_over =
                    if op.holds_unmatched { reach.is_closed(time_ms, *stream_time_ms) } else { reach.end_ms(time_ms) < *stream_time_ms };
                let goes_alone = is_alone && (!has_key || is_over);
                if goes_alone || !found.is_empty() {
                    let ($codec, $bytes, $slot) = (&*key_codec, has_key.then_some(&bytes[..]), &mut *key_slot);
                    let key: Result<&K, CodecError> = $as_key;
                    let key = key.map_err(|e| cx.error(ErrorKind::Store, op.node, e.into()))?;
                    while let Some(at) = found.next() {
                        cx.scoped(J::SEES_CX, |cx| {
                            let Context { stores, record, .. } = &mut *cx;
                            let row = stores.get(other).rows.row(at);
                            let row_ms = row.time_ms;
                            let may_wait = std::mem::take(&mut row.may_wait);
                            let ($mine, $row) = (Some(&value), Some(&row.value));
                            let (l, r) = $sides;
                            let result = op.joiner.call(key, l, r, record);
                            if J::$other_alone && may_wait && let Some(waiting) = *waiting {
                                set_waiting_key(waiting_key, Side::$other_side, row_ms, bytes);
                                stores.get(waiting).found(Side::$other_side, waiting_key, time_ms);
                                causes.take(row_ms, waiting_key);
                            }
                            tell::<_, _, M, _, _>(result, key, time_ms.max(row_ms), (op.node, &mut *next), cx)
                        })?;
                    }
                    if goes_alone {
                        let ($mine, $row) = (Some(&value), None);
                        let (l, r) = $sides;
                        cx.scoped(J::SEES_CX, |cx| {
                            let result = op.joiner.call(key, l, r, &mut cx.record);
                            tell::<_, _, M, _, _>(result, key, time_ms, (op.node, next), cx)
                        })?;
                    }
                }
                if !has_key {
                    return Ok(());
                }
                let waits = waiting.filter(|_| is_alone && !goes_alone);
                if waits.is_some() {
                    set_waiting_key(waiting_key, Side::$side, time_ms, bytes);
                    causes.add(time_ms, waiting_key, cx);
                }
                let Context { stores, out, .. } = &mut *cx;
                let mut written = Ok(());
                if let Some(waiting) = waits {
                    written = stores.get(waiting).$wait(waiting_key, value.clone(), time_ms, out);
                    *oldest_ms = time_ms.min(*oldest_ms);
                }
                // One that was told to have no partner gets none later; its time is kept all the
                // same.
                let leaves = goes_alone && op.holds_unmatched;
                let written = written.and_then(|()| stores.get(own).put(bytes, time_ms, value, leaves || waits.is_some(), out));
                if leaves {
                    stores.get(own).give_up(bytes, time_ms, time_ms);
                }
                if let Err(error) = written {
                    cx.store_refused(op.node, error)?;
                }
                cx.hand_over_if_large().map_err(|e| cx.produce_error(op.node, e))
            }
        }
    };
}
side! {
    /// Takes the records of the left stream.
    LeftRecords(K, V), store left of Left against right of Right, of_left, own LEFT_ALONE, other RIGHT_ALONE, wait_left,
    |key, _codec, _bytes, _slot| Ok(key), |own, row| (own, row)
}
side! {
    /// Takes the records of the right stream.
    RightRecords(OK, OV), store right of Right against left of Left, of_right, own RIGHT_ALONE, other LEFT_ALONE, wait_right,
    |_key, codec, bytes, slot| codec.decode(bytes, slot), |own, row| (row, own)
}
