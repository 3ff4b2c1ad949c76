//! One broker: a directory with its configuration, log, pid and data, and the process that serves from it.

use std::fs::{self, File};
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::{probe, provision};
use crate::failure::{Context, Failure, Result};
use crate::{paths, process};

/// Long, because the machine may be busy compiling; on an idle one the broker serves after 4 s.
const READY_TIMEOUT: Duration = Duration::from_secs(120);

/// 16 bytes in base64url, as Kafka wants it. Always the same: no two of these brokers ever meet.
const CLUSTER_ID: &str = "c3RyZWFtcy14dGFzay0wMA";

/// How many lines of the broker's log are shown when something failed.
const LOG_TAIL_LINES: usize = 30;

pub(crate) struct Broker {
    port: u16,
    dir: PathBuf,
}

impl Broker {
    /// The broker of this port, running or not.
    pub(crate) fn on(port: u16) -> Self {
        Self { port, dir: paths::target().join("kafka").join(port.to_string()) }
    }

    /// A broker on a port that is free now, as is the one after it.
    pub(crate) fn on_free_port() -> Result<Self> {
        for _ in 0..100 {
            let free = TcpListener::bind(("127.0.0.1", 0)).and_then(|l| l.local_addr());
            let port = free.context(|| "no free port".into())?.port();
            if port < u16::MAX && TcpListener::bind(("127.0.0.1", port + 1)).is_ok() {
                return Ok(Self::on(port));
            }
        }
        Err(Failure::new("no two free ports in a row"))
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Where all that it writes is.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// What clients connect to.
    pub(crate) fn bootstrap(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn log_file(&self) -> PathBuf {
        self.dir.join("broker.log")
    }

    /// The argument by which the broker's process is recognised.
    pub(crate) fn config_file(&self) -> PathBuf {
        self.dir.join("server.properties")
    }

    fn pid_file(&self) -> PathBuf {
        self.dir.join("broker.pid")
    }

    fn data_dir(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// The pid that was written down, if it still is the process that was started then.
    pub(crate) fn running_pid(&self) -> Option<u32> {
        let pid = fs::read_to_string(self.pid_file()).ok()?.trim().parse().ok()?;
        process::runs_with_argument(pid, &self.config_file()).then_some(pid)
    }

    /// Starts the broker, waits until it serves, and returns its pid. It outlives this process.
    pub(crate) fn start(&self) -> Result<u32> {
        let class_path = provision::class_path()?;
        check_ports(self.port)?;
        fs::create_dir_all(&self.dir).context(|| format!("cannot make {}", self.dir.display()))?;
        paths::write(&self.config_file(), &self.config())?;
        if !self.data_dir().join("meta.properties").is_file() {
            self.format(&class_path)?;
        }
        let mut child = self.spawn(&class_path)?;
        paths::write(&self.pid_file(), &format!("{}\n", child.id()))?;
        if let Err(failure) = self.wait_until_ready(&mut child) {
            let tail = self.log_tail();
            self.stop()?;
            return Err(Failure::new(format!("{failure}; the end of {}:\n{tail}", self.log_file().display())));
        }
        Ok(child.id())
    }

    /// Ends the broker, and waits for it. The pid that it had, or `None` if it was not running.
    pub(crate) fn stop(&self) -> Result<Option<u32>> {
        let pid = self.running_pid();
        if let Some(pid) = pid {
            process::end(pid, &self.config_file())?;
        }
        let _ = fs::remove_file(self.pid_file());
        Ok(pid)
    }

    /// Ends the broker and deletes everything it had.
    pub(crate) fn wipe(&self) -> Result<()> {
        self.stop()?;
        match fs::remove_dir_all(&self.dir) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e).context(|| format!("cannot delete {}", self.dir.display())),
            _ => Ok(()),
        }
    }

    /// The last lines of the broker's log.
    pub(crate) fn log_tail(&self) -> String {
        let log = fs::read(self.log_file()).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LOG_TAIL_LINES)..].join("\n")
    }

    /// Writes the metadata that an empty data directory must have before a broker accepts it.
    fn format(&self, class_path: &str) -> Result<()> {
        let output = java(class_path)
            .args(["kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c"])
            .arg(self.config_file())
            .output()
            .context(|| "cannot run java".into())?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        Err(Failure::new(format!("could not format {}:\n{said}", self.data_dir().display())))
    }

    /// Starts the process, in a process group of its own: Ctrl-C in the terminal is not meant for it.
    fn spawn(&self, class_path: &str) -> Result<Child> {
        let log_file = self.log_file();
        let log = || File::options().create(true).append(true).open(&log_file);
        let file = log().and_then(|mut file| {
            writeln!(file, "--- start")?;
            Ok((file.try_clone()?, file))
        });
        let (out, err) = file.context(|| format!("cannot write {}", log_file.display()))?;
        java(class_path)
            .args(["-Xms256m", "-Xmx512m", "-XX:+UseSerialGC"])
            .args(["-Dorg.slf4j.simpleLogger.showDateTime=true", "-Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS"])
            .arg("kafka.Kafka")
            .arg(self.config_file())
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .process_group(0)
            .spawn()
            .context(|| "cannot run java".into())
    }

    fn wait_until_ready(&self, child: &mut Child) -> Result<()> {
        let address = SocketAddr::from(([127, 0, 0, 1], self.port));
        let until = Instant::now() + READY_TIMEOUT;
        while Instant::now() < until {
            if let Some(status) = child.try_wait().context(|| "cannot wait for the broker".into())? {
                return Err(Failure::new(format!("the broker ended at start: {status}")));
            }
            if probe::is_ready(address) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(100));
        }
        Err(Failure::new(format!("the broker does not serve after {} s", READY_TIMEOUT.as_secs())))
    }

    fn config(&self) -> String {
        let (port, controller_port) = (self.port, self.port.saturating_add(1));
        let data = self.data_dir();
        let data = data.display();
        format!(
            "\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs={data}
# A topic exists because somebody made it: a misspelt name must be an error.
auto.create.topics.enable=false
# One node: replication factors of one, and few partitions of the internal topics, which all are opened at start.
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
# Groups form at once, and tests may choose short sessions: a killed member is then missed soon.
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
group.consumer.min.session.timeout.ms=1000
group.consumer.session.timeout.ms=6000
group.consumer.min.heartbeat.interval.ms=500
group.consumer.heartbeat.interval.ms=1000
# Test records carry old timestamps: they must not expire under the test.
log.retention.ms=-1
log.segment.delete.delay.ms=1000
"
        )
    }
}

/// java with Kafka's class path, and warnings only from whatever logs.
pub(super) fn java(class_path: &str) -> Command {
    let mut java = Command::new(provision::java());
    java.args(["-cp", class_path, "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]);
    java
}

/// A broker that cannot have its ports must not start: whoever has them would be taken for it.
pub(crate) fn check_ports(port: u16) -> Result<()> {
    for port in [port, port.saturating_add(1)] {
        TcpListener::bind(("127.0.0.1", port))
            .context(|| format!("port {port} cannot be had, choose another with --port (two are needed, the second for the controller)"))?;
    }
    Ok(())
}
