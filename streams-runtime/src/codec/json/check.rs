//! Whether a value comes back from JSON as it was written. A walk over the value that writes nothing: for types of text and integers the compiler leaves
//! nothing of it.
//!
//! JSON has no NaN and no infinity (serde writes a null), one null for `None`, `Some(None)` and `Some(())`, and only text as the key of a map; what nests
//! deeper than the reader goes is not read.

use std::fmt::{self, Display};

use serde::Serialize;
use serde::ser::{self, Error as _, Impossible};

use crate::codec::CodecError;

/// How deep the reader of JSON goes.
const DEEPEST: u8 = 127;

/// Whether `value` comes back as it is.
pub(super) fn check<T: Serialize + ?Sized>(value: &T) -> Result<(), CodecError> {
    value
        .serialize(Check { depth: 0, in_some: false })
        .map_err(|Refused(reason)| CodecError::Invalid(format!("not writable as JSON: {reason}")))
}

/// Why a value does not come back.
#[derive(Debug)]
struct Refused(String);

impl Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

impl ser::Error for Refused {
    #[cold]
    fn custom<T: Display>(reason: T) -> Self {
        Refused(reason.to_string())
    }
}

#[cold]
fn no_number(value: f64) -> Refused {
    Refused(format!("{value} is no number there, and would be read as none"))
}

#[cold]
fn no_text() -> Refused {
    Refused("the key of a map is not text there; keep a list of pairs".to_owned())
}

/// A place in a value.
#[derive(Clone, Copy)]
struct Check {
    depth: u8,
    /// Directly in a `Some`, where a null would be read as `None`.
    in_some: bool,
}

impl Check {
    #[inline]
    fn null(self) -> Result<(), Refused> {
        if self.in_some { Err(Refused::custom("a `Some` of what is a null there would be read as `None`")) } else { Ok(()) }
    }

    /// So many levels further in.
    #[inline]
    fn inside(self, levels: u8) -> Result<Check, Refused> {
        let depth = self.depth.saturating_add(levels);
        if depth > DEEPEST {
            return Err(Refused::custom(format_args!("it nests deeper than {DEEPEST} levels, and would not be read")));
        }
        Ok(Check { depth, in_some: false })
    }
}

macro_rules! fine {
    ($($method:ident: $value:ty),*) => {$(
        #[inline]
        fn $method(self, _: $value) -> Result<(), Refused> {
            Ok(())
        }
    )*};
}

impl ser::Serializer for Check {
    type Ok = ();
    type Error = Refused;
    type SerializeSeq = Check;
    type SerializeTuple = Check;
    type SerializeTupleStruct = Check;
    type SerializeTupleVariant = Check;
    type SerializeMap = Check;
    type SerializeStruct = Check;
    type SerializeStructVariant = Check;

    fine!(serialize_bool: bool, serialize_char: char, serialize_str: &str, serialize_bytes: &[u8]);
    fine!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128);
    fine!(serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128);

    #[inline]
    fn serialize_f32(self, value: f32) -> Result<(), Refused> {
        self.serialize_f64(value.into())
    }
    #[inline]
    fn serialize_f64(self, value: f64) -> Result<(), Refused> {
        if value.is_finite() { Ok(()) } else { Err(no_number(value)) }
    }
    #[inline]
    fn serialize_none(self) -> Result<(), Refused> {
        self.null()
    }
    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Refused> {
        value.serialize(Check { in_some: true, ..self })
    }
    #[inline]
    fn serialize_unit(self) -> Result<(), Refused> {
        self.null()
    }
    #[inline]
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Refused> {
        self.null()
    }
    #[inline]
    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), Refused> {
        Ok(())
    }
    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Refused> {
        value.serialize(self)
    }
    #[inline]
    fn serialize_newtype_variant<T: Serialize + ?Sized>(self, _: &'static str, _: u32, _: &'static str, value: &T) -> Result<(), Refused> {
        value.serialize(self.inside(1)?)
    }
    #[inline]
    fn serialize_seq(self, _: Option<usize>) -> Result<Check, Refused> {
        self.inside(1)
    }
    #[inline]
    fn serialize_tuple(self, _: usize) -> Result<Check, Refused> {
        self.inside(1)
    }
    #[inline]
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Check, Refused> {
        self.inside(1)
    }
    #[inline]
    fn serialize_tuple_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Check, Refused> {
        self.inside(2)
    }
    #[inline]
    fn serialize_map(self, _: Option<usize>) -> Result<Check, Refused> {
        self.inside(1)
    }
    #[inline]
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Check, Refused> {
        self.inside(1)
    }
    #[inline]
    fn serialize_struct_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Check, Refused> {
        self.inside(2)
    }
    #[inline]
    fn collect_str<T: Display + ?Sized>(self, _: &T) -> Result<(), Refused> {
        Ok(())
    }
}

