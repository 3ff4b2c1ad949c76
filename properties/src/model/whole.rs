//! What tables come to once everything has been handed on: functions of what their sources come to, whatever the order of the keys, the
//! caches, the commits and the partitions.

use std::collections::BTreeMap;

use super::closures::new_key;
use super::tables::pair;
use super::{Record, holds, mapped};
use crate::topology::{Id, Kind, Op, Rows, Topology};
use crate::values::Datum;

/// The rows of a table.
pub type Whole = BTreeMap<Datum, Datum>;

/// The rows that a table comes to; `None` where it depends on more than the last record of each key.
pub fn whole(topology: &Topology, records: &[Record], id: Id) -> Option<Whole> {
    let of = |input: Id| whole(topology, records, input);
    match &topology.nodes[id].op {
        Op::Table(topic, Rows::Stored) => Some(last(&topology.topics[*topic].name, records)),
        Op::ToTable { input } => match &topology.nodes[*input].op {
            Op::Stream(topics) if topics.len() == 1 => Some(last(&topology.topics[topics[0]].name, records)),
            _ => None,
        },
        Op::Filter { input, test, not, .. } if is_table(topology, *input) => {
            let rows = of(*input)?;
            Some(rows.into_iter().filter(|(key, value)| holds(*test, key, value) != *not).collect())
        }
        Op::MapValues { input, map, .. } if is_table(topology, *input) => {
            let rows = of(*input)?.into_iter().map(|(key, value)| (mapped(*map, &key, &value), key));
            Some(rows.filter(|(value, _)| value.is_some()).map(|(value, key)| (key, value)).collect())
        }
        // Both sides of a row that is deleted are gone when either is told, and the join says nothing: its row stays.
        Op::JoinTables { input, other, .. } if topology.share(*input, *other) => None,
        Op::JoinTables { input, other, how, joiner, .. } => {
            let (left, right) = (of(*input)?, of(*other)?);
            let keys = left.keys().chain(right.keys());
            let row = |key: &Datum| pair(*how, *joiner, left.get(key).unwrap_or(&Datum::Null), right.get(key).unwrap_or(&Datum::Null));
            Some(keys.map(|key| (key.clone(), row(key))).filter(|(_, value)| value.is_some()).collect())
        }
        Op::JoinForeign { input, other, key: foreign, how, joiner, .. } => {
            let (left, right) = (of(*input)?, of(*other)?);
            let named = |key: &Datum, value: &Datum| right.get(&new_key(*foreign, key, value)).cloned().unwrap_or(Datum::Null);
            let rows = left.iter().map(|(key, value)| (key.clone(), pair(*how, *joiner, value, &named(key, value))));
            Some(rows.filter(|(_, value)| value.is_some()).collect())
        }
        _ => None,
    }
}

fn is_table(topology: &Topology, id: Id) -> bool {
    matches!(topology.kinds()[id], Kind::Table(..))
}

/// The last value of each key.
fn last(topic: &str, records: &[Record]) -> Whole {
    let mut rows = Whole::new();
    for record in records.iter().filter(|record| record.topic == topic && record.key.is_some()) {
        rows.insert(record.key.clone(), record.value.clone());
    }
    rows.retain(|_, value| value.is_some());
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::{Base, How, Joiner, NewKey, Node, Part, Topic, Value};

    #[test]
    fn a_join_by_a_foreign_key_is_that_of_the_last_rows() {
        let topic = |name: &str| Topic { name: name.to_owned(), null_keys: true, value: Value { base: Base::Text, null: true } };
        let node = |op| Node { op, chained: false };
        // The key is a letter: `a` for an even code.
        let key = NewKey { part: Part::Value, letters: 2, null: None };
        let join = |how| Op::JoinForeign { input: 0, other: 1, key, how, joiner: Joiner { mark: '!', null: None }, stored: true };
        let topology = Topology {
            optimized: false,
            topics: vec![topic("left"), topic("right")],
            nodes: vec![node(Op::Table(0, Rows::Stored)), node(Op::Table(1, Rows::Stored)), node(join(How::Inner)), node(join(How::Left))],
        };
        let text = |text: &str| if text.is_empty() { Datum::Null } else { Datum::Text(text.to_owned()) };
        let record = |(topic, key, value): (&str, &str, &str)| Record {
            topic: topic.to_owned(),
            key: text(key),
            value: text(value),
            ts: 0,
            headers: Vec::new(),
        };
        let records = [
            ("left", "k", "b"),
            ("right", "a", "old"),
            ("left", "l", "c"),
            ("right", "a", "new"),
            ("left", "m", "d"),
            ("left", "m", ""),
            ("left", "", "b"),
        ];
        let records = records.map(record);
        let rows =
            |id| whole(&topology, &records, id).unwrap_or_default().into_iter().map(|(k, v)| format!("{k:?}={v:?}")).collect::<Vec<_>>();
        assert_eq!(rows(2), [r#""k"="b!new""#]);
        assert_eq!(rows(3), [r#""k"="b!new""#, r#""l"="c!null""#]);
    }
}
