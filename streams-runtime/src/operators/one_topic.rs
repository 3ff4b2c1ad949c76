//! A topic has one type and one format in a topology, wherever it is read or written.

use std::marker::PhantomData;

use super::formats::{Formats, Records};
use crate::codec::{Nullable, StreamData};

/// Two uses of one topic.
pub struct OneTopic<A, B>(PhantomData<fn() -> (A, B)>);

impl<A: Records, B: Records> OneTopic<A, B> {
    /// These two.
    pub fn new(_: &A, _: &B) -> Self {
        OneTopic(PhantomData)
    }

    /// Both have the same types; nulls and borrowed forms aside.
    pub fn same_types<K1, V1, K2, V2>(self)
    where
        A::Key: StreamData<Stored = K1>,
        A::Value: StreamData<Stored = V1>,
        B::Key: StreamData<Stored = K2>,
        B::Value: StreamData<Stored = V2>,
        (K2, V2): SameRecords<(K1, V1)>,
    {
    }

    /// The formats of both, if one of them was written.
    pub fn formats<KA, VA, KB, VB>(self, _: Formats<KA, VA>, _: Formats<KB, VB>) -> OneTopicIn<A, B, (KA, VA), (KB, VB)> {
        OneTopicIn(PhantomData)
    }
}

/// Two uses of one topic with their formats.
pub struct OneTopicIn<A, B, FA, FB>(PhantomData<fn() -> (A, B, FA, FB)>);

impl<A: Records, B: Records, KA, VA, KB, VB> OneTopicIn<A, B, (KA, VA), (KB, VB)> {
    /// Both have the same types in the same formats.
    pub fn same_formats<K1, V1, K2, V2>(self)
    where
        A::Key: StreamData<Stored = K1>,
        A::Value: StreamData<Stored = V1>,
        B::Key: StreamData<Stored = K2>,
        B::Value: StreamData<Stored = V2>,
        ((K2, KB), (V2, VB)): SameTopic<((K1, KA), (V1, VA))>,
    {
    }
}

/// The same key and value.
#[diagnostic::on_unimplemented(
    message = "one topic with two types: (key, value) is `{Self}` here and `{Other}` where it is read or written before",
    label = "this topic has other types elsewhere",
    note = "use the same types at both places"
)]
pub trait SameRecords<Other> {}

impl<T> SameRecords<T> for T {}

/// The same key and value, and the same formats; nulls aside.
#[diagnostic::on_unimplemented(
    message = "one topic in two formats: the types of key and value with their formats are `{Self}` here, and `{Other}` where it is read or \
               written before",
    label = "this topic has another format elsewhere",
    note = "use the same types and name the same formats at both places: `.with(KeyCodec, ValueCodec)`"
)]
pub trait SameTopic<Other> {}

macro_rules! same_topic {
    ($($key:ty, $other_key:ty, $value:ty, $other_value:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<K, V, A, B> SameTopic<((K, $other_key), (V, $other_value))> for ((K, $key), (V, $value)) {}
    )*};
}

same_topic! {
    A, A, B, B;
    A, A, B, Nullable<B>;
    A, A, Nullable<B>, B;
    A, Nullable<A>, B, B;
    A, Nullable<A>, B, Nullable<B>;
    A, Nullable<A>, Nullable<B>, B;
    Nullable<A>, A, B, B;
    Nullable<A>, A, B, Nullable<B>;
    Nullable<A>, A, Nullable<B>, B;
}
