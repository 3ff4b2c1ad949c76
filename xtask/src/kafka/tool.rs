//! `cargo xtask kafka tool`: Kafka's own command-line programs, so that what we make can be looked at
//! with the eyes of Kafka.

use std::os::unix::process::CommandExt;
use std::process::ExitCode;

use super::broker::{Broker, java};
use super::{DEFAULT_PORT, provision};
use crate::failure::{Failure, Result};

/// The names of Kafka's scripts (`kafka-topics.sh` is `topics`) and the classes that they run.
const CLASSES: &[(&str, &str)] = &[
    ("configs", "kafka.admin.ConfigCommand"),
    ("console-consumer", "org.apache.kafka.tools.consumer.ConsoleConsumer"),
    ("console-producer", "org.apache.kafka.tools.ConsoleProducer"),
    ("consumer-groups", "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"),
    ("get-offsets", "org.apache.kafka.tools.GetOffsetShell"),
    ("groups", "org.apache.kafka.tools.GroupsCommand"),
    ("topics", "org.apache.kafka.tools.TopicCommand"),
    ("transactions", "org.apache.kafka.tools.TransactionsCommand"),
];

#[derive(clap::Args)]
pub(crate) struct Tool {
    /// The port of the broker to ask. `--bootstrap-server` is added unless it is among the arguments.
    #[arg(long, default_value_t = DEFAULT_PORT)]
    port: u16,
    /// topics, configs, consumer-groups, groups, get-offsets, console-consumer, console-producer,
    /// transactions; or the full name of a class in Kafka's jars.
    name: String,
    /// The tool's own arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

impl Tool {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let class = class(&self.name)?;
        let mut java = java(&provision::class_path()?);
        // A tool lives for a second: compiling it well would take longer than running it.
        java.args(["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", class]);
        if !self.args.iter().any(|arg| arg.starts_with("--bootstrap-server")) {
            java.args(["--bootstrap-server", &Broker::on(self.port).bootstrap()]);
        }
        // Instead of a child: signals and the exit status need no passing on.
        Err(Failure::new(format!("cannot run java: {}", java.args(&self.args).exec())))
    }
}

fn class(name: &str) -> Result<&str> {
    if let Some((_, class)) = CLASSES.iter().find(|(short, _)| *short == name) {
        return Ok(class);
    }
    if name.contains('.') {
        return Ok(name);
    }
    let known: Vec<&str> = CLASSES.iter().map(|(short, _)| *short).collect();
    Err(Failure::new(format!("unknown tool `{name}`; known: {}, or the full name of a class", known.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::class;

    #[test]
    fn tools_by_short_name_by_class_and_unknown() {
        assert_eq!(class("topics").unwrap(), "org.apache.kafka.tools.TopicCommand");
        assert_eq!(class("org.example.Tool").unwrap(), "org.example.Tool");
        assert!(class("topic").unwrap_err().to_string().contains("consumer-groups, get-offsets"));
    }
}
