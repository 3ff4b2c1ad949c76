//! What a type can be besides a value: a key, an element of a list, the key of a map in JSON.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit_mut::{VisitMut, visit_type_mut};
use syn::{Data, DeriveInput, Field, Fields, Ident, Type, WherePredicate, parse_quote};

use super::settings::Settings;

/// The `impl`s of the markers.
///
/// A condition on a type without parameters stands as `for<'a> Field: KeyData`: what is false of no parameter would otherwise be an error by itself,
/// and the condition is to be told only where the type is used so.
pub(super) fn markers(settings: &Settings, input: &DeriveInput, private: &TokenStream) -> TokenStream {
    let key = match (settings.key, &settings.codec) {
        (true, _) => Some(Vec::new()),
        (false, None) => Some(conditions(fields(&input.data), &input.ident, &quote!(#private::KeyData))),
        // The bytes are those of another's making.
        (false, Some(_)) => None,
    };
    let key = key.map(|conditions| marker(input, &quote!(#private::KeyData), conditions));
    let whole: WherePredicate = parse_quote!(for<'__a> Self: #private::JsonData + ::core::clone::Clone + ::core::marker::Sync);
    let element = marker(input, &quote!(#private::Element), vec![whole.clone()]);
    let map_key = text_in_json(input, private).map(|mut conditions| {
        conditions.push(whole);
        marker(input, &quote!(#private::MapKey), conditions)
    });
    quote!(#key #element #map_key)
}

fn marker(input: &DeriveInput, path: &TokenStream, conditions: Vec<WherePredicate>) -> TokenStream {
    let name = &input.ident;
    let mut generics = input.generics.clone();
    generics.make_where_clause().predicates.extend(conditions);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #path for #name #type_generics #where_clause {}
    }
}

fn fields(data: &Data) -> Vec<&Field> {
    match data {
        Data::Struct(data) => data.fields.iter().collect(),
        Data::Enum(data) => data.variants.iter().flat_map(|variant| &variant.fields).collect(),
        Data::Union(_) => Vec::new(),
    }
}

/// That all fields are of a kind.
fn conditions(fields: Vec<&Field>, name: &Ident, kind: &TokenStream) -> Vec<WherePredicate> {
    let mut seen = Vec::new();
    let mut conditions = Vec::new();
    for field in fields {
        let mut ty = field.ty.clone();
        WithoutItself(name).visit_type_mut(&mut ty);
        let text = ty.to_token_stream().to_string();
        if !seen.contains(&text) {
            conditions.push(parse_quote!(for<'__a> #ty: #kind));
            seen.push(text);
        }
    }
    conditions
}

/// A type that holds itself is what its other parts are: `()` stands for it, as a condition that leads back to itself would have no end.
struct WithoutItself<'a>(&'a Ident);

impl VisitMut for WithoutItself<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        let itself = |path: &syn::TypePath| path.path.segments.last().is_some_and(|last| last.ident == *self.0 || last.ident == "Self");
        if matches!(&*ty, Type::Path(path) if itself(path)) {
            *ty = parse_quote!(());
        } else {
            visit_type_mut(self, ty);
        }
    }
}

/// On what conditions it is text in JSON, if it can be: an enum whose variants have no fields, or a struct around one field that is.
fn text_in_json(input: &DeriveInput, private: &TokenStream) -> Option<Vec<WherePredicate>> {
    let serde = input.attrs.iter().filter(|attr| attr.path().is_ident("serde"));
    // Any of `untagged`, `tag`, `into` and their like makes something else of it.
    let otherwise = |attr: &syn::Attribute| {
        let text = attr.meta.to_token_stream().to_string();
        ["untagged", "tag", "into", "from", "content"].iter().any(|word| text.contains(word))
    };
    if serde.clone().any(otherwise) {
        return None;
    }
    match &input.data {
        Data::Enum(data) if data.variants.iter().all(|variant| matches!(variant.fields, Fields::Unit)) => Some(Vec::new()),
        Data::Struct(data) if matches!(data.fields, Fields::Unnamed(_)) && data.fields.len() == 1 => {
            Some(conditions(data.fields.iter().collect(), &input.ident, &quote!(#private::MapKey)))
        }
        _ => None,
    }
}
