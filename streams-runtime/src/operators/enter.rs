//! Where what follows a source is put behind it. All that can be wrong with the user's code has been told by the operators by then, in
//! their own words; that the nodes do not fit either would be a second message for the same mistake, in words of nodes.
//!
//! So what fits is found by looking for a method: those here ask for nodes that fit, and where they do not, the methods of traits that ask
//! for nothing are found instead. A program in which that happens does not compile: rustc has told why, and where it had not, the
//! constant [`Unfit::TOLD`] cannot be evaluated.

use super::source::{ExtractTimestamp, StreamSource};
use crate::codec::Codec;
use crate::handles::{Stream, Table};
use crate::node::{Discard, Push, PushChange};
use crate::task::TaskBuilder;

/// A source, and what takes its records.
pub struct Enter<S, N>(pub S, pub N);

impl<K, V, KC, VC, E, N> Enter<StreamSource<K, V, KC, VC, E>, N>
where
    K: ?Sized + 'static,
    V: ?Sized + 'static,
    KC: Codec<K>,
    VC: Codec<V>,
    E: ExtractTimestamp<K, V> + 'static,
    N: Push<K, V> + 'static,
{
    /// Makes source number `index` of the sub-topology, called `name` in messages.
    pub fn attach(self, b: &mut TaskBuilder<'_>, index: usize, name: &'static str) {
        self.0.attach(b, index, name, self.1);
    }
}

/// A long path, and the handle that says what is pushed along it.
pub struct LongPath<H, N>(H, N);

impl<H: Copy, N> LongPath<H, N> {
    /// What is to be cut off behind `handle`.
    pub fn new(handle: &H, node: N) -> Self {
        LongPath(*handle, node)
    }
}

impl<K: ?Sized + 'static, V: ?Sized + 'static, N: Push<K, V> + 'static> LongPath<Stream<K, V>, N> {
    /// A box around it, so that rustc need not look through all of the path at once.
    pub fn boxed(self) -> Box<dyn Push<K, V>> {
        Box::new(self.1)
    }
}

impl<K: 'static, V: 'static, N: PushChange<K, V> + 'static> LongPath<Table<K, V>, N> {
    /// A box around it, so that rustc need not look through all of the path at once.
    pub fn boxed(self) -> Box<dyn PushChange<K, V>> {
        Box::new(self.1)
    }
}

/// What is said of nodes that do not fit.
pub trait Unfit: Sized {
    /// A mistake that no operator has told. Its evaluation fails.
    const TOLD: () = assert!(size_of::<Self>() == usize::MAX, "a node does not fit what is pushed to it, and no operator has told why");

    /// Never called in a program that compiles.
    fn attach(self, _: &mut TaskBuilder<'_>, _: usize, _: &'static str) {
        const { Self::TOLD }
    }

    /// Never called in a program that compiles.
    fn boxed(self) -> Discard {
        const { Self::TOLD };
        Discard
    }
}

impl<S, N> Unfit for Enter<S, N> {}
impl<H, N> Unfit for LongPath<H, N> {}
