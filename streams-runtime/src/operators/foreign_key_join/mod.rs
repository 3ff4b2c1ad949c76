//! `join` and `left_join` of two tables by a foreign key: each row of the left table meets the row of the right one that it names.
//!
//! The tables are divided differently, so the join is three nodes with two topics between them:
//!
//! ```text
//! left table --> Subscribe --(subscriptions, by foreign key)--> Subscriptions --(responses, by primary key)--> Resolve --> result
//!                                             right table --> RightChanges --^
//! ```
//!
//! `subscribe.rs` tells the right side which of its rows a left row wants; `answer.rs` keeps that, and answers now and whenever the right row
//! changes; `resolve.rs` joins an answer with the left row, if that is still the one that asked.

mod answer;
mod resolve;
mod subscribe;

use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

use streams_macros::with_cx;

pub use self::answer::RightRowChanges;
use self::answer::{Answers, SubscriptionsNode};
use self::resolve::ResolveNode;
use self::subscribe::Asks;
pub use self::subscribe::SubscribeNode;
use super::rows::Rows;
use super::settle::{Plain, Settle, Try};
use super::table_map_values::{CallRow, KeyAndValue, ValueOnly};
use super::table_table_join::{InnerJoin, JoinSides, LeftJoin};
use crate::codec::subscription::{Response, ResponseCodec, Subscription, SubscriptionCodec};
use crate::codec::{Codec, Nullable, OwnedData, StreamData};
use crate::handles::{Stream, Table};
use crate::node::PushChange;
use crate::plan::ForeignKeyTopic;
use crate::task::TaskBuilder;

/// What names a row of the right table: its key, or an `Option` of it, where `None` names no row.
#[diagnostic::on_unimplemented(
    message = "foreign key: the closure gives `{Self}`, the keys of the table on the right are `{TK}`",
    label = "not a key of the table on the right",
    note = "the closure gives the key by value, or `Option<{TK}>` where there may be none"
)]
pub trait ForeignKey<TK> {
    /// The operator `O`, if the keys fit.
    type Operator<O>;

    /// The operator itself.
    fn op<O>(operator: O) -> Self::Operator<O>;

    /// The key, if there is one.
    fn into_key(self) -> Option<TK>;
}

impl<TK: StreamData<Stored = TK>> ForeignKey<TK> for TK {
    type Operator<O> = O;

    fn op<O>(operator: O) -> O {
        operator
    }

    #[inline]
    fn into_key(self) -> Option<TK> {
        Some(self)
    }
}

impl<TK> ForeignKey<TK> for Option<TK> {
    type Operator<O> = O;

    fn op<O>(operator: O) -> O {
        operator
    }

    #[inline]
    fn into_key(self) -> Option<TK> {
        self
    }
}

/// The format that the right table's topic has its keys in: by its bytes a foreign key finds the partition that its row is in.
pub trait RightKeys<TK> {
    /// The format.
    type Codec: Codec<TK>;

    /// The format.
    fn codec(&self) -> Self::Codec;
}

/// That of the type.
#[derive(Clone, Copy, Debug)]
pub struct OfItsType;

impl<TK: StreamData> RightKeys<TK> for OfItsType {
    type Codec = TK::Codec;

    fn codec(&self) -> TK::Codec {
        TK::Codec::default()
    }
}

/// That of `.with(KeyCodec, ValueCodec)`.
#[derive(Clone, Copy, Debug)]
pub struct Written<KC>(KC);

impl<TK, KC: Codec<TK>> RightKeys<TK> for Written<KC> {
    type Codec = KC;

    fn codec(&self) -> KC {
        self.0.clone()
    }
}

