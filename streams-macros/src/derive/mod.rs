//! `#[derive(StreamData)]`: the tie between a type and its wire format, JSON unless another one is named.

mod markers;
mod settings;
mod skips;

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, GenericParam, parse_quote};

use self::settings::{Settings, settings};
use crate::diagnostics::*;
use crate::expand::Expansion;

pub(crate) fn stream_data(input: TokenStream) -> Expansion {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return Expansion { placed: TokenStream::new(), tokens: error.to_compile_error(), problems: Vec::new() },
    };
    let mut cx = Errors::new();
    let settings = settings(&mut cx, &input.attrs);
    let mut has_form = true;
    if let Data::Union(union) = &input.data {
        cx.report(union.union_token.span, DERIVE_UNION, &[]);
        has_form = false;
    }
    if let Some(GenericParam::Lifetime(lifetime)) = input.generics.params.iter().find(|param| matches!(param, GenericParam::Lifetime(_))) {
        let values: &[(&str, &dyn std::fmt::Display)] = &[("name", &input.ident), ("lifetime", &lifetime.lifetime)];
        cx.report(lifetime.span(), DERIVE_LIFETIME, values);
        has_form = false;
    }
    if settings.codec.is_none() && !settings.allow_skip {
        skips::check(&mut cx, &input);
    }
    let problems = cx.finish();
    // After a mistake too, so that it is told once and not wherever the type is used. A type that
    // has no form is given one that is never used.
    let mut tokens = if has_form { generate(&settings, &input) } else { without_form(&settings, &input) };
    tokens.extend(problems.iter().map(Problem::to_tokens));
    Expansion { placed: TokenStream::new(), tokens, problems }
}

/// Expands to the `impl`s: the type is its own present and stored form, and has the codec; and to what it can be besides a value.
fn generate(settings: &Settings, input: &DeriveInput) -> TokenStream {
    let name = &input.ident;
    let runtime = &settings.runtime;
    let private = quote!(#runtime::__private);
    let codec = match &settings.codec {
        Some(codec) => quote!(#codec),
        None => quote!(#private::Json),
    };
    let mut generics = input.generics.clone();
    for param in input.generics.type_params() {
        let param = &param.ident;
        let clause = generics.make_where_clause();
        clause.predicates.push(parse_quote!(Self: ::core::clone::Clone + ::core::marker::Send + ::core::marker::Sync + 'static));
        clause.predicates.push(parse_quote!(#codec: #private::Codec<Self> + ::core::default::Default));
        clause.predicates.push(parse_quote!(#param: 'static));
    }
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let markers = markers::markers(settings, input, &private);
    quote! {
        #[automatically_derived]
        impl #impl_generics #private::StreamData for #name #type_generics #where_clause {
            type Codec = #codec;
            type Present = Self;
            type Stored = Self;

            #[inline]
            fn present(&self) -> ::core::option::Option<&Self> {
                ::core::option::Option::Some(self)
            }
            fn to_stored(&self) -> ::core::option::Option<Self> {
                ::core::option::Option::Some(#private::copy::<Self>(self))
            }
        }

        #[automatically_derived]
        impl #impl_generics #private::OwnedData for #name #type_generics #where_clause {
            fn into_stored(self) -> ::core::option::Option<Self> {
                ::core::option::Option::Some(self)
            }
            fn from_stored(stored: Self) -> Self {
                stored
            }
        }

        #markers
    }
}

/// After a mistake because of which there is no form at all: `impl`s that say nothing of the type.
fn without_form(settings: &Settings, input: &DeriveInput) -> TokenStream {
    let (name, runtime) = (&input.ident, &settings.runtime);
    let private = quote!(#runtime::__private);
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #private::StreamData for #name #type_generics #where_clause {
            type Codec = #private::NoForm;
            type Present = Self;
            type Stored = ();

            fn present(&self) -> ::core::option::Option<&Self> {
                ::core::option::Option::None
            }
            fn to_stored(&self) -> ::core::option::Option<()> {
                ::core::option::Option::None
            }
        }

        #[automatically_derived]
        impl #impl_generics #private::KeyData for #name #type_generics #where_clause {}
    }
}