macro_rules! parts {
    ($($kind:ident: $method:ident($($name:ty)?);)*) => {$(
        impl ser::$kind for Check {
            type Ok = ();
            type Error = Refused;

            #[inline]
            fn $method<T: Serialize + ?Sized>(&mut self, $(_: $name,)? value: &T) -> Result<(), Refused> {
                value.serialize(*self)
            }
            #[inline]
            fn end(self) -> Result<(), Refused> {
                Ok(())
            }
        }
    )*};
}
parts! {
    SerializeSeq: serialize_element();
    SerializeTuple: serialize_element();
    SerializeTupleStruct: serialize_field();
    SerializeTupleVariant: serialize_field();
    SerializeStruct: serialize_field(&'static str);
    SerializeStructVariant: serialize_field(&'static str);
}

impl ser::SerializeMap for Check {
    type Ok = ();
    type Error = Refused;

    #[inline]
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Refused> {
        key.serialize(Key)
    }
    #[inline]
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        value.serialize(*self)
    }
    #[inline]
    fn end(self) -> Result<(), Refused> {
        Ok(())
    }
}

/// The key of a map.
struct Key;

impl ser::Serializer for Key {
    type Ok = ();
    type Error = Refused;
    type SerializeSeq = Impossible<(), Refused>;
    type SerializeTuple = Impossible<(), Refused>;
    type SerializeTupleStruct = Impossible<(), Refused>;
    type SerializeTupleVariant = Impossible<(), Refused>;
    type SerializeMap = Impossible<(), Refused>;
    type SerializeStruct = Impossible<(), Refused>;
    type SerializeStructVariant = Impossible<(), Refused>;

    fine!(serialize_bool: bool, serialize_char: char, serialize_str: &str);
    fine!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128);
    fine!(serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128);

    fn serialize_f32(self, value: f32) -> Result<(), Refused> {
        self.serialize_f64(value.into())
    }
    fn serialize_f64(self, value: f64) -> Result<(), Refused> {
        if value.is_finite() { Ok(()) } else { Err(no_number(value)) }
    }
    fn serialize_bytes(self, _: &[u8]) -> Result<(), Refused> {
        Err(no_text())
    }
    fn serialize_none(self) -> Result<(), Refused> {
        Err(no_text())
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Refused> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<(), Refused> {
        Err(no_text())
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Refused> {
        Err(no_text())
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), Refused> {
        Ok(())
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Refused> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(self, _: &'static str, _: u32, _: &'static str, _: &T) -> Result<(), Refused> {
        Err(no_text())
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Refused> {
        Err(no_text())
    }
    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Refused> {
        Err(no_text())
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Refused> {
        Err(no_text())
    }
    fn serialize_tuple_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Self::SerializeTupleVariant, Refused> {
        Err(no_text())
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Refused> {
        Err(no_text())
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct, Refused> {
        Err(no_text())
    }
    fn serialize_struct_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Self::SerializeStructVariant, Refused> {
        Err(no_text())
    }
    fn collect_str<T: Display + ?Sized>(self, _: &T) -> Result<(), Refused> {
        Ok(())
    }
}
