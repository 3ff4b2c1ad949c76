//! What the macro makes of a topology, stored as files: the plan as text (stable under changes of code generation), and the code.
//! Bless with `UPDATE_EXPECT=1 cargo test -p streams-macros`.

use std::path::Path;
use std::time::Instant;

use expect_test::expect_file;

use crate::diagnostics::Errors;
use crate::parse::Settings;
use crate::plan::{Plan, describe, dot, facts, mermaid};
use crate::{check, expand, model, parse, plan};

const WORD_COUNT: &str = r#"
    /// Counts words.
    pub fn word_count(input: String, min_len: usize) -> WordCount {
        let lines: Stream<Option<String>, String> = stream(input);
        let words = lines.flat_map_values(|line, out| for word in line.split(' ') { out(word) });
        let (short, long) = words.split().branch(|_, word| word.len() < *min_len).otherwise();
        /// How often each word occurs.
        let counts: Table<String, u64> = long.group_by(|_, word| word.to_owned()).count();
        counts.to_stream().to("word-counts");
        short.to(|_, word, _| format!("short-{}", word.len()));
    }
"#;

const JOINS: &str = r#"
    pub fn orders() -> Orders {
        let orders: Stream<String, Order> = stream("orders").timestamp(|_, order| order.at_ms).partitions(4);
        let addresses: Table<String, Address> = table("addresses").partitions(4);
        let rates: GlobalTable<String, f64> = global_table("rates");
        let seen: KeyValueStore<String, i64> = key_value_store();
        let fresh = orders.process_values(Dedup::new(), seen);
        let by_user = fresh.select_key(|_, order| order.user.clone());
        let shipped = by_user.join(addresses, |order, address| Shipped::new(order, address));
        let priced = shipped.try_left_join(rates, |_, order| order.currency(), |order, rate| order.price(rate));
        let failed: Stream<String, Shipped> = stream("failed").with(Utf8, Json);
        priced.merge(failed).repartition().named("again").partitions(8).to("shipped").with(Utf8, Json);
    }
"#;

const WINDOWS: &str = r#"
    pub fn views(grace_s: u64) -> Views {
        let views: Stream<String, View> = stream("views");
        let per_minute = views.group_by(|_, view| view.region).windowed_by(tumbling(minutes(1)).grace(seconds(*grace_s))).emit_on_close();
        let counts: Table<Windowed<Region>, u64> = per_minute.count().retention(hours(1));
        let users: Table<Windowed<String>, u64> = views
            .group_by_key()
            .windowed_by(hopping(minutes(5), minutes(1)))
            .try_aggregate(|| 0, |_, view, sum| view.add_to(sum));
        let per_month: Table<Windowed<String>, u64> = views.group_by_key().windowed_by(custom(Months).grace(hours(1))).count();
        per_month.suppress(until_window_closes()).named("final").to_stream().to("views-per-month");
        counts.to_stream().to("views-per-minute");
        users.to_stream().to("views-per-user");
    }
"#;

const SESSIONS: &str = r#"
    pub fn visits() -> Visits {
        let seen: SessionStore<String, u64> = session_store(hours(1));
        let views: Stream<String, View> = stream("views");
        let spent: Table<Windowed<String, SessionWindow>, u64> = views
            .group_by_key()
            .windowed_by(sessions(minutes(5)).grace(seconds(10)))
            .aggregate(|| 0, |_, view, sum| sum + view.ms, |_, a, b| a + b);
        spent.to_stream().to("visits");
        views.process_values(FirstView, seen).to("first-views");
    }
"#;

const TABLES: &str = r#"
    pub fn people() -> People {
        let users: Table<String, User> = table("users").partitions(4);
        let homes: Table<String, Home> = table("homes").partitions(4);
        let visits: Table<String, Visit> = table("visits").without_store();
        let adults = users.filter(|_, user| user.age >= 18);
        let known: Table<String, Known> = adults.left_join(homes, |user, home| Known::new(user, home));
        let towns: Table<String, u64> = known.group_by(|_, known| (known.town.clone(), known.age)).count();
        towns.to_stream().to("towns");
        let orders: Stream<String, Order> = stream("orders");
        orders.join(adults, |order, user| Sold::new(order, user)).to("sold");
        visits.map_values(|visit| visit.at_ms).to_stream().to("visited");
    }
