//! Topologies from a seed.

mod draft;
mod end;
mod joins;
mod operators;
mod parts;

use crate::feature::{Feature, features};
use crate::random::Random;
use crate::topology::Topology;
use draft::Draft;

/// Topology number `index` of a seed. Each has a feature that it must have, by turns, so that all occur.
pub fn topology(seed: u64, index: usize) -> Topology {
    let mut random = Random::new(seed ^ (index as u64 + 1).wrapping_mul(0xa076_1d64_78bd_642f));
    // A turn of its own for each seed.
    let must = Feature::ALL[(index + Random::new(seed).below(1 << 20) as usize) % Feature::ALL.len()];
    // The last addition may be of three.
    let operators = 3 + random.below(4) as usize;
    let at = random.below(operators as u64) as usize;
    let mut draft = Draft { random, topology: Topology { topics: Vec::new(), nodes: Vec::new(), optimized: false }, sinks: 0 };
    // Some additions are no operators, or can be made only once.
    while draft.operators() < operators {
        let feature =
            if draft.operators() >= at && !features(&draft.topology).contains(&must) { must } else { draft.random.pick(Feature::ALL) };
        // Topics are few, so that records meet.
        let reads =
            matches!(feature, Feature::StreamOfTwoTopics | Feature::TableWithoutStore | Feature::VersionedTable | Feature::ExpiringTable);
        if feature == must || !reads || draft.topology.topics.len() < 2 {
            draft.add(feature);
        }
    }
    // An addition of several operators may have gone past its turn.
    if must != Feature::ComputedTopic && !features(&draft.topology).contains(&must) {
        draft.add(must);
    }
    draft.end(must);
    draft.topology.optimized |= draft.random.percent(20);
    draft.topology
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_seed_has_topologies_of_every_operator() {
        for seed in 0..200 {
            let topologies: Vec<Topology> = (0..64).map(|index| topology(seed, index)).collect();
            for feature in Feature::ALL {
                assert!(topologies.iter().any(|topology| features(topology).contains(feature)), "{feature:?} in seed {seed}");
            }
        }
    }

    #[test]
    fn a_topology_is_as_its_seed_has_it() {
        assert_eq!(topology(7, 3), topology(7, 3));
        assert_ne!(topology(7, 3), topology(8, 3));
        assert_ne!(topology(7, 3), topology(7, 4));
    }
}
