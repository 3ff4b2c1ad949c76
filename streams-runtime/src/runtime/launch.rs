//! The threads of an application, and all that machines must not have: channels, clocks, and
//! waiting.
//!
//! | Thread | Runs | Ends |
//! | --- | --- | --- |
//! | control | the start, then the control machine; owns the other threads | when all others have ended |
//! | worker, one for each of `threads` | a worker | when it is told to stop, or fails |
//! | global, if there are global tables | the reader of global tables | likewise |
//!
//! A panic of any of them ends the application. Only the control thread joins others, and it does
//! so before the application counts as stopped.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::task::{Context, Poll};
use std::thread::{JoinHandle, Thread};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::app::AppParts;
use super::control::Control;
use super::environment::Environment;
use super::error::Error;
use super::global::GlobalReader;
use super::message::{Command, Input, Mailbox, Part, Report, Request};
use super::now::{Now, Wake};
use super::published::{AppState, Published};
use super::start::{Machines, Prepared, Start};
use super::startup::StateDirectory;
use super::worker::{Worker, WorkerParts};
use crate::broker::{ProducerConfig, Waker};
use crate::client::{Client, ClientConfig};

/// A producer's records are awaited one by one; holding them back would add up.
const CLIENT_LINGER: Duration = Duration::from_millis(1);

/// How long a directory may still be in use when an application starts.
const DIRECTORY_PATIENCE: Duration = Duration::from_millis(500);

/// The longest wait for records while global tables are filled.
const FILL_WAIT: Duration = Duration::from_millis(100);

/// The clocks of an application.
#[derive(Clone)]
struct Clocks {
    begun: Instant,
    env: Arc<Environment>,
}

impl Clocks {
    fn now(&self) -> Now {
        Now { mono: self.begun.elapsed(), wall_ms: self.env.config.clock.now_ms() }
    }

    /// How long to wait before a step; `None`: not at all.
    fn until(&self, wake: Wake) -> Option<Duration> {
        match wake {
            Wake::At(at) => Some(at.saturating_sub(self.begun.elapsed())).filter(|wait| !wait.is_zero()),
            Wake::Again | Wake::Ended => None,
        }
    }
}

/// Starts an application; the thread that does so stays as the control thread.
pub(super) async fn launch(start: Start) -> Result<AppParts, Error> {
    let (answer, answered) = oneshot::channel();
    let name = thread_name("control", &start.config.application_id);
    let body = move || {
        let running = match begin(start) {
            Ok((app, running)) => {
                if answer.send(Ok(app)).is_err() {
                    tracing::debug!("nobody waits for the start any more; the application stops");
                }
                running
            }
            Err(error) => {
                if let Err(Err(error)) = answer.send(Err(error)) {
                    tracing::error!(%error, "the application did not start, and nobody waits for it");
                }
                return;
            }
        };
        running.run();
    };
    std::thread::Builder::new().name(name).spawn(body).map_err(|error| Error::Thread(Arc::new(error)))?;
    answered.await.unwrap_or_else(|_| Err(Error::Panicked("the control thread ended while starting".into())))
}

/// The application as the control thread has it.
struct Running {
    clocks: Clocks,
    control: Control,
    inputs: Receiver<Input>,
    parts: Vec<Mailbox<Command>>,
    threads: Vec<JoinHandle<()>>,
    published: Arc<Published>,
    directory: Option<Arc<StateDirectory>>,
}

fn begin(mut start: Start) -> Result<(AppParts, Running), Error> {
    // The producers and readers of an application that has just ended in this process have threads
    // of their own, which are about to let go of the directory.
    let patience = Instant::now();
    while !start.open_embedded() && patience.elapsed() < DIRECTORY_PATIENCE {
        std::thread::sleep(Duration::from_millis(10));
    }
    let prepared = block_on(start.prepare())?;
    let clocks = Clocks { begun: Instant::now(), env: Arc::clone(&prepared.env) };
    let prepared = fill(prepared, &clocks)?;
    let (env, layout) = (Arc::clone(&prepared.env), Arc::clone(&prepared.layout));
    let waker = unpark(std::thread::current());
    let (Machines { control, workers, global }, directory) = prepared.join(&waker, clocks.now())?;
    let published = Arc::new(Published::new(layout, env.config.paused));
    let (sender, inputs) = mpsc::channel();
    let inbox = Mailbox { sender, waker };
    let mut running = Running { clocks, control, inputs, parts: Vec::new(), threads: Vec::new(), published, directory };
    for parts in workers {
        if let Err(error) = running.spawn_worker(parts, &inbox) {
            running.control.fail(error);
        }
    }
    if let Some(reader) = global
        && let Err(error) = running.spawn_global(reader, &inbox)
    {
        running.control.fail(error);
    }
    let client = Arc::new(Client::new(ClientConfig {
        broker: Arc::clone(&env.broker),
        config: ProducerConfig {
            client_id: env.client_id("producer"),
            linger: CLIENT_LINGER,
            batch_bytes: env.config.batch_bytes,
            buffer_bytes: env.config.producer_buffer_bytes,
            delivery_timeout: env.config.delivery_timeout,
        },
        clock: Arc::clone(&env.config.clock),
    }));
    let workers: Arc<[Mailbox<Command>]> = running.parts.iter().take(env.config.threads).cloned().collect();
    let app = AppParts { env, published: Arc::clone(&running.published), control: inbox, workers, client };
    Ok((app, running))
}

