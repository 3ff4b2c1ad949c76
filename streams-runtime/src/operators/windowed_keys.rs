//! Keys in windows that are read from a topic: the bytes have the start of the window only, so that the format has to know its size.

use std::marker::PhantomData;

use super::formats::Records;
use crate::windows::{Window, Windowed};

/// The keys of what is read from a topic without a named format.
pub struct KeysRead<K: ?Sized>(PhantomData<fn() -> PhantomData<K>>);

/// Those of a handle.
pub fn keys_read<H: Records>(_: &H) -> KeysRead<H::Key> {
    KeysRead(PhantomData)
}

impl<K: InWindow> KeysRead<K> {
    /// Not so for these: no key in a window has its end in its bytes.
    pub fn whole(self)
    where
        K::Key: HasItsEnd,
    {
    }
}

/// Keys in windows, and those that may be missing. A key of which nothing is known is asked about once.
pub trait InWindow {
    /// The key.
    type Key;
}

impl<K> InWindow for Windowed<K, Window> {
    type Key = Self;
}

impl<K> InWindow for Option<Windowed<K, Window>> {
    type Key = Windowed<K, Window>;
}

/// Keys whose bytes are all of them, which are all others.
pub trait OtherKeys: Sized {
    /// They are whole.
    fn whole(self) {}
}

impl<K: ?Sized> OtherKeys for KeysRead<K> {}

/// A key in a window that has the end of the window in its bytes.
#[diagnostic::on_unimplemented(
    message = "the bytes of a key in a window have its start only, so that the end of `{Self}` would be wrong here; name the size of the windows: \
               `.with(TimeWindowed::of(KeyCodec, size), ValueCodec)`",
    label = "keys in windows of unknown size",
    note = "for windows of 5 minutes over text: `.with(TimeWindowed::of(Utf8, minutes(5)), BigEndian)`; keys in sessions have both in their bytes",
    note = "for windows of your own: `.with(TimeWindowed::in_windows(KeyCodec, windows), ValueCodec)`"
)]
pub trait HasItsEnd {}
