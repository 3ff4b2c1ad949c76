//! Settings of an application, with their defaults.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::broker::{Broker, Isolation};
use crate::context::Handlers;
use crate::plan::OffsetReset;
use crate::stores::{MemoryStores, StoreFactory};
use crate::time::clock::{Clock, SystemClock};

/// Settings of an application.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) application_id: String,
    pub(crate) broker: Option<Arc<dyn Broker>>,
    /// Missing source and sink topics are made with so many partitions (embedded log only).
    pub(crate) create_topics: Option<i32>,
    pub(crate) threads: usize,
    pub(crate) commit_interval: Duration,
    pub(crate) cache_max_bytes: usize,
    pub(crate) state_dir: Option<PathBuf>,
    /// State that has changed since the last start is what counts from now on.
    pub(crate) accept_state_changes: bool,
    pub(crate) stores: Arc<dyn StoreFactory>,
    pub(crate) handlers: Handlers,
    pub(crate) offset_reset: OffsetReset,
    /// Of source topics. Changelogs and global tables are read committed.
    pub(crate) isolation: Isolation,
    /// Other members of the group may run another topology.
    pub(crate) accept_other_topologies: bool,
    /// In the ids of clients; one of its own for each process if it is not given.
    pub(crate) process: Option<String>,
    pub(crate) replication_factor: i16,
    pub(crate) internal_topic_settings: BTreeMap<String, String>,
    pub(crate) window_changelog_additional_retention: Duration,
    pub(crate) instance_id: Option<String>,
    pub(crate) session_timeout: Duration,
    pub(crate) max_poll_interval: Duration,
    pub(crate) linger: Duration,
    pub(crate) batch_bytes: usize,
    pub(crate) producer_buffer_bytes: usize,
    pub(crate) delivery_timeout: Duration,
    pub(crate) fetch_ahead_bytes: usize,
    pub(crate) purge_interval: Duration,
    pub(crate) topic_refresh: Duration,
    pub(crate) clock: Arc<dyn Clock>,
    /// Starts without processing, until resumed.
    pub(crate) paused: bool,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            application_id: String::new(),
            broker: None,
            create_topics: None,
            threads: 1,
            commit_interval: Duration::from_secs(1),
            cache_max_bytes: 10 * 1024 * 1024,
            state_dir: None,
            accept_state_changes: false,
            stores: Arc::new(MemoryStores),
            handlers: Handlers::default(),
            offset_reset: OffsetReset::Earliest,
            isolation: Isolation::ReadCommitted,
            accept_other_topologies: false,
            process: None,
            replication_factor: -1,
            internal_topic_settings: BTreeMap::new(),
            window_changelog_additional_retention: Duration::from_secs(24 * 60 * 60),
            instance_id: None,
            session_timeout: Duration::from_secs(45),
            max_poll_interval: Duration::from_secs(300),
            linger: Duration::from_millis(10),
            batch_bytes: 1_000_000,
            producer_buffer_bytes: 32 * 1024 * 1024,
            delivery_timeout: Duration::from_secs(120),
            fetch_ahead_bytes: 4 * 1024 * 1024,
            purge_interval: Duration::from_secs(30),
            topic_refresh: Duration::from_secs(30),
            clock: Arc::new(SystemClock),
            paused: false,
        }
    }
}
