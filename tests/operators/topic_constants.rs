//! The constants of a topology's topics: types, formats and partitioner need not be said again.

use streams_runtime::broker::embedded::EmbeddedLog;
use streams_runtime::prelude::*;
use streams_runtime::{Producer, Reader};

const ORDERS: &str = "orders";

/// Rows are under the last partition, but for one.
fn last(_: &u64, name: &String, partitions: u32) -> Option<u32> {
    (name != "by key").then_some(partitions - 1)
}

type Clicks = Stream<String, u64>;

topology! {
    fn aliases() -> Aliases {
        let clicks: Clicks = stream("clicks");
        let clients: Table<u64, String> = table("clients").partitioned_by(last);
        clicks.peek(|_, _| {}).to("copied");
        clients.to_stream().for_each(|_, _| {});
    }
}

topology! {
    fn shop(input: String, min: u64) -> Shop {
        let views: Stream<String, u64> = stream("page-views");
        let users: Table<String, String> = table("users");
        let prices: GlobalTable<String, u64> = global_table("prices");
        let orders: Stream<u64, String> = stream(ORDERS);
        let totals: Stream<String, u64> = stream("totals").with(Utf8, Json);
        let parameter: Stream<String, Vec<u8>> = stream(input);
        let several: Stream<String, u64> = stream(["views.old", "viewsNew"]);

        let borrowed: Stream<str, [u8]> = stream("borrowed");
        borrowed.for_each(|_, _| {});

        let kept = views.filter(|_, ms| ms >= min).peek(|_, _| {});
        kept.to("kept");
        let rounded = views.map_values(|ms| ms / 1_000);
        rounded.to("unknown");
        let named: Stream<String, String> = views.map_values(|ms| ms.to_string());
        named.to("named");
        let counts: Table<String, u64> = views.group_by_key().count();
        counts.to_stream().filter(|_, count| count.is_some()).to("counts");
        let (long, short) = orders.split().branch(|_, order| order.len() > 3).otherwise();
        long.to("long").partitioned_by(|key, _, partitions| (*key % u64::from(partitions)) as u32);
        short.to("short").partitioned_by(|key, _, partitions| ((*key + *min) % u64::from(partitions)) as u32);
        totals.to("formatted").with(Utf8, Json);
        users.to_stream().for_each(|_, _| {});
        views.join(prices, |page, _| page.clone(), |ms, price| ms * price).for_each(|_, _| {});
        parameter.for_each(|_, _| {});
        several.for_each(|_, _| {});
    }
}

fn names<K, V>(topic: TopicName<K, V>) -> String {
    topic.name().to_owned()
}

#[test]
fn each_topic_whose_types_are_known_has_a_constant() {
    let topology = shop("clicks".to_owned(), 5);
    let found = [
        names::<String, u64>(Shop::PAGE_VIEWS),
        names::<u64, String>(Shop::ORDERS),
        names::<String, u64>(Shop::TOTALS),
        names::<String, u64>(Shop::VIEWS_OLD),
        names::<String, u64>(Shop::VIEWS_NEW),
        names::<String, Vec<u8>>(topology.input_topic()),
        names::<String, Vec<u8>>(Shop::BORROWED),
        // Of sinks: behind what keeps the types, or where they are written.
        names::<String, u64>(Shop::KEPT),
        names::<String, String>(Shop::NAMED),
        names::<u64, String>(Shop::LONG),
        names::<String, u64>(Shop::FORMATTED),
    ];
    let expected = ["page-views", "orders", "totals", "views.old", "viewsNew", "clicks", "borrowed", "kept", "named", "long", "formatted"];
    assert_eq!(found, expected);
}

/// The changes of a table have nulls; a store of the same name has the constant.
#[test]
fn a_store_goes_before_a_topic_of_its_name() {
    let stores: (StoreName<String, String>, StoreName<String, u64>, StoreName<String, u64>) = (Shop::USERS, Shop::COUNTS, Shop::PRICES);
    assert_eq!((stores.0.name(), stores.1.name(), stores.2.name()), ("users", "counts", "prices"));
    assert_eq!(names::<String, Option<String>>(Shop::USERS_TOPIC), "users");
    assert_eq!(names::<String, Option<u64>>(Shop::PRICES_TOPIC), "prices");
    assert_eq!(names::<String, Option<u64>>(Shop::COUNTS_TOPIC), "counts");
}

#[tokio::test]
async fn formats_and_partitioners_are_those_of_the_topology() {
    let log = EmbeddedLog::in_memory();
    for topic in ["users", "totals", "long", "page-views"] {
        log.create_topic(topic, 3).unwrap();
    }
    Producer::new(&log, Shop::PAGE_VIEWS).send("home", 7).partition(0).await.unwrap();
    assert_eq!(log.read("page-views", 0, 0, 1).unwrap().get(0).unwrap().value, Some(&7u64.to_be_bytes()[..]));
    Producer::new(&log, Shop::TOTALS).send("ann", 12).partition(0).await.unwrap();
    assert_eq!(log.read("totals", 0, 0, 1).unwrap().get(0).unwrap().value, Some(&b"12"[..]));
    for key in 0..6 {
        assert_eq!(Producer::new(&log, Shop::LONG).send(key, "order").await.unwrap().partition as u64, key % 3);
    }
    let users = Producer::new(&log, Shop::USERS_TOPIC);
    users.send("ann", "France".to_owned()).await.unwrap();
    users.send("ann", None).await.unwrap();
    let read = Reader::builder(&log, Shop::USERS_TOPIC).to_end().await.unwrap();
    assert_eq!(read.iter().map(|r| (r.key.as_str(), r.value.as_deref())).collect::<Vec<_>>(), [("ann", Some("France")), ("ann", None)]);
}

#[tokio::test]
async fn names_for_types_and_what_sources_say_of_their_topics_count() {
    assert_eq!([names::<String, u64>(Aliases::CLICKS), names::<String, u64>(Aliases::COPIED)], ["clicks", "copied"]);
    let log = EmbeddedLog::in_memory();
    log.create_topic("clients", 4).unwrap();
    let clients = Producer::new(&log, Aliases::CLIENTS_TOPIC);
    for key in 0..4 {
        assert_eq!(clients.send(key, "ann".to_owned()).await.unwrap().partition, 3);
    }
    let by_key = streams_runtime::partition::partition_for_key(&0u64.to_be_bytes(), 4);
    assert_eq!(clients.send(0, "by key".to_owned()).await.unwrap().partition, by_key);
}

topology! {
    fn alike() -> Alike {
        let a: Stream<String, u64> = stream("a.b-c");
        a.filter(|_, _| true).to("a_b-c");
        a.to("DESCRIPTION");
        a.to("2nd");
    }
}

impl Alike {
    /// Two topics come to this name, so that neither has it: it is free.
    const A_B_C: &'static str = "free";
}

#[test]
fn names_that_clash_have_no_constant_or_one_that_says_so() {
    assert_eq!(Alike::A_B_C, "free");
    assert_eq!(names::<String, u64>(Alike::DESCRIPTION_TOPIC), "DESCRIPTION");
    assert_eq!(names::<String, u64>(Alike::TOPIC_2ND), "2nd");
}
