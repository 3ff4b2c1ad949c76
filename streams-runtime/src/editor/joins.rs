//! Joins. With a table, with a stream in windows, and by a closure that names a row are forms of
//! their own.

use super::forms::{Cx, closure_methods};
use super::language::{Behind, GlobalTable, Stream, Table};
use super::options::{Joined, JoinedView, LeftJoined, OuterJoined};
use crate::codec::StreamData;
use crate::windows::JoinWindows;

/// A table with what a closure gives, but for the nulls.
type TableOf<K, V> = Table<K, <V as StreamData>::Stored>;

/// Joins by a closure that names a row: the forms that have both closures with these parameters.
macro_rules! by_row {
    ($(
        fn $name:ident, $twin:ident[$($key_bound:path)?][$($bound:path)?]($table:ident |$($key:ty),*|, |$($side:ty),*|) -> $gives:ident<$($of:ident),*>, $options:ty;
    )*) => {$(
        #[doc(hidden)]
        pub fn $name<RK, R, FK $(: $key_bound)?, V2 $(: $bound)?>(
            &self,
            other: $table<RK, R>,
            key_of: impl FnMut($($key),*) -> FK,
            f: impl FnMut($($side),*) -> V2,
        ) -> Behind<$gives<$($of),*>, $options> {
            let _ = (other, key_of, f);
            super::shown()
        }

        #[doc(hidden)]
        pub fn $twin<RK, R, FK $(: $key_bound)?, V2 $(: $bound)?, E>(
            &self,
            other: $table<RK, R>,
            key_of: impl FnMut($($key),*) -> FK,
            f: impl FnMut($($side),*) -> Result<V2, E>,
        ) -> Behind<$gives<$($of),*>, $options> {
            let _ = (other, key_of, f);
            super::shown()
        }
    )*};
}

impl<K: StreamData + ?Sized, V: StreamData + ?Sized> Stream<K, V> {
    closure_methods! {
        /// Joins each record with the table's row of its key, as the table is when the record
        /// comes; without a row there is no result.
        ///
        /// Other forms: with a stream, `join(other, |left, right| …, within(minutes(5)))`, and with
        /// a global table, `join(table, |key, value| row_key, |value, row| …)`, whose last closure may
        /// see both keys: `|key, row_key, value, row| …`.
        ///
        /// Kafka Streams: `KStream.join`.
        fn join, try_join[TK, TV, V2](
            table: Table<TK, TV>, |&V::Present, &TV| V2
        ) -> Behind<Stream<K, V2>, Joined>;
        /// Joins each record with the table's row of its key, or with `None`.
        ///
        /// Other forms: with a stream, `left_join(other, |left, right| …, within(minutes(5)))`, and
        /// with a global table, `left_join(table, |key, value| row_key, |value, row| …)`, whose last
        /// closure may see both keys: `|key, row_key, value, row| …`.
        ///
        /// Kafka Streams: `KStream.leftJoin`.
        fn left_join, try_left_join[TK, TV, V2](
            table: Table<TK, TV>, |&V::Present, Option<&TV>| V2
        ) -> Behind<Stream<K, V2>, LeftJoined>;
        /// Joins each record with the table's row of its key.
        #[doc(hidden)]
        fn join__3, try_join__3, join__4, try_join__4[TK, TV, V2](
            table: Table<TK, TV>, |&K::Present, &V::Present, &TV| V2
        ) -> Behind<Stream<K, V2>, Joined>;
        /// Joins each record with the table's row of its key, or with `None`.
        #[doc(hidden)]
        fn left_join__3, try_left_join__3, left_join__4, try_left_join__4[TK, TV, V2](
            table: Table<TK, TV>, |&K, &V::Present, Option<&TV>| V2
        ) -> Behind<Stream<K, V2>, LeftJoined>;

        /// Joins the records of two streams that are near enough in time.
        #[doc(hidden)]
        fn join__in, try_join__in[OK, OV: StreamData, V2](
            other: Stream<OK, OV>, |&V::Stored, &OV::Stored| V2, windows: JoinWindows
        ) -> Behind<Stream<K, V2>, Joined>;
        /// Joins the records of two streams that are near enough in time.
        #[doc(hidden)]
        fn join__in__3, try_join__in__3, join__in__4, try_join__in__4[OK, OV: StreamData, V2](
            other: Stream<OK, OV>, |&K::Present, &V::Stored, &OV::Stored| V2, windows: JoinWindows
        ) -> Behind<Stream<K, V2>, Joined>;
        /// Joins the records of two streams that are near enough in time, the left ones also with `None`.
        #[doc(hidden)]
        fn left_join__in, try_left_join__in[OK, OV: StreamData, V2](
            other: Stream<OK, OV>, |&V::Stored, Option<&OV::Stored>| V2, windows: JoinWindows
        ) -> Behind<Stream<K, V2>, LeftJoined>;
        /// Joins the records of two streams that are near enough in time, the left ones also with `None`.
        #[doc(hidden)]
        fn left_join__in__3, try_left_join__in__3, left_join__in__4, try_left_join__in__4[OK, OV: StreamData, V2](
            other: Stream<OK, OV>, |&K, &V::Stored, Option<&OV::Stored>| V2, windows: JoinWindows
        ) -> Behind<Stream<K, V2>, LeftJoined>;
        /// Joins the records of two streams that are near enough in time, those of either also with `None`.
        #[doc(hidden)]
        fn outer_join__in, try_outer_join__in[OK, OV: StreamData, V2](
            other: Stream<OK, OV>, |Option<&V::Stored>, Option<&OV::Stored>| V2, windows: JoinWindows
        ) -> Behind<Stream<K, V2>, OuterJoined>;
        /// Joins the records of two streams that are near enough in time, those of either also with `None`.
        #[doc(hidden)]
        fn outer_join__in__3, try_outer_join__in__3, outer_join__in__4, try_outer_join__in__4[OK, OV: StreamData, V2](
            other: Stream<OK, OV>, |&K, Option<&V::Stored>, Option<&OV::Stored>| V2, windows: JoinWindows
        ) -> Behind<Stream<K, V2>, OuterJoined>;

        /// Joins the records of two streams that are near enough in time; those of either without
        /// a partner with `None`: `outer_join(other, |left, right| …, within(minutes(5)))`.
        ///
        /// Kafka Streams: `KStream.outerJoin`.
        fn outer_join, try_outer_join[OK, OV: StreamData, V2](
            other: Stream<OK, OV>, |Option<&V::Stored>, Option<&OV::Stored>| V2
        ) -> Behind<Stream<K, V2>, OuterJoined>;
    }

