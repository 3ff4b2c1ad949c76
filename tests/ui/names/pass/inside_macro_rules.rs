//! A family of topologies: everything that differs comes through the parameters of a `macro_rules!` macro.
#![deny(warnings)]

use streams_runtime::prelude::*;

macro_rules! counter {
    ($name:ident -> $type:ty, $topic:literal, $out:expr, $key:ty, $filter:expr, $state:ident) => {
        topology! {
            /// Counts by key.
            pub fn $name(at_least: usize) -> $type {
                let records: Stream<$key, String> = stream($topic);
                let $state: Table<$key, u64> =
                    records.filter(|_, value| value.len() >= *at_least).filter($filter).group_by_key().count();
                $state.to_stream().to($out);
            }
        }
    };
}

counter!(words -> Words, "words", "word-counts", String, |_, word| word != "the", word_counts);
counter!(clicks -> Clicks, "clicks", "click-counts", u64, |page, _| *page > 0, click_counts);

fn main() {
    assert_eq!(words(3).plan().sub_topologies.len(), 1);
    assert_eq!(clicks(3).plan().name, "Clicks");
    assert_eq!(Clicks::CLICK_COUNTS.name(), "click_counts");
    assert_ne!(Words::FINGERPRINT, Clicks::FINGERPRINT);
}
