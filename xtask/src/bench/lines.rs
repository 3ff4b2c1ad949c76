//! The JSON lines of the benchmark kit, one per run; what they say together.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use serde_json::{Map, Value};

use super::kit::Side;
use crate::failure::{Context, Result};

/// One run of one side.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) side: Side,
    fields: Map<String, Value>,
    stores: Option<String>,
}

impl Line {
    pub(crate) fn parse(side: Side, json: &str) -> Result<Self> {
        let fields = serde_json::from_str(json).context(|| format!("not a JSON object: {json}"))?;
        Ok(Self { side, fields, stores: None })
    }

    /// Says the stores of all sides, where they differ; runs are compared all the same.
    pub(crate) fn with_stores(mut self, stores: &str) -> Self {
        self.stores = Some(stores.to_owned());
        self
    }

    pub(crate) fn number(&self, field: &str) -> Option<f64> {
        self.fields.get(field)?.as_f64()
    }

    pub(crate) fn text(&self, field: &str) -> Option<&str> {
        self.fields.get(field)?.as_str()
    }

    pub(crate) fn failed(&self) -> bool {
        self.fields.contains_key("error")
    }

    /// The share of the machine that went to others than engine, broker and kit while the engine ran.
    pub(crate) fn noise(&self) -> Option<f64> {
        let processors = thread::available_parallelism().map_or(1, usize::from) as f64;
        Some(self.number("other_cpu_s")? / (self.number("elapsed_s")? * processors))
    }

    /// The run as the kit printed it, with the side's own name: the kit knows only `java` and `rust`.
    pub(crate) fn to_json(&self) -> String {
        let mut fields = self.fields.clone();
        fields.insert("side".into(), self.side.name().into());
        Value::Object(fields).to_string()
    }

    /// What must be equal for two runs to be comparable.
    fn group(&self) -> String {
        let shown = |field| match self.fields.get(field) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => "?".into(),
        };
        let guarantee = if shown("guarantee") == "exactly_once_v2" { " exactly-once" } else { "" };
        let threads = if shown("threads") == "1" { String::new() } else { format!(" {} threads", shown("threads")) };
        let size = if shown("size") == "small" { String::new() } else { format!(" size {}", shown("size")) };
        // How much a latency run processed depends on how long it ran.
        let case = shown("case");
        let records = if case.starts_with("latency") { String::new() } else { format!(" n={}", shown("records")) };
        let stores = self.stores.clone().unwrap_or_else(|| shown("store"));
        format!("{case} store={stores} cache={}{guarantee}{threads}{size}{records}", shown("cache_bytes"))
    }
}

/// The comparable runs of all sides.
pub(crate) struct Group {
    pub(crate) name: String,
    sides: BTreeMap<Side, Vec<Line>>,
}

impl Group {
    /// Groups in the order in which they first appear.
    pub(crate) fn all(lines: &[Line]) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for line in lines {
            let name = line.group();
            let at = groups.iter().position(|g| g.name == name).unwrap_or_else(|| {
                groups.push(Group { name, sides: BTreeMap::new() });
                groups.len() - 1
            });
            groups[at].sides.entry(line.side).or_default().push(line.clone());
        }
        groups
    }

    pub(crate) fn sides(&self) -> impl Iterator<Item = Side> + '_ {
        self.sides.keys().copied()
    }

    /// How many runs of a side succeeded, and how many there were.
    pub(crate) fn runs(&self, side: Side) -> (usize, usize) {
        let lines = self.lines(side);
        (lines.iter().filter(|l| !l.failed()).count(), lines.len())
    }

    /// A figure over the successful runs of a side.
    pub(crate) fn summary(&self, side: Side, field: &str) -> Option<Summary> {
        let numbers = self.lines(side).iter().filter(|l| !l.failed()).filter_map(|l| l.number(field));
        Summary::of(numbers.collect())
    }

    /// `a` divided by `b`, of the medians.
    pub(crate) fn ratio(&self, a: Side, b: Side, field: &str) -> Option<f64> {
        Some(self.summary(a, field)?.median / self.summary(b, field)?.median)
    }

    /// Why the comparison does not count, if it does not.
    pub(crate) fn void(&self) -> Option<String> {
        if let Some(side) = self.sides().find(|&s| self.runs(s).0 < self.runs(s).1) {
            return Some(format!("a run of {} failed", side.name()));
        }
        let lines = || self.sides.values().flatten();
        let sums: BTreeSet<&str> = lines().filter_map(|l| l.text("checksum")).collect();
        if sums.len() > 1 {
            return Some("the outputs differ".into());
        }
        if sums.len() == 1 && lines().any(|l| l.text("checksum").is_none()) {
            return Some("a run has no checksum".into());
        }
        None
    }

    fn lines(&self, side: Side) -> &[Line] {
        self.sides.get(&side).map_or(&[], Vec::as_slice)
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Summary {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) greatest: f64,
}

