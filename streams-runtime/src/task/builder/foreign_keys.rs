//! What a join by a foreign key needs of its task: a store that two nodes use, its topics, and the partition that answers go to.

use std::sync::Arc;

use super::{BuildError, TaskBuilder};
use crate::context::Target;
use crate::plan::ForeignKeyTopic;
use crate::stores::StoreArena;
use crate::stores::handle::Place;
use crate::stores::subscriptions::SubscriptionStore;

impl TaskBuilder<'_> {
    /// The subscription store of a foreign-key join, which two nodes use.
    pub(crate) fn subscription_store(&mut self, name: &str) -> Place<SubscriptionStore> {
        if let Some(place) = self.context.stores.find(name) {
            return place;
        }
        let Some(plan) = self.env.plan.stores.iter().find(|s| s.name == name) else {
            self.problems.push(BuildError::Defect(format!("store `{name}` is not in the plan")));
            return StoreArena::nowhere();
        };
        let Some(backend) = self.backend(name) else { return StoreArena::nowhere() };
        let changelog = self.changelog(name, plan.logged);
        match SubscriptionStore::new(Arc::from(name), backend, changelog, self.env.cache_max_bytes) {
            Ok(store) => self.context.stores.add(store),
            Err(error) => {
                self.problems.push(error.into());
                StoreArena::nowhere()
            }
        }
    }

    /// A topic of a foreign-key join, to write to.
    pub(crate) fn foreign_key_target(&mut self, topic: &ForeignKeyTopic) -> Target {
        self.target(&topic.of(self.env.application_id))
    }

    /// The partition that the task is for.
    pub(crate) fn partition(&self) -> i32 {
        self.env.id.partition
    }
}
