//! Who gets which partition: balanced, and as few as possible move.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::broker::TopicPartition;

/// A member as the assignor sees it.
#[derive(Debug, Default)]
pub(super) struct Candidate {
    pub(super) topics: BTreeSet<String>,
    /// What it has and is not asked back.
    pub(super) keeps: BTreeSet<TopicPartition>,
}

fn topic_count(owned: &BTreeSet<TopicPartition>, topic: &Arc<str>) -> i64 {
    owned.iter().filter(|p| p.topic == *topic).count() as i64
}

/// Distributes all partitions of the subscribed topics. Depends on nothing but its arguments.
pub(super) fn assign(
    members: &BTreeMap<u64, Candidate>,
    partitions_of: &dyn Fn(&str) -> Option<i32>,
) -> BTreeMap<u64, BTreeSet<TopicPartition>> {
    let mut target: BTreeMap<u64, BTreeSet<TopicPartition>> = members.keys().map(|&id| (id, BTreeSet::new())).collect();
    let topics: BTreeSet<&String> = members.values().flat_map(|m| &m.topics).collect();

    for topic in topics {
        let name: Arc<str> = Arc::from(topic.as_str());
        for partition in 0..partitions_of(topic).unwrap_or(0) {
            let partition = TopicPartition::new(name.clone(), partition);
            let holder = members.iter().find(|(_, m)| m.topics.contains(topic) && m.keeps.contains(&partition)).map(|(&id, _)| id);
            let owner = holder.or_else(|| {
                members
                    .iter()
                    .filter(|(_, m)| m.topics.contains(topic))
                    .map(|(&id, _)| id)
                    .min_by_key(|id| (target[id].len(), topic_count(&target[id], &name), *id))
            });
            if let Some(owned) = owner.and_then(|id| target.get_mut(&id)) {
                owned.insert(partition);
            }
        }
    }
    balance(members, &mut target);
    target
}

/// Moves partitions from the members that have most to those that have least until they differ by one at most.
fn balance(members: &BTreeMap<u64, Candidate>, target: &mut BTreeMap<u64, BTreeSet<TopicPartition>>) {
    while let Some((from, to, partition)) = find_move(members, target) {
        if let Some(owned) = target.get_mut(&from) {
            owned.remove(&partition);
        }
        if let Some(owned) = target.get_mut(&to) {
            owned.insert(partition);
        }
    }
}

fn find_move(members: &BTreeMap<u64, Candidate>, target: &BTreeMap<u64, BTreeSet<TopicPartition>>) -> Option<(u64, u64, TopicPartition)> {
    let mut by_load: Vec<u64> = target.keys().copied().collect();
    by_load.sort_by_key(|id| (target[id].len(), *id));
    for &to in &by_load {
        for &from in by_load.iter().rev() {
            if target[&from].len() < target[&to].len() + 2 {
                break;
            }
            let movable = target[&from].iter().filter(|p| members[&to].topics.contains(&*p.topic));
            // The topic in which the two differ most, so that every topic is spread; of that its last partition. One
            // that its present owner does not have yet moves for free.
            let best = movable.max_by_key(|p| {
                let difference = topic_count(&target[&from], &p.topic) - topic_count(&target[&to], &p.topic);
                (!members[&from].keeps.contains(*p), difference, *p)
            });
            if let Some(partition) = best {
                return Some((from, to, partition.clone()));
            }
        }
    }
    None
}