/// Fills the global tables.
fn fill(mut prepared: Prepared, clocks: &Clocks) -> Result<Prepared, Error> {
    if let Some(reader) = &mut prepared.global {
        while !reader.is_full() {
            // Where it stands it will report again.
            if !reader.read(clocks.now(), &mut Vec::new())? {
                reader.wait(FILL_WAIT);
            }
        }
    }
    Ok(prepared)
}

impl Running {
    fn spawn_worker(&mut self, parts: WorkerParts, inbox: &Mailbox<Input>) -> Result<(), Error> {
        let (index, waker) = (parts.index, parts.consumer.waker());
        self.spawn(&format!("worker-{index}"), index, waker.clone(), inbox, move |now| Worker::new(parts, &waker, now))
    }

    fn spawn_global(&mut self, reader: GlobalReader, inbox: &Mailbox<Input>) -> Result<(), Error> {
        self.spawn("global", self.parts.len(), reader.waker(), inbox, move |_| reader)
    }

    /// A thread for a part, which is made there. A panic is reported as its end.
    fn spawn<P: Part>(
        &mut self,
        role: &str,
        index: usize,
        waker: Waker,
        inbox: &Mailbox<Input>,
        make: impl FnOnce(Now) -> P + Send + 'static,
    ) -> Result<(), Error> {
        let (sender, commands) = mpsc::channel();
        let (inbox, clocks, directory) = (inbox.clone(), self.clocks.clone(), self.directory.clone());
        self.parts.push(Mailbox { sender, waker });
        let name = thread_name(role, &clocks.env.config.application_id);
        let thread = std::thread::Builder::new().name(name).spawn(move || {
            let tell = |report: Report| {
                if let Err(mpsc::SendError(Input::Report(_, report))) = inbox.send(Input::Report(index, report)) {
                    tracing::debug!(?report, "nobody hears reports any more");
                }
            };
            let ended = catch_unwind(AssertUnwindSafe(|| repeat(make(clocks.now()), &clocks, &commands, &tell)));
            if let Err(panic) = ended {
                tell(Report::Ended(Err(Error::Panicked(text(&*panic)))));
            }
            // Free when the last thread that may use its files has ended.
            drop(directory);
        });
        self.threads.push(thread.map_err(|error| Error::Thread(Arc::new(error)))?);
        Ok(())
    }

    /// Runs the control machine to its end, and gives everything back.
    fn run(mut self) {
        self.published.set_state(AppState::Rebalancing, &self.clocks.env.config.application_id);
        let ended = catch_unwind(AssertUnwindSafe(|| self.repeat()));
        if let Err(panic) = ended {
            self.control.fail(Error::Panicked(text(&*panic)));
            self.publish();
        }
        let failed = self.control.failure().is_some();
        // Parts that have not ended yet end when nobody can tell them anything any more.
        for part in &self.parts {
            if part.send(Command::Stop).is_err() {
                tracing::trace!("a part has ended already");
            }
        }
        for thread in self.threads.drain(..).filter(JoinHandle::is_finished) {
            if thread.join().is_err() {
                tracing::error!("a thread panicked in its very end");
            }
        }
        let Running { control, published, directory, clocks, parts, .. } = self;
        drop((control, parts, directory, clocks));
        published.end(if failed { AppState::Failed } else { AppState::Stopped });
    }

    fn repeat(&mut self) {
        let mut outbox = Vec::new();
        loop {
            let now = self.clocks.now();
            let wake = self.control.step(now, &mut self.inputs.try_iter(), &mut outbox);
            for (part, command) in outbox.drain(..) {
                // A part that is gone has reported its end.
                if self.parts.get(part).is_none_or(|mailbox| mailbox.send(command).is_err()) {
                    tracing::debug!(part, "a part has ended and hears nothing");
                }
            }
            self.publish();
            if wake == Wake::Ended {
                self.wait_for_threads();
                return;
            }
            if let Some(wait) = self.clocks.until(wake) {
                std::thread::park_timeout(wait);
            }
        }
    }

    /// Threads whose parts have ended are about to be over.
    fn wait_for_threads(&self) {
        const LIMIT: Duration = Duration::from_secs(1);
        let begun = Instant::now();
        while self.threads.iter().any(|thread| !thread.is_finished()) && begun.elapsed() < LIMIT {
            std::thread::sleep(Duration::from_micros(100));
        }
    }

    fn publish(&mut self) {
        if let Some(view) = self.control.take_view() {
            self.published.set(view);
        }
        self.published.set_state(self.control.state(), &self.clocks.env.config.application_id);
        self.control.tell_drained();
    }
}

/// Steps a part to its end.
fn repeat(mut part: impl Part, clocks: &Clocks, commands: &Receiver<Command>, tell: &dyn Fn(Report)) {
    let mut reports = Vec::new();
    loop {
        let wake = part.step(clocks.now(), &mut commands.try_iter(), &mut reports);
        reports.drain(..).for_each(tell);
        if wake == Wake::Ended {
            return;
        }
        if let Some(wait) = clocks.until(wake) {
            part.wait(wait);
        }
    }
}

/// The role first: systems cut the names of threads.
fn thread_name(role: &str, application_id: &str) -> String {
    format!("{role}-{application_id}")
}

impl Drop for AppParts {
    /// The last handle takes the application with it.
    fn drop(&mut self) {
        if self.control.send(Input::Request(Request::Stop)).is_err() {
            tracing::trace!("the application has ended already");
        }
    }
}

/// Wakes a thread that is parked.
fn unpark(thread: Thread) -> Waker {
    Waker::new(move || thread.unpark())
}

/// Runs a future on this thread, which waits for it.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = unpark(std::thread::current()).task();
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return result;
        }
        std::thread::park();
    }
}

fn text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}