"#;

const PROCESSORS: &str = r#"
    pub fn readings(kept_h: u64) -> Readings {
        let latest: KeyValueStore<String, f64> = key_value_store();
        let recent: WindowStore<String, f64> = window_store(hours(*kept_h), minutes(1)).named("recent-readings").retain_duplicates();
        let readings: Stream<String, f64> = stream("readings");
        let smooth = readings.process_values(Smooth::new(5), (latest, recent));
        let (high, low) = smooth.process(Threshold, latest);
        high.to("high");
        low.to("low");
    }
"#;

const STREAM_JOINS: &str = r#"
    pub fn clicks(grace_s: u64) -> Clicks {
        let views: Stream<Option<String>, View> = stream("views");
        let clicks: Stream<Option<String>, Click> = stream("clicks").partitions(4);
        let by_page = views.select_key(|_, view| view.page.clone());
        let shown = by_page.try_left_join(clicks, |key, view, click| Shown::new(key, view, click), within(minutes(5)).grace(seconds(*grace_s)));
        let pairs = clicks.join(clicks, |a, b| Pair::new(a, b), within(seconds(1))).single_store().named("click-pairs");
        let swapped = pairs.map(|_, pair| pair.swapped());
        let both = shown.outer_join(swapped, joined, within(seconds(1)).after_ms(-20).grace(seconds(1)));
        both.to("both");
    }
"#;

const COGROUP: &str = r#"
    pub fn carts() -> Carts {
        let added: Stream<String, Item> = stream("added");
        let removed: Stream<u64, Item> = stream("removed");
        let removals = removed.group_by(|_, item| item.user.clone());
        let changes = added.group_by_key().cogroup(|_, item, n| n + item.count);
        let items: Table<Windowed<String>, u64> =
            changes.try_cogroup(removals, |_, item, n| item.take_from(n)).windowed_by(tumbling(hours(1))).aggregate(|| 0);
        items.to_stream().to("items");
    }
"#;

const VERSIONED: &str = r#"
    pub fn sales(history_h: u64) -> Sales {
        let prices: Table<String, Price> = table("prices").versioned(hours(*history_h));
        let taxes: Table<String, Tax> = table("taxes").versioned(days(30));
        let seen: VersionedStore<String, u64> = versioned_store(minutes(10));
        let low = prices.filter(|_, price| price.cents < 1_000);
        let orders: Stream<String, Order> = stream("orders");
        let sold = orders.select_key(|_, order| order.item.clone()).join(low, |order, price| order.at(price)).grace(minutes(5));
        sold.left_join(taxes, |sold, tax| sold.taxed(tax)).process_values(Counter::new(), seen).to("sold");
        let both: Table<String, Cents> = prices.outer_join(taxes, |price, tax| Cents::of(price, tax));
        both.to_stream().to("both");
        let dear: Table<String, Price> = prices.filter_not(|_, price| price.cents < 1_000);
        let per_cent: Table<u64, u64> = prices.group_by(|_, price| (price.cents, 1u64)).count().versioned(hours(1));
        per_cent.to_stream().to("per-cent");
        dear.to_stream().to("dear");
    }
"#;

const EXPIRING: &str = r#"
    #[optimized]
    pub fn visitors(hours_to_live: u64) -> Visitors {
        let users: Table<u64, User> = table("users").ttl(days(30)).without_cache();
        let devices: Table<u64, Device> = table("devices");
        let views: Stream<u64, View> = stream("views");
        let counts: Table<u64, u64> = views.group_by_key().count().ttl(hours(*hours_to_live));
        let adults: Table<u64, User> = users.filter(|_, user| user.age > 17).ttl(days(1));
        let named: Table<u64, Named> = adults.join(devices, |user| user.device, |user, device| Named::new(user, device)).ttl(days(1));
        let seen: KeyValueStore<u64, u64> = key_value_store().ttl(minutes(5));
        views.process_values(Counter::new(), seen).to("first");
        counts.to_stream().to("counts");
        named.to_stream().to("named");
    }
"#;

