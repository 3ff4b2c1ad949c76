//! The same recordings in another way: with a cache in front of the stores, and with restarts.

use std::io;
use std::path::Path;

use super::{Outcome, Scenario, file_name, format, replay, scenarios, vectors};

/// Of a few rows, and of everything.
const CACHES_BYTES: [usize; 2] = [500, 1 << 20];

/// Before every record, and before some.
const RESTARTS_EVERY: [usize; 2] = [1, 7];

/// What became of each file of a directory with caches, by name; files are left out to whose
/// scenario a cache makes a difference.
///
/// # Errors
/// When the directory cannot be read.
pub fn replay_cached(directory: &Path) -> io::Result<Vec<(String, Outcome)>> {
    each(directory, "a cache of bytes", CACHES_BYTES, replay_with_cache)
}

/// What became of each file of a directory with restarts, by name; files are left out to whose
/// scenario a restart makes a difference.
///
/// # Errors
/// When the directory cannot be read.
pub fn replay_restarted(directory: &Path) -> io::Result<Vec<(String, Outcome)>> {
    each(directory, "restarts every", RESTARTS_EVERY, replay_restarting)
}

type Replay = fn(&[Scenario], &str, usize) -> Result<bool, String>;

fn each(directory: &Path, what: &str, sizes: [usize; 2], replay: Replay) -> io::Result<Vec<(String, Outcome)>> {
    let scenarios = scenarios();
    let mut outcomes = Vec::new();
    for path in vectors(directory)? {
        let text = std::fs::read_to_string(&path)?;
        for size in sizes {
            let outcome = match replay(&scenarios, &text, size) {
                Ok(true) => Outcome::Passed,
                Ok(false) => continue,
                Err(difference) => Outcome::Failed(difference),
            };
            outcomes.push((format!("{}, {what} {size}", file_name(&path)), outcome));
        }
    }
    Ok(outcomes)
}

/// Scenarios that make something of every result of a store (a group of its rows that is added to
/// and subtracted from, with what was there in between; calls counted): a cache in front leaves
/// results out, so that sums agree and histories, zeros and times do not.
const COUNT_RESULTS: &[&str] = &[
    "count_of_counts",
    "fk_then_group",
    "histogram_of_counts",
    "loopless_feedback",
    "session_alerts",
    "suppress_then_group",
    "suppress_zero",
    "table_group_aggregate",
    "table_group_aggregate_same_group",
    "table_group_count",
    "table_group_filtered",
    "table_group_reduce",
    "table_transform_values",
    "table_unversioned_group",
    "table_versioned_group",
    "tt_join_then_group",
];

/// Scenarios with a store behind the results of another, which hears of them only with the commit.
const BEHIND_RESULTS: &[&str] = &[
    "fk_inner_materialized",
    "fk_left_materialized",
    "table_filter_chain",
    "table_filter_materialized",
    "table_map_values_materialized",
    "tt_inner_materialized",
    "tt_left_null_result",
    "tt_outer_materialized",
    "windowed_then_table",
    "windowed_views",
];

/// Scenarios with a store of results of two tables, whose rows have the time of the later change: a
/// cache lets the changes of one table go before those of the other, whatever their order was, and
/// changes that come and go not at all.
const TIMED_BY_THE_LATER: &[(&str, &str)] =
    &[("fk_inner_materialized", "j"), ("fk_left_materialized", "j"), ("tt_left_null_result", "j"), ("tt_outer_materialized", "j")];

/// What differs at the end when the stores have a cache, which holds results back and must not
/// change what they come to.
///
/// # Errors
/// When the file is not of the format, and when something differs.
fn replay_with_cache(scenarios: &[Scenario], text: &str, cache_bytes: usize) -> Result<bool, String> {
    let vector: format::Vector = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let name = vector.scenario.as_str();
    let known = scenarios.iter().find(|scenario| scenario.name == name && !COUNT_RESULTS.contains(&name));
    let Some(scenario) = known.filter(|scenario| !scenario.stores.is_empty()) else { return Ok(false) };
    let timeless = TIMED_BY_THE_LATER.iter().find(|(scenario, _)| *scenario == name).map(|(_, store)| *store);
    replay::final_state(scenario, &vector, cache_bytes, BEHIND_RESULTS.contains(&name), timeless)?;
    Ok(true)
}

/// Scenarios with something that a restart forgets, in Kafka Streams as well: the stream time of an
/// aggregation in windows that sends every change and of a suppress, or when a schedule was last
/// run.
const FORGETFUL: &[&str] = &[
    "cogroup_session",
    "cogroup_sliding",
    "cogroup_tumbling",
    "group_by_tumbling",
    "hopping_aggregate",
    "hopping_count",
    "order_pipeline",
    "process_retime",
    "punctuate_wall_clock",
    "session_aggregate",
    "session_count",
    "session_edges",
    "session_reduce",
    "sliding_count",
    "sliding_early",
    "sliding_edges",
    "suppress_hopping",
    "suppress_session",
    "suppress_then_group",
    "suppress_time_limit",
    "suppress_tumbling",
    "suppress_windowed_time_limit",
    "timestamp_extractor",
    "tt_windowed",
    "tumbling_aggregate_null",
    "tumbling_count",
    "tumbling_count_grace",
    "tumbling_edges",
    "tumbling_reduce",
    "tumbling_retention",
    "two_counts",
    "two_counts_optimized",
    "windowed_then_table",
    "windowed_views",
];

/// What differs when the application is stopped and started again before every so many records, its
/// stores restored from their changelogs.
///
/// # Errors
/// When the file is not of the format, and when something differs.
fn replay_restarting(scenarios: &[Scenario], text: &str, every: usize) -> Result<bool, String> {
    let vector: format::Vector = serde_json::from_str(text).map_err(|e| e.to_string())?;
    let name = vector.scenario.as_str();
    let known = scenarios.iter().find(|scenario| scenario.name == name && !name.starts_with("quirk_") && !FORGETFUL.contains(&name));
    let Some(scenario) = known.filter(|scenario| !scenario.stores.is_empty()) else { return Ok(false) };
    replay::replay_restarting(scenario, &vector, every)?;
    Ok(true)
}
