//! Parts of a type that serde does not write as it reads them: they would be lost, or not, as it happens. A value that stays in a cache keeps them; one
//! that comes out of a topic or a store does not.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Field, LitStr, Token, Type};

use crate::diagnostics::*;

/// Reports fields and variants that do not come back as they were written.
pub(super) fn check(cx: &mut Errors, input: &DeriveInput) {
    let outer = Serde::of(&input.attrs);
    if outer.written_as_another && outer.read_as_another {
        // What is written is that other type.
        return;
    }
    report_one_way(cx, &outer);
    match &input.data {
        Data::Struct(data) => data.fields.iter().for_each(|field| check_field(cx, field, outer.default)),
        Data::Enum(data) => {
            for variant in &data.variants {
                let serde = Serde::of(&variant.attrs);
                report_one_way(cx, &serde);
                if let Some((span, attribute)) = serde.skip.filter(|_| !allows(&variant.attrs)) {
                    cx.report(span, DERIVE_SKIP, &[("attribute", &attribute), ("part", &format!("variant `{}`", variant.ident))]);
                }
                variant.fields.iter().for_each(|field| check_field(cx, field, false));
            }
        }
        Data::Union(_) => {}
    }
}

fn check_field(cx: &mut Errors, field: &Field, default: bool) {
    if says_nothing(&field.ty) || allows(&field.attrs) {
        return;
    }
    let serde = Serde::of(&field.attrs);
    report_one_way(cx, &serde);
    let part = match &field.ident {
        Some(name) => format!("field `{}`", name.unraw()),
        None => "this field".to_owned(),
    };
    if let Some((span, attribute)) = serde.skip {
        cx.report(span, DERIVE_SKIP, &[("attribute", &attribute), ("part", &part)]);
    } else if let Some(span) = serde.skip_if
        && !(default || serde.default || is_option(&field.ty) && !serde.reads_itself)
    {
        cx.report(span, DERIVE_SKIP_IF, &[("part", &part)]);
    }
}

fn report_one_way(cx: &mut Errors, serde: &Serde) {
    if let Some(span) = serde.one_way {
        cx.report(span, DERIVE_ONE_WAY, &[]);
    }
}

/// `#[stream_data(allow_skip)]` on a field or a variant.
fn allows(attrs: &[Attribute]) -> bool {
    let mut allows = false;
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("stream_data")) {
        // Another word in it is of no meaning on a field.
        let _ = attr.parse_nested_meta(|meta| {
            allows |= meta.path.is_ident("allow_skip");
            Ok(())
        });
    }
    allows
}

fn last_segment(ty: &Type) -> Option<String> {
    let Type::Path(path) = ty else { return None };
    path.path.segments.last().map(|segment| segment.ident.to_string())
}

fn is_option(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|name| name == "Option")
}

/// A field that has only one value loses nothing.
fn says_nothing(ty: &Type) -> bool {
    match ty {
        Type::Tuple(tuple) => tuple.elems.is_empty(),
        ty => last_segment(ty).is_some_and(|name| name == "PhantomData"),
    }
}

/// What serde's attributes say of a type, a variant or a field.
#[derive(Default)]
struct Serde {
    /// `skip`, `skip_serializing` or `skip_deserializing`.
    skip: Option<(Span, String)>,
    skip_if: Option<Span>,
    default: bool,
    /// `with` or `deserialize_with`: an `Option` that is missing is then no `None` any more.
    reads_itself: bool,
    /// A name to write and another one to read.
    one_way: Option<Span>,
    written_as_another: bool,
    read_as_another: bool,
}

impl Serde {
    fn of(attrs: &[Attribute]) -> Serde {
        let mut serde = Serde::default();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("serde")) {
            // What cannot be read serde reports.
            let _ = attr.parse_nested_meta(|meta| {
                let Some(name) = meta.path.get_ident().map(ToString::to_string) else { return Ok(()) };
                match name.as_str() {
                    "skip" | "skip_serializing" | "skip_deserializing" => serde.skip = Some((meta.path.span(), name)),
                    "skip_serializing_if" => serde.skip_if = Some(meta.path.span()),
                    "default" => serde.default = true,
                    "with" | "deserialize_with" => serde.reads_itself = true,
                    "into" => serde.written_as_another = true,
                    "from" | "try_from" => serde.read_as_another = true,
                    "rename" | "rename_all" | "rename_all_fields" if meta.input.peek(syn::token::Paren) => {
                        let content;
                        syn::parenthesized!(content in meta.input);
                        let names = Punctuated::<syn::MetaNameValue, Token![,]>::parse_terminated(&content)?;
                        if !reads_what_it_writes(&names) {
                            serde.one_way = Some(meta.path.span());
                        }
                        return Ok(());
                    }
                    _ => {}
                }
                if meta.input.peek(Token![=]) {
                    meta.value()?.parse::<syn::Expr>()?;
                } else if meta.input.peek(syn::token::Paren) {
                    let content;
                    syn::parenthesized!(content in meta.input);
                    content.parse::<proc_macro2::TokenStream>()?;
                }
                Ok(())
            });
        }
        serde
    }
}

/// `serialize = "a", deserialize = "b"`: whether what is written is among what is read.
fn reads_what_it_writes(names: &Punctuated<syn::MetaNameValue, Token![,]>) -> bool {
    let named = |which: &str| -> Vec<String> {
        let values = names.iter().filter(|pair| pair.path.is_ident(which));
        let literal = |pair: &syn::MetaNameValue| match &pair.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => Some(LitStr::value(text)),
            _ => None,
        };
        values.filter_map(literal).collect()
    };
    let (written, read) = (named("serialize"), named("deserialize"));
    written.len() == 1 && read.contains(&written[0])
}
