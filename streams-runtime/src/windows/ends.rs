//! Where windows end, for what has their starts only: bytes of keys, and rows of stores.

use std::fmt;
use std::sync::Arc;

use super::Window;
use super::custom::{CustomWindows, WindowError, window_at};

/// Finds the window with a start.
type Find = dyn Fn(i64) -> Result<Window, WindowError> + Send + Sync;

/// How the end of a window follows from its start.
#[derive(Clone)]
pub enum WindowEnds {
    /// Windows of one size, in milliseconds.
    After(i64),
    /// Windows of one's own.
    Of(Arc<Find>),
}

impl fmt::Debug for WindowEnds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WindowEnds::After(size_ms) => write!(f, "{size_ms} ms"),
            WindowEnds::Of(_) => f.write_str("custom"),
        }
    }
}

impl WindowEnds {
    /// Those of windows of one's own.
    pub(crate) fn of<W: CustomWindows>(windows: W) -> Self {
        WindowEnds::Of(Arc::new(move |start_ms| window_at(&windows, start_ms)))
    }

    /// Those of keys that may be in other windows as well. Of windows at fixed places the size of
    /// the first ones counts. With windows of one's own a start that has two ends is an error,
    /// since the bytes of a key do not tell which it is.
    #[must_use]
    pub(crate) fn or(self, other: Self) -> Self {
        if let (WindowEnds::After(_), WindowEnds::After(_)) = (&self, &other) {
            return self;
        }
        WindowEnds::Of(Arc::new(move |start_ms| match (self.window(start_ms), other.window(start_ms)) {
            (Ok(window), Ok(other)) if window != other => Err(WindowError::TwoKinds { window, other }),
            (Ok(window), _) | (Err(_), Ok(window)) => Ok(window),
            (Err(error), Err(_)) => Err(error),
        }))
    }

    /// The window with this start.
    ///
    /// # Errors
    /// When windows of one's own have none that begins there.
    #[inline]
    pub(crate) fn window(&self, start_ms: i64) -> Result<Window, WindowError> {
        match self {
            WindowEnds::After(size_ms) => Ok(Window { start_ms, end_ms: start_ms.saturating_add(*size_ms) }),
            WindowEnds::Of(find) => find(start_ms),
        }
    }
}
