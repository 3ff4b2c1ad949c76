//! What a join by a foreign key needs of its task: a store that two nodes use, its topics, and the partition that answers go to.

use std::sync::Arc;

use super::{BuildError, TaskBuilder};
use crate::codec::StreamData;
use crate::context::Target;
use crate::operators::TableStore;
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

    /// The rows of a table keep the bytes that its topic, or its changelog, has of them before the cache is flushed.
    pub(crate) fn keep_bytes<K, V>(&mut self, table: TableStore<K, V>, name: &str)
    where
        K: StreamData<Stored = K> + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        match table {
            TableStore::Latest(store) if self.env.plan.source_changelog(name).is_some() => {
                self.context.stores.get(store).keep_bytes();
                self.context.keep_raw_records();
            }
            // Its changelog has what the cache writes.
            TableStore::Latest(_) => {}
            TableStore::Versions(store) => self.context.stores.get(store).keep_bytes(),
        }
    }

    /// The partition that the task is for.
    pub(crate) fn partition(&self) -> i32 {
        self.env.id.partition
    }
}
