//! Types written at sources, at state and anywhere else: `Stream<K, V>`.

use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{GenericArgument, PathArguments, Type};

use crate::diagnostics::did_you_mean;
use crate::text::tidy;

/// A written type, taken apart as far as the macro can.
pub(crate) struct Written<'a> {
    /// The last part of its path: `Stream`.
    pub(crate) name: String,
    /// Its type arguments.
    pub(crate) arguments: Vec<&'a Type>,
    pub(crate) span: Span,
}

impl<'a> Written<'a> {
    /// Its key and value, if it is written as a stream, a table or a store itself; those of an alias are known to rustc alone.
    pub(crate) fn key_and_value(&self) -> Option<[&'a Type; 2]> {
        let [key, value] = self.arguments.as_slice() else { return None };
        OURS.contains(&self.name.as_str()).then_some([*key, *value])
    }

    /// It may be an alias, such as `type Orders = Stream<String, Order>`: it has a name of the user's own.
    pub(crate) fn may_be_alias(&self, wanted: &str) -> bool {
        let of_another = OURS.contains(&self.name.as_str()) || OTHERS.contains(&self.name.as_str());
        let misspelled = !did_you_mean(&self.name, [wanted]).is_empty() && self.arguments.len() == 2;
        self.name.chars().all(|c| c.is_alphanumeric() || c == '_')
            && self.name.starts_with(char::is_uppercase)
            && !of_another
            && !misspelled
    }
}

/// Types that stand for what operators give.
const OURS: &[&str] =
    &["Stream", "Table", "GlobalTable", "KeyValueStore", "SessionStore", "WindowStore", "VersionedStore", "Grouped", "Windowed"];

/// Types of Rust and of Kafka Streams that are certainly no alias.
const OTHERS: &[&str] = &[
    "String",
    "Vec",
    "Option",
    "Result",
    "Box",
    "Rc",
    "Arc",
    "HashMap",
    "HashSet",
    "BTreeMap",
    "BTreeSet",
    "KStream",
    "KTable",
    "GlobalKTable",
    "KGroupedStream",
    "KGroupedTable",
    "Self",
];

/// Takes a written type apart.
pub(crate) fn written(ty: &Type) -> Written<'_> {
    let other = || Written { name: tidy(&ty.to_token_stream().to_string()), arguments: Vec::new(), span: ty.span() };
    let mut ty = ty;
    // What came through a parameter of a `macro_rules!` macro is in an invisible group.
    while let Type::Group(group) = ty {
        ty = &group.elem;
    }
    let Type::Path(path) = ty else { return other() };
    let Some(last) = path.path.segments.last() else { return other() };
    let arguments = match &last.arguments {
        PathArguments::AngleBracketed(angle) => {
            angle.args.iter().filter_map(|arg| if let GenericArgument::Type(ty) = arg { Some(ty) } else { None }).collect()
        }
        _ => Vec::new(),
    };
    Written { name: last.ident.to_string(), arguments, span: ty.span() }
}
