//! A topic has one type in a topology, wherever it is read or written.

use crate::codec::StreamData;
use crate::handles::Stream;

/// Two uses of one topic.
pub struct OneTopic<KA: ?Sized, VA: ?Sized, KB: ?Sized, VB: ?Sized>(Stream<KA, VA>, Stream<KB, VB>);

impl<KA: ?Sized, VA: ?Sized, KB: ?Sized, VB: ?Sized> OneTopic<KA, VA, KB, VB> {
    /// These two.
    pub fn new(first: &Stream<KA, VA>, second: &Stream<KB, VB>) -> Self {
        OneTopic(*first, *second)
    }

    /// Both have the same types; nulls and borrowed forms aside.
    pub fn same_types<K1, V1, K2, V2>(self)
    where
        KA: StreamData<Stored = K1>,
        VA: StreamData<Stored = V1>,
        KB: StreamData<Stored = K2>,
        VB: StreamData<Stored = V2>,
        (K2, V2): SameRecords<(K1, V1)>,
    {
        let _ = (self.0, self.1);
    }
}

/// The same key and value.
#[diagnostic::on_unimplemented(
    message = "one topic with two types: (key, value) is `{Self}` here and `{Other}` where it is read or written before",
    label = "this topic has other types elsewhere",
    note = "use the same types, or say that the formats go together: `.with(KeyCodec, ValueCodec)`"
)]
pub trait SameRecords<Other> {}

impl<T> SameRecords<T> for T {}
