//! What the simulations themselves have to keep.

use streams_test::simulate::Cuts;

use crate::named::all;

#[test]
fn the_same_seed_does_the_same() {
    for named in all(None) {
        for seed in [3, 11] {
            let (findings, first, hash) = named.runs.replay(seed, &Cuts::default());
            let (_, second, again) = named.runs.replay(seed, &Cuts::default());
            assert_eq!((&first, hash), (&second, again), "{} {seed}", named.name);
            assert!(findings.is_empty(), "{} {seed}: {findings:?}", named.name);
            assert!(first.len() > 50, "{} {seed} does something", named.name);
        }
    }
}

#[test]
fn a_few_seeds_of_each_hold() {
    for named in all(None) {
        let (report, failed) = named.runs.search(0..10, 2);
        assert_eq!((report.seeds, failed), (10, Vec::new()), "{}", named.name);
    }
}
