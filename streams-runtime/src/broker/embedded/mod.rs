//! A log inside the process: partitions, consumer groups, in memory or durable in a directory.
