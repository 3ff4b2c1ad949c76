//! The start of an application, once its settings are complete: checks, internal topics, global
//! tables, group. A future that waits for nothing but the broker's answers.

use std::path::PathBuf;
use std::sync::Arc;

use super::config::Config;
use super::control::Control;
use super::environment::Environment;
use super::error::{Error, StartupProblem};
use super::fingerprint::member_part;
use super::global::GlobalReader;
use super::layout::Layout;
use super::lease::{self, Keeper, Lease};
use super::now::Now;
use super::record;
use super::startup::{self, StateDirectory};
use super::worker::WorkerParts;
use crate::broker::embedded::EmbeddedLog;
use crate::broker::{BrokerError, Consumer, ConsumerConfig, GroupConfig, Isolation, ProducerConfig, Waker};
use crate::stores::GlobalStores;
use crate::topology::AnyTopology;

/// An application that is about to start.
pub(super) struct Start {
    pub(super) topology: AnyTopology,
    pub(super) config: Config,
    pub(super) problems: Vec<StartupProblem>,
    pub(super) embedded: Option<PathBuf>,
    /// What came of the attempt to open it.
    pub(super) opened: Option<Result<EmbeddedLog, BrokerError>>,
    #[cfg(feature = "kafka")]
    pub(super) kafka: Option<(String, std::collections::BTreeMap<String, String>)>,
}

/// An application whose topics are well, and whose global tables are to be filled.
pub(super) struct Prepared {
    pub(super) env: Arc<Environment>,
    pub(super) layout: Arc<Layout>,
    pub(super) topology: Arc<AnyTopology>,
    pub(super) global: Option<GlobalReader>,
    /// Held until the last task is closed, however long handles of the application live.
    pub(super) directory: Option<Arc<StateDirectory>>,
}

/// The machines of an application that takes part in its group.
pub(super) struct Machines {
    pub(super) control: Control,
    pub(super) workers: Vec<WorkerParts>,
    pub(super) global: Option<GlobalReader>,
}

impl Start {
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

    /// Opens the embedded log that the settings name; `false`: its directory is in use.
    pub(super) fn open_embedded(&mut self) -> bool {
        let Some(directory) = &self.embedded else { return true };
        let opened = self.opened.take().filter(Result::is_ok).unwrap_or_else(|| EmbeddedLog::open(directory));
        let is_free = !matches!(opened, Err(BrokerError::DirectoryInUse { .. }));
        self.opened = Some(opened);
        is_free
    }

    fn take_embedded(&mut self) {
        self.open_embedded();
        match self.opened.take() {
            Some(Ok(log)) => self.config.broker = Some(Arc::new(log)),
            Some(Err(error)) => self.problems.push(StartupProblem::Broker(error.to_string())),
            None => {}
        }
    }

    /// The file that says what the state was at the last start.
    fn record(&self) -> Option<PathBuf> {
        let id = &self.config.application_id;
        let of_state = self.config.state_dir.as_ref().map(|directory| directory.join(id).join("state-layout"));
        of_state.or_else(|| self.embedded.as_ref().map(|directory| directory.join(format!("{id}.state-layout"))))
    }

    /// Checks settings and topics, and makes internal topics.
    ///
    /// # Errors
    /// [`Error::Startup`] with everything that is in the way.
    pub(super) async fn prepare(mut self) -> Result<Prepared, Error> {
        let record = self.record();
        self.take_embedded();
        self.connect_kafka();
        let mut problems = startup::check_settings(&self.config);
        if !self.problems.is_empty() {
            problems.retain(|p| *p != StartupProblem::NoBroker);
        }
        problems.append(&mut self.problems);
        problems.extend_from_slice(self.topology.problems());
        let directory = startup::lock_state_directory(&self.config, &mut problems).map(Arc::new);
        let Some(broker) = self.config.broker.clone().filter(|_| problems.is_empty()) else {
            return Err(Error::Startup(problems));
        };
        let plan = self.topology.plan().clone();
        let layout = Arc::new(startup::lay_out(&plan, &self.config, &*broker).await?);
        if let Some(record) = record {
            let compared = record::compare(&record, self.topology.layout(), self.config.accept_state_changes);
            compared.map_err(|problem| Error::Startup(vec![problem]))?;
        }
        let mut globals = GlobalStores::default();
        self.topology.globals(&mut globals);
        let process = self.config.process.clone().unwrap_or_else(any_name);
        let env = Arc::new(Environment { config: self.config, broker, plan, globals, process });
        let global = GlobalReader::open(&env, &layout).await?;
        Ok(Prepared { env, layout, topology: Arc::new(self.topology), global, directory })
    }
}

/// A name that no other process has, most likely.
fn any_name() -> String {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let random = RandomState::new().build_hasher().finish();
    format!("{:06x}", random & 0xff_ffff)
}

impl Prepared {
    /// Joins the group; `waker` wakes the control machine.
    ///
    /// # Errors
    /// When a client cannot be made.
    pub(super) fn join(self, waker: &Waker, now: Now) -> Result<(Machines, Option<Arc<StateDirectory>>), Error> {
        let Prepared { env, layout, topology, global, directory } = self;
        let config = &env.config;
        let member = env.broker.join_group(&GroupConfig {
            group: config.application_id.clone(),
            topics: layout.lead_topics(),
            instance: config.instance_id.clone(),
            client_id: env.client_id(&member_part(&env.plan)),
            session_timeout: config.session_timeout,
        })?;
        member.wake(waker.clone());
        let lease = Lease::new(config.session_timeout, now.mono);
        let mut workers = Vec::new();
        for index in 0..config.threads {
            let part = format!("worker-{index}");
            let consumer = |part: &str, isolation| -> Result<Box<dyn Consumer>, Error> {
                let client_id = env.client_id(part);
                Ok(env.broker.consumer(&ConsumerConfig { client_id, isolation, fetch_ahead_bytes: config.fetch_ahead_bytes })?)
            };
            let restorer = match config.isolation {
                Isolation::ReadCommitted => None,
                Isolation::ReadUncommitted => Some(consumer(&format!("{part}-restore"), Isolation::ReadCommitted)?),
            };
            let producer = env.broker.producer(&ProducerConfig {
                client_id: env.client_id(&part),
                linger: config.linger,
                batch_bytes: config.batch_bytes,
                buffer_bytes: config.producer_buffer_bytes,
                delivery_timeout: config.delivery_timeout.min(lease::length(config.session_timeout)),
            })?;
            workers.push(WorkerParts {
                index,
                env: Arc::clone(&env),
                topology: Arc::clone(&topology),
                layout: Arc::clone(&layout),
                member: Arc::clone(&member),
                lease: lease.clone(),
                consumer: consumer(&part, config.isolation)?,
                restorer,
                producer,
            });
        }
        let control = Control::new(env, layout, member, Keeper::new(lease), waker.task(), now);
        Ok((Machines { control, workers, global }, directory))
    }
}
