//! Graph → plan.
use crate::model::Topology;

pub(crate) struct Plan {
    pub(crate) topology: Topology,
}

pub(crate) fn plan(topology: Topology) -> Plan {
    Plan { topology }
}
