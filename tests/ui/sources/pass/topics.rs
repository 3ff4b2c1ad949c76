//! A topic is any expression of the parameters whose type is text.
use std::borrow::Cow;
use std::sync::Arc;

use streams_runtime::prelude::*;

pub struct Settings {
    pub from: String,
    pub to: Vec<&'static str>,
}

impl Settings {
    fn topic(&self, name: &str) -> String {
        format!("{}-{name}", self.from)
    }
}

fn named(name: &str) -> String {
    name.to_owned()
}

topology! {
    pub fn of_fields(settings: Settings) -> OfFields {
        let lines: Stream<String, String> = stream(settings.from);
        lines.to(settings.to[0]);
        lines.to(&settings.to[1]);
        lines.to(settings.topic("copy"));
    }

    pub fn of_text(from: &'static str, to: Arc<str>, other: Cow<'static, str>, prefix: Box<str>) -> OfText {
        let lines: Stream<String, String> = stream([from, other]);
        let table: Table<String, String> = table(named("table"));
        let everywhere: GlobalTable<String, String> = global_table(concat!("every", "where"));
        lines.join(table, |line, row| format!("{line}{row}")).to(to);
        lines.join(everywhere, |key, _| key.clone(), |line, row| format!("{line}{row}")).to(format!("{prefix}-joined"));
    }
}

fn main() {
    use streams_runtime::Topology;
    let settings = Settings { from: "a".to_owned(), to: vec!["b", "c"] };
    assert!(format!("{:?}", of_fields(settings).plan()).contains("a-copy"));
    let text = of_text("from", "to".into(), Cow::Borrowed("other"), "prefix".into());
    let plan = format!("{:?}", text.plan());
    assert!(["prefix-joined", "everywhere", "other", "to"].iter().all(|topic| plan.contains(topic)), "{plan}");
    assert!(OfText::DESCRIPTION.contains("{format!('{prefix}-joined')}"), "{}", OfText::DESCRIPTION);
}
