//! Collections, tuples, pointers and numbers as keys and values.
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use streams_runtime::prelude::*;

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, StreamData)]
enum Kind {
    Small,
    Large,
}

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, StreamData)]
struct Town(String);

#[derive(Clone, Serialize, Deserialize, StreamData)]
enum Tree {
    Leaf(u64),
    Fork(Box<Tree>, Vec<Tree>),
}

/// `u64`s behind a word of its own: nobody but the type can say that equal ones have the same bytes.
#[derive(Clone, Serialize, Deserialize, StreamData)]
#[stream_data(key)]
struct Stamp {
    at: other::Time,
}

mod other {
    #[derive(Clone, serde::Serialize, serde::Deserialize)]
    pub struct Time(pub u64);
}

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        let grouped = lines.group_by_key();
        let lists: Table<String, Vec<(i64, String)>> = grouped.aggregate(Vec::new, |_, line, mut list: Vec<(i64, String)>| { list.push((1, line.clone())); list });
        let sums: Table<String, (u64, f64)> = grouped.aggregate(|| (0, 0.0), |_, line, (n, sum)| (n + 1, sum + line.len() as f64));
        let maps: Table<String, HashMap<Kind, u32>> = grouped.aggregate(HashMap::new, |_, _, map: HashMap<Kind, u32>| map);
        let towns: Table<String, BTreeMap<Town, [u32; 3]>> = grouped.aggregate(BTreeMap::new, |_, _, map: BTreeMap<Town, [u32; 3]>| map);
        let sets: Table<String, HashSet<String>> = grouped.aggregate(HashSet::new, |_, line, mut set: HashSet<String>| { set.insert(line.clone()); set });
        let queues: Table<String, VecDeque<Option<f64>>> = grouped.aggregate(VecDeque::new, |_, _, queue: VecDeque<Option<f64>>| queue);
        let shared: Table<String, Arc<Vec<Tree>>> = grouped.aggregate(|| Arc::new(Vec::new()), |_, _, trees: Arc<Vec<Tree>>| trees);
        let sizes: Table<String, usize> = grouped.aggregate(|| 0, |_, line, n: usize| n + line.len());
        lists.to_stream().to("lists");
        sums.to_stream().to("sums");
        maps.to_stream().to("maps");
        towns.to_stream().to("towns");
        sets.to_stream().to("sets");
        queues.to_stream().to("queues");
        shared.to_stream().to("shared");
        sizes.to_stream().to("sizes");
        let by_pair: Table<(String, Kind), u64> = lines.group_by(|key, _| (key.clone(), Kind::Small)).count();
        let by_four: Table<(u8, i64, Town, Option<bool>), u64> = lines.group_by(|key, _| (1, 2, Town(key.clone()), None)).count();
        let by_set: Table<BTreeSet<char>, u64> = lines.group_by(|_, line| line.chars().collect::<BTreeSet<char>>()).count();
        let by_tree: Table<Tree, u64> = lines.group_by(|_, line| Tree::Leaf(line.len() as u64)).count();
        let by_stamp: Table<Stamp, u64> = lines.group_by(|_, line| Stamp { at: other::Time(line.len() as u64) }).count();
        let by_text: Table<Arc<str>, u64> = lines.group_by(|_, line| Arc::<str>::from(line.as_str())).count();
        let by_letter: Table<char, u64> = lines.group_by(|_, line| line.chars().next().unwrap_or(' ')).count();
        let by_bytes: Table<[u8; 4], u64> = lines.group_by(|_, line| (line.len() as u32).to_be_bytes()).count();
        by_pair.to_stream().to("by_pair");
        by_four.to_stream().to("by_four");
        by_set.to_stream().to("by_set");
        by_tree.to_stream().to("by_tree");
        by_stamp.to_stream().to("by_stamp");
        by_text.to_stream().to("by_text");
        by_letter.to_stream().to("by_letter");
        by_bytes.to_stream().to("by_bytes");
    }
}

fn main() {
    let _ = (Kind::Large, Tree::Fork(Box::new(Tree::Leaf(1)), Vec::new()));
    example();
}
