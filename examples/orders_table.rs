//! Orders find the address of their customer: `cargo run --release --example orders_table`.
//!
//! A join of a stream with a table goes by time: an order meets the address as it was when the order came in.
//! `examples/orders_global_table.rs` does the same with a global table.

use examples::*;
use serde::{Deserialize, Serialize};
use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::prelude::*;
use streams_runtime::{Producer, Reader, Streams, end_of_input, shutdown_signal};

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

        // With a written type the topics behind it have constants, too.
        let shipments: Stream<String, Shipment> = orders.left_join(addresses, |order, address| Shipment {
            order: order.number,
            item: order.item.clone(),
            to: address.map(|Address { street, town }| format!("{street}, {town}")),
        });
        let (ready, waiting) = shipments.split().branch(|_, shipment| shipment.to.is_some()).otherwise();

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
    let orders = Producer::new(&log, OrdersTable::ORDERS);
    let addresses = Producer::new(&log, OrdersTable::ADDRESSES_TOPIC); // `ADDRESSES` is the table, for queries
    let order = |at_ms, customer, number, item: &str| orders.send(customer, Order { number, item: item.into() }).timestamp_ms(at_ms);
    let address = |at_ms, customer, street: &str, town: &str| {
        addresses.send(customer, Address { street: street.into(), town: town.into() }).timestamp_ms(at_ms)
    };
    address(1, "alice", "1 Old Street", "Leeds").await?;
    order(2, "alice", 100, "lamp").await?;
    order(3, "bob", 101, "chair").await?; // whose address is not known yet
    address(4, "alice", "22 New Road", "York").await?; // she moves
    address(5, "bob", "3 High Street", "Hull").await?;
    order(6, "bob", 102, "table").await?;
    order(7, "alice", 103, "book").await?;
    addresses.send_null("alice").timestamp_ms(8).await?; // deletes a row
    order(9, "alice", 104, "pen").await?;
    streams.embedded_log(log.clone()).start().await?.run_until(end_of_input()).await?;

    for topic in [OrdersTable::SHIPMENTS, OrdersTable::ORDERS_WITHOUT_ADDRESS] {
        println!("{}:", topic.name());
        for shipment in Reader::builder(&log, topic).to_end().await? {
            let Shipment { order, item, to } = shipment.value;
            println!("  {}'s order {order}: {item} to {}", shipment.key, to.as_deref().unwrap_or("?"));
        }
    }
    Ok(())
}
