//! `split`, and the tuple that it ends in.

use super::forms::{Cx, closure_methods};
use super::language::{Split, Stream};
use super::shown;

/// A tuple with one stream more.
pub trait Append<S> {
    /// The longer tuple.
    type With;
}

macro_rules! append {
    ($($name:ident)*) => {
        impl<S, $($name),*> Append<S> for ($($name,)*) {
            type With = ($($name,)* S,);
        }
    };
}
append!();
append!(A);
append!(A B);
append!(A B C);
append!(A B C D);
append!(A B C D E);
append!(A B C D E F);
append!(A B C D E F G);
append!(A B C D E F G H);
append!(A B C D E F G H I);
append!(A B C D E F G H I J);
append!(A B C D E F G H I J K);
append!(A B C D E F G H I J K L);

impl<K: ?Sized, V: ?Sized, B: Append<Stream<K, V>>> Split<K, V, B> {
    closure_methods! {
        /// One branch: a record goes to the first branch whose closure is true.
        ///
        /// Kafka Streams: `BranchedKStream.branch`.
        fn branch, try_branch, branch__3, try_branch__3(|&K, &V| bool) -> Split<K, V, B::With>;
    }

    /// Ends a `split`: the last branch gets what no other took.
    ///
    /// Kafka Streams: `BranchedKStream.defaultBranch`.
    pub fn otherwise(&self) -> Branches<B::With> {
        shown()
    }

    /// Ends a `split`: what no branch took is dropped.
    ///
    /// Kafka Streams: `BranchedKStream.noDefaultBranch`.
    pub fn no_default(&self) -> Branches<B> {
        shown()
    }
}

/// The streams of a finished `split`.
#[derive(Debug)]
pub struct Branches<B>(std::marker::PhantomData<fn() -> B>);

impl<B> Branches<B> {
    #[doc(hidden)]
    #[must_use]
    pub fn __end(&self) -> B {
        shown()
    }
}
