//! What goes wrong around an application: disks, directories, kills, user code. Applications run as processes (the program `pipelines`)
//! on the embedded log, so nothing but this machine is needed.

#![allow(clippy::unwrap_used)] // tests

mod directory;
mod disk;
mod kill;
mod records;
mod setup;
mod unwritten;
mod user_code;
