//! Windows: what they are, how they are said, and keys that carry one.

mod custom;
mod durations;
mod ends;
mod frame;
mod join;
mod session;
mod sliding;
mod time;

use std::fmt;

pub use custom::{Custom, CustomFrames, CustomWindows, TellsWindows, WindowError, custom};
pub(crate) use durations::duration_ms;
pub use durations::{days, hours, millis, minutes, seconds};
pub use ends::WindowEnds;
pub use frame::Frame;
pub(crate) use join::Reach;
pub use join::{IntoJoinWindows, JoinWindows, within};
pub use session::{SessionWindow, SessionWindows, sessions};
pub use sliding::{SlidingWindows, sliding};
pub use time::{Frames, TimeWindows, UnlimitedWindows, Windows, hopping, tumbling, unlimited};

/// A span of event time, in milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Window {
    /// Its first millisecond.
    pub start_ms: i64,
    /// Its end, which does not belong to it any more (that of a sliding window does); [`i64::MAX`] for a window without one, and where only the
    /// start is known.
    pub end_ms: i64,
}

/// Windows as a key carries them: [`Window`], or [`SessionWindow`] for sessions.
pub trait KeyWindow: Copy + fmt::Debug + Eq + std::hash::Hash + Ord + Send + Sync + 'static {
    /// Its first millisecond.
    fn start_ms(&self) -> i64;
    /// Its end: not in the window any more for a [`Window`], the last millisecond of a [`SessionWindow`].
    fn end_ms(&self) -> i64;
}

impl KeyWindow for Window {
    fn start_ms(&self) -> i64 {
        self.start_ms
    }
    fn end_ms(&self) -> i64 {
        self.end_ms
    }
}

impl KeyWindow for SessionWindow {
    fn start_ms(&self) -> i64 {
        self.start_ms
    }
    fn end_ms(&self) -> i64 {
        self.end_ms
    }
}

/// A key in a window: what the tables of windowed aggregations are keyed by; `Windowed<K, SessionWindow>` for those in sessions.
///
/// Its bytes are those of Kafka's `TimeWindowedSerializer`: the bytes of the key and 8 bytes of the start. The end is not among them;
/// [`TimeWindowed::of`](crate::codec::TimeWindowed::of) knows it from the size of the windows. A topic of windowed keys is partitioned
/// by the key inside. A key in a session has other bytes: [`SessionWindowed`](crate::codec::SessionWindowed).
///
/// ```
/// use streams_runtime::prelude::*;
/// let mut bytes = Vec::new();
/// let key = Windowed { key: "eu".to_owned(), window: Window { start_ms: 60_000, end_ms: 120_000 } };
/// TimeWindowed::<Utf8>::default().encode(&key, &mut bytes).unwrap();
/// assert_eq!(bytes, [b"eu", &60_000_i64.to_be_bytes()[..]].concat());
///
/// let (codec, mut slot) = (TimeWindowed::of(Utf8, minutes(1)), Default::default());
/// let decoded: &Windowed<String> = codec.decode(Some(&bytes), &mut slot).unwrap();
/// assert_eq!(decoded, &key);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Windowed<K, W = Window> {
    /// The key.
    pub key: K,
    /// The window.
    pub window: W,
}

impl<K: fmt::Display, W: KeyWindow> fmt::Display for Windowed<K, W> {
    /// As Kafka Streams shows it: `[key@start/end]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}@{}/{}]", self.key, self.window.start_ms(), self.window.end_ms())
    }
}
