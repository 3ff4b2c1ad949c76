//! Collections and tuples: JSON of the whole.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, Hash};
use std::num::NonZero;
use std::sync::Arc;

use super::{Json, JsonData, OwnedData, StreamData};

/// What can be an element of a `Vec` or an array that is a key or a value: the whole is JSON.
///
/// All that derives `StreamData` can. `u8` is left out, since a `Vec<u8>` is raw bytes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an element of a list that is a key or a value",
    label = "not an element",
    note = "derive `Serialize`, `Deserialize` and `StreamData` for it, or put the list into a type of your own that does",
    note = "a `Vec<u8>` is raw bytes, so that `Vec<[u8; N]>` and other lists of bytes need a type of your own as well"
)]
pub trait Element: JsonData + Clone + Sync {}

/// What can be the key of a map that is a value: in JSON such keys are text.
///
/// Text, numbers, `bool`, `char` and UUIDs can; of types that derive `StreamData` enums whose variants have no fields, and structs around one
/// field that can.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the key of a map that is a value: JSON has only text there",
    label = "not text in JSON",
    note = "use text, a number, or an enum without fields that derives `StreamData`; or keep a list of pairs"
)]
pub trait MapKey: JsonData + Clone + Sync {}

macro_rules! elements {
    ($($data:ty),* $(,)?) => {$(
        element!([] $data);
    )*};
}

macro_rules! element {
    ([$($generics:tt)*] $data:ty $(, $condition:ty)?) => {
        impl<$($generics)*> Element for $data
        $(where $condition: JsonData)?
        {
        }
    };
}

macro_rules! map_keys {
    ($($data:ty),* $(,)?) => {$(
        impl MapKey for $data {}
    )*};
}
elements!(i8, i16, u16, i32, u32, i64, u64, i128, u128, isize, usize, f32, f64, bool, char, String, (), uuid::Uuid, Box<str>);
map_keys!(i8, u8, i16, u16, i32, u32, i64, u64, i128, u128, isize, usize, bool, char, String, uuid::Uuid, Box<str>);
elements!(std::net::IpAddr, std::net::Ipv4Addr, std::net::Ipv6Addr, std::net::SocketAddr, std::time::Duration, std::time::SystemTime);
map_keys!(std::net::IpAddr, std::net::Ipv4Addr, std::net::Ipv6Addr, std::net::SocketAddr);

macro_rules! non_zero {
    ($($number:ty),*) => {
        elements!($(NonZero<$number>),*);
        map_keys!($(NonZero<$number>),*);
    };
}
non_zero!(i8, u8, i16, u16, i32, u32, i64, u64, i128, u128, isize, usize);

element!([T: JsonData + Clone + Sync] Option<T>);
element!([T: JsonData + Clone + Sync] Box<T>);
element!([T: Element] Arc<T>, Arc<T>);

/// A type that is JSON as a whole, with what it holds outside of itself. An estimate: it sees no deeper than one level.
macro_rules! json_value {
    ([$($generics:tt)*] $data:ty $(, $heap:expr)?) => {
        impl<$($generics)*> StreamData for $data {
            type Codec = Json;
            type Present = Self;
            type Stored = Self;

            #[inline]
            fn present(&self) -> Option<&Self> {
                Some(self)
            }
            fn to_stored(&self) -> Option<Self> {
                Some(self.clone())
            }
            $(
                fn heap_bytes(&self) -> usize {
                    let bytes: fn(&Self) -> usize = $heap;
                    bytes(self)
                }
            )?
        }

        impl<$($generics)*> OwnedData for $data {
            fn into_stored(self) -> Option<Self> {
                Some(self)
            }
            fn from_stored(stored: Self) -> Self {
                stored
            }
        }
    };
}

json_value!([T: Element] Vec<T>, |list| list.capacity() * size_of::<T>());
json_value!([T: JsonData + Clone + Sync] VecDeque<T>, |list| list.capacity() * size_of::<T>());
json_value!([T: JsonData + Clone + Sync + Ord] BTreeSet<T>, |set| set.len() * size_of::<T>());
json_value!([K: MapKey + Ord, V: JsonData + Clone + Sync] BTreeMap<K, V>, |map| map.len() * size_of::<(K, V)>());
json_value!(
    [T: JsonData + Clone + Sync + Eq + Hash, S: BuildHasher + Default + Clone + Send + Sync + 'static] HashSet<T, S>,
    |set| set.capacity() * size_of::<T>()
);
json_value!(
    [K: MapKey + Eq + Hash, V: JsonData + Clone + Sync, S: BuildHasher + Default + Clone + Send + Sync + 'static] HashMap<K, V, S>,
    |map| map.capacity() * size_of::<(K, V)>()
);

element!([T: JsonData + Clone + Sync] Vec<T>);
element!([T: JsonData + Clone + Sync] VecDeque<T>);
element!([T: JsonData + Clone + Sync + Ord] BTreeSet<T>);
element!([K: MapKey + Ord, V: JsonData + Clone + Sync] BTreeMap<K, V>);
element!([T: JsonData + Clone + Sync + Eq + Hash, S: BuildHasher + Default + Clone + Send + Sync + 'static] HashSet<T, S>);
element!([K: MapKey + Eq + Hash, V: JsonData + Clone + Sync, S: BuildHasher + Default + Clone + Send + Sync + 'static] HashMap<K, V, S>);

impl<T: Element, const N: usize> StreamData for [T; N]
where
    [T; N]: JsonData,
{
    type Codec = Json;
    type Present = Self;
    type Stored = Self;

    #[inline]
    fn present(&self) -> Option<&Self> {
        Some(self)
    }
    fn to_stored(&self) -> Option<Self> {
        Some(self.clone())
    }
}

impl<T: Element, const N: usize> OwnedData for [T; N]
where
    [T; N]: JsonData,
{
    fn into_stored(self) -> Option<Self> {
        Some(self)
    }
    fn from_stored(stored: Self) -> Self {
        stored
    }
}

element!([T: Element, const N: usize] [T; N], [T; N]);

macro_rules! tuples {
    ($($name:ident),*) => {
        json_value!([$($name: JsonData + Clone + Sync),*] ($($name,)*));
        element!([$($name: JsonData + Clone + Sync),*] ($($name,)*));
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
