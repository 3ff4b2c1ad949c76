//! What can be a key.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, LinkedList, VecDeque};
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::num::NonZero;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::windows::Windowed;

/// A type whose equal values have the same bytes: what can be the key of a group, a table, a store or a join.
///
/// Kafka and all state compare keys by their bytes. `0.0` and `-0.0` are equal, and so are two `HashMap`s whose entries are visited in
/// different orders; as keys they would be two. `BTreeMap` and `BTreeSet` have one order.
///
/// `#[derive(StreamData)]` gives it to a type whose fields all have it. A type says it of itself with `#[stream_data(key)]`: where a field is of
/// another crate's type, or where the format is one of its own. A type that implements [`StreamData`](super::StreamData) by hand implements this trait as well.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use streams_runtime::prelude::*;
///
/// #[derive(Clone, Serialize, Deserialize, StreamData)]
/// struct Place { town: String, street: Option<u32> }
///
/// fn is_key<K: KeyData>() {}
/// is_key::<Place>();
/// is_key::<(String, u64)>();
/// ```
///
/// ```compile_fail
/// use serde::{Deserialize, Serialize};
/// use streams_runtime::prelude::*;
///
/// #[derive(Clone, Serialize, Deserialize, StreamData)]
/// struct Point { x: f64, y: f64 }
///
/// fn is_key<K: KeyData>() {}
/// is_key::<Point>();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a key: equal values may have different bytes",
    label = "not a key, nor a part of one",
    note = "keys are compared by their bytes: floats (`0.0` equals `-0.0`), `HashMap` and `HashSet` (their order varies) are values only; an integer, text, `BTreeMap` and `BTreeSet` can be keys",
    note = "a type that derives `StreamData` is a key if all its fields are; where that cannot be seen, it says so: `#[stream_data(key)]`"
)]
pub trait KeyData {}

macro_rules! keys {
    ($($key:ty),* $(,)?) => {$(
        impl KeyData for $key {}
    )*};
}
keys!(i8, u8, i16, u16, i32, u32, i64, u64, i128, u128, isize, usize, bool, char, String, str, (), uuid::Uuid);
keys!(Duration, SystemTime, IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6, PathBuf);
keys!(NonZero<i8>, NonZero<u8>, NonZero<i16>, NonZero<u16>, NonZero<i32>, NonZero<u32>, NonZero<i64>, NonZero<u64>);
keys!(NonZero<i128>, NonZero<u128>, NonZero<isize>, NonZero<usize>);

impl<K: KeyData> KeyData for Option<K> {}
impl<T: KeyData, E: KeyData> KeyData for Result<T, E> {}
impl<K: KeyData> KeyData for Vec<K> {}
impl<K: KeyData> KeyData for VecDeque<K> {}
impl<K: KeyData> KeyData for LinkedList<K> {}
impl<K: KeyData> KeyData for [K] {}
impl<K: KeyData, const N: usize> KeyData for [K; N] {}
impl<K: KeyData + ?Sized> KeyData for Box<K> {}
impl<K: KeyData + ?Sized> KeyData for Rc<K> {}
impl<K: KeyData + ?Sized> KeyData for Arc<K> {}
impl<K: KeyData + ToOwned + ?Sized> KeyData for Cow<'_, K> {}
impl<K: KeyData> KeyData for BTreeSet<K> {}
impl<K: KeyData, V: KeyData> KeyData for BTreeMap<K, V> {}
impl<K: KeyData, W> KeyData for Windowed<K, W> {}
impl<T: ?Sized> KeyData for PhantomData<T> {}

macro_rules! tuples {
    ($($name:ident),*) => {
        impl<$($name: KeyData),*> KeyData for ($($name,)*) {}
    };
}
tuples!(A);
tuples!(A, B);
tuples!(A, B, C);
tuples!(A, B, C, D);
tuples!(A, B, C, D, E);
tuples!(A, B, C, D, E, F);
tuples!(A, B, C, D, E, F, G);
tuples!(A, B, C, D, E, F, G, H);
