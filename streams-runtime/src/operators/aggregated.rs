//! What an aggregation may fold into.

use crate::codec::{Known, OwnedData};
use crate::handles::Table;

/// An aggregate: an owned type with a format, since a table keeps it in its store.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no wire format, so an aggregation cannot keep it in the store of its table",
    label = "no wire format",
    note = "derive `StreamData` for it"
)]
pub trait Aggregated<K, O>: OwnedData {
    /// The table with the keys `K`, and the operator `O`; unknown where the aggregate has no
    /// format, so that one mistake is one error.
    type Of;

    /// The table, and the operator.
    fn of(operator: O) -> Self::Of;
}

#[diagnostic::do_not_recommend]
impl<A: OwnedData, K, O> Aggregated<K, O> for A {
    type Of = <A::Codec as Known<(Table<K, A::Stored>, O)>>::Is;

    fn of(operator: O) -> Self::Of {
        (Table::handle(), operator)
    }
}
