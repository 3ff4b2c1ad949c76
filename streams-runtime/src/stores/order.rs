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

/// A range of bytes.
pub(super) type Range<'b> = (Bound<&'b [u8]>, Bound<&'b [u8]>);

/// The ranges of bytes that a range of keys comes to, in ascending order of the keys. Of signed numbers the bytes of the negative ones, whose first bit is
/// set, stand behind the others.
pub(super) fn in_order(signed: bool, (from, to): Range<'_>) -> [Option<Range<'_>>; 2] {
    if !signed {
        return [Some((from, to)), None];
    }
    let sign = |bound: Bound<&[u8]>| match bound {
        Bound::Included(key) | Bound::Excluded(key) => Some(is_negative(key)),
        Bound::Unbounded => None,
    };
    let negative = match (sign(from), sign(to)) {
        (Some(false), _) => None,
        (from_sign, to_sign) => Some((
            if from_sign.is_some() { from } else { Bound::Included(&[SIGN][..]) },
            if to_sign == Some(true) { to } else { Bound::Unbounded },
        )),
    };
    let others = match (sign(from), sign(to)) {
        (_, Some(true)) => None,
        (from_sign, to_sign) => Some((
            if from_sign == Some(false) { from } else { Bound::Unbounded },
            if to_sign.is_some() { to } else { Bound::Excluded(&[SIGN][..]) },
        )),
    };
    [negative, others]
}

const SIGN: u8 = 0x80;

pub(super) fn is_negative(key: &[u8]) -> bool {
    key.first().is_some_and(|first| *first >= SIGN)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// The numbers in a range, as they come.
    fn found(from: Bound<i16>, to: Bound<i16>) -> Vec<i16> {
        let all = [i16::MIN, -300, -2, -1, 0, 1, 2, 300, i16::MAX];
        let rows: BTreeMap<[u8; 2], i16> = all.iter().map(|n| (n.to_be_bytes(), *n)).collect();
        let (low, high) = (from.map(|n| n.to_be_bytes()), to.map(|n| n.to_be_bytes()));
        let range = (low.as_ref().map(|b| &b[..]), high.as_ref().map(|b| &b[..]));
        let pieces = in_order(true, range).into_iter().flatten();
        let inside = |piece: Range<'_>| {
            rows.iter().filter(|(key, _)| std::ops::RangeBounds::<[u8]>::contains(&piece, &key[..])).map(|(_, n)| *n).collect::<Vec<_>>()
        };
        pieces.flat_map(inside).collect()
    }

    #[test]
    fn signed_numbers_come_in_their_order() {
        use Bound::{Excluded, Included, Unbounded};
        let all = [i16::MIN, -300, -2, -1, 0, 1, 2, 300, i16::MAX];
        for from in [Unbounded, Included(-2), Excluded(-2), Included(0), Excluded(0), Included(2), Included(i16::MIN), Excluded(i16::MAX)] {
            for to in [Unbounded, Included(-2), Excluded(-1), Included(0), Excluded(0), Included(2), Excluded(i16::MAX), Excluded(i16::MIN)]
            {
                let expected: Vec<i16> = all.iter().copied().filter(|n| std::ops::RangeBounds::contains(&(from, to), n)).collect();
                assert_eq!(found(from, to), expected, "{from:?} {to:?}");
            }
        }
    }
}
