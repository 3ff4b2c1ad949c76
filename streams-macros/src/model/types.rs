//! Types written at sources, at state and anywhere else: `Stream<K, V>`.

use proc_macro2::Span;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{GenericArgument, PathArguments, Type};

use crate::text::tidy;

/// A written type, taken apart as far as the macro can.
pub(crate) struct Written<'a> {
    /// The last part of its path: `Stream`.
    pub(crate) name: String,
    /// Its type arguments.
    pub(crate) arguments: Vec<&'a Type>,
    pub(crate) span: Span,
}

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
