//! Keys out of their bytes: those of windows at fixed places have the start only.

use crate::codec::windowed::set;
use crate::windows::{SessionWindow, Window, Windowed, Windows};

/// Completes a key that was decoded.
pub trait WholeKey<K>: Clone {
    /// Memory that a completed key lives in.
    type Memory: Default;

    /// The whole key.
    fn whole<'a>(&self, key: &'a K, memory: &'a mut Self::Memory) -> &'a K;
}

/// Keys whose bytes are all of them.
#[derive(Clone, Copy, Debug)]
pub struct AllBytes;

impl<K> WholeKey<K> for AllBytes {
    type Memory = ();

    #[inline]
    fn whole<'a>(&self, key: &'a K, (): &'a mut ()) -> &'a K {
        key
    }
}

/// Keys in windows, with what is known of the windows.
#[derive(Clone, Copy, Debug)]
pub struct InWindows {
    size_ms: Option<i64>,
    closes_after_ms: Option<i64>,
}

impl InWindows {
    /// Keys in these windows.
    pub fn new(windows: &impl Windows) -> Self {
        InWindows { size_ms: windows.size_ms(), closes_after_ms: windows.final_after_ms() }
    }

    /// Keys that may be in these windows as well: of several kinds those count that close last.
    #[must_use]
    pub fn or(self, windows: &impl Windows) -> Self {
        let longer = |a: Option<i64>, b: Option<i64>| Some(a?.max(b?));
        InWindows { size_ms: self.size_ms, closes_after_ms: longer(self.closes_after_ms, windows.final_after_ms()) }
    }

    /// How long after its end a window closes, if it does.
    pub(crate) fn closes_after_ms(&self) -> Option<i64> {
        self.closes_after_ms
    }
}

impl<K: Clone> WholeKey<Windowed<K>> for InWindows {
    type Memory = Option<Windowed<K>>;

    #[inline]
    fn whole<'a>(&self, key: &'a Windowed<K>, memory: &'a mut Option<Windowed<K>>) -> &'a Windowed<K> {
        match self.size_ms {
            Some(size_ms) => {
                let start_ms = key.window.start_ms;
                set(memory, &key.key, Window { start_ms, end_ms: start_ms.saturating_add(size_ms) })
            }
            None => key,
        }
    }
}

impl<K> WholeKey<Windowed<K, SessionWindow>> for InWindows {
    type Memory = ();

    #[inline]
    fn whole<'a>(&self, key: &'a Windowed<K, SessionWindow>, (): &'a mut ()) -> &'a Windowed<K, SessionWindow> {
        key
    }
}
