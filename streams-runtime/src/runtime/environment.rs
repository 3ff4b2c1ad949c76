//! What the parts of an application have in common from its start to its end.

use std::path::PathBuf;
use std::sync::Arc;

use super::config::Config;
use crate::broker::Broker;
use crate::plan::TopologyPlan;
use crate::stores::GlobalStores;
use crate::task::TaskId;

/// Settings, broker and plan. Nothing here changes while the application runs, but the rows of the
/// global tables.
pub(crate) struct Environment {
    pub(crate) config: Config,
    pub(crate) broker: Arc<dyn Broker>,
    pub(crate) plan: TopologyPlan,
    pub(crate) globals: GlobalStores,
    /// In the ids of this process's clients, which differ from those of other processes.
    pub(crate) process: String,
}

impl Environment {
    /// The `client.id` of a client of this process.
    pub(crate) fn client_id(&self, part: &str) -> String {
        format!("{}-{}-{part}", self.config.application_id, self.process)
    }

    /// Where the stores of a task keep their files.
    pub(crate) fn directory_of(&self, task: TaskId) -> Option<PathBuf> {
        let state = self.config.state_dir.as_ref()?;
        Some(state.join(&self.config.application_id).join(task.to_string()))
    }
}
