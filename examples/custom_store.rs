//! State in a place of one's own: `cargo run --release --example custom_store`.
//!
//! A backend keeps bytes by key and the position in the changelog that they stand for. Only what is committed reaches it, in atomic
//! batches; so after a restart the runtime reads just the end of the changelog that is missing. This one has a file per store and
//! task, written anew with every commit: right for a few thousand rows.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs;
use std::ops::{Bound, ControlFlow, RangeBounds};
use std::path::{Path, PathBuf};

use examples::*;
use serde::{Deserialize, Serialize};
use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::prelude::*;
use streams_runtime::stores::{BackendBatch, KeyValueBackend, StoreContext, StoreError, StoreFactory};
use streams_runtime::{Producer, Reader, Streams, end_of_input, shutdown_signal};

/// Makes the backends of an application.
#[derive(Debug)]
struct FileStores;

impl StoreFactory for FileStores {
    fn key_value(&self, store: StoreContext<'_>) -> Result<Box<dyn KeyValueBackend>, StoreError> {
        let error = |reason: &dyn Display| StoreError::Backend { store: store.store.to_owned(), reason: reason.to_string() };
        let directory = store.directory.ok_or_else(|| error(&"files need a `.state_dir(…)`"))?;
        fs::create_dir_all(directory).map_err(|e| error(&e))?;
        let path = directory.join(store.store).with_extension("json");
        let content = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|e| error(&e))?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Content::default(),
            Err(e) => return Err(error(&e)),
        };
        Ok(Box::new(FileStore { store: store.store.to_owned(), path, content }))
    }
}

/// One store of one task.
struct FileStore {
    store: String,
    path: PathBuf,
    content: Content,
}

#[derive(Clone, Default, Serialize, Deserialize)]
struct Content {
    rows: Vec<(Vec<u8>, Vec<u8>)>, // sorted by key
    position: Option<i64>,
}

impl FileStore {
    /// After a crash the file holds all of the old content or all of the new one.
    fn replace(&mut self, content: Content) -> Result<(), StoreError> {
        let error = |reason: String| StoreError::Backend { store: self.store.clone(), reason };
        let bytes = serde_json::to_vec(&content).map_err(|e| error(e.to_string()))?;
        let new = self.path.with_extension("new");
        let file = fs::write(&new, bytes).and_then(|()| fs::File::open(&new));
        file.and_then(|file| file.sync_all()).and_then(|()| fs::rename(&new, &self.path)).map_err(|e| error(e.to_string()))?;
        self.content = content;
        Ok(())
    }
}

impl KeyValueBackend for FileStore {
    fn get(&self, key: &[u8], out: &mut Vec<u8>) -> Result<bool, StoreError> {
        let found = self.content.rows.binary_search_by(|(k, _)| k.as_slice().cmp(key));
        if let Ok(place) = found {
            out.extend_from_slice(&self.content.rows[place].1);
        }
        Ok(found.is_ok())
    }

    fn range(
        &self,
        from: Bound<&[u8]>,
        to: Bound<&[u8]>,
        visit: &mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        for (key, value) in &self.content.rows {
            if RangeBounds::<&[u8]>::contains(&(from, to), &key.as_slice()) && visit(key, value).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn write(&mut self, batch: BackendBatch<'_>) -> Result<(), StoreError> {
        let mut rows: BTreeMap<Vec<u8>, Vec<u8>> = self.content.rows.iter().cloned().collect();
        for (key, value) in batch.writes {
            match value {
                Some(value) => rows.insert(key.to_vec(), value.to_vec()),
                None => rows.remove(&key[..]),
            };
        }
        self.replace(Content { rows: rows.into_iter().collect(), position: Some(batch.position) })
    }

    fn position(&self) -> Option<i64> {
        self.content.position
    }

    fn clear(&mut self) -> Result<(), StoreError> {
        self.replace(Content::default())
    }
}

topology! {
    /// How much of each fruit is in stock.
    fn stock() -> Stock {
        let deliveries: Stream<String, i64> = stream("deliveries");
        let in_stock: Table<String, i64> = deliveries.group_by_key().reduce(|sum, pieces| sum + pieces);
        in_stock.to_stream().to("stock");
    }
}

fn streams(state_dir: &Path) -> Streams<Stock> {
    Streams::new(stock()).application_id("custom-store").stores(FileStores).state_dir(state_dir).create_missing_topics(2)
}

#[tokio::main]
async fn main() -> Result {
    if let Some(brokers) = examples::brokers() {
        let state_dir = std::env::temp_dir().join("custom-store-example");
        streams(&state_dir).brokers(brokers).start().await?.run_until(shutdown_signal()).await?;
        return Ok(());
    }

    let state_dir = tempfile::tempdir()?;
    let log = EmbeddedLog::in_memory();
    log.create_topic("deliveries", 2)?;
    for deliveries in [&[("apples", 10_i64), ("pears", 5), ("apples", -3)][..], &[("apples", 2), ("plums", 20)]] {
        Producer::new(&log, Stock::DELIVERIES).send_all(deliveries.iter().copied()).await?;
        // Runs to the end and stops. The second application finds the files of the first.
        streams(state_dir.path()).embedded_log(log.clone()).start().await?.run_until(end_of_input()).await?;
        println!("stock: {:?}", Reader::builder(&log, Stock::STOCK).to_table().await?);
    }

    for task in ["0_0", "0_1"] {
        let file = state_dir.path().join("custom-store").join(task).join("in_stock.json");
        let content: Content = serde_json::from_slice(&fs::read(&file)?)?;
        let keys: Vec<_> = content.rows.iter().map(|(key, _)| String::from_utf8_lossy(key)).collect();
        println!("file of task {task}: {keys:?}");
    }
    Ok(())
}
