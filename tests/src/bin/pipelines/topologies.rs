//! The topologies.

use std::time::Duration;

use streams_runtime::prelude::*;

topology! {
    /// Counts words; each record is one.
    pub fn word_count(input: String, output: String) -> WordCount {
        let words: Stream<Option<String>, String> = stream(input);
        let counts: Table<String, u64> = words.group_by(|_, word| word.to_owned()).count();
        counts.to_stream().to(output);
    }
}

topology! {
    /// Counts the records of each key, where they are.
    pub fn counted(input: String, output: String) -> Counted {
        let records: Stream<String, String> = stream(input);
        let counts: Table<String, u64> = records.group_by_key().count();
        counts.to_stream().to(output);
    }
}

topology! {
    /// Copies, filters and turns records around.
    pub fn stateless(input: String, output: String, filtered: String, mapped: String) -> Stateless {
        let records: Stream<Option<String>, Option<String>> = stream(input);
        records.to(output);
        records.filter(|_, value| value.as_ref().is_none_or(|v| v.len() > 5)).to(filtered);
        records.map(|key, value| (value.clone(), key.clone())).to(mapped);
    }
}

topology! {
    /// Lets even numbers through.
    pub fn numbers(input: String, output: String) -> Numbers {
        let numbers: Stream<Option<String>, u64> = stream(input);
        numbers.filter(|_, n| n % 2 == 0).to(output);
    }
}

topology! {
    /// Orders with the user of their key and the meaning of their code.
    pub fn tables(input: String, user_topic: String, code_topic: String, output: String) -> Tables {
        let orders: Stream<String, String> = stream(input);
        let users: Table<String, String> = table(user_topic);
        let codes: GlobalTable<String, String> = global_table(code_topic);
        orders
            .left_join(users, |order, user| format!("{order} by {}", user.map_or("nobody", |u| u.as_str())))
            .left_join(codes, |_, order| order.split(' ').next().unwrap_or_default().to_owned(), |order, code| {
                format!("{order}: {}", code.map_or("?", |c| c.as_str()))
            })
            .to(output);
    }
}

topology! {
    /// Counts values by the second, behind a repartition topic; nothing may be late.
    pub fn by_second(input: String, output: String) -> BySecond {
        let records: Stream<String, String> = stream(input);
        let by_value: Stream<String, String> = records.select_key(|_, value| value.to_owned());
        let counts: Table<Windowed<String>, u64> = by_value.group_by_key().windowed_by(tumbling(Duration::from_secs(1))).count();
        counts.to_stream().map(|at, count| (at.key.clone(), *count)).to(output);
    }
}

topology! {
    /// Gathers the topics of a pattern.
    pub fn matching(output: String) -> Matching {
        let records: Stream<Option<String>, String> = stream(pattern("matching-[a-z]+"));
        records.map_values(|value| value.to_uppercase()).to(output);
    }
}

topology! {
    /// User code that does what it should not, when a record says so.
    pub fn mischief(input: String, output: String) -> Mischief {
        let words: Stream<String, String> = stream(input);
        words
            .try_map_values(|word| match word.as_str() {
                "panic" => panic!("asked to panic"),
                "sleep" => {
                    std::thread::sleep(Duration::from_secs(3600));
                    Ok(String::new())
                }
                "fail" => Err("asked to fail"),
                word => Ok(word.to_uppercase()),
            })
            .to(output);
    }
}

topology! {
    /// Orders with their payments, both found by what they say, not by their keys; accounts with their customers.
    pub fn joins(order_topic: String, payment_topic: String, account_topic: String, customer_topic: String, output: String, owner_topic: String) -> Joins {
        let orders: Stream<String, String> = stream(order_topic);
        let payments: Stream<String, String> = stream(payment_topic);
        let orders_by_id = orders.select_key(|_, order| order.clone());
        let payments_by_id = payments.select_key(|_, order| order.clone());
        let paid = orders_by_id.outer_join(
            payments_by_id,
            |order, payment| format!("{}/{}", order.map_or("?", |o| o.as_str()), payment.map_or("unpaid", |_| "paid")),
            within(seconds(10)).grace(minutes(1)),
        );
        paid.to(output);

        let accounts: Table<String, String> = table(account_topic);
        let customers: Table<String, String> = table(customer_topic);
        let owned: Table<String, String> = accounts.join(
            customers,
            |account| account.split_once(':').map(|(customer, _)| customer.to_owned()),
            |account, customer| format!("{account} of {customer}"),
        );
        owned.to_stream().to(owner_topic);
    }
}

topology! {
    /// Results that come once, when nothing can change them any more: clicks by window, visits by session, and orders at the price of their time.
    pub fn windows(input: String, visit_topic: String, price_topic: String, order_topic: String, output: String, ended_topic: String, sold_topic: String) -> InWindows {
        let clicks: Stream<String, String> = stream(input);
        let clicked: Table<Windowed<String>, u64> =
            clicks.group_by_key().windowed_by(tumbling(seconds(10)).grace(seconds(5))).emit_on_close().count();
        clicked.to_stream().to(output);

        let visits: Stream<String, u64> = stream(visit_topic);
        let sums: Table<Windowed<String, SessionWindow>, u64> = visits
            .group_by_key()
            .windowed_by(sessions(seconds(5)).grace(seconds(5)))
            .aggregate(|| 0, |_, n, sum| sum + n, |_, a, b| a + b);
        let ended = sums.suppress(until_window_closes());
        ended.to_stream().to(ended_topic);

        let prices: Table<String, String> = table(price_topic).versioned(minutes(10));
        let orders: Stream<String, String> = stream(order_topic);
        let sold = orders
            .left_join(prices, |order, price| format!("{order} for {}", price.map_or("nothing", |p| p.as_str())))
            .grace(seconds(10));
        sold.to(sold_topic);
    }
}
