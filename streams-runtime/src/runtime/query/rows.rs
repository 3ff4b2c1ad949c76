//! Many rows of a store: in pages, so that no worker is held up by a large store, and none is collected on its thread.

use std::collections::VecDeque;
use std::fmt;
use std::ops::ControlFlow;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{QueryError, StoreAt};
use crate::stores::Order;
use crate::task::{Task, TaskId};

/// Rows that are fetched from a worker at a time where no page size is said.
const PAGE_ROWS: usize = 1_000;

/// Takes rows until it breaks.
pub(super) type Take<'a, R> = &'a mut dyn FnMut(R) -> ControlFlow<()>;

/// Walks the rows of one task, behind a position if there is one.
type Walk<R> = Arc<dyn Fn(&mut Task, Option<&[u8]>, Order, Take<'_, R>) -> Result<(), QueryError> + Send + Sync>;

/// Walks the rows of a global table.
type WalkGlobal<R> = Arc<dyn Fn(Option<&[u8]>, Order, Take<'_, R>) -> Result<(), QueryError> + Send + Sync>;

/// What is walked.
pub(super) enum Source<R> {
    /// The tasks of this process that have a part of the store.
    Tasks(Walk<R>),
    /// The task of one key; or why there is none.
    Task(Result<TaskId, QueryError>, Walk<R>),
    Global(WalkGlobal<R>),
}

/// Rows of a store that are about to be read. Nothing is asked before [`all`](Self::all), [`first`](Self::first), [`pages`](Self::pages) or
/// [`page`](Self::page).
///
/// Rows come task by task, those of partition 0 first, each task's in the order of the store; [`reverse`](Self::reverse) turns all of that
/// round. A page is read by the task's own thread between two records, and sees whole records. Between two pages the store goes on: a row
/// that is there all the time comes exactly once, one that comes or goes meanwhile may or may not.
///
/// All tasks that this process has of the store must be running, or the answer is [`QueryError::NotReady`] and names one that is not;
/// [`StoreQuery::partial`](super::StoreQuery::partial) leaves them out instead. Rows of other processes are not seen.
///
/// Kafka Streams: `RangeQuery`, `WindowKeyQuery` and `WindowRangeQuery` (KIP-805, KIP-806), `withDescendingKeys` and the like.
///
/// ```no_run
/// # use streams_runtime::prelude::*;
/// # topology! {
/// #     fn views() -> Views {
/// #         let views: Stream<String, String> = stream("views");
/// #         let per_page: Table<String, u64> = views.group_by_key().count();
/// #     }
/// # }
/// # async fn ask(app: streams_runtime::App<Views>, token: Option<String>) -> Result<(), streams_runtime::QueryError> {
/// let per_page = app.store(Views::PER_PAGE);
/// let last_of_b: Option<(String, u64)> = per_page.range("b".."c").reverse().first().await?;
///
/// // One page of a listing, and the token for the next one:
/// let mut rows = per_page.prefix("blog/");
/// if let Some(token) = token {
///     rows = rows.after(token.parse()?);
/// }
/// let page = rows.page(50).await?;
/// println!("{:?}; next: {:?}", page.rows, page.next.map(|cursor| cursor.to_string()));
///
/// // Everything, a hundred rows in memory at a time:
/// let mut pages = per_page.rows().pages(100);
/// while let Some(page) = pages.next().await? {
///     println!("{page:?}");
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is asked before `.all()`, `.first()`, `.pages(n)` or `.page(n)`"]
pub struct Rows<R> {
    at: StoreAt,
    source: Source<R>,
    /// The place of a row among those of its task.
    position: fn(&R) -> Result<Vec<u8>, String>,
    order: Order,
    limit: usize,
    after: Option<Cursor>,
}

impl<R> fmt::Debug for Rows<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows").field("store", &self.at.name).field("order", &self.order).finish_non_exhaustive()
    }
}

/// A place among the rows of a store: behind the last row of a page. As text it can be given to a client as a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    partition: i32,
    position: Vec<u8>,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.partition.to_be_bytes().to_vec();
        bytes.extend_from_slice(&self.position);
        f.write_str(&URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for Cursor {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Self, QueryError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).unwrap_or_default();
        let (partition, position) = bytes.split_first_chunk().ok_or_else(|| QueryError::Cursor { text: text.to_owned() })?;
        Ok(Cursor { partition: i32::from_be_bytes(*partition), position: position.to_vec() })
    }
}

/// Some rows of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<R> {
    /// The rows.
    pub rows: Vec<R>,
    /// Where the next page begins; `None` if there was no more.
    pub next: Option<Cursor>,
}

