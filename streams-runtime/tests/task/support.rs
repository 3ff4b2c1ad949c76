//! What a task is surrounded by.

use std::cell::RefCell;
use std::rc::Rc;

use streams_runtime::Handlers;
use streams_runtime::broker::{BrokerError, Flushed, ProduceBatch, Producer, TopicSlot};
use streams_runtime::plan::SubTopologyPlan;
use streams_runtime::stores::{GlobalStores, StoreFactory};
use streams_runtime::task::{TaskEnv, TaskId};

/// Takes records, and has none.
pub(super) struct Nowhere;

impl Producer for Nowhere {
    fn topic(&mut self, _: &str) -> Result<TopicSlot, BrokerError> {
        Ok(TopicSlot(0))
    }
    fn partitions(&self, _: TopicSlot) -> i32 {
        1
    }
    fn send(&mut self, _: &ProduceBatch) -> Result<(), BrokerError> {
        Ok(())
    }
    fn poll(&mut self) -> Result<(), BrokerError> {
        Ok(())
    }
    fn flush_step(&mut self) -> Result<Flushed, BrokerError> {
        Ok(Flushed::Done)
    }
    fn acknowledged_end(&self, _: TopicSlot, _: i32) -> Option<i64> {
        None
    }
}

/// The first task of a part, without caches.
pub(super) fn env<'a>(
    plan: &'a SubTopologyPlan,
    stores: &'a dyn StoreFactory,
    globals: &'a GlobalStores,
    producer: impl Producer + 'static,
) -> TaskEnv<'a> {
    TaskEnv {
        application_id: "app",
        id: TaskId { sub_topology: 0, partition: 0 },
        plan,
        stores,
        globals,
        directory: None,
        handlers: Handlers::default(),
        producer: Rc::new(RefCell::new(Box::new(producer))),
        cache_max_bytes: 0,
        wall_clock_ms: 0,
    }
}