impl Summary {
    /// `None` without numbers.
    pub(crate) fn of(mut numbers: Vec<f64>) -> Option<Self> {
        numbers.sort_by(f64::total_cmp);
        let (&least, &greatest) = (numbers.first()?, numbers.last()?);
        let half = numbers.len() / 2;
        let median = if numbers.len() % 2 == 1 { numbers[half] } else { (numbers[half - 1] + numbers[half]) / 2.0 };
        Some(Self { median, least, greatest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(side: Side, rec_s: f64, rest: &str) -> Line {
        let json = format!(
            r#"{{"case":"count","store":"memory","guarantee":"at_least_once","cache_bytes":0,"threads":1,"size":"small","records":9,"rec_s":{rec_s}{rest}}}"#
        );
        Line::parse(side, &json).unwrap()
    }

    #[test]
    fn medians_of_odd_and_even_counts() {
        assert_eq!(Summary::of(vec![]), None);
        assert_eq!(Summary::of(vec![3.0, 1.0, 2.0]).unwrap().median, 2.0);
        let even = Summary::of(vec![4.0, 1.0, 3.0, 2.0]).unwrap();
        assert_eq!(even, Summary { median: 2.5, least: 1.0, greatest: 4.0 });
    }

    #[test]
    fn failed_runs_do_not_count_as_figures_but_void_the_comparison() {
        let ok = line(Side::Java, 10.0, r#","checksum":"a""#);
        let failed = line(Side::Engine, 99.0, r#","error":"exit status 1""#);
        let engine = line(Side::Engine, 40.0, r#","checksum":"a""#);
        let group = &Group::all(&[ok, failed, engine])[0];
        assert_eq!(group.runs(Side::Engine), (1, 2));
        assert_eq!(group.ratio(Side::Engine, Side::Java, "rec_s"), Some(4.0));
        assert!(group.void().unwrap().contains("engine failed"));
    }

    #[test]
    fn outputs_must_be_there_and_equal() {
        let java = line(Side::Java, 1.0, r#","checksum":"a""#);
        let same = line(Side::Engine, 1.0, r#","checksum":"a""#);
        let other = line(Side::Engine, 1.0, r#","checksum":"b""#);
        let none = line(Side::Engine, 1.0, "");
        assert_eq!(Group::all(&[java.clone(), same])[0].void(), None);
        assert!(Group::all(&[java.clone(), other])[0].void().is_some());
        assert!(Group::all(&[java, none])[0].void().is_some());
    }

    #[test]
    fn runs_with_other_settings_are_not_compared() {
        let a = line(Side::Java, 1.0, "");
        let b = Line::parse(Side::Java, r#"{"case":"count","store":"rocksdb","records":9}"#).unwrap();
        let groups = Group::all(&[a.clone(), b, a]);
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].name, "count store=memory cache=0 n=9");
        assert_eq!(groups[0].runs(Side::Java), (2, 2));
    }

    #[test]
    fn runs_with_stores_that_differ_on_purpose_are_compared_and_say_so() {
        let java = Line::parse(Side::Java, r#"{"case":"count","store":"rocksdb","records":9,"checksum":"a"}"#).unwrap();
        let engine = Line::parse(Side::Engine, r#"{"case":"count","store":"memory","records":9,"checksum":"b"}"#).unwrap();
        let groups = Group::all(&[java, engine].map(|line| line.with_stores("memory, java rocksdb")));
        assert_eq!(groups.len(), 1);
        assert!(groups[0].name.starts_with("count store=memory, java rocksdb cache="));
        assert!(groups[0].void().is_some());
    }

    #[test]
    fn a_side_keeps_its_name_in_the_results() {
        let json = Line::parse(Side::Handwritten, r#"{"side":"rust","rec_s":1}"#).unwrap().to_json();
        assert_eq!(json, r#"{"rec_s":1,"side":"handwritten"}"#);
    }
}
