//! The start of an application, once its settings are complete: checks, internal topics, global tables, group, threads.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use tokio::sync::oneshot;

use super::app::AppParts;
use super::config::Config;
use super::control::{Control, WorkerHandle};
use super::error::{Error, StartupProblem};
use super::global::GlobalReader;
use super::guard::guarded;
use super::record;
use super::shared::{AppState, Shared};
use super::startup;
use super::worker::Worker;
use crate::broker::embedded::EmbeddedLog;
use crate::broker::{ConsumerConfig, GroupConfig, Isolation, ProducerConfig};
use crate::client::{Client, ClientConfig};
use crate::stores::GlobalStores;
use crate::topology::AnyTopology;

/// A producer's records are awaited one by one; holding them back would add up.
const CLIENT_LINGER: Duration = Duration::from_millis(1);

/// An application that is about to start.
pub(super) struct Launch {
    pub(super) topology: AnyTopology,
    pub(super) config: Config,
    pub(super) problems: Vec<StartupProblem>,
    pub(super) embedded: Option<PathBuf>,
    #[cfg(feature = "kafka")]
    pub(super) kafka: Option<(String, std::collections::BTreeMap<String, String>)>,
}

impl Launch {
    /// Starts it; the thread that does so stays as the control thread.
    pub(super) async fn start(self) -> Result<AppParts, Error> {
        let (answer, answered) = oneshot::channel();
        // All of this blocks, so it has a thread of its own, which then stays as the control thread.
        std::thread::Builder::new()
            .name(format!("{}-control", self.config.application_id))
            .spawn(move || match self.launch() {
                Ok((app, control)) => {
                    let shared = Arc::clone(&control.shared);
                    if answer.send(Ok(app)).is_err() {
                        control.stop.store(true, Ordering::Release);
                    }
                    if !guarded(&shared, || control.run()) {
                        // Its workers end when nobody can send them commands any more.
                        shared.set_state(AppState::Failed);
                    }
                }
                Err(error) => {
                    // Nobody may wait any more; then the error is in the log.
                    let _ = answer.send(Err(error));
                }
            })
            .map_err(|error| Error::Thread(Arc::new(error)))?;
        answered.await.unwrap_or_else(|_| Err(Error::Panicked("the control thread ended while starting".into())))
    }

    #[cfg(feature = "kafka")]
    fn connect_kafka(&mut self) {
        if let Some((bootstrap, settings)) = self.kafka.take() {
            if self.config.broker.is_some() {
                self.problems.push(StartupProblem::TwoBrokers);
                return;
            }
            if bootstrap.is_empty() {
                self.problems.push(StartupProblem::NoBroker);
                return;
            }
            match crate::broker::kafka::KafkaBroker::new(bootstrap, settings) {
                Ok(broker) => self.config.broker = Some(Arc::new(broker)),
                Err(error) => self.problems.push(StartupProblem::Broker(error.to_string())),
            }
        }
    }

    #[cfg(not(feature = "kafka"))]
    fn connect_kafka(&mut self) {}

    fn open_embedded(&mut self) {
        if let Some(directory) = self.embedded.take() {
            match EmbeddedLog::open(directory) {
                Ok(log) => self.config.broker = Some(Arc::new(log)),
                Err(error) => self.problems.push(StartupProblem::Broker(error.to_string())),
            }
        }
    }

    /// The file that says what the state was at the last start.
    fn record(&self) -> Option<PathBuf> {
        let id = &self.config.application_id;
        let of_state = self.config.state_dir.as_ref().map(|directory| directory.join(id).join("state-layout"));
        of_state.or_else(|| self.embedded.as_ref().map(|directory| directory.join(format!("{id}.state-layout"))))
    }