const FOREIGN_KEYS: &str = r#"
    pub fn letters(least: u32) -> Letters {
        let orders: Table<u64, Order> = table("orders");
        let users: Table<UserId, User> = table("users").with(Prefixed::new(*least), Json);
        let towns: Table<String, Town> = table("towns").versioned(minutes(10));
        let adults = users.filter(|_, user| user.age >= *least);
        let letters: Table<u64, Letter> = orders.left_join(adults, |order| order.user, |order, user| Letter::new(order, user));
        let sent = letters.try_join(towns, |id, letter| letter.town(id), |letter, town| letter.to(town));
        sent.to_stream().to("sent");
        users.join(users, |user| user.head, |user, head| Pair::new(user, head)).named("heads").to_stream().to("heads");
    }
"#;

const OPTIMIZED: &str = r#"
    #[optimized]
    pub fn orders() -> Orders {
        let orders: Stream<String, Order> = stream("orders");
        let users: Table<u64, User> = table("users");
        let by_user = orders.select_key(|_, order| order.user);
        let per_day: Table<Windowed<u64>, u64> = by_user.group_by_key().windowed_by(tumbling(days(1)).grace(hours(1))).count();
        let known = by_user.join(users, |order, user| Known::new(order, user));
        known.to("known");
        let pairs = by_user.join(by_user, |a, b| Pair::new(a, b), within(minutes(1)));
        pairs.to("pairs");
        per_day.map_values(|n| *n as f64).suppress(until_window_closes()).named("final-per-day").to_stream().to("per-day");
    }
"#;

const CONTEXT: &str = r#"
    pub fn located(min: i64) -> Located {
        let orders: Stream<String, Order> = stream("orders");
        let rates: GlobalTable<String, f64> = global_table("rates");
        let late = orders.filter(|_, order, cx| order.ms + min < cx.timestamp_ms());
        let (first, rest) = late.split().branch(|_, _, cx| cx.offset() == 0).otherwise();
        let priced = first.join(rates, |_, order, cx| order.rate(cx.topic()), |order, rate| order.price(rate));
        let parts = rest.flat_map_values(|order, out, cx| order.parts(cx, out));
        let sums: Table<String, f64> = parts.group_by_key().try_aggregate(zero, |_, part, sum, cx| part.add(sum, cx));
        sums.to_stream().to("sums").partitioned_by(|key, _, partitions, cx| choose(key, partitions, cx));
        priced.to(|_, _, cx| format!("priced-{}", cx.partition()));
    }
"#;

fn planned(topology: &str) -> Plan {
    let mut cx = Errors::new();
    let mut settings = Settings::default();
    let syntax = parse::parse_topologies(&mut cx, &mut settings, topology.parse().unwrap()).remove(0);
    let graph = model::build(&mut cx, syntax);
    check::check(&mut cx, &graph);
    let problems = cx.finish();
    assert!(problems.is_empty(), "{problems:?}");
    plan::plan(graph)
}

fn snapshot(name: &str, content: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/snapshots").join(name);
    expect_file![path].assert_eq(content);
}

fn plan_text(topology: &str) -> String {
    let plan = planned(topology);
    format!("{}\n{}\n{}\n{}", describe(&plan), mermaid(&plan), dot(&plan), facts(&plan))
}

fn code(topology: &str) -> String {
    let expansion = expand::topology_macro(topology.parse().unwrap());
    assert!(expansion.problems.is_empty());
    let mut file: syn::File = syn::parse2(expansion.tokens).unwrap();
    // What only editors see is the text itself.
    file.items.retain(|item| !matches!(item, syn::Item::Macro(call) if call.mac.path.segments.last().unwrap().ident == "editor"));
    prettyplease::unparse(&file)
}

#[test]
fn plans() {
    snapshot("word_count.plan.txt", &plan_text(WORD_COUNT));
    snapshot("joins.plan.txt", &plan_text(JOINS));
    snapshot("windows.plan.txt", &plan_text(WINDOWS));
    snapshot("sessions.plan.txt", &plan_text(SESSIONS));
    snapshot("tables.plan.txt", &plan_text(TABLES));
    snapshot("processors.plan.txt", &plan_text(PROCESSORS));
    snapshot("cogroup.plan.txt", &plan_text(COGROUP));
    snapshot("stream_joins.plan.txt", &plan_text(STREAM_JOINS));
    snapshot("versioned.plan.txt", &plan_text(VERSIONED));
    snapshot("expiring.plan.txt", &plan_text(EXPIRING));
    snapshot("foreign_keys.plan.txt", &plan_text(FOREIGN_KEYS));
    let unoptimized = planned(OPTIMIZED).description_unoptimized.unwrap();
    snapshot("optimized.plan.txt", &format!("{}\nWithout #[optimized]:\n\n{unoptimized}", plan_text(OPTIMIZED)));
}

