//! A stop and a start within one test.

use streams_runtime::TaskMetrics;
use streams_runtime::broker::TopicPartition;
use streams_runtime::plan::changelog_topic;
use streams_runtime::record::RecordBatch;
use streams_runtime::task::Task;

use super::{Engine, push};
use crate::error::DriverError;

impl Engine {
    pub(crate) fn restart(&mut self) -> Result<(), DriverError> {
        self.guarded(|engine| {
            engine.settle()?;
            engine.tasks.iter_mut().try_for_each(Task::close)?;
            engine.route_written()?;
            engine.run_queues()?;
            let counted = TaskMetrics { dropped: engine.globals.dropped(), ..TaskMetrics::default() };
            let sum = engine.metrics();
            engine.counted = TaskMetrics { dropped: sum.dropped - counted.dropped, ..sum };
            let mut tasks = (engine.make_tasks)(&engine.globals, &engine.producer, engine.now_ms)?;
            for (task, before) in tasks.iter_mut().zip(&engine.tasks) {
                // In the same order, so that the places of inputs stay what they were.
                for input in before.inputs() {
                    let TopicPartition { topic, partition } = input.partition();
                    let offset = engine.topics.get(topic).map_or(0, |topic| topic.partitions[*partition as usize].end_offset);
                    let place = task.add_input(input.source(), input.partition().clone(), offset);
                    task.inputs_mut()[place].fetched(offset, Some(offset));
                    task.take_over(place, &before.offset_metadata(place));
                }
                task.begin_restore()?;
                engine.restore(task)?;
                // Before there are schedules, so that none is called for the task's own time and once more for the shared one.
                if let Some(shared_ms) = engine.shared_stream_time_ms {
                    task.advance_stream_time(shared_ms, engine.now_ms)?;
                }
            }
            engine.tasks = tasks;
            engine.tasks.iter_mut().try_for_each(|task| task.init(engine.now_ms))?;
            engine.after_step()?;
            engine.run_queues()
        })
    }

    /// Fills the stores of a task from their changelogs, from where each stands.
    fn restore(&self, task: &mut Task) -> Result<(), DriverError> {
        let place = usize::try_from(task.id().partition).unwrap_or(0);
        for store in task.each_store() {
            let topic = store.source().map_or_else(|| changelog_topic(&self.application_id, store.name()), str::to_owned);
            let changelog = self.topics.get(topic.as_str()).filter(|topic| topic.is_changelog);
            let Some(changelog) = changelog.and_then(|topic| topic.partitions.get(place)).map(|partition| &partition.log) else { continue };
            let end = changelog.len() as i64;
            let from = match store.position() {
                Some(position) if (0..=end).contains(&position) => position,
                Some(_) => {
                    store.clear_for_restore()?;
                    0
                }
                None => 0,
            };
            let mut batch = RecordBatch::default();
            for (offset, record) in (from..).zip(changelog.iter().skip(from as usize)) {
                push(&mut batch, record, offset);
            }
            store.restore(&mut batch.iter(), end)?;
        }
        Ok(())
    }
}
