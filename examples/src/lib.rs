//! What the examples share: one argument.

use clap::Parser;
use streams_runtime::BoxError;

/// What a `main` of an example returns.
pub type Result<T = (), E = BoxError> = std::result::Result<T, E>;

/// The argument that all examples take.
#[derive(Debug, Parser)]
pub struct Args {
    /// Run on Kafka (host:port) until Ctrl-C; without this the example runs on a log inside the process, and ends.
    #[arg(long)]
    pub brokers: Option<String>,
}

/// What `--brokers` says. Also lets `RUST_LOG=info` show what the runtime does.
pub fn brokers() -> Option<String> {
    show_log();
    Args::parse().brokers
}

/// Shows the runtime's log on stderr, as much of it as `RUST_LOG` asks for.
pub fn show_log() {
    let filter = tracing_subscriber::EnvFilter::from_default_env();
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}

/// Without the feature `kafka` there is no `Streams::brokers`; then this one says so.
#[cfg(not(feature = "kafka"))]
pub trait NoKafka: Sized {
    /// Ends the program.
    fn brokers(self, _: String) -> Self {
        eprintln!("error: `--brokers` needs the feature `kafka`, and this program was built without it (`--no-default-features`)");
        std::process::exit(2);
    }
}

#[cfg(not(feature = "kafka"))]
impl<T> NoKafka for streams_runtime::Streams<T> {}
