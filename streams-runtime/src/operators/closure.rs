//! What the operators with one closure and one reader have in common: the value that the method returns, and the node that it becomes.

/// Defines operator `$op` and its node `$node`, generic over the closure `F`, its result `R`, how that is settled (`M`), and any types
/// that only the closure's arguments name. The operator's file adds the methods and the `Push` of the node.
macro_rules! closure_operator {
    ($op:ident, $node:ident $(, $types:ident)*) => {
        /// The operator before it is attached to what follows.
        pub struct $op<F, R, M $(, $types: ?Sized)*> {
            f: F,
            node: &'static str,
            types: std::marker::PhantomData<fn() -> (R, M $(, std::marker::PhantomData<$types>)*)>,
        }

        impl<F, R, M $(, $types: ?Sized)*> $op<F, R, M $(, $types)*> {
            pub(super) fn new(f: F, node: &'static str) -> Self {
                $op { f, node, types: std::marker::PhantomData }
            }

            /// Says where in the topology this is, for error messages.
            #[must_use]
            pub fn at(mut self, node: &'static str) -> Self {
                self.node = node;
                self
            }

            /// Makes the node that hands its results to `next`.
            pub fn attach<N>(self, next: N) -> $node<F, R, M $(, $types)*, N> {
                $node { op: self, next }
            }
        }

        /// The operator at work.
        pub struct $node<F, R, M $(, $types: ?Sized)*, N> {
            op: $op<F, R, M $(, $types)*>,
            next: N,
        }

        impl<F, R, M $(, $types: ?Sized)*, N: crate::node::Node> crate::node::Node for $node<F, R, M $(, $types)*, N> {
            fn signal(&mut self, signal: &mut crate::node::Signal, cx: &mut Context) -> Flow {
                self.next.signal(signal, cx)
            }
        }
    };
}
pub(super) use closure_operator;
