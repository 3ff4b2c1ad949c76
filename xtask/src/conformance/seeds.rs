//! A range of seeds: `7`, or `3..20` with both ends.

use std::str::FromStr;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seeds {
    pub(super) first: u32,
    pub(super) last: u32,
}

impl FromStr for Seeds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let number = |n: &str| n.parse::<u32>().map_err(|_| format!("{text} is no range of seeds: write 7, or 3..20 for 3 to 20"));
        let seeds = Seeds { first: number(first)?, last: number(last)? };
        if seeds.first > seeds.last { Err(format!("{text} has no seed in it")) } else { Ok(seeds) }
    }
}

#[cfg(test)]
mod tests {
    use super::Seeds;

    #[test]
    fn one_seed_and_a_range() {
        assert_eq!("7".parse(), Ok(Seeds { first: 7, last: 7 }));
        assert_eq!("3..20".parse(), Ok(Seeds { first: 3, last: 20 }));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in ["", "a", "3..", "..3", "3..=4", "-1"] {
            assert!(text.parse::<Seeds>().unwrap_err().contains("write 7, or 3..20"), "{text}");
        }
        assert_eq!("4..3".parse::<Seeds>(), Err("4..3 has no seed in it".to_owned()));
    }
}
