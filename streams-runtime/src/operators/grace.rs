//! `.grace(…)` behind a join of a stream with a table that has a history: records wait until the table has had time to hear of changes
//! that were made before them.

use super::source::Decoded;
