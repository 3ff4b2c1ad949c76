//! `#[derive(StreamData)]`: the tie between a type and its wire format, JSON unless another one is named.

use proc_macro2::TokenStream;
use quote::quote;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, GenericParam, Path, Type, parse_quote};

use crate::diagnostics::*;
use crate::expand::Expansion;
use crate::parse::type_text;

/// What was written in `#[stream_data(…)]`.
struct Settings {
    codec: Option<Type>,
    runtime: Path,
}

pub(crate) fn stream_data(input: TokenStream) -> Expansion {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return Expansion { tokens: error.to_compile_error(), problems: Vec::new() },
    };
    let mut cx = Errors::new();
    let settings = settings(&mut cx, &input.attrs);
    if let Data::Union(union) = &input.data {
        cx.report(union.union_token.span, DERIVE_UNION, &[]);
    }
    if let Some(GenericParam::Lifetime(lifetime)) =
        input.generics.params.iter().find(|param| matches!(param, GenericParam::Lifetime(_)))
    {
        let values: &[(&str, &dyn std::fmt::Display)] = &[("name", &input.ident), ("lifetime", &lifetime.lifetime)];
        cx.report(lifetime.span(), DERIVE_LIFETIME, values);
    }
    let mut tokens = match cx.propagate() {
        Ok(()) => generate(&settings, &input),
        Err(_) => TokenStream::new(),
    };
    let problems = cx.finish();
    tokens.extend(problems.iter().map(Problem::to_tokens));
    Expansion { tokens, problems }
}

fn settings(cx: &mut Errors, attrs: &[Attribute]) -> Settings {
    let mut settings = Settings { codec: None, runtime: parse_quote!(::streams_runtime) };
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("stream_data")) {
        let parsed = attr.parse_nested_meta(|meta| {
            if meta.path.is_ident("codec") {
                settings.codec = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("crate") {
                settings.runtime = meta.value()?.call(Path::parse_mod_style)?;
            } else {
                let found = type_text(&Type::Path(syn::TypePath { attrs: Vec::new(), qself: None, path: meta.path.clone() }));
                cx.report(meta.path.span(), DERIVE_OPTION, &[("found", &found)]);
                // Its value is of no interest any more.
                let _ = meta.value().and_then(|value| value.parse::<syn::Expr>());
            }
            Ok(())
        });
        if let Err(error) = parsed {
            cx.report(error.span(), DERIVE_OPTION, &[("found", &error)]);
        }
    }
    settings
}

/// Expands to two `impl`s: the type is its own present and stored form, and has the codec.
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
                ::core::option::Option::Some(::core::clone::Clone::clone(self))
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
    }
}