    by_row! {
        fn join__by, try_join__by[][](GlobalTable |&K, &V::Present|, |&V::Present, &R|) -> Stream<K, V2>, Joined;
        fn join__by__2__3, try_join__by__2__3[][](GlobalTable |&K, &V::Present|, |&K, &V::Present, &R|) -> Stream<K, V2>, Joined;
        fn join__by__2__4, try_join__by__2__4[StreamData][](GlobalTable |&K, &V::Present|, |&K, &FK::Present, &V::Present, &R|
        ) -> Stream<K, V2>, Joined;
        fn join__by__2__5, try_join__by__2__5[StreamData][](GlobalTable |&K, &V::Present|, |&K, &FK::Present, &V::Present, &R, Cx<'_>|
        ) -> Stream<K, V2>, Joined;
        fn join__by__3__2, try_join__by__3__2[][](GlobalTable |&K, &V::Present, Cx<'_>|, |&V::Present, &R|
        ) -> Stream<K, V2>, Joined;
        fn join__by__3__3, try_join__by__3__3[][](GlobalTable |&K, &V::Present, Cx<'_>|, |&K, &V::Present, &R|
        ) -> Stream<K, V2>, Joined;
        fn join__by__3__4, try_join__by__3__4[StreamData][](GlobalTable |&K, &V::Present, Cx<'_>|, |&K, &FK::Present, &V::Present, &R|
        ) -> Stream<K, V2>, Joined;
        fn join__by__3__5, try_join__by__3__5[StreamData][](GlobalTable |&K, &V::Present, Cx<'_>|, |&K, &FK::Present, &V::Present, &R, Cx<'_>|
        ) -> Stream<K, V2>, Joined;
        fn left_join__by, try_left_join__by[][](GlobalTable |&K, &V::Present|, |&V::Present, Option<&R>|
        ) -> Stream<K, V2>, LeftJoined;
        fn left_join__by__2__3, try_left_join__by__2__3[][](GlobalTable |&K, &V::Present|, |&K, &V::Present, Option<&R>|
        ) -> Stream<K, V2>, LeftJoined;
        fn left_join__by__2__4, try_left_join__by__2__4[][](GlobalTable |&K, &V::Present|, |&K, &FK, &V::Present, Option<&R>|
        ) -> Stream<K, V2>, LeftJoined;
        fn left_join__by__2__5, try_left_join__by__2__5[][](GlobalTable |&K, &V::Present|, |&K, &FK, &V::Present, Option<&R>, Cx<'_>|
        ) -> Stream<K, V2>, LeftJoined;
        fn left_join__by__3__2, try_left_join__by__3__2[][](GlobalTable |&K, &V::Present, Cx<'_>|, |&V::Present, Option<&R>|
        ) -> Stream<K, V2>, LeftJoined;
        fn left_join__by__3__3, try_left_join__by__3__3[][](GlobalTable |&K, &V::Present, Cx<'_>|, |&K, &V::Present, Option<&R>|
        ) -> Stream<K, V2>, LeftJoined;
        fn left_join__by__3__4, try_left_join__by__3__4[][](GlobalTable |&K, &V::Present, Cx<'_>|, |&K, &FK, &V::Present, Option<&R>|
        ) -> Stream<K, V2>, LeftJoined;
        fn left_join__by__3__5, try_left_join__by__3__5[][](GlobalTable |&K, &V::Present, Cx<'_>|, |&K, &FK, &V::Present, Option<&R>, Cx<'_>|
        ) -> Stream<K, V2>, LeftJoined;
    }
}