    fn launch(mut self) -> Result<(AppParts, Control), Error> {
        let record = self.record();
        self.open_embedded();
        self.connect_kafka();
        let mut problems = startup::check_settings(&self.config);
        if !self.problems.is_empty() {
            problems.retain(|p| *p != StartupProblem::NoBroker);
        }
        problems.append(&mut self.problems);
        problems.extend_from_slice(self.topology.problems());
        let directory = startup::lock_state_directory(&self.config, &mut problems);
        let Some(broker) = self.config.broker.clone().filter(|_| problems.is_empty()) else {
            return Err(Error::Startup(problems));
        };
        let plan = self.topology.plan().clone();
        let layout = startup::lay_out(&plan, &self.config, &*broker)?;
        if let Some(record) = record {
            let compared = record::compare(&record, self.topology.layout(), self.config.accept_state_changes);
            compared.map_err(|problem| Error::Startup(vec![problem]))?;
        }
        let mut globals = GlobalStores::default();
        self.topology.globals(&mut globals);
        let threads = self.config.threads;
        let shared = Arc::new(Shared::new(self.config, Arc::clone(&broker), plan, layout, globals));
        let stop = Arc::new(AtomicBool::new(false));
        let unless_started = StopUnlessStarted(&stop);
        let mut handles = Vec::new();
        if let Some(mut reader) = GlobalReader::new(&shared)? {
            reader.fill(&stop)?;
            let (stop, shared) = (Arc::clone(&stop), Arc::clone(&shared));
            let name = format!("{}-global", shared.config.application_id);
            handles.push(spawn(name, move || {
                guarded(&shared, || reader.follow(&stop));
            })?);
        }
        let topology = Arc::new(self.topology);
        let member = broker.join_group(&GroupConfig {
            group: shared.config.application_id.clone(),
            topics: shared.layout().lead_topics(),
            instance: shared.config.instance_id.clone(),
            client_id: format!("{}-control", shared.config.application_id),
            session_timeout: shared.config.session_timeout,
        })?;
        let mut workers = Vec::new();
        for index in 0..threads {
            let client_id = format!("{}-worker-{index}", shared.config.application_id);
            let consumer = broker.consumer(&ConsumerConfig {
                client_id: client_id.clone(),
                isolation: Isolation::ReadUncommitted,
                fetch_ahead_bytes: shared.config.fetch_ahead_bytes,
            })?;
            let producer = broker.producer(&ProducerConfig {
                client_id: client_id.clone(),
                linger: shared.config.linger,
                batch_bytes: shared.config.batch_bytes,
                buffer_bytes: shared.config.producer_buffer_bytes,
                delivery_timeout: shared.config.delivery_timeout,
            })?;
            let (commands, receiver) = mpsc::channel();
            workers.push(WorkerHandle { commands, waker: consumer.waker() });
            let (shared, topology, member) = (Arc::clone(&shared), Arc::clone(&topology), Arc::clone(&member));
            handles.push(spawn(client_id, move || {
                let producer = Rc::new(RefCell::new(producer));
                Worker::new(index, shared, topology, receiver, member, consumer, producer).run();
            })?);
        }
        let workers: Arc<[WorkerHandle]> = workers.into();
        let client = Arc::new(Client::new(ClientConfig {
            broker,
            config: ProducerConfig {
                client_id: format!("{}-producer", shared.config.application_id),
                linger: CLIENT_LINGER,
                batch_bytes: shared.config.batch_bytes,
                buffer_bytes: shared.config.producer_buffer_bytes,
                delivery_timeout: shared.config.delivery_timeout,
            },
            clock: Arc::clone(&shared.config.clock),
        }));
        unless_started.started();
        let app = AppParts { shared: Arc::clone(&shared), workers: Arc::clone(&workers), stop: Arc::clone(&stop), client };
        Ok((app, Control::new(shared, member, workers, handles, stop, directory)))
    }
}

/// Threads that have begun end if the start fails behind them.
struct StopUnlessStarted<'a>(&'a AtomicBool);

impl StopUnlessStarted<'_> {
    fn started(self) {
        std::mem::forget(self);
    }
}

impl Drop for StopUnlessStarted<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

fn spawn(name: String, body: impl FnOnce() + Send + 'static) -> Result<std::thread::JoinHandle<()>, Error> {
    std::thread::Builder::new().name(name).spawn(body).map_err(|error| Error::Thread(Arc::new(error)))
}