impl<R: Send + 'static> Rows<R> {
    pub(super) fn new(at: StoreAt, source: Source<R>, position: fn(&R) -> Result<Vec<u8>, String>) -> Self {
        Rows { at, source, position, order: Order::Ascending, limit: usize::MAX, after: None }
    }

    /// From the last row back.
    pub fn reverse(mut self) -> Self {
        self.order = match self.order {
            Order::Ascending => Order::Descending,
            Order::Descending => Order::Ascending,
        };
        self
    }

    /// At most so many rows.
    pub fn limit(mut self, rows: usize) -> Self {
        self.limit = rows;
        self
    }

    /// Behind the last row of a page, in the same order as that page.
    pub fn after(mut self, cursor: Cursor) -> Self {
        self.after = Some(cursor);
        self
    }

    /// All of them.
    ///
    /// # Errors
    /// When a task is not ready, has gone to another process meanwhile, or the store fails.
    pub async fn all(self) -> Result<Vec<R>, QueryError> {
        let mut pages = self.pages(PAGE_ROWS);
        let mut rows = Vec::new();
        while let Some(page) = pages.next().await? {
            rows.extend(page);
        }
        Ok(rows)
    }

    /// The first of them.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn first(self) -> Result<Option<R>, QueryError> {
        Ok(self.limit(1).all().await?.pop())
    }

    /// One page of so many rows, and where the next one begins.
    ///
    /// # Errors
    /// As [`all`](Self::all).
    pub async fn page(self, rows: usize) -> Result<Page<R>, QueryError> {
        let mut pages = self.pages(rows);
        let rows = pages.next().await?.unwrap_or_default();
        Ok(Page { rows, next: pages.cursor()? })
    }

    /// All of them, so many at a time.
    pub fn pages(self, rows: usize) -> Pages<R> {
        Pages { size: rows.max(1), left: self.limit, tasks: None, last: self.after.clone(), rows: self }
    }
}

/// The pages of [`Rows::pages`].
pub struct Pages<R> {
    rows: Rows<R>,
    size: usize,
    /// Rows that may still come.
    left: usize,
    /// Tasks that are still to be asked, the one at work first. `None` before the first page.
    tasks: Option<VecDeque<TaskId>>,
    /// The last row that was handed out.
    last: Option<Cursor>,
}

impl<R> fmt::Debug for Pages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("rows", &self.rows).field("size", &self.size).finish_non_exhaustive()
    }
}

impl<R: Send + 'static> Pages<R> {
    /// The next page, which has at least one row; `None` if there are no more. After an error the call can be made again.
    ///
    /// # Errors
    /// When a task is not ready, has gone to another process meanwhile, or the store fails.
    pub async fn next(&mut self) -> Result<Option<Vec<R>>, QueryError> {
        let wanted = self.size.min(self.left);
        let mut page = Vec::new();
        let mut last = self.last.clone();
        let mut tasks = match &self.tasks {
            Some(tasks) => tasks.clone(),
            None => self.first_tasks()?,
        };
        while page.len() < wanted
            && let Some(task) = tasks.front().copied()
        {
            let position = last.as_ref().filter(|last| last.partition == task.partition).map(|last| last.position.clone());
            let found = match self.piece(task, position, wanted - page.len()).await {
                Ok(found) => found,
                Err(QueryError::NotReady { .. } | QueryError::NotLocal { .. }) if self.rows.at.partial => (Vec::new(), false),
                Err(error) => return Err(error),
            };
            if let Some(row) = found.0.last() {
                let position = (self.rows.position)(row).map_err(|reason| QueryError::Key { store: self.rows.at.name, reason })?;
                last = Some(Cursor { partition: task.partition, position });
            }
            page.extend(found.0);
            if !found.1 {
                tasks.pop_front();
            }
        }
        (self.tasks, self.last) = (Some(tasks), last);
        self.left -= page.len();
        Ok((!page.is_empty()).then_some(page))
    }

    /// Behind the last row of the last page; `None` if there is no more.
    fn cursor(&self) -> Result<Option<Cursor>, QueryError> {
        let more = self.left > 0 && self.tasks.as_ref().is_some_and(|tasks| !tasks.is_empty());
        Ok(self.last.clone().filter(|_| more))
    }

    /// All tasks, from the one on that the cursor is in.
    fn first_tasks(&self) -> Result<VecDeque<TaskId>, QueryError> {
        let mut tasks: Vec<TaskId> = match &self.rows.source {
            Source::Tasks(_) => self.rows.at.ready_tasks()?,
            Source::Task(task, _) => vec![task.clone()?],
            Source::Global(_) => vec![TaskId { sub_topology: 0, partition: 0 }],
        };
        if self.rows.order == Order::Descending {
            tasks.reverse();
        }
        let is_before = |task: &TaskId, cursor: &Cursor| match self.rows.order {
            Order::Ascending => task.partition < cursor.partition,
            Order::Descending => task.partition > cursor.partition,
        };
        Ok(tasks.into_iter().filter(|task| self.last.as_ref().is_none_or(|cursor| !is_before(task, cursor))).collect())
    }

    /// Some rows of one task, and whether there may be more.
    async fn piece(&self, task: TaskId, position: Option<Vec<u8>>, wanted: usize) -> Result<(Vec<R>, bool), QueryError> {
        let order = self.rows.order;
        match &self.rows.source {
            Source::Global(walk) => collect(wanted, |take| walk(position.as_deref(), order, take)),
            Source::Tasks(walk) | Source::Task(_, walk) => {
                let walk = Arc::clone(walk);
                let question = move |task: &mut Task| collect(wanted, |take| walk(task, position.as_deref(), order, take));
                self.rows.at.ask(task, question).await
            }
        }
    }
}

/// Up to so many rows, and whether there may be more.
fn collect<R>(wanted: usize, walk: impl FnOnce(Take<'_, R>) -> Result<(), QueryError>) -> Result<(Vec<R>, bool), QueryError> {
    let mut rows = Vec::new();
    walk(&mut |row| {
        rows.push(row);
        if rows.len() < wanted { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    let full = rows.len() >= wanted;
    Ok((rows, full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_as_text() {
        let cursor = Cursor { partition: 7, position: b"key \xff".to_vec() };
        assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
        for text in ["", "AA", "not a cursor!"] {
            assert!(matches!(text.parse::<Cursor>(), Err(QueryError::Cursor { .. })), "{text}");
        }
    }
}
