//! Orders find the address of their customer in a global table: `cargo run --release --example orders_global_table`.
//!
//! Every process has all rows of a global table, so the orders may be partitioned by anything: a closure says which row an order
//! needs. The table is filled before the first order is looked at, and then follows its topic: it does not go by time.

use examples::*;
use serde::{Deserialize, Serialize};
use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::prelude::*;
use streams_runtime::{Producer, Reader, Streams, end_of_input, shutdown_signal};

#[derive(Clone, Serialize, Deserialize, StreamData)]
struct Order {
    customer: String,
    item: String,
}

#[derive(Clone, Serialize, Deserialize, StreamData)]
struct Address {
    street: String,
    town: String,
}

topology! {
    /// Orders, keyed by their number, become lines of a shipping list.
    fn orders_global_table() -> OrdersGlobalTable {
        let orders: Stream<u32, Order> = stream("orders-by-number");
        let addresses: GlobalTable<String, Address> = global_table("addresses");

        orders
            .join(
                addresses,
                |_, order| order.customer.clone(),
                |order, address| format!("{} for {}, {}, {}", order.item, order.customer, address.street, address.town),
            )
            .to("shipping-list");
    }
}

#[tokio::main]
async fn main() -> Result {
    let streams = Streams::new(orders_global_table()).application_id("orders-global-table").create_missing_topics(4);
    if let Some(brokers) = examples::brokers() {
        streams.brokers(brokers).start().await?.run_until(shutdown_signal()).await?;
        return Ok(());
    }

    let log = EmbeddedLog::in_memory();
    log.create_topic("orders-by-number", 4)?;
    log.create_topic("addresses", 2)?; // the numbers of partitions need not be equal
    let orders = Producer::new(&log, OrdersGlobalTable::ORDERS_BY_NUMBER);
    let addresses = Producer::new(&log, OrdersGlobalTable::ADDRESSES_TOPIC); // `ADDRESSES` is the table, for queries
    let order = |number: u32, customer: &str, item: &str| {
        orders.send(number, Order { customer: customer.into(), item: item.into() }).timestamp_ms(number.into())
    };
    let address = |at_ms, customer, street: &str, town: &str| {
        addresses.send(customer, Address { street: street.into(), town: town.into() }).timestamp_ms(at_ms)
    };
    address(1, "alice", "1 Old Street", "Leeds").await?;
    order(100, "alice", "lamp").await?;
    order(101, "bob", "chair").await?;
    address(102, "alice", "22 New Road", "York").await?; // all that is known at the start counts, so her lamp goes to York, too
    address(103, "bob", "3 High Street", "Hull").await?;
    order(104, "alice", "book").await?;
    order(105, "carol", "pen").await?; // who has no address: nothing to ship
    streams.embedded_log(log.clone()).start().await?.run_until(end_of_input()).await?;

    // What a chain ends in has a type that only the compiler knows; a reader says it.
    for line in Reader::<u32, String>::builder(&log, "shipping-list").to_end().await? {
        println!("{}: {}", line.key, line.value);
    }
    Ok(())
}
