//! `?` where it has its meaning: in closures that give an `Option` or a `Result`, and within them.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let lines: Stream<String, String> = stream("lines");
        lines.map_values(|line| { let word = line.split(' ').next()?; Some(word.len() as u64) }).to("lengths");
        lines.map_values(|line| (|| Some(line.split(' ').nth(1)?.len() as u64))().unwrap_or_default()).to("seconds");
        lines.filter(|_, line| { let n = (|| line.parse::<u64>().ok()?.checked_add(1))(); n.is_some() }).to("numbers");
        lines.try_map_values(|line| { let n: u64 = line.parse()?; Ok::<_, std::num::ParseIntError>(n + 1) }).to("next");
    }
}

fn main() {}