#[test]
fn expansions() {
    snapshot("word_count.rs", &code(WORD_COUNT));
    snapshot("joins.rs", &code(JOINS));
    snapshot("windows.rs", &code(WINDOWS));
    snapshot("sessions.rs", &code(SESSIONS));
    snapshot("tables.rs", &code(TABLES));
    snapshot("processors.rs", &code(PROCESSORS));
    snapshot("cogroup.rs", &code(COGROUP));
    snapshot("stream_joins.rs", &code(STREAM_JOINS));
    snapshot("versioned.rs", &code(VERSIONED));
    snapshot("expiring.rs", &code(EXPIRING));
    snapshot("foreign_keys.rs", &code(FOREIGN_KEYS));
    snapshot("optimized.rs", &code(OPTIMIZED));
    snapshot("context.rs", &code(CONTEXT));
}

/// The runtime can keep its promise of what generated code may name only if there is one place for all of it.
#[test]
fn generated_code_names_nothing_but_the_private_module_and_core() {
    let topologies = [
        WORD_COUNT,
        JOINS,
        WINDOWS,
        SESSIONS,
        TABLES,
        PROCESSORS,
        STREAM_JOINS,
        COGROUP,
        VERSIONED,
        EXPIRING,
        FOREIGN_KEYS,
        OPTIMIZED,
        CONTEXT,
    ];
    for topology in topologies {
        let code = code(topology);
        for (at, _) in code.match_indices("::streams_runtime") {
            assert!(code[at..].starts_with("::streams_runtime::__private"), "{}", &code[at..at + 60]);
        }
        assert!(!code.contains("::std::") && !code.contains("::alloc::"));
    }
}

#[test]
fn the_runtime_may_have_another_name() {
    let code = code(&format!("#![runtime(crate::streams)]{WORD_COUNT}"));
    assert!(code.contains("use crate::streams::__private as __rt;"));
    assert!(!code.contains("streams_runtime"));
}

/// Renaming what is not state, or adding operators between, keeps the fingerprint; another type, topic or name does not.
#[test]
fn the_fingerprint_is_that_of_what_lives_on() {
    let fingerprint = |text: &str| crate::plan::fingerprint(&planned(text));
    let now = fingerprint(WORD_COUNT);
    assert_eq!(now, fingerprint(&WORD_COUNT.replace("words", "tokens")));
    assert_eq!(now, fingerprint(&WORD_COUNT.replace("long.group_by", "long.filter(|_, w| w != \"a\").group_by")));
    assert_eq!(now, fingerprint(&WORD_COUNT.replace("counts.to_stream", "counts\n  .to_stream")));
    assert_ne!(now, fingerprint(&WORD_COUNT.replace("Table<String, u64>", "Table<String, i64>")));
    assert_ne!(now, fingerprint(&WORD_COUNT.replace("word-counts", "wordcounts")));
    assert_ne!(now, fingerprint(&WORD_COUNT.replace("counts", "numbers")));
    assert_ne!(now, fingerprint(&WORD_COUNT.replace("stream(input)", "stream(input).partitions(4)")));
}

/// Windows belong to it, how long they wait for late records does not; nor does what closures do.
#[test]
fn the_fingerprint_is_that_of_windows_too() {
    let text = |windows: &str, closure: &str| {
        format!(
            "fn t() -> T {{ let a: Stream<String, u64> = stream(\"a\"); \
             let sums: Table<Windowed<String>, u64> = a.group_by_key().windowed_by({windows}).reduce({closure}); }}"
        )
    };
    let fingerprint = |windows: &str, closure: &str| crate::plan::fingerprint(&planned(&text(windows, closure)));
    let now = fingerprint("tumbling(minutes(5))", "|a, b| a + b");
    assert_eq!(now, fingerprint("tumbling(seconds(300)).grace(seconds(1))", "|a, b| a * b"));
    assert_ne!(now, fingerprint("tumbling(minutes(1))", "|a, b| a + b"));
    let months = fingerprint("custom(Months)", "|a, b| a + b");
    assert_eq!(months, fingerprint("custom(Months).grace(seconds(1))", "|a, b| a + b"));
    assert_ne!(months, fingerprint("custom(Quarters)", "|a, b| a + b"));
    assert_ne!(now, fingerprint("hopping(minutes(5), minutes(1))", "|a, b| a + b"));
    assert!(format!("{:?}", crate::plan::layout(&planned(WORD_COUNT))).contains("counts"));
    let layout = crate::plan::layout(&planned(&text("tumbling(minutes(5))", "|a, b| a + b")));
    assert_eq!(layout, [("sums".to_owned(), "reduce : Table<Windowed<String>, u64> in tumbling(300000 ms)".to_owned())]);
}

