//! Instead of a closure: functions by name, those that a parameter holds, those that a call gives, and closures in braces.
use std::sync::Arc;

use streams_runtime::prelude::*;

pub struct Rules {
    pub keep: fn(&String, &u64) -> bool,
}

fn more_than(least: u64) -> impl Fn(&String, &u64) -> bool {
    move |_, n| *n > least
}

fn shorter(_: &String, n: &u64, sum: u64) -> u64 {
    sum.min(*n)
}

fn words(line: &String, out: &mut dyn FnMut(&str)) {
    for word in line.split(' ') {
        out(word);
    }
}

topology! {
    pub fn example(keep: fn(&String, &u64) -> bool, twice: Arc<dyn Fn(&u64) -> u64 + Send + Sync>, rules: Rules, min: u64) -> Example {
        let lines: Stream<String, String> = stream("lines");
        let numbers = lines.map_values(String::len).map_values(|n| *n as u64);
        lines.map_values(str::to_lowercase).to("lower");
        lines.flat_map_values(words).to("words");
        numbers.filter(keep).filter(rules.keep).filter(more_than(3)).filter(more_than(*min)).map_values(twice).to("numbers");
        numbers.filter({ |_, n| *n > 3 }).map_values((|n| n + 1)).to("in-braces");
        numbers.filter({ let least = *min + 1; move |_, n| *n > least && *n > *min }).to("in-a-block");
        let shortest: Table<String, u64> = numbers.group_by_key().aggregate(u64::default, shorter);
        shortest.to_stream().to("shortest");
    }
}

fn main() {}
