//! Records that are written while something else happens.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use crate::kafka::{self, Send};

/// Writes records until told to stop.
pub(crate) struct Writer {
    stop: Arc<AtomicBool>,
    written: Arc<AtomicUsize>,
    thread: std::thread::JoinHandle<()>,
}

impl Writer {
    /// Begins: 500 records every 50 ms, number `n` as `record` makes it.
    pub(crate) fn start(topic: &str, record: impl Fn(usize) -> Send + std::marker::Send + 'static) -> Self {
        let (stop, written) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let thread = std::thread::spawn({
            let (topic, stop, written) = (topic.to_owned(), Arc::clone(&stop), Arc::clone(&written));
            move || {
                let numbers = (0..).take_while(|n| {
                    if n % 500 == 0 {
                        std::thread::sleep(Duration::from_millis(50));
                        written.store(*n, Ordering::Relaxed);
                    }
                    n % 500 != 0 || !stop.load(Ordering::Relaxed)
                });
                kafka::produce(&topic, numbers.map(record));
            }
        });
        Writer { stop, written, thread }
    }

    /// Ends, when the broker has everything; gives how many there are.
    pub(crate) fn stop(self) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("the writer");
        self.written.load(Ordering::Relaxed)
    }
}
