//! What the types of a topology say of bytes: keys that meet are written in one format, and so is a topic wherever it is named. Nothing of
//! it is there at run time.

use std::marker::PhantomData;

use crate::codec::{Nullable, SessionWindowed, StreamData, TimeWindowed};
use crate::handles::{GlobalTable, Stream, Table};

/// The formats of the keys and the values of a topic.
pub struct Formats<KC, VC>(PhantomData<fn() -> (KC, VC)>);

impl<KC, VC> Clone for Formats<KC, VC> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<KC, VC> Copy for Formats<KC, VC> {}

impl<KC, VC> Formats<KC, VC> {
    /// Those that were written: `.with(KeyCodec, ValueCodec)`.
    pub fn written(_: &KC, _: &VC) -> Self {
        Formats(PhantomData)
    }
}

/// A handle with keys and values.
pub trait Records {
    /// The keys.
    type Key: ?Sized;
    /// The values.
    type Value: ?Sized;
}

macro_rules! records {
    ($($handle:ident),*) => {$(
        impl<K: ?Sized, V: ?Sized> Records for $handle<K, V> {
            type Key = K;
            type Value = V;
        }
    )*};
}

records!(Stream, Table, GlobalTable);

/// The formats that the types of a handle have where none is named.
pub fn default_formats<H: Records, KC, VC>(_: &H) -> Formats<KC, VC>
where
    H::Key: StreamData<Codec = KC>,
    H::Value: StreamData<Codec = VC>,
{
    Formats(PhantomData)
}

/// Two places at which records were divided into partitions by their keys.
pub struct Divided<A, B>(PhantomData<fn() -> (A, B)>);

impl<A, B> Divided<A, B> {
    /// These two.
    pub fn new<V, W>(_: Formats<A, V>, _: Formats<B, W>) -> Self {
        Divided(PhantomData)
    }

    /// Equal keys have equal bytes in both.
    pub fn alike(self)
    where
        B: SameKeyBytes<A>,
    {
    }
}

/// A format that gives equal keys the bytes of another one; of keys in windows only the key itself counts.
#[diagnostic::on_unimplemented(
    message = "records of one key would not meet: their keys are written as `{Other}` on one side and as `{Self}` on the other",
    label = "keys in two formats",
    note = "a partition is chosen by the bytes of the key: name the same format for both, `.with(KeyCodec, ValueCodec)`, or put `.repartition()` \
            behind one side",
    note = "`.copartitioned()` behind the operator says that the bytes are the same"
)]
pub trait SameKeyBytes<Other> {}

impl<C> SameKeyBytes<C> for C {}
#[diagnostic::do_not_recommend]
impl<C> SameKeyBytes<Nullable<C>> for C {}
#[diagnostic::do_not_recommend]
impl<C> SameKeyBytes<C> for Nullable<C> {}
#[diagnostic::do_not_recommend]
impl<C> SameKeyBytes<TimeWindowed<C>> for C {}
#[diagnostic::do_not_recommend]
impl<C> SameKeyBytes<C> for TimeWindowed<C> {}
#[diagnostic::do_not_recommend]
impl<C> SameKeyBytes<SessionWindowed<C>> for C {}
#[diagnostic::do_not_recommend]
impl<C> SameKeyBytes<C> for SessionWindowed<C> {}
#[diagnostic::do_not_recommend]
impl<C> SameKeyBytes<SessionWindowed<C>> for TimeWindowed<C> {}
#[diagnostic::do_not_recommend]
impl<C> SameKeyBytes<TimeWindowed<C>> for SessionWindowed<C> {}