impl<K, V> Table<K, V> {
    closure_methods! {
        /// The keys that both tables have, with a value made of both rows.
        ///
        /// By a foreign key: `join(other, |value| row_key, |value, row| …)`.
        ///
        /// Kafka Streams: `KTable.join`.
        fn join, try_join, join__3, try_join__3[TK, T, V2: StreamData](other: Table<TK, T>, |&V, &T| V2) -> Behind<Table<K, V2::Stored>, JoinedView>;
        /// The keys of a table, with a value made of its row and of that of another or `None`.
        ///
        /// By a foreign key: `left_join(other, |value| row_key, |value, row| …)`.
        ///
        /// Kafka Streams: `KTable.leftJoin`.
        fn left_join, try_left_join, left_join__3, try_left_join__3[TK, T, V2: StreamData](
            other: Table<TK, T>, |&V, Option<&T>| V2
        ) -> Behind<Table<K, V2::Stored>, JoinedView>;
        /// The keys that either table has, with a value made of the rows that there are.
        ///
        /// Kafka Streams: `KTable.outerJoin`.
        fn outer_join, try_outer_join, outer_join__3, try_outer_join__3[TK, T, V2: StreamData](
            other: Table<TK, T>, |Option<&V>, Option<&T>| V2
        ) -> Behind<Table<K, V2::Stored>, JoinedView>;
    }

    by_row! {
        fn join__by, try_join__by[][StreamData](Table |&K, &V|, |&V, &R|) -> TableOf<K, V2>, JoinedView;
        fn join__by__1__2, try_join__by__1__2[][StreamData](Table |&V|, |&V, &R|) -> TableOf<K, V2>, JoinedView;
        fn join__by__3__2, try_join__by__3__2[][StreamData](Table |&K, &V, Cx<'_>|, |&V, &R|) -> TableOf<K, V2>, JoinedView;
        fn join__by__1__3, try_join__by__1__3[][StreamData](Table |&V|, |&V, &R, Cx<'_>|) -> TableOf<K, V2>, JoinedView;
        fn join__by__2__3, try_join__by__2__3[][StreamData](Table |&K, &V|, |&V, &R, Cx<'_>|) -> TableOf<K, V2>, JoinedView;
        fn join__by__3__3, try_join__by__3__3[][StreamData](Table |&K, &V, Cx<'_>|, |&V, &R, Cx<'_>|) -> TableOf<K, V2>, JoinedView;
        fn left_join__by, try_left_join__by[][StreamData](Table |&K, &V|, |&V, Option<&R>|) -> TableOf<K, V2>, JoinedView;
        fn left_join__by__1__2, try_left_join__by__1__2[][StreamData](Table |&V|, |&V, Option<&R>|) -> TableOf<K, V2>, JoinedView;
        fn left_join__by__3__2, try_left_join__by__3__2[][StreamData](Table |&K, &V, Cx<'_>|, |&V, Option<&R>|) -> TableOf<K, V2>, JoinedView;
        fn left_join__by__1__3, try_left_join__by__1__3[][StreamData](Table |&V|, |&V, Option<&R>, Cx<'_>|) -> TableOf<K, V2>, JoinedView;
        fn left_join__by__2__3, try_left_join__by__2__3[][StreamData](Table |&K, &V|, |&V, Option<&R>, Cx<'_>|) -> TableOf<K, V2>, JoinedView;
        fn left_join__by__3__3, try_left_join__by__3__3[][StreamData](Table |&K, &V, Cx<'_>|, |&V, Option<&R>, Cx<'_>|
        ) -> TableOf<K, V2>, JoinedView;
    }
}
