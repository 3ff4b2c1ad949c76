//! Rows of a store of a running application, many at a time: what the methods of [`StoreQuery`](crate::StoreQuery) return.

pub use crate::runtime::{Cursor, Page, Pages, Rows};
