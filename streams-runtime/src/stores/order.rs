//! Which rows are visited, and in which direction.

use std::ops::Bound;

use crate::codec::{Codec, CodecError, Encoded, StreamData};

/// The order in which rows are visited: of the bytes of their keys, or of their times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// From the first on.
    Ascending,
    /// From the last back.
    Descending,
}

/// Takes an iterator from one of its ends.
pub(super) fn each<I: DoubleEndedIterator>(mut items: I, order: Order) -> impl Iterator<Item = I::Item> {
    std::iter::from_fn(move || match order {
        Order::Ascending => items.next(),
        Order::Descending => items.next_back(),
    })
}

/// One end of a range of keys as bytes; a null leaves it open.
pub(super) fn encode_bound<'b, Q>(bound: Bound<&&Q>, bytes: &'b mut Vec<u8>) -> Result<Bound<&'b [u8]>, CodecError>
where
    Q: StreamData + ?Sized,
{
    let (Bound::Included(key) | Bound::Excluded(key)) = bound else { return Ok(Bound::Unbounded) };
    Ok(match Q::Codec::default().encode(*key, bytes)? {
        Encoded::Null => Bound::Unbounded,
        Encoded::Bytes => bound.map(|_| &bytes[..]),
    })
}
