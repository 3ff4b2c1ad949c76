//! A process of an application without threads, clocks or waiting: for simulators, which step its
//! parts themselves.
//!
//! Not part of the public interface.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::task::{Context, Poll};

use super::control::Control;
use super::error::Error;
use super::global::GlobalReader;
use super::message::{Command, Input, Part, Report, Request};
pub use super::now::{Now, Wake};
use super::published::{AppState, View};
use super::start::{Machines, Prepared};
use super::streams::Streams;
use super::worker::{Worker, WorkerParts};
use crate::broker::Waker;
use crate::task::{Task, TaskId};
use crate::topology::Topology;

/// A flag that a waker raises.
#[derive(Clone, Default)]
struct Flag(Arc<AtomicBool>);

impl Flag {
    fn waker(&self) -> Waker {
        let flag = Arc::clone(&self.0);
        Waker::new(move || flag.store(true, Ordering::SeqCst))
    }

    fn take(&self) -> bool {
        self.0.swap(false, Ordering::SeqCst)
    }
}

type Starting = Pin<Box<dyn Future<Output = Result<Prepared, Error>> + Send>>;

enum Stage {
    Starting(Starting),
    Filling(Box<Prepared>),
    Running(Box<Parts>),
    Ended,
}

/// A part, until it has ended, and its commands.
struct Stepped<M> {
    machine: Option<M>,
    commands: Receiver<Command>,
}

struct Parts {
    control: Control,
    inputs: Receiver<Input>,
    reports: Sender<Input>,
    commands: Vec<Sender<Command>>,
    workers: Vec<Stepped<Worker>>,
    global: Option<Stepped<GlobalReader>>,
}

/// One process of an application. It is stepped part by part: part 0 is the start, then the control
/// machine; the workers follow, then the reader of global tables if there is one. To drop it is to
/// kill the process.
pub struct Process {
    stage: Stage,
    woken: Vec<Flag>,
    view: Option<View>,
    failure: Option<Error>,
    stop: bool,
    state: AppState,
}

impl std::fmt::Debug for Process {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Process").field("state", &self.state).finish_non_exhaustive()
    }
}

impl Process {
    /// A process that is about to start.
    pub fn new<T: Topology>(streams: Streams<T>) -> Self {
        let (_, start) = streams.into_start();
        let starting = Box::pin(start.prepare());
        Process {
            stage: Stage::Starting(starting),
            woken: vec![Flag::default()],
            view: None,
            failure: None,
            stop: false,
            state: AppState::Starting,
        }
    }

    /// How many parts there are; more when the start is over.
    pub fn parts(&self) -> usize {
        self.woken.len()
    }

    /// Whether the waker of a part was called since this was asked last.
    pub fn take_woken(&mut self, part: usize) -> bool {
        self.woken.get(part).is_some_and(Flag::take)
    }

    /// Where the process is in its life.
    pub fn state(&self) -> AppState {
        self.state
    }

    /// Why it ended by itself.
    pub fn failure(&self) -> Option<Error> {
        self.failure.clone()
    }

    /// Asks the process to stop.
    pub fn stop(&mut self) {
        self.stop = true;
        if let Stage::Running(parts) = &self.stage {
            parts.tell_control(Input::Request(Request::Stop), &self.woken);
        }
    }

    /// The tasks, each with its worker and whether it runs.
    pub fn tasks(&self) -> Vec<(TaskId, usize, bool)> {
        let tasks = self.view.iter().flat_map(|view| &view.tasks);
        tasks.map(|(task, place)| (*task, place.worker, place.running)).collect()
    }

    /// Looks at a task that runs.
    pub fn with_task<R>(&mut self, task: TaskId, look: impl FnOnce(&mut Task) -> R) -> Option<R> {
        let Stage::Running(parts) = &mut self.stage else { return None };
        let mut workers = parts.workers.iter_mut().filter_map(|part| part.machine.as_mut());
        workers
            .find_map(|worker| worker.tasks.get_mut(&task))
            .filter(|assigned| assigned.is_running())
            .map(|assigned| look(&mut assigned.task))
    }

