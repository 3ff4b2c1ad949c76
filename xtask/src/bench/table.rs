//! The result of a side-by-side run as a Markdown table, to be read and to be pasted.

use std::fmt::Write;

use super::kit::Side;
use super::lines::{Group, Summary};

/// Field of the JSON line, heading, decimals, with its range.
const COLUMNS: &[(&str, &str, usize, bool)] = &[
    ("rec_s", "records/s", 0, true),
    ("cpu_s_per_m", "CPU-s/M records", 2, true),
    ("peak_rss_mb", "peak RSS MB", 0, true),
    ("start_to_first_s", "start s", 2, false),
    ("broker_cpu_s", "broker CPU-s", 1, false),
    ("other_cpu_s", "other CPU-s", 1, false),
    ("p50_ms", "p50 ms", 1, false),
    ("p99_ms", "p99 ms", 1, true),
];

/// What the engine is compared with.
const AGAINST: &[Side] = &[Side::Java, Side::Handwritten, Side::Seam];

pub(crate) fn render(groups: &[Group]) -> String {
    let columns: Vec<_> = COLUMNS.iter().filter(|(field, ..)| groups.iter().any(|g| has(g, field))).collect();
    let mut out = String::from("| case | side | runs |");
    for (_, heading, ..) in &columns {
        let _ = write!(out, " {heading} |");
    }
    out += " outputs |\n|---|---|---|";
    out += &"---|".repeat(columns.len() + 1);
    out.push('\n');
    for group in groups {
        for side in group.sides() {
            let (good, all) = group.runs(side);
            let failed = if good < all { format!(" ({} failed)", all - good) } else { String::new() };
            let _ = write!(out, "| {} | {} | {good}{failed} |", group.name, side.name());
            for (field, _, decimals, range) in &columns {
                let _ = write!(out, " {} |", cell(group.summary(side, field), *decimals, *range));
            }
            out += " |\n";
        }
        for &other in AGAINST {
            if group.sides().any(|s| s == Side::Engine) && group.sides().any(|s| s == other) {
                let _ = write!(out, "| {} | **engine / {}** | |", group.name, other.name());
                for (field, ..) in &columns {
                    let ratio = group.ratio(Side::Engine, other, field);
                    let _ = write!(out, " {} |", ratio.map_or("-".into(), |r| format!("× {r:.2}")));
                }
                let _ = writeln!(out, " {} |", group.void().map_or("equal".into(), |why| format!("VOID: {why}")));
            }
        }
    }
    out
}

fn has(group: &Group, field: &str) -> bool {
    group.sides().any(|side| group.summary(side, field).is_some())
}

fn cell(summary: Option<Summary>, decimals: usize, range: bool) -> String {
    match summary {
        None => "-".into(),
        Some(s) if range => format!("{} ({} to {})", number(s.median, decimals), number(s.least, decimals), number(s.greatest, decimals)),
        Some(s) => number(s.median, decimals),
    }
}

/// With a comma between thousands.
fn number(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut out = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) && !out.ends_with('-') {
            out.push(',');
        }
        out.push(digit);
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::super::lines::Line;
    use super::*;

    #[test]
    fn numbers_have_commas() {
        assert_eq!(number(1_234_567.0, 0), "1,234,567");
        assert_eq!(number(999.0, 0), "999");
        assert_eq!(number(1000.25, 1), "1,000.2");
        assert_eq!(number(-123.0, 0), "-123");
    }

    #[test]
    fn one_row_per_side_and_one_per_comparison() {
        let line = |side, rec_s, sum| {
            let json = format!(
                r#"{{"case":"map_values","store":"none","cache_bytes":0,"threads":1,"size":"small","records":5,"rec_s":{rec_s},"checksum":"{sum}"}}"#
            );
            Line::parse(side, &json).unwrap()
        };
        let lines = [line(Side::Java, 400, "a"), line(Side::Engine, 1200, "a"), line(Side::Handwritten, 1000, "a")];
        let expected = "\
| case | side | runs | records/s | outputs |
|---|---|---|---|---|
| map_values store=none cache=0 n=5 | java | 1 | 400 (400 to 400) | |
| map_values store=none cache=0 n=5 | engine | 1 | 1,200 (1,200 to 1,200) | |
| map_values store=none cache=0 n=5 | handwritten | 1 | 1,000 (1,000 to 1,000) | |
| map_values store=none cache=0 n=5 | **engine / java** | | × 3.00 | equal |
| map_values store=none cache=0 n=5 | **engine / handwritten** | | × 1.20 | equal |
";
        assert_eq!(render(&Group::all(&lines)), expected);
        let differ = [line(Side::Java, 400, "a"), line(Side::Engine, 1200, "b")];
        assert!(render(&Group::all(&differ)).contains("VOID: the outputs differ"));
    }
}
