//! What the macro cannot read off the text, since it comes from a constant or a parameter, is looked at before the start: windows,
//! durations, and names of topics.

use std::time::Duration;

use regex::Regex;

use crate::broker::check_topic_name;
use crate::plan::SourceTopics;
use crate::runtime::StartupProblem;
use crate::windows::{JoinWindows, Windows, duration_ms};

/// Where something was written, for messages.
#[derive(Clone, Copy, Debug)]
pub struct Written {
    /// The operator.
    pub operator: &'static str,
    /// The state or the stream that it is about.
    pub name: &'static str,
    /// The expression, as it was written.
    pub expression: &'static str,
}

/// Looks at what a topology says of windows, durations and topics. Made and filled by generated code, through `Topology::check`.
#[derive(Debug, Default)]
pub struct Checks {
    problems: Vec<StartupProblem>,
    /// Sources: name and topics.
    reads: Vec<(&'static str, SourceTopics)>,
    /// Sinks: name, topic, and the sources that lead there, by index.
    writes: Vec<(&'static str, String, Vec<usize>)>,
}

impl Checks {
    /// The windows of an aggregation. `closes` is the operator that waits until a window closes, if one does.
    pub fn windows(&mut self, at: Written, windows: &impl Windows, retention: Option<Duration>, closes: Option<&'static str>) {
        if let Some(problem) = windows.problem() {
            return self.problem(at, problem);
        }
        if let Some(closes) = closes {
            if windows.final_after_ms().is_none_or(|after_ms| after_ms == i64::MAX) {
                self.problem(at, format!("`{closes}` waits until a window closes, and these never do"));
            } else if !windows.has_grace() {
                let reason = format!(
                    "`{closes}` needs to know when a window closes: write `.grace(…)`, with `millis(0)` if late records do not matter"
                );
                self.problem(at, reason);
            }
        }
        let (least_ms, kept_ms) = (windows.retention_ms(), retention.map(duration_ms));
        if let Some(kept_ms) = kept_ms.filter(|kept_ms| *kept_ms < least_ms) {
            self.problem(at, format!("a retention of {kept_ms} ms is too short: these windows take records for {least_ms} ms"));
        }
    }

    /// The windows of a join of streams. Those of a left or outer join say their grace.
    pub fn join_windows(&mut self, at: Written, windows: &JoinWindows, is_outer: bool) {
        if let Some(problem) = windows.problem() {
            self.problem(at, problem);
        } else if is_outer && !windows.has_grace() {
            let reason = "a record without a partner waits until its window closes: write `.grace(…)`, with `millis(0)` if late records do not matter";
            self.problem(at, reason.to_owned());
        }
    }

    /// A duration that has to be at least as long as another one, if there is one, and longer than nothing.
    pub fn duration(&mut self, at: Written, duration: Duration, least: Option<(&'static str, Duration)>) {
        let ms = duration_ms(duration);
        if ms == 0 {
            self.problem(at, "it is shorter than 1 ms".to_owned());
        } else if let Some((what, least)) = least.filter(|(_, least)| *least > duration) {
            self.problem(at, format!("{ms} ms is shorter than {what}, which is {} ms", duration_ms(least)));
        }
    }

    /// A source.
    pub fn read(&mut self, name: &'static str, topics: SourceTopics) {
        self.reads.push((name, topics));
    }

    /// A sink, with the sources that lead there, by the order in which they were given.
    pub fn write(&mut self, name: &'static str, topic: String, made_of: &[usize]) {
        self.writes.push((name, topic, made_of.to_vec()));
    }

    /// Everything that is wrong.
    pub fn finish(mut self) -> Vec<StartupProblem> {
        self.names();
        self.read_twice();
        self.feedback();
        self.problems
    }

    fn problem(&mut self, at: Written, reason: String) {
        let Written { operator, name, expression } = at;
        self.problems.push(StartupProblem::Topology { place: format!("`{operator}` of `{name}`, `{expression}`"), reason });
    }

    fn names(&mut self) {
        let mut names: Vec<(&str, &String)> = Vec::new();
        for (name, topics) in &self.reads {
            if let SourceTopics::Named(topics) = topics {
                names.extend(topics.iter().map(|topic| (*name, topic)));
            }
        }
        names.extend(self.writes.iter().map(|(name, topic, _)| (*name, topic)));
        for (name, topic) in names {
            if let Err(error) = check_topic_name(topic) {
                self.problems.push(StartupProblem::Topology { place: format!("topic `{topic}` of `{name}`"), reason: error.to_string() });
            }
        }
    }

    fn read_twice(&mut self) {
        for (index, (name, topics)) in self.reads.iter().enumerate() {
            let SourceTopics::Named(topics) = topics else { continue };
            for (at, topic) in topics.iter().enumerate() {
                let others = self.reads.iter().enumerate().filter(|(other, (_, topics))| {
                    // Of two named sources the first one sees it.
                    *other > index && reads(topics, topic)
                        || *other < index && matches!(topics, SourceTopics::Pattern(_)) && reads(topics, topic)
                });
                let other = others.map(|(_, (other, _))| *other).next().or(topics[..at].contains(topic).then_some(*name));
                if let Some(other) = other {
                    let reason = "one source reads a topic: a name can be used any number of times".to_owned();
                    self.problems
                        .push(StartupProblem::Topology { place: format!("topic `{topic}` is read by `{name}` and by `{other}`"), reason });
                }
            }
        }
    }

    fn feedback(&mut self) {
        // By index of a sink: the sinks that lead to it through a topic, looked at in the order of the text.
        for (index, (name, topic, made_of)) in self.writes.iter().enumerate() {
            let mut open: Vec<&Vec<usize>> = vec![made_of];
            let mut seen: Vec<usize> = Vec::new();
            let mut comes_back = None;
            while let (Some(sources), None) = (open.pop(), comes_back) {
                for source in sources {
                    let Some((source_name, topics)) = self.reads.get(*source) else { continue };
                    if reads(topics, topic) {
                        comes_back = Some(*source_name);
                    }
                    for (before, (_, written, made_of)) in self.writes.iter().enumerate().take(index) {
                        if reads(topics, written) && !seen.contains(&before) {
                            seen.push(before);
                            open.push(made_of);
                        }
                    }
                }
            }
            if let Some(source) = comes_back {
                let place = format!("topic `{topic}` of `{name}`");
                let reason = format!(
                    "it is made of what `{source}` reads from it, so that each record would come round without end; `.feedback()` says that it is meant"
                );
                self.problems.push(StartupProblem::Topology { place, reason });
            }
        }
    }
}

/// Whether a source reads a topic.
fn reads(topics: &SourceTopics, topic: &str) -> bool {
    match topics {
        SourceTopics::Named(names) => names.iter().any(|name| name == topic),
        SourceTopics::Pattern(pattern) => Regex::new(&format!("^(?:{pattern})$")).is_ok_and(|regex| regex.is_match(topic)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::windows::{hopping, millis, minutes, seconds, sessions, tumbling, unlimited, within};

    const AT: Written = Written { operator: "windowed_by", name: "counts", expression: "tumbling(*size)" };

    fn told(check: impl FnOnce(&mut Checks)) -> String {
        let mut checks = Checks::default();
        check(&mut checks);
        checks.finish().iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn windows_are_told_with_what_was_written() {
        assert_eq!(told(|c| c.windows(AT, &tumbling(minutes(1)), None, None)), "");
        let none = told(|c| c.windows(AT, &tumbling(millis(0)), None, None));
        assert_eq!(none, "`windowed_by` of `counts`, `tumbling(*size)`: the windows have no size: write at least 1 ms");
        assert!(told(|c| c.windows(AT, &hopping(seconds(1), seconds(2)), None, None)).contains("advance by 2000 ms"));
        assert!(told(|c| c.windows(AT, &sessions(millis(0)), None, None)).contains("`counts`"));
        let short = told(|c| c.windows(AT, &tumbling(seconds(2)).grace(seconds(1)), Some(seconds(2)), None));
        assert!(short.ends_with("a retention of 2000 ms is too short: these windows take records for 3000 ms"), "{short}");
    }

    #[test]
    fn what_waits_for_the_end_of_windows_needs_one() {
        let closes = Some("suppress");
        assert_eq!(told(|c| c.windows(AT, &tumbling(seconds(1)).grace(millis(0)), None, closes)), "");
        assert!(told(|c| c.windows(AT, &tumbling(seconds(1)), None, closes)).contains("write `.grace(…)`"));
        assert!(told(|c| c.windows(AT, &unlimited(), None, closes)).contains("these never do"));
    }

    #[test]
    fn joins_and_durations() {
        assert_eq!(told(|c| c.join_windows(AT, &within(seconds(1)), false)), "");
        assert!(told(|c| c.join_windows(AT, &within(seconds(1)), true)).contains("write `.grace(…)`"));
        assert!(told(|c| c.join_windows(AT, &within(seconds(1)).after_ms(-1_001), false)).contains("end before they begin"));
        assert!(told(|c| c.duration(AT, millis(0), None)).ends_with("it is shorter than 1 ms"));
        let shorter = told(|c| c.duration(AT, millis(5), Some(("the grace", millis(7)))));
        assert!(shorter.ends_with("5 ms is shorter than the grace, which is 7 ms"), "{shorter}");
    }

    #[test]
    fn topics_have_one_reader_and_legal_names_and_no_way_back() {
        let named = |topic: &str| SourceTopics::Named(vec![topic.to_owned()]);
        assert!(told(|c| c.read("a", named("a b"))).starts_with("topic `a b` of `a`: "));
        let twice = told(|c| {
            c.read("a", named("orders"));
            c.read("b", named("orders"));
        });
        assert!(twice.starts_with("topic `orders` is read by `a` and by `b`: "), "{twice}");
        let through = told(|c| {
            c.read("a", named("orders"));
            c.read("b", SourceTopics::Pattern("big-.*".to_owned()));
            c.write("a.to", "big-orders".to_owned(), &[0]);
            c.write("b.to", "orders".to_owned(), &[1]);
        });
        assert!(through.starts_with("topic `orders` of `b.to`: it is made of what `a` reads from it"), "{through}");
        let right = told(|c| {
            c.read("a", named("orders"));
            c.write("a.to", "copies".to_owned(), &[0]);
        });
        assert_eq!(right, "");
    }
}
