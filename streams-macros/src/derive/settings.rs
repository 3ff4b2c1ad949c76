//! What is written in `#[stream_data(…)]`.

use syn::spanned::Spanned;
use syn::{Attribute, Path, Type, parse_quote};

use crate::diagnostics::*;
use crate::parse::type_text;

/// What was written in `#[stream_data(…)]` on the type.
pub(super) struct Settings {
    pub(super) codec: Option<Type>,
    /// The type says that its equal values have the same bytes.
    pub(super) key: bool,
    /// What serde skips is meant to be lost.
    pub(super) allow_skip: bool,
    pub(super) runtime: Path,
}

pub(super) fn settings(cx: &mut Errors, attrs: &[Attribute]) -> Settings {
    let mut settings = Settings { codec: None, key: false, allow_skip: false, runtime: parse_quote!(::streams_runtime) };
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("stream_data")) {
        let parsed = attr.parse_nested_meta(|meta| {
            if meta.path.is_ident("codec") {
                settings.codec = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("crate") {
                settings.runtime = meta.value()?.call(Path::parse_mod_style)?;
            } else if meta.path.is_ident("key") {
                settings.key = true;
            } else if meta.path.is_ident("allow_skip") {
                settings.allow_skip = true;
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
