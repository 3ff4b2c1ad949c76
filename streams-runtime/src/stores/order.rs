//! The direction in which rows are visited.

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
