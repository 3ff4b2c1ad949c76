//! Types of parameters that threads cannot share, as far as they can be seen.

use syn::visit::{self, Visit};
use syn::{PathArguments, Type, TypeParamBound, TypePath, TypeTraitObject};

/// A part of a type that keeps a parameter from being shared.
pub(super) struct NotShared {
    pub(super) ty: Type,
    /// What is wrong with it, and what to write instead.
    pub(super) what: &'static str,
}

/// The first such part of a type.
pub(super) fn not_shared(ty: &Type) -> Option<NotShared> {
    let mut parts = Parts::default();
    parts.visit_type(ty);
    parts.0
}

#[derive(Default)]
struct Parts(Option<NotShared>);

/// Traits that do not ask for `Send` and `Sync` themselves, as a trait of the user's may.
const OF_RUST: &[&str] = &["Fn", "FnMut", "FnOnce", "Iterator", "Any", "Debug", "Display", "Error"];

impl<'ast> Visit<'ast> for Parts {
    fn visit_type_path(&mut self, path: &'ast TypePath) {
        let Some(last) = path.path.segments.last() else { return };
        let what = match (last.ident.to_string().as_str(), &last.arguments) {
            (_, PathArguments::None) => None,
            ("Rc", _) => Some("counts without regard to threads; write `Arc`"),
            ("Cell", _) => Some("changes without regard to threads; use an atomic"),
            ("RefCell", _) => Some("changes without regard to threads; use `Mutex` or `RwLock`"),
            // These take care of what is in them.
            ("Mutex" | "RwLock" | "PhantomData", _) => return,
            _ => None,
        };
        match what {
            Some(what) => {
                self.0.get_or_insert(NotShared { ty: Type::Path(path.clone()), what });
            }
            None => visit::visit_type_path(self, path),
        }
    }

    fn visit_type_trait_object(&mut self, object: &'ast TypeTraitObject) {
        let mut names = object.bounds.iter().filter_map(|bound| match bound {
            TypeParamBound::Trait(bound) => bound.path.segments.last().map(|last| last.ident.to_string()),
            _ => None,
        });
        let names: Vec<String> = names.by_ref().collect();
        let of_rust = names.first().is_some_and(|first| OF_RUST.contains(&first.as_str()));
        let shared = ["Send", "Sync"].iter().all(|wanted| names.iter().any(|name| name == wanted));
        if of_rust && !shared {
            let what = "may be used by one thread only; write `+ Send + Sync` behind it";
            self.0.get_or_insert(NotShared { ty: Type::TraitObject(object.clone()), what });
        }
    }

    // What a function takes is not kept.
    fn visit_type_fn_ptr(&mut self, _: &'ast syn::TypeFnPtr) {}
}
