//! What goes wrong around an application: disks, directories, kills, user code, threads, clocks.
//! Applications run as processes (the program `pipelines`), but for threads and clocks, on the
//! embedded log, so nothing but this machine is needed.

#![allow(clippy::unwrap_used)] // tests

mod directory;
mod disk;
mod kill;
mod records;
mod setup;
mod threads_and_clocks;
mod unwritten;
mod user_code;
