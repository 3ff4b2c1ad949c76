//! Nodes of a running topology: what the operators become. Records are pushed through them by reference.

use std::cell::RefCell;
use std::rc::Rc;

use crate::context::Context;
use crate::error::Flow;

/// Something that happens besides records, told to every node of a task from the sources down.
#[derive(Debug)]
pub enum Signal {
    /// The task begins, its stores are restored.
    Init,
    /// Cached changes must go downstream now: a commit follows.
    Flush,
    /// Rows of this store of the task have expired, and its cache is full: their deletions must go
    /// downstream now.
    Expired(usize),
    /// A schedule is due. The processor that made it takes it out.
    Punctuate(Option<Punctuation>),
    /// The task ends.
    Close,
}

/// A schedule that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Punctuation {
    /// Which processor made the schedule.
    pub(crate) node: usize,
    /// Which of its schedules.
    pub id: crate::processor::ScheduleId,
    /// Stream time or wall-clock time, in milliseconds since the Unix epoch.
    pub time_ms: i64,
}

/// A node of a running topology.
pub trait Node {
    /// Tells the node and everything after it. A node that two paths lead to is told twice and must not mind.
    ///
    /// # Errors
    /// When the user's code or a store fails.
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow;
}

/// A node that takes the records of a stream.
pub trait Push<K: ?Sized, V: ?Sized>: Node {
    /// Takes one record; its timestamp and headers are in the context.
    ///
    /// # Errors
    /// When the task has to stop.
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow;
}

/// A node that takes the changes of a table.
pub trait PushChange<K, V>: Node {
    /// Takes one change: the new value (`None`: deleted), and the old one where it is known.
    ///
    /// # Errors
    /// When the task has to stop.
    fn change(&mut self, key: &K, new: Option<&V>, old: Option<&V>, cx: &mut Context) -> Flow;
}

/// The end of a stream that nothing reads.
#[derive(Clone, Copy, Debug, Default)]
pub struct Discard;

impl Node for Discard {
    fn signal(&mut self, _: &mut Signal, _: &mut Context) -> Flow {
        Ok(())
    }
}

impl<K: ?Sized, V: ?Sized> Push<K, V> for Discard {
    #[inline]
    fn push(&mut self, _: &K, _: &V, _: &mut Context) -> Flow {
        Ok(())
    }
}

impl<K, V> PushChange<K, V> for Discard {
    #[inline]
    fn change(&mut self, _: &K, _: Option<&V>, _: Option<&V>, _: &mut Context) -> Flow {
        Ok(())
    }
}

/// Two readers of one stream: the first gets each record before the second.
#[derive(Clone, Copy, Debug)]
pub struct Tee<A, B>(
    /// The first reader.
    pub A,
    /// The second reader.
    pub B,
);

impl<A: Node, B: Node> Node for Tee<A, B> {
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.0.signal(signal, cx)?;
        self.1.signal(signal, cx)
    }
}

impl<K: ?Sized, V: ?Sized, A: Push<K, V>, B: Push<K, V>> Push<K, V> for Tee<A, B> {
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        self.0.push(key, value, cx)?;
        self.1.push(key, value, cx)
    }
}

impl<K, V, A: PushChange<K, V>, B: PushChange<K, V>> PushChange<K, V> for Tee<A, B> {
    #[inline]
    fn change(&mut self, key: &K, new: Option<&V>, old: Option<&V>, cx: &mut Context) -> Flow {
        self.0.change(key, new, old, cx)?;
        self.1.change(key, new, old, cx)
    }
}

/// A node that several paths lead to (after a merge, or a store's owner).
#[derive(Debug)]
pub struct Shared<N>(Rc<RefCell<N>>);

impl<N> Clone for Shared<N> {
    fn clone(&self) -> Self {
        Shared(Rc::clone(&self.0))
    }
}

impl<N> Shared<N> {
    /// Makes `node` reachable from several places.
    pub fn new(node: N) -> Self {
        Shared(Rc::new(RefCell::new(node)))
    }

    /// Hands the node to `act`. A graph without cycles never comes back to a node that is at work.
    #[inline]
    pub(crate) fn with<R>(&self, act: impl FnOnce(&mut N) -> R) -> R {
        act(&mut self.0.borrow_mut())
    }
}

impl<N: Node> Node for Shared<N> {
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        self.0.borrow_mut().signal(signal, cx)
    }
}

impl<K: ?Sized, V: ?Sized, N: Push<K, V>> Push<K, V> for Shared<N> {
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        // A graph without cycles never comes back to a node that is at work.
        self.0.borrow_mut().push(key, value, cx)
    }
}

impl<K, V, N: PushChange<K, V>> PushChange<K, V> for Shared<N> {
    #[inline]
    fn change(&mut self, key: &K, new: Option<&V>, old: Option<&V>, cx: &mut Context) -> Flow {
        self.0.borrow_mut().change(key, new, old, cx)
    }
}

impl<N: Node + ?Sized> Node for Box<N> {
    fn signal(&mut self, signal: &mut Signal, cx: &mut Context) -> Flow {
        (**self).signal(signal, cx)
    }
}

impl<K: ?Sized, V: ?Sized, N: Push<K, V> + ?Sized> Push<K, V> for Box<N> {
    #[inline]
    fn push(&mut self, key: &K, value: &V, cx: &mut Context) -> Flow {
        (**self).push(key, value, cx)
    }
}

impl<K, V, N: PushChange<K, V> + ?Sized> PushChange<K, V> for Box<N> {
    #[inline]
    fn change(&mut self, key: &K, new: Option<&V>, old: Option<&V>, cx: &mut Context) -> Flow {
        (**self).change(key, new, old, cx)
    }
}
