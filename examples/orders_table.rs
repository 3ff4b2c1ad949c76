//! Orders find the address of their customer: `cargo run --release --example orders_table`.
//!
//! A join of a stream with a table goes by time: an order meets the address as it was when the order came in.
//! `examples/orders_global_table.rs` does the same with a global table.

use examples::*;
use serde::{Deserialize, Serialize};
use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::prelude::*;
use streams_runtime::{Streams, end_of_input, shutdown_signal};

#[derive(Clone, Serialize, Deserialize, StreamData)]
struct Order {
    number: u32,
    item: String,
}

#[derive(Clone, Serialize, Deserialize, StreamData)]
struct Address {
    street: String,
    town: String,
}

#[derive(Clone, Serialize, Deserialize, StreamData)]
struct Shipment {
    order: u32,
    item: String,
    to: Option<String>,
}

topology! {
    /// Orders of customers whose address is known become shipments; the others wait in a topic of their own.
    fn orders_table() -> OrdersTable {
        // Both by customer, and with equally many partitions: so an order and the address of its customer meet in one task.
        let orders: Stream<String, Order> = stream("orders");
        let addresses: Table<String, Address> = table("addresses");

        let (ready, waiting) = orders
            .left_join(addresses, |order, address| Shipment {
                order: order.number,
                item: order.item.clone(),
                to: address.map(|Address { street, town }| format!("{street}, {town}")),
            })
            .split()
            .branch(|_, shipment| shipment.to.is_some())
            .otherwise();

        ready.to("shipments");
        waiting.to("orders-without-address");
    }
}

#[tokio::main]
async fn main() -> Result {
    let streams = Streams::new(orders_table()).application_id("orders-table").create_missing_topics(4);
    if let Some(brokers) = examples::brokers() {
        streams.brokers(brokers).start().await?.run_until(shutdown_signal()).await?;
        return Ok(());
    }

    let log = EmbeddedLog::in_memory();
    log.create_topic("orders", 4)?;
    log.create_topic("addresses", 4)?;
    let order = |at_ms, customer: &str, number, item: &str| write(&log, "orders", customer, &Order { number, item: item.into() }, at_ms);
    let address = |at_ms, customer: &str, street: &str, town: &str| {
        write(&log, "addresses", customer, &Address { street: street.into(), town: town.into() }, at_ms)
    };
    address(1, "alice", "1 Old Street", "Leeds")?;
    order(2, "alice", 100, "lamp")?;
    order(3, "bob", 101, "chair")?; // whose address is not known yet
    address(4, "alice", "22 New Road", "York")?; // she moves
    address(5, "bob", "3 High Street", "Hull")?;
    order(6, "bob", 102, "table")?;
    order(7, "alice", 103, "book")?;
    write(&log, "addresses", "alice", &None::<Address>, 8)?; // a null deletes a row
    order(9, "alice", 104, "pen")?;
    streams.embedded_log(log.clone()).start().await?.run_until(end_of_input()).await?;

    for topic in ["shipments", "orders-without-address"] {
        println!("{topic}:");
        for (customer, Shipment { order, item, to }) in read::<String, Shipment>(&log, topic)? {
            println!("  {customer}'s order {order}: {item} to {}", to.as_deref().unwrap_or("?"));
        }
    }
    Ok(())
}
