//! Scenarios recorded with `topology.optimization=all`.

use super::Scenario;

pub(super) fn scenarios() -> Vec<Scenario> {
    Vec::new()
}
