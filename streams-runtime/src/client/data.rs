//! What may be written for the key or the value of a record.

/// What can be sent as a key or a value of type `T`: a `T` or a reference to one, `&str` for a `String`, `&[u8]` for a `Vec<u8>`, and for
/// an `Option<T>` also the `T` that it would hold.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to a topic of `{T}`",
    label = "the topic holds `{T}`",
    note = "give the value or a reference to it; records of tables are `Option<…>`: `None`, or `send_null(key)`, deletes"
)]
pub trait AsData<T: ?Sized> {
    /// Calls `read` with the value in the form of the topic.
    fn read<R>(self, read: impl FnOnce(&T) -> R) -> R;
}

impl<T> AsData<T> for T {
    fn read<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(&self)
    }
}

impl<T: ?Sized> AsData<T> for &T {
    fn read<R>(self, read: impl FnOnce(&T) -> R) -> R {
        read(self)
    }
}

impl<T> AsData<Option<T>> for T {
    fn read<R>(self, read: impl FnOnce(&Option<T>) -> R) -> R {
        read(&Some(self))
    }
}

impl<T: Clone> AsData<Option<T>> for &T {
    fn read<R>(self, read: impl FnOnce(&Option<T>) -> R) -> R {
        read(&Some(self.clone()))
    }
}

macro_rules! borrowed {
    ($($borrowed:ty => $owned:ty),*) => {$(
        impl AsData<$owned> for &$borrowed {
            fn read<R>(self, read: impl FnOnce(&$owned) -> R) -> R {
                read(&self.to_owned())
            }
        }

        impl AsData<Option<$owned>> for &$borrowed {
            fn read<R>(self, read: impl FnOnce(&Option<$owned>) -> R) -> R {
                read(&Some(self.to_owned()))
            }
        }
    )*};
}
borrowed!(str => String, [u8] => Vec<u8>);
