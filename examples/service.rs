//! A web service with a pipeline inside: `cargo run --release --example service`.
//!
//! `POST /views/{page}` writes a record to a topic, `GET /views/{page}` asks the store that the topology keeps, and `GET /health` says whether
//! it can be asked. With `--listen
//! 127.0.0.1:8080` it serves until Ctrl-C; otherwise it visits itself and ends. With `--brokers` topic and state are on Kafka.

use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use clap::Parser;
use examples::*;
use streams_runtime::prelude::*;
use streams_runtime::{App, AppState, QueryError, Streams, shutdown_signal};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

topology! {
    /// How often each page is viewed. The table goes nowhere: it is there to be asked.
    fn page_views() -> PageViews {
        let views: Stream<String, String> = stream("views");
        let per_page: Table<String, u64> = views.group_by_key().count();
    }
}

/// What the handlers work with: each has a handle of the running application.
type Views = State<App<PageViews>>;
type Answer = Result<String, (StatusCode, String)>;

async fn count(State(app): Views, Path(page): Path<String>) -> Answer {
    let views = app.store(PageViews::PER_PAGE).get(&page).await.map_err(|error| match error {
        QueryError::NotReady { .. } => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    })?;
    Ok(format!("{page}: {}", views.unwrap_or(0)))
}

async fn view(State(app): Views, Path(page): Path<String>, visitor: String) -> Answer {
    // Returns when the broker has the record.
    let sent = app.producer(PageViews::VIEWS).send(page, visitor).await;
    sent.map_err(|error| (StatusCode::BAD_GATEWAY, error.to_string()))?;
    Ok("thank you".to_owned())
}

async fn health(State(app): Views) -> (StatusCode, String) {
    let ready = matches!(app.state(), AppState::Running);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, format!("{:?}, {} records", app.state(), app.metrics().records.records_in))
}

#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    common: Args,
    /// Serve at this address until Ctrl-C.
    #[arg(long)]
    listen: Option<String>,
}

#[tokio::main]
async fn main() -> Result {
    show_log();
    let arguments = Arguments::parse();
    let streams = Streams::new(page_views()).application_id("page-views").create_missing_topics(4);
    let streams = match arguments.common.brokers {
        Some(brokers) => streams.brokers(brokers),
        None => streams.embedded_in_memory(),
    };
    let app = streams.start().await?;
    app.running().await?;

    let router = Router::new().route("/views/{page}", get(count).post(view)).route("/health", get(health)).with_state(app.clone());
    let listener = TcpListener::bind(arguments.listen.as_deref().unwrap_or("127.0.0.1:0")).await?;
    let address = listener.local_addr()?.to_string();
    let server = tokio::spawn(async move { axum::serve(listener, router).await });

    if arguments.listen.is_some() {
        println!("serving http://{address}/views/");
        app.run_until(shutdown_signal()).await?;
    } else {
        visit(&address).await?;
        app.shutdown(Duration::from_secs(10)).await?;
    }
    server.abort();
    Ok(())
}

/// What a few visitors do.
async fn visit(address: &str) -> Result {
    for (page, visitor) in [("home", "ann"), ("about", "ben"), ("home", "ben"), ("home", "cleo")] {
        println!("POST /views/{page} ({visitor}) -> {}", request(address, "POST", page, visitor).await?);
    }
    for (page, views) in [("home", 3), ("about", 1), ("jobs", 0)] {
        // A view counts as soon as the pipeline has seen it, which may be a moment after it was written.
        let mut answer = request(address, "GET", page, "").await?;
        for _ in 0..1_000 {
            if answer == format!("{page}: {views}") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
            answer = request(address, "GET", page, "").await?;
        }
        println!("GET /views/{page} -> {answer}");
    }
    Ok(())
}

/// One HTTP request; returns the body of the answer.
async fn request(address: &str, method: &str, page: &str, body: &str) -> Result<String> {
    let mut connection = TcpStream::connect(address).await?;
    let length = body.len();
    let head = format!("{method} /views/{page} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    connection.write_all(format!("{head}{body}").as_bytes()).await?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await?;
    let (_, body) = answer.split_once("\r\n\r\n").ok_or("no HTTP answer")?;
    Ok(body.to_owned())
}
