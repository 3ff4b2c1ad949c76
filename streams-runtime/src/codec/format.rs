//! That types have formats, asked in the order in which it is told: what was told once is not told
//! again of what follows from it.

use super::{Codec, CodecError, Encoded, StreamData};

/// Any type: what it stands beside is `Is`. rustc looks no further while it does not know the type,
/// so that what hangs on a bound that was told to be false stays unknown, and no second place
/// complains of it.
pub trait Known<T: ?Sized> {
    /// What stands beside it.
    type Is: ?Sized;
}

impl<T: ?Sized, A> Known<T> for A {
    type Is = T;
}

/// The format of a type where none is named.
pub(crate) fn format_of<T: StreamData + ?Sized>() -> T::Codec {
    T::Codec::default()
}

/// A copy of a value in its stored form: that it can be copied is asked where its `StreamData` is,
/// and nowhere else.
pub fn copy<T: StreamData + ?Sized>(value: &T::Stored) -> T::Stored {
    value.clone()
}

/// Stands for the format of a type that was told to have none; a program with it does not compile.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoForm;

impl<T: ?Sized> Codec<T> for NoForm {
    type Slot = ();

    fn encode(&self, _: &T, _: &mut Vec<u8>) -> Result<Encoded, CodecError> {
        Err(CodecError::Invalid("the type has no form".to_owned()))
    }

    fn decode<'a>(&self, _: Option<&'a [u8]>, _: &'a mut ()) -> Result<&'a T, CodecError> {
        Err(CodecError::Invalid("the type has no form".to_owned()))
    }
}

/// What a store keeps.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no wire format, so no store can keep it",
    label = "no wire format",
    note = "derive `StreamData` for it; a store owns what it holds, and copies it"
)]
pub trait StoreData: StreamData<Stored = Self> + Clone + 'static {}

#[diagnostic::do_not_recommend]
impl<T: StreamData<Stored = T> + Clone + 'static> StoreData for T {}
