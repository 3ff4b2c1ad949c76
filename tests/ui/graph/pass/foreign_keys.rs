//! What a join by a foreign key may be.
use streams_runtime::prelude::*;

fn user_of(order: &String) -> Option<String> {
    order.split_once(':').map(|(user, _)| user.to_owned())
}

topology! {
    pub fn example(least: usize) -> Example {
        // Divided differently, which no other join allows.
        let orders: Table<u64, String> = table("orders").partitions(3);
        let users: Table<String, String> = table("users").partitions(5);
        // Key or `Option` of it; of the value, of key and value, or by a function; with a store or without.
        let plain = orders.join(users, |order| order.clone(), |order, user| format!("{order} of {user}"));
        plain.to_stream().to("out");
        let maybe: Table<u64, String> = orders.left_join(users, |key, order| (*key > 7).then(|| order.clone()), |order, user| match user {
            Some(user) if order.len() > *least => format!("{order} of {user}"),
            _ => order.clone(),
        });
        let by_function = maybe.filter(|_, order| order.len() > *least).join(users, user_of, |order, user| (order.len() + user.len()) as u64);
        by_function.to_stream().to("lengths");
        // A closure that may fail, a result that may be none, a name behind the operator.
        orders
            .try_join(users, |_, order| user_of(order), |order, user| order.parse::<i64>().map(|n| (n > 0).then(|| format!("{n}{user}"))))
            .named("numbers")
            .to_stream()
            .to("numbers");
        // A table joined with itself; the result of a join on the right; a window is no matter of its own in a value.
        let heads = users.left_join(users, |user| user_of(user), |user, head| format!("{user} under {head:?}"));
        heads.to_stream().to("heads");
        let known: Table<String, String> = users.join(maybe, |user| user.len() as u64, |user, order| format!("{user} by {order}"));
        let towns: Table<String, u64> = known.group_by(|user, known| (known.clone(), user.clone())).count();
        towns.to_stream().to("towns");
    }
}

fn main() {
    assert_eq!(example(3).plan().sub_topologies.len(), 3);
}
