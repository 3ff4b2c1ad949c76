//! Records that meet others.

use streams_runtime::prelude::*;

use crate::field::field;
use crate::first::note_first;

topology! {
    /// Views with the country of their user.
    pub(crate) fn stream_table_join(views: String, users_topic: String, output: String) -> StreamTableJoin {
        let clicks: Stream<str, str> = stream(views);
        let users: Table<String, String> = table(users_topic);
        clicks
            .peek(|_, _| note_first())
            .join(users, |view, user| format!("{view}|{}", field(user, "\"country\":\"")))
            .to(output);
    }
}

topology! {
    /// Views with what was clicked by the same user five seconds before to five after.
    pub(crate) fn stream_stream_join(views_topic: String, clicks_topic: String, output: String) -> StreamStreamJoin {
        let views: Stream<str, String> = stream(views_topic);
        let clicks: Stream<str, String> = stream(clicks_topic);
        let met = views.peek(|_, _| note_first()).join(clicks, |view, click| page_and_link(view, click), within(seconds(5)).grace(minutes(1)));
        met.to(output);
    }
}

topology! {
    /// The last view and the last click of each user.
    pub(crate) fn table_table_join(views_topic: String, clicks_topic: String, output: String) -> TableTableJoin {
        let left: Table<String, String> = table(views_topic).timestamp(|_, _, record| first_at(record));
        let right: Table<String, String> = table(clicks_topic);
        left.join(right, |view, click| page_and_link(view, click)).to_stream().to(output);
    }
}

topology! {
    /// Orders with the country of their user.
    pub(crate) fn fk_join(orders_topic: String, users_topic: String, output: String) -> FkJoin {
        let orders: Table<String, String> = table(orders_topic).timestamp(|_, _, record| first_at(record));
        let users: Table<String, String> = table(users_topic);
        let joined: Table<String, String> = orders.join(
            users,
            |order| field(order, "\"user\":\"").to_owned(),
            |order, user| format!("{order}|{}", field(user, "\"country\":\"")),
        );
        joined.to_stream().to(output);
    }
}

fn page_and_link(view: &str, click: &str) -> String {
    format!("{}|{}", field(view, "\"page\":\""), field(click, "\"link\":\""))
}

/// A table has no place to look at its records before they are rows but this.
fn first_at(record: &SourceRecord<'_>) -> i64 {
    note_first();
    record.timestamp_ms()
}
