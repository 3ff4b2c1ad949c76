//! Where records with the same key must meet.

use std::fmt::Display;

use crate::diagnostics::*;
use crate::model::{Argument, Topology};
use crate::operators::Kind;

pub(super) fn check(cx: &mut Errors, topology: &Topology) {
    let flows = topology.flows();
    for id in topology.ids() {
        let node = topology.node(id);
        let Some(receiver) = node.receiver else { continue };
        let divided = node.stores().iter().any(|(store, _)| topology.node(*store).gives() != Kind::GlobalTable);
        if divided && let Some(change) = flows[receiver.0].rekeyed {
            let change = topology.node(change);
            let values: &[(&str, &dyn Display)] =
                &[("change", &change.operator()), ("place", &place(change.span)), ("operator", &node.operator())];
            cx.report(node.span, KEY_CHANGE_BEFORE_STORES, values);
        }
        for (table, span) in node.stores().iter().filter(|(table, _)| topology.node(*table).gives() == Kind::Table) {
            if let (Some((left, at)), Some((right, _))) = (flows[receiver.0].partitions, flows[table.0].partitions)
                && left != right
            {
                let values: &[(&str, &dyn Display)] = &[
                    ("left", &topology.called(receiver)),
                    ("left_count", &left),
                    ("place", &place(at)),
                    ("right", &topology.called(*table)),
                    ("right_count", &right),
                    ("operator", &node.operator()),
                ];
                cx.report(*span, ROWS_PARTITIONS_DIFFER, values);
            }
        }
        for argument in &node.args {
            let Argument::Operand(table, span) = argument else { continue };
            // The sides of a foreign-key join may be divided differently.
            let together = !node.joins_by_foreign_key() && (topology.node(*table).gives() == Kind::Table || node.joins_streams());
            if !together || topology.needs_repartition(id, &flows) {
                continue;
            }
            if let (Some((left, at)), Some((right, _))) = (flows[receiver.0].partitions, flows[table.0].partitions)
                && left != right
            {
                let values: &[(&str, &dyn Display)] = &[
                    ("left", &topology.called(receiver)),
                    ("left_count", &left),
                    ("place", &place(at)),
                    ("right", &topology.called(*table)),
                    ("right_count", &right),
                ];
                cx.report(*span, if node.joins_tables() { TABLES_PARTITIONS_DIFFER } else { PARTITIONS_DIFFER }, values);
            }
        }
    }
}
