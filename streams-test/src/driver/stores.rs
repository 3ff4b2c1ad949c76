//! Looks into the stores of a driver.

use std::rc::Rc;

use streams_runtime::codec::StreamData;
use streams_runtime::{SessionWindow, StoreName, Windowed};

use super::TestDriver;
use crate::error::DriverError;
use crate::session_store::TestSessionStore;
use crate::store::TestStore;
use crate::versioned_store::TestVersionedStore;
use crate::window_store::TestWindowStore;

impl TestDriver {
    /// A store or a global table, by the constant that `topology!` made for it.
    ///
    /// # Errors
    /// When the topology has no such store, or its types differ.
    pub fn store<K, V>(&self, name: StoreName<K, V>) -> Result<TestStore<K, V>, DriverError>
    where
        K: StreamData<Stored = K> + Clone + 'static,
        V: StreamData<Stored = V> + Clone + Send + Sync + 'static,
    {
        TestStore::find(Rc::clone(&self.engine), name.name())
    }

    /// The store of a windowed aggregation, by the constant that `topology!` made for it.
    ///
    /// ```
    /// use streams_runtime::prelude::*;
    /// use streams_test::TestDriver;
    ///
    /// topology! {
    ///     fn views() -> Views {
    ///         let input: Stream<String, String> = stream("views");
    ///         let per_page: Table<Windowed<String>, u64> =
    ///             input.group_by_key().windowed_by(tumbling(millis(100)).grace(millis(20))).emit_on_close().count();
    ///         per_page.to_stream().to("views-per-page");
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), streams_test::DriverError> {
    /// let driver = TestDriver::new(views())?;
    /// let views = driver.input::<str, str>("views")?;
    /// views.pipe_at("home", "ada", 30)?;
    /// views.pipe_at("home", "bob", 110)?;
    /// assert_eq!(driver.window_store(Views::PER_PAGE)?.fetch("home", 100), Some(1));
    /// // At 120 the first window closes.
    /// let counts = driver.output::<Windowed<String>, u64>("views-per-page");
    /// assert!(counts.read_pairs().is_empty());
    /// views.pipe_at("home", "ada", 120)?;
    /// let (page, count) = counts.read_pairs().remove(0);
    /// assert_eq!((page.key.as_str(), page.window.start_ms, count), ("home", 0, 1));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the topology has no such store, or its types differ.
    pub fn window_store<K, V>(&self, name: StoreName<Windowed<K>, V>) -> Result<TestWindowStore<K, V>, DriverError>
    where
        K: StreamData<Stored = K> + Clone + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        TestWindowStore::find(Rc::clone(&self.engine), name.name())
    }

    /// The store of an aggregation in sessions, by the constant that `topology!` made for it.
    ///
    /// ```
    /// use streams_runtime::prelude::*;
    /// use streams_test::TestDriver;
    ///
    /// topology! {
    ///     fn visits() -> Visits {
    ///         let clicks: Stream<String, u64> = stream("clicks");
    ///         let spent: Table<Windowed<String, SessionWindow>, u64> = clicks
    ///             .group_by_key()
    ///             .windowed_by(sessions(millis(30)).grace(millis(100)))
    ///             .aggregate(|| 0, |_, ms, sum| sum + ms, |_, a, b| a + b);
    ///         spent.to_stream().to("visits");
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), streams_test::DriverError> {
    /// let driver = TestDriver::new(visits())?;
    /// let clicks = driver.input::<str, u64>("clicks")?;
    /// clicks.pipe_at("ada", &5, 100)?;
    /// clicks.pipe_at("ada", &7, 160)?;
    /// // 130 is within the gap of both: they become one session.
    /// clicks.pipe_at("ada", &1, 130)?;
    /// let session = SessionWindow { start_ms: 100, end_ms: 160 };
    /// assert_eq!(driver.session_store(Visits::SPENT)?.fetch("ada"), [(session, 13)]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the topology has no such store, or its types differ.
    pub fn session_store<K, V>(&self, name: StoreName<Windowed<K, SessionWindow>, V>) -> Result<TestSessionStore<K, V>, DriverError>
    where
        K: StreamData<Stored = K> + Clone + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        TestSessionStore::find(Rc::clone(&self.engine), name.name())
    }

    /// The store of a table with a history, by the constant that `topology!` made for it.
    ///
    /// ```
    /// use streams_runtime::prelude::*;
    /// use streams_test::TestDriver;
    ///
    /// topology! {
    ///     fn sales() -> Sales {
    ///         let prices: Table<String, i64> = table("prices").versioned(minutes(10));
    ///         let orders: Stream<String, i64> = stream("orders");
    ///         orders.join(prices, |count, price| count * price).to("sold");
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), streams_test::DriverError> {
    /// let driver = TestDriver::new(sales())?;
    /// let prices = driver.input::<str, i64>("prices")?;
    /// prices.pipe_at("tea", &3, 1_000)?;
    /// prices.pipe_at("tea", &5, 2_000)?;
    /// // An order counts with the price of its time.
    /// driver.input::<str, i64>("orders")?.pipe_at("tea", &10, 1_500)?;
    /// assert_eq!(driver.output::<String, i64>("sold").read_pairs(), [("tea".to_owned(), 30)]);
    /// let prices = driver.versioned_store(Sales::PRICES)?;
    /// assert_eq!((prices.get("tea"), prices.get_as_of("tea", 1_999)), (Some((5, 2_000)), Some((3, 1_000))));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the topology has no such store, or its types differ.
    pub fn versioned_store<K, V>(&self, name: StoreName<K, V>) -> Result<TestVersionedStore<K, V>, DriverError>
    where
        K: StreamData<Stored = K> + Clone + 'static,
        V: StreamData<Stored = V> + Clone + 'static,
    {
        TestVersionedStore::find(Rc::clone(&self.engine), name.name())
    }
}
