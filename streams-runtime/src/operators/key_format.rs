//! Formats of a table's keys: the bytes of a key in a window at a fixed place have its start only, so that its end must be known.

use crate::codec::{SessionWindowed, StreamData, TimeWindowed};
use crate::windows::{SessionWindow, WindowEnds, Windowed, Windows};

/// What is known of the keys of a table besides their type.
pub trait KeyFormat<K: StreamData> {
    /// The format that gives whole keys.
    fn codec(&self) -> K::Codec;
}

/// Keys that are whole in their bytes.
#[derive(Clone, Copy, Debug)]
pub struct AllBytes;

impl<K: StreamData> KeyFormat<K> for AllBytes {
    fn codec(&self) -> K::Codec {
        K::Codec::default()
    }
}

/// Keys in windows, with what is known of the windows.
#[derive(Clone, Debug)]
pub struct InWindows {
    ends: Option<WindowEnds>,
    final_after_ms: Option<i64>,
}

impl InWindows {
    /// Keys in these windows.
    pub fn new(windows: &impl Windows) -> Self {
        InWindows { ends: windows.ends(), final_after_ms: windows.final_after_ms() }
    }

    /// Keys that may be in these windows as well: of several kinds those count that close last.
    #[must_use]
    pub fn or(self, windows: &impl Windows) -> Self {
        let longer = |a: Option<i64>, b: Option<i64>| Some(a?.max(b?));
        let ends = match (self.ends, windows.ends()) {
            (Some(ends), Some(others)) => Some(ends.or(others)),
            (ends, _) => ends,
        };
        InWindows { ends, final_after_ms: longer(self.final_after_ms, windows.final_after_ms()) }
    }

    /// How long after the end of a window its result counts as final, if it ever does.
    pub(crate) fn final_after_ms(&self) -> Option<i64> {
        self.final_after_ms
    }
}

impl<K> KeyFormat<Windowed<K>> for InWindows
where
    K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
{
    fn codec(&self) -> TimeWindowed<K::Codec> {
        TimeWindowed::with_ends(K::Codec::default(), self.ends.clone().unwrap_or(WindowEnds::After(i64::MAX)))
    }
}

impl<K> KeyFormat<Windowed<K, SessionWindow>> for InWindows
where
    K: StreamData<Present = K, Stored = K> + Clone + Send + Sync + 'static,
{
    fn codec(&self) -> SessionWindowed<K::Codec> {
        SessionWindowed::of(K::Codec::default())
    }
}
