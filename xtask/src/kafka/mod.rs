//! `cargo xtask kafka`: a throwaway single-node Apache Kafka (KRaft).
//!
//! | File | Role |
//! |---|---|
//! | `provision` | fetches the jars, once, with Maven |
//! | `broker` | one broker: its directory, its start, its end |
//! | `leash` | ends it when this process goes, however it goes |
//! | `probe` | asks over the wire whether the broker serves |
//! | `tool` | Kafka's own command-line programs |

pub(crate) mod broker;
pub(crate) mod leash;
mod probe;
pub(crate) mod provision;
pub(crate) mod tool;

use std::process::ExitCode;

use broker::Broker;

use crate::failure::Result;

/// The port of `kafka start` when none is given: not 9092, where a developer's own broker may be.
pub(crate) const DEFAULT_PORT: u16 = 19392;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Start a broker on 127.0.0.1 and wait until it serves. Data and log are below target/kafka.
    Start(Port),
    /// Stop the broker that `start` started on this port, and keep its data.
    Stop(Port),
    /// Say whether it runs: exit status 0 if so, 3 if not.
    Status(Port),
    /// Stop it and delete its data.
    Wipe(Port),
    /// Run one of Kafka's own tools: topics, configs, consumer-groups, …, or the name of a class.
    Tool(tool::Tool),
}

#[derive(clap::Args)]
pub(crate) struct Port {
    /// The broker's port. The controller takes the one after it.
    #[arg(long, default_value_t = DEFAULT_PORT)]
    port: u16,
}

pub(crate) fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Start(Port { port }) => {
            let broker = Broker::on(port);
            match broker.running_pid() {
                Some(pid) => println!("already running: pid {pid}, {}", broker.bootstrap()),
                None => println!("ready: pid {}, {}", broker.start()?, broker.bootstrap()),
            }
        }
        Command::Stop(Port { port }) => match Broker::on(port).stop()? {
            Some(pid) => println!("stopped: pid {pid}"),
            None => println!("not running"),
        },
        Command::Status(Port { port }) => {
            let broker = Broker::on(port);
            let Some(pid) = broker.running_pid() else {
                println!("not running");
                return Ok(ExitCode::from(3));
            };
            println!("running: pid {pid}, {}", broker.bootstrap());
        }
        Command::Wipe(Port { port }) => Broker::on(port).wipe()?,
        Command::Tool(tool) => return tool.run(),
    }
    Ok(ExitCode::SUCCESS)
}
