//! The name of a topic with its types, formats and partitioner.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::formats::{Formats, of_types};
use crate::codec::StreamData;

/// Chooses the partitions of a record by key, value and number of partitions; `None` means by the key.
pub type ChoosePartition<K, V> = fn(&K, &V, u32) -> Option<Vec<u32>>;

/// Names a topic with the types of its keys and values, its formats, and the partitioner that it is written with:
/// `SlowViews::PAGE_VIEWS`. `topology!` makes one for each topic whose types it knows; [`TopicName::new`] makes one by hand.
///
/// A [`Producer`](crate::Producer) and a [`Reader`](crate::Reader) are made of it.
///
/// ```
/// use streams_runtime::TopicName;
///
/// const PAGE_VIEWS: TopicName<String, u64> = TopicName::new("page-views");
/// assert_eq!(PAGE_VIEWS.name(), "page-views");
/// ```
pub struct TopicName<K: ?Sized, V: ?Sized> {
    name: Cow<'static, str>,
    formats: fn() -> Arc<dyn Formats<K, V>>,
    partitioner: Option<ChoosePartition<K, V>>,
}

impl<K: StreamData + ?Sized + 'static, V: StreamData + ?Sized + 'static> TopicName<K, V> {
    /// The topic called `name`, in the formats of its types.
    pub const fn new(name: &'static str) -> Self {
        TopicName { name: Cow::Borrowed(name), formats: of_types::<K, V>, partitioner: None }
    }

    /// The same with a name that is known at run time only.
    pub fn named(name: impl Into<String>) -> Self {
        TopicName::new("").renamed(name)
    }
}

impl<K: ?Sized, V: ?Sized> TopicName<K, V> {
    /// The topic called `name`, in other formats than those of its types.
    ///
    /// ```
    /// use streams_runtime::TopicName;
    /// use streams_runtime::client::codecs;
    /// use streams_runtime::codec::{Json, Utf8};
    ///
    /// // Numbers as JSON text instead of eight bytes.
    /// const TOTALS: TopicName<String, u64> = TopicName::with("totals", || codecs(Utf8, Json));
    /// # assert_eq!(TOTALS.name(), "totals");
    /// ```
    pub const fn with(name: &'static str, formats: fn() -> Arc<dyn Formats<K, V>>) -> Self {
        TopicName { name: Cow::Borrowed(name), formats, partitioner: None }
    }

    /// The same topic under another name.
    #[must_use]
    pub fn renamed(mut self, name: impl Into<String>) -> Self {
        self.name = Cow::Owned(name.into());
        self
    }

    /// The same topic, whose records are placed by this function.
    ///
    /// ```
    /// use streams_runtime::TopicName;
    ///
    /// let orders: TopicName<String, u64> = TopicName::new("orders").partitioned_by(|_, customer, partitions| {
    ///     Some(vec![(customer % u64::from(partitions)) as u32])
    /// });
    /// # assert_eq!(orders.name(), "orders");
    /// ```
    #[must_use]
    pub const fn partitioned_by(mut self, partitioner: ChoosePartition<K, V>) -> Self {
        self.partitioner = Some(partitioner);
        self
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn formats(&self) -> Arc<dyn Formats<K, V>> {
        (self.formats)()
    }

    pub(super) fn partitioner(&self) -> Option<ChoosePartition<K, V>> {
        self.partitioner
    }
}

impl<K: ?Sized, V: ?Sized> Clone for TopicName<K, V> {
    fn clone(&self) -> Self {
        TopicName { name: self.name.clone(), formats: self.formats, partitioner: self.partitioner }
    }
}

impl<K: ?Sized, V: ?Sized> fmt::Debug for TopicName<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// What names a topic of keys `K` and values `V`: a [`TopicName`], or text where the types have formats of their own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name a topic of keys `{K}` and values `{V}`",
    label = "not such a topic",
    note = "give a constant of the topology (`SlowViews::PAGE_VIEWS`), or the topic's name and its types: `producer::<Key, Value>(\"topic\")`"
)]
pub trait IntoTopic<K: ?Sized, V: ?Sized> {
    /// The topic.
    fn into_topic(self) -> TopicName<K, V>;
}

impl<K: ?Sized, V: ?Sized> IntoTopic<K, V> for TopicName<K, V> {
    fn into_topic(self) -> TopicName<K, V> {
        self
    }
}

impl<K: ?Sized, V: ?Sized> IntoTopic<K, V> for &TopicName<K, V> {
    fn into_topic(self) -> TopicName<K, V> {
        self.clone()
    }
}

impl<K: StreamData + ?Sized + 'static, V: StreamData + ?Sized + 'static> IntoTopic<K, V> for &str {
    fn into_topic(self) -> TopicName<K, V> {
        TopicName::named(self)
    }
}

impl<K: StreamData + ?Sized + 'static, V: StreamData + ?Sized + 'static> IntoTopic<K, V> for String {
    fn into_topic(self) -> TopicName<K, V> {
        TopicName::named(self)
    }
}