/// Inserting an operator renames nobody else's state or topic.
#[test]
fn names_of_state_do_not_depend_on_what_stands_before() {
    let names = |text: &str| -> Vec<String> {
        let plan = planned(text);
        let ids = plan.order.iter().filter(|id| plan.topology.node(**id).is_state());
        ids.filter_map(|id| plan.topology.node(*id).state_name().map(|(name, _)| name)).collect()
    };
    let more = WORD_COUNT.replace(
        "let words = lines",
        "lines.group_by(|_, l| l.len() as u64).count().named(\"lengths\"); let words = lines.peek(|_, _| ())",
    );
    assert_eq!(names(WORD_COUNT), ["counts"]);
    assert_eq!(names(&more), ["lengths", "counts"]);
}

/// `operators` operators on one path and as many branches as makes sense; linear in time.
pub(super) fn wide(operators: usize) -> String {
    let mut text = String::from("pub fn wide(limit: u64) -> Wide { let s0: Stream<u64, u64> = stream(\"numbers\");");
    for i in 1..operators {
        text += &format!("let s{i} = s{}.filter(|_, n| *n != *limit + {i});", i - 1);
    }
    text + &format!("s{}.to(\"out\"); }}", operators - 1)
}

/// Not a benchmark (that is `cargo xtask bench compile`), but a guard against a slip from linear to quadratic.
#[test]
fn expansion_time_is_linear() {
    let time = |operators| {
        let tokens: proc_macro2::TokenStream = wide(operators).parse().unwrap();
        let fastest = (0..5).map(|_| {
            let tokens = tokens.clone();
            let start = Instant::now();
            let expansion = expand::topology_macro(tokens);
            assert!(expansion.problems.is_empty());
            start.elapsed()
        });
        fastest.min().unwrap()
    };
    // What else the machine does makes one side slow now and then; what is not linear is slow each time.
    let mut measured = Vec::new();
    let linear = (0..5).any(|_| {
        let (small, large) = (time(50), time(800));
        measured.push((small, large));
        large < small * 64
    });
    assert!(linear, "50 and 800 operators: {measured:?}");
}

/// A line that is being typed is handed to the editor as it is, between the other statements, and
/// in front of all that depends on it.
#[test]
fn a_half_typed_line_reaches_the_editor() {
    let text = WORD_COUNT.replace("counts.to_stream().to(\"word-counts\");", "words.peek(|_, _| ()).fil");
    let expansion = expand::topology_macro(text.parse().unwrap());
    assert_eq!(expansion.problems.len(), 1);
    let code = expansion.tokens.to_string().replace(' ', "");
    assert!(code.starts_with("::streams_runtime::__private::editor!"), "{code}");
    for expected in ["words.peek(|_,_|()).fil", ".flat_map_values(|line,out|", "pubfnword_count("] {
        assert!(code.contains(expected), "{expected} is not in\n{code}");
    }
}

/// Whatever is wrong, what comes out is Rust, and there is a type and a function wherever their names were readable.
#[test]
fn the_fallback_is_rust() {
    for (name, path) in super::cases::cases("fail") {
        let file = syn::parse_file(&std::fs::read_to_string(path).unwrap()).unwrap();
        for item in &file.items {
            let syn::Item::Macro(call) = item else { continue };
            let expansion = expand::topology_macro(call.mac.tokens.clone());
            let parsed = syn::parse2::<syn::File>(expansion.tokens.clone());
            assert!(parsed.is_ok(), "{name}: {:?}\n{}", parsed.err(), expansion.tokens);
        }
    }
}
