//! The contract with the harness (`kafka-streams/README.md`, section 4): arguments in, one JSON line out.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

/// The arguments every drain case gets.
const KNOWN: [&str; 18] = [
    "case",
    "bootstrap",
    "app-id",
    "in",
    "out",
    "store",
    "guarantee",
    "cache-bytes",
    "threads",
    "commit-ms",
    "linger-ms",
    "batch-bytes",
    "state-dir",
    "rules",
    "selectivity-ppm",
    "duration-s",
    "props",
    "partitions",
];

/// The arguments, as given.
#[derive(Debug)]
pub struct Args(BTreeMap<String, String>);

impl Args {
    /// Those of this process.
    pub fn from_env() -> Result<Self, String> {
        Self::parse(std::env::args().skip(1))
    }

    fn parse(mut given: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut all = BTreeMap::new();
        while let Some(name) = given.next() {
            let plain = name.strip_prefix("--").filter(|plain| KNOWN.contains(plain)).ok_or_else(|| format!("unknown argument {name}"))?;
            let value = given.next().ok_or_else(|| format!("{name} has no value"))?;
            all.insert(plain.to_owned(), value);
        }
        Ok(Args(all))
    }

    /// An argument that must be there.
    pub fn text(&self, name: &str) -> Result<&str, String> {
        self.0.get(name).map(String::as_str).ok_or_else(|| format!("--{name} is missing"))
    }

    /// A number, or `default` if it is not given.
    pub fn number(&self, name: &str, default: u64) -> Result<u64, String> {
        self.0.get(name).map_or(Ok(default), |text| text.parse().map_err(|_| format!("--{name} {text} is not a number")))
    }
}

/// Measures one run.
#[derive(Debug)]
pub struct Run {
    started: Instant,
    cpu_at_start: Duration,
    since_exec: Duration,
    first: Option<Instant>,
}

impl Run {
    /// To be called right before the engine starts.
    pub fn start() -> Self {
        Run { started: Instant::now(), cpu_at_start: cpu_time(), since_exec: since_exec(), first: None }
    }

    /// To be called when records are handed over; counts the first time only.
    pub fn records_came(&mut self) {
        self.first.get_or_insert_with(Instant::now);
    }

    /// To be called when everything is committed: the JSON line.
    pub fn end(&self, engine: &str, args: &Args, records: u64) -> Result<String, String> {
        let end = Instant::now();
        let cpu = (cpu_time() - self.cpu_at_start).as_secs_f64();
        let first = self.first.unwrap_or(end);
        let wall = (end - first).as_secs_f64();
        let engine_to_first = first - self.started;
        let mut line = Map::new();
        let mut put = |name: &str, value: Value| line.insert(name.to_owned(), value);
        put("engine", json!(engine));
        put("version", json!(env!("CARGO_PKG_VERSION")));
        for name in ["case", "store", "guarantee"] {
            put(name, json!(args.text(name).unwrap_or("none")));
        }
        for name in ["cache-bytes", "threads", "commit-ms", "linger-ms", "batch-bytes"] {
            put(&name.replace('-', "_"), json!(args.number(name, 0)?));
        }
        put("records", json!(records));
        put("processed", json!(records));
        put("wall_s", json!(wall));
        put("rec_s", json!((records as f64 / wall).round()));
        put("cpu_s", json!(cpu));
        put("cpu_s_per_m", json!(cpu / records as f64 * 1e6));
        put("cpu_total_s", json!(cpu_time().as_secs_f64()));
        put("peak_rss_mb", json!(peak_rss_mib()));
        put("engine_to_first_s", json!(engine_to_first.as_secs_f64()));
        put("start_to_first_s", json!((self.since_exec + engine_to_first).as_secs_f64()));
        Ok(Value::Object(line).to_string())
    }
}

/// Ticks of `/proc`: Linux shows them at this rate on every machine.
const TICKS_PER_SECOND: u64 = 100;

/// Fields of `/proc/self/stat` from the state on (field 3): a name in parentheses before may hold spaces.
fn stat() -> Vec<u64> {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let rest = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    rest.split_whitespace().map(|field| field.parse().unwrap_or(0)).collect()
}

fn ticks(n: u64) -> Duration {
    Duration::from_millis(n * 1000 / TICKS_PER_SECOND)
}

/// User and system time of this process.
pub fn cpu_time() -> Duration {
    let stat = stat();
    ticks(stat.get(11).unwrap_or(&0) + stat.get(12).unwrap_or(&0))
}

/// How long ago this process was started.
fn since_exec() -> Duration {
    let uptime = fs::read_to_string("/proc/uptime").unwrap_or_default();
    let seconds: f64 = uptime.split_whitespace().next().and_then(|s| s.parse().ok()).unwrap_or(0.0);
    let started = ticks(stat().get(19).copied().unwrap_or(0));
    Duration::from_secs_f64(seconds).saturating_sub(started)
}

fn peak_rss_mib() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse::<f64>().ok())
        .map_or(0.0, |kib| kib / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Args, String> {
        Args::parse(args.iter().map(|s| s.to_string()))
    }

    #[test]
    fn unknown_arguments_are_refused() {
        assert!(parse(&["--colour", "red"]).is_err());
        assert!(parse(&["--case"]).is_err());
        let args = parse(&["--case", "forward", "--linger-ms", "7"]).unwrap();
        assert_eq!(args.text("case"), Ok("forward"));
        assert_eq!(args.number("linger-ms", 1), Ok(7));
        assert_eq!(args.number("commit-ms", 9), Ok(9));
    }

    #[test]
    fn processor_time_and_memory_are_seen() {
        let before = cpu_time();
        let start = Instant::now();
        while start.elapsed() < Duration::from_millis(60) {
            std::hint::black_box(0);
        }
        assert!(cpu_time() > before);
        assert!(peak_rss_mib() > 0.5);
    }
}