macro_rules! methods {
    ($written:literal, $method:ident, $twin:ident, $extract:ident($($row:ty),*), $joiner:ident($($side:ty),*), $(#[$doc:meta])*) => {
        #[doc = concat!("In `topology!` this is written `", $written, "`.\n\n")]
        $(#[$doc])*
        #[with_cx]
        pub fn $method<TK, T, FK, A, X, F, J>(&self, other: &Table<TK, T>, foreign_key: X, f: F) -> (Table<K, A::Stored>, J)
        where
            FK: ForeignKey<TK>,
            FK: ForeignKey<TK, Operator<ForeignKeyJoin<$extract<X>, FK, $joiner<F>, K, V, TK, T, A, A, Plain, OfItsType>> = J>,
            A: OwnedData,
            X: FnMut($($row),*) -> FK,
            F: FnMut($($side),*) -> A,
        {
            let _ = other;
            (Table::handle(), FK::op(ForeignKeyJoin::new($extract(foreign_key), $joiner(f), stringify!($method))))
        }

        #[doc = concat!("In `topology!` this is written `try_", $written, "`.\n\n")]
        #[doc = concat!("[`", stringify!($method), "`](Self::", stringify!($method), ") with a joiner that may fail: an `Err` goes to the process handler of the application, and there is no row.")]
        #[with_cx]
        pub fn $twin<TK, T, FK, A, E, X, F, J>(&self, other: &Table<TK, T>, foreign_key: X, f: F) -> (Table<K, A::Stored>, J)
        where
            FK: ForeignKey<TK>,
            FK: ForeignKey<TK, Operator<ForeignKeyJoin<$extract<X>, FK, $joiner<F>, K, V, TK, T, A, Result<A, E>, Try, OfItsType>> = J>,
            A: OwnedData,
            X: FnMut($($row),*) -> FK,
            F: FnMut($($side),*) -> Result<A, E>,
        {
            let _ = other;
            (Table::handle(), FK::op(ForeignKeyJoin::new($extract(foreign_key), $joiner(f), stringify!($twin))))
        }
    };
}

impl<K, V> Table<K, V> {
    methods! {
        "join(table, |value| …, |left, right| …)",
        join_foreign, try_join_foreign, ValueOnly(&V), InnerJoin(&V, &T),
        /// The rows of this table whose foreign key has a row in the other one: `orders.join(users, |order| order.user.clone(), |order, user| …)`.
        ///
        /// Kafka Streams: `KTable.join(other, foreignKeyExtractor, joiner, TableJoined.as(name))`. The tables need not be partitioned alike: a
        /// row's wish travels through the topic `<application id>-<name>-subscription-registration-topic` to where the right row is, is kept
        /// there in the store `<name>-subscription-store`, and the answers come back through `<application id>-<name>-subscription-response-topic`.
        /// So the join has a name; with a written type it has a store of that name as well, and without one its rows cannot be looked up.
        ///
        /// A change of the right row changes the result of each row that names it. A row whose foreign key is `None` is in no result, and is
        /// counted as dropped. When a left row goes, or names another right row, there is a deletion even if there was no result before.
        ///
        /// An answer that is late, since the left row has changed again, is left out and counted as dropped. What counts are the bytes of the left
        /// value as they are stored; so a value may have several encodings, such as a `HashMap`. A view goes by the bytes of the table
        /// that it is a view of, where Kafka Streams takes those of the view's own value. Where Kafka Streams would keep a result whose left or
        /// right row is gone, since the answer that says so was late, the next commit sees to it.
        ///
        /// After a change on the left the result has the later of both rows' times, after one on the right that of the right row; and the headers
        /// of the change. A value without any bytes, such as an empty string, is a value on either side. (Kafka Streams takes one on the
        /// right for none.)
        ///
        /// ```
        /// use streams_runtime::prelude::*;
        /// use streams_test::TestDriver;
        ///
        /// topology! {
        ///     fn addressed() -> Addressed {
        ///         let orders: Table<u64, String> = table("orders");
        ///         let users: Table<String, String> = table("users");
        ///         let letters: Table<u64, String> =
        ///             orders.join(users, |order| order.split_once(':').map(|(user, _)| user.to_owned()), |order, town| format!("{order} to {town}"));
        ///         letters.to_stream().to("letters");
        ///     }
        /// }
        ///
        /// let driver = TestDriver::new(addressed())?;
        /// driver.input::<u64, String>("orders")?.pipe(&1, &"ann:tea".to_owned())?;
        /// driver.input::<String, String>("users")?.pipe(&"ann".to_owned(), &"Rome".to_owned())?;
        /// assert_eq!(driver.store(Addressed::LETTERS)?.get(&1u64), Some("ann:tea to Rome".to_owned()));
        /// # Ok::<(), streams_test::DriverError>(())
        /// ```
    }
    methods! {
        "join(table, |key, value| …, |left, right| …)",
        join_foreign_with_key, try_join_foreign_with_key, KeyAndValue(&K, &V), InnerJoin(&V, &T),
        /// [`join_foreign`](Self::join_foreign) with a foreign key made of key and value.
    }
    methods! {
        "left_join(table, |value| …, |left, right| …)",
        left_join_foreign, try_left_join_foreign, ValueOnly(&V), LeftJoin(&V, Option<&T>),
        /// All rows of this table, with the row of the other one that their foreign key names, or `None`.
        ///
        /// Kafka Streams: `KTable.leftJoin(other, foreignKeyExtractor, joiner, TableJoined.as(name))`. A foreign key that is `None` is joined with
        /// `None`. Otherwise as [`join_foreign`](Self::join_foreign).
    }
    methods! {
        "left_join(table, |key, value| …, |left, right| …)",
        left_join_foreign_with_key, try_left_join_foreign_with_key, KeyAndValue(&K, &V), LeftJoin(&V, Option<&T>),
        /// [`left_join_foreign`](Self::left_join_foreign) with a foreign key made of key and value.
    }
}

/// The operator before its parts are attached. `X` makes foreign keys `FK`, `C` joins the sides.
pub struct ForeignKeyJoin<X, FK, C, K, V, TK, T, A, R, M, KF> {
    foreign_key: Rc<RefCell<X>>,
    joiner: Rc<RefCell<C>>,
    node: &'static str,
    format: KF,
    #[expect(clippy::type_complexity, reason = "markers")]
    types: PhantomData<fn() -> (FK, K, V, TK, T, A, R, M)>,
}

impl<X, FK, C, K, V, TK, T, A, R, M> ForeignKeyJoin<X, FK, C, K, V, TK, T, A, R, M, OfItsType> {
    fn new(foreign_key: X, joiner: C, node: &'static str) -> Self {
        let (foreign_key, joiner) = (Rc::new(RefCell::new(foreign_key)), Rc::new(RefCell::new(joiner)));
        ForeignKeyJoin { foreign_key, joiner, node, format: OfItsType, types: PhantomData }
    }
}

impl<X, FK, C, K, V, TK, T, A, R, M, KF> ForeignKeyJoin<X, FK, C, K, V, TK, T, A, R, M, KF> {
    /// Says where in the topology this is, for error messages.
    #[must_use]
    pub fn at(mut self, node: &'static str) -> Self {
        self.node = node;
        self
    }

    /// Says in which format the right table's topic has its keys.
    #[must_use]
    pub fn right_keys<KC: Codec<TK>>(self, codec: KC) -> ForeignKeyJoin<X, FK, C, K, V, TK, T, A, R, M, Written<KC>> {
        let ForeignKeyJoin { foreign_key, joiner, node, .. } = self;
        ForeignKeyJoin { foreign_key, joiner, node, format: Written(codec), types: PhantomData }
    }
}

/// The name of the store of those who wait for rows of the right table.
fn subscription_store(join: &str) -> String {
    format!("{join}-subscription-store")
}

// Each method asks for no more than it needs, so that what is wrong with a closure is told once.
impl<X, FK, C, K, V, TK, T, A, R, M, KF> ForeignKeyJoin<X, FK, C, K, V, TK, T, A, R, M, KF>
where
    K: StreamData<Stored = K, Present = K> + Clone + Send + Sync + 'static,
    V: StreamData<Stored = V>,
    TK: StreamData<Stored = TK, Present = TK> + Clone + Send + Sync + 'static,
    T: StreamData<Stored = T> + Clone + Send + 'static,
    KF: RightKeys<TK>,
{
    /// Makes the node that takes the changes of the left table, for the join called `name`.
    pub fn subscribe<G>(&self, b: &mut TaskBuilder<'_>, name: &str, left: &G) -> SubscribeNode<Asks<X, FK, K, V, TK, KF::Codec>, G>
    where
        C: JoinSides<V, T, R>,
        G: Rows<K, V>,
    {
        left.keep_bytes(b);
        SubscribeNode::new(self.asks(b, name), left.clone(), C::LEFT_ALONE)
    }

    fn asks(&self, b: &mut TaskBuilder<'_>, name: &str) -> Asks<X, FK, K, V, TK, KF::Codec> {
        let target = b.foreign_key_target(&ForeignKeyTopic::Subscriptions(name.to_owned()));
        Asks::new(Rc::clone(&self.foreign_key), self.format.codec(), target, b.partition(), self.node)
    }

    /// Makes the node that takes the changes of the right table.
    pub fn right(&self, b: &mut TaskBuilder<'_>, name: &str) -> RightRowChanges<TK, T, KF::Codec> {
        RightRowChanges::new(Answers::new(b, name, self.node), self.format.codec())
    }

    /// Makes source number `index` of the sub-topology, called `source`, which reads the subscriptions and looks them up in the right table.
    pub fn subscriptions<G>(&self, b: &mut TaskBuilder<'_>, index: usize, source: &'static str, name: &str, right: &G)
    where
        G: Rows<TK, T> + 'static,
    {
        let node = SubscriptionsNode::new(Answers::<T>::new(b, name, self.node), self.format.codec(), right.clone());
        let messages: Stream<Option<TK>, Subscription> = Stream::handle();
        messages.source_with(Nullable(self.format.codec()), SubscriptionCodec).attach(b, index, source, node);
    }

    /// Makes source number `index` of the sub-topology, called `source`, which reads the answers, joins them with the left table and hands the
    /// results to `next`.
    pub fn responses<G, N>(self, b: &mut TaskBuilder<'_>, index: usize, source: &'static str, name: &str, left: &G, next: N)
    where
        X: CallRow<K, V, FK> + 'static,
        FK: ForeignKey<TK> + 'static,
        C: JoinSides<V, T, R> + 'static,
        A: OwnedData + 'static,
        R: 'static,
        M: Settle<R, Out = A> + 'static,
        V: 'static,
        G: Rows<K, V> + 'static,
        N: PushChange<K, A::Stored> + 'static,
    {
        let asks = self.asks(b, name);
        let node = ResolveNode::<X, FK, C, K, V, TK, T, A, R, M, KF::Codec, G, N>::new(self.joiner, left.clone(), asks, next);
        let answers: Stream<K, Response<T>> = Stream::handle();
        answers.source_with(K::Codec::default(), ResponseCodec(T::Codec::default())).attach(b, index, source, node);
    }
}