    /// One step of a part. Never waits.
    pub fn step(&mut self, part: usize, now: Now) -> Wake {
        let wake = match std::mem::replace(&mut self.stage, Stage::Ended) {
            Stage::Starting(starting) => self.step_start(starting, now),
            Stage::Filling(prepared) => self.fill(prepared, now),
            Stage::Running(mut parts) => {
                let wake = parts.step(part, now, &self.woken);
                self.look_at(&mut parts);
                let has_ended = part == 0 && wake == Wake::Ended;
                if has_ended {
                    self.state = if self.failure.is_some() { AppState::Failed } else { AppState::Stopped };
                } else {
                    self.stage = Stage::Running(parts);
                }
                Ok(wake)
            }
            Stage::Ended => Ok(Wake::Ended),
        };
        wake.unwrap_or_else(|error| {
            self.failure = Some(error);
            self.state = AppState::Failed;
            Wake::Ended
        })
    }

    fn step_start(&mut self, mut starting: Starting, now: Now) -> Result<Wake, Error> {
        let waker = self.woken[0].waker().task();
        match starting.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Pending => {
                self.stage = Stage::Starting(starting);
                Ok(Wake::At(now.mono + std::time::Duration::from_millis(100)))
            }
            Poll::Ready(prepared) => self.fill(Box::new(prepared?), now),
        }
    }

    fn fill(&mut self, mut prepared: Box<Prepared>, now: Now) -> Result<Wake, Error> {
        if let Some(reader) = &mut prepared.global
            && !reader.is_full()
        {
            let busy = reader.read(now, &mut Vec::new())?;
            if !reader.is_full() {
                self.stage = Stage::Filling(prepared);
                return Ok(if busy { Wake::Again } else { Wake::At(now.mono + std::time::Duration::from_millis(10)) });
            }
        }
        let (Machines { control, workers, global }, _) = prepared.join(&self.woken[0].waker(), now)?;
        let (reports, inputs) = mpsc::channel();
        let mut commands = Vec::new();
        let mut channel = || {
            let (sender, receiver) = mpsc::channel();
            commands.push(sender);
            receiver
        };
        let count = workers.len() + usize::from(global.is_some());
        self.woken.resize_with(1 + count, Flag::default);
        let mut worker = |parts: WorkerParts| {
            let waker = self.woken[parts.index + 1].waker();
            Stepped { machine: Some(Worker::new(parts, &waker, now)), commands: channel() }
        };
        let workers = workers.into_iter().map(&mut worker).collect();
        let global = global.map(|reader| Stepped { machine: Some(reader), commands: channel() });
        let mut parts = Parts { control, inputs, reports, commands, workers, global };
        if self.stop {
            parts.tell_control(Input::Request(Request::Stop), &self.woken);
        }
        self.look_at(&mut parts);
        self.stage = Stage::Running(Box::new(parts));
        Ok(Wake::Again)
    }

    fn look_at(&mut self, parts: &mut Parts) {
        self.view = parts.control.take_view().or(self.view.take());
        self.failure = parts.control.failure().cloned();
        self.state = parts.control.state();
    }
}

impl Parts {
    fn tell_control(&self, input: Input, woken: &[Flag]) {
        if self.reports.send(input).is_ok() {
            woken[0].0.store(true, Ordering::SeqCst);
        }
    }

    fn step(&mut self, part: usize, now: Now, woken: &[Flag]) -> Wake {
        if part == 0 {
            let mut outbox = Vec::new();
            let wake = self.control.step(now, &mut self.inputs.try_iter(), &mut outbox);
            for (to, command) in outbox {
                if self.commands.get(to).is_some_and(|sender| sender.send(command).is_ok()) {
                    woken[to + 1].0.store(true, Ordering::SeqCst);
                }
            }
            return wake;
        }
        let mut reports: Vec<Report> = Vec::new();
        let wake = match (self.workers.get_mut(part - 1), &mut self.global) {
            (Some(worker), _) => worker.step(now, &mut reports),
            (None, Some(global)) => global.step(now, &mut reports),
            (None, None) => Wake::Ended,
        };
        for report in reports {
            self.tell_control(Input::Report(part - 1, report), woken);
        }
        wake
    }
}

impl<M: Part> Stepped<M> {
    fn step(&mut self, now: Now, reports: &mut Vec<Report>) -> Wake {
        let Some(machine) = &mut self.machine else { return Wake::Ended };
        let wake = machine.step(now, &mut self.commands.try_iter(), reports);
        if wake == Wake::Ended {
            self.machine = None;
        }
        wake
    }
}
