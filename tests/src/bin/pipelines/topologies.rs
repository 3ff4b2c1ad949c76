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
