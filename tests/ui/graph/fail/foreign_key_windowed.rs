//! A join by a foreign key sends keys through topics, and a window does not go into their bytes.
use streams_runtime::prelude::*;

topology! {
    pub fn example() -> Example {
        let views: Stream<String, String> = stream("views");
        let pages: Table<String, String> = table("pages");
        let counts: Table<Windowed<String>, u64> = views.group_by_key().windowed_by(tumbling(minutes(1))).count();
        let many = counts.filter(|_, count| *count > 10);
        let titles = many.join(pages, |key, _| key.key.clone(), |count, page| format!("{page}: {count}"));
        titles.to_stream().to("out");
    }
}

fn main() {}
