//! A web service with a pipeline inside: `cargo run --release --example service`.
//!
//! `POST /views/{page}` appends a record to a topic, and `GET /views/{page}` asks the store that the topology keeps. With `--listen
//! 127.0.0.1:8080` it serves until Ctrl-C, otherwise it sends itself a few requests and ends. With `--brokers` the topic is on Kafka.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use clap::Parser;
use examples::*;
use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::prelude::*;
use streams_runtime::{App, Streams, end_of_input, shutdown_signal};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

topology! {
    /// Counts how often each page is viewed.
    fn page_views() -> PageViews {
        let views: Stream<String, String> = stream("views");
        /// Views by page.
        let per_page: Table<String, u64> = views.group_by_key().count();
    }
}
