//! Topologies as text: `topology!`, and the crate around it.

use std::fmt::Write;

use crate::topology::{
    Base, Fold, How, Id, Joiner, Key, Kind, Map, NewKey, Op, Part, Rows, Test, Topology, Until, Value, WindowKind, Windows, Within,
};

/// The name of a node in the text, which is also that of its store.
pub fn name(id: Id) -> String {
    format!("n{id}")
}

/// The `topology!` of a topology.
pub fn topology(topology: &Topology) -> String {
    let kinds = topology.kinds();
    let mut text = String::from("topology! {\n");
    if let Some(optimized) = optimized(topology) {
        let _ = writeln!(text, "    {optimized}");
    }
    text += "    pub fn topology() -> Generated {\n";
    let mut chain = String::new();
    for (id, node) in topology.nodes.iter().enumerate() {
        // Named by the statement of its split.
        if matches!(node.op, Op::Branch { .. }) {
            continue;
        }
        if chain.is_empty() {
            chain = receiver(&node.op);
        }
        if let Op::Cogroup { other, by, .. } = &node.op {
            let _ = writeln!(text, "        let {}_other = {}{};", name(id), name(*other), group(by[1]));
        }
        if matches!(node.op, Op::ProcessValues { .. }) {
            let _ = writeln!(text, "        let {}_numbers: KeyValueStore<String, i64> = key_value_store();", name(id));
        }
        chain += &call(topology, &kinds, id);
        if node.chained {
            if topology.is_state(id) || named_repartition(topology, id) {
                let _ = write!(chain, ".named(\"{}\")", name(id));
            }
            continue;
        }
        let _ = writeln!(text, "        {}{chain};", binding(topology, &kinds, id));
        chain.clear();
    }
    text + "    }\n}\n"
}

/// What a topology is optimized by. Repartitions that two nodes share, and stores that both sides of a join share, change the order of
/// results, which the model does not know.
fn optimized(topology: &Topology) -> Option<&'static str> {
    let nodes = || 0..topology.nodes.len();
    let rekeys = |id: Id| matches!(topology.nodes[id].op, Op::Map { .. } | Op::FlatMap { .. } | Op::SelectKey { .. } | Op::Process { .. });
    let after = |rekeyed: Id| {
        nodes().flat_map(move |id| [0, 1].map(|side| (id, side))).filter(move |(id, side)| {
            let input = topology.nodes[*id].op.inputs().get(*side).copied();
            topology.is_repartitioned(*id, *side) && input.is_some_and(|input| topology.is_behind(input, rekeyed))
        })
    };
    let shared = nodes().filter(|id| rekeys(*id)).any(|id| after(id).count() > 1);
    let with_itself = |op: &Op| matches!(op, Op::JoinStreams { input, other, .. } if topology.share(*input, *other));
    let with_itself = topology.nodes.iter().any(|node| with_itself(&node.op));
    topology.optimized.then_some(if shared || with_itself { "#[optimized(reuse_source_topics)]" } else { "#[optimized]" })
}

/// Whether a node names topics or stores of its own without being the state.
fn named_repartition(topology: &Topology, id: Id) -> bool {
    match topology.nodes[id].op {
        Op::Repartition { .. } | Op::JoinStreams { .. } | Op::JoinForeign { .. } | Op::Suppress { .. } => true,
        Op::JoinTable { grace, .. } => grace.is_some() || topology.is_repartitioned(id, 0),
        _ => false,
    }
}

fn receiver(op: &Op) -> String {
    match op.inputs().first() {
        Some(input) => name(*input),
        None => String::new(),
    }
}

/// `let … =`, if there is anything to name.
fn binding(topology: &Topology, kinds: &[Kind], id: Id) -> String {
    let op = &topology.nodes[id].op;
    match (kinds[id], op) {
        (Kind::Sink, _) => String::new(),
        (Kind::Split(..), _) => {
            let branches =
                (0..topology.nodes.len()).filter(|branch| matches!(topology.nodes[*branch].op, Op::Branch { input, .. } if input == id));
            let names: Vec<String> = branches.map(name).collect();
            format!("let ({},) = ", names.join(", "))
        }
        (kind, op) if op.is_source() || topology.is_state(id) => format!("let {}: {} = ", name(id), handle(kind)),
        _ => format!("let {} = ", name(id)),
    }
}

fn handle(kind: Kind) -> String {
    match kind {
        Kind::Stream(k, v) => format!("Stream<{}, {}>", key(k), value(v)),
        Kind::Table(k, base) => format!("Table<{}, {}>", key(k), value(Value { base, null: false })),
        Kind::Global(base) => format!("GlobalTable<String, {}>", value(Value { base, null: false })),
        Kind::Split(..) | Kind::Sink => String::new(),
    }
}

/// A type of keys.
pub fn key(key: Key) -> &'static str {
    match key {
        Key::Text { null: false } => "String",
        Key::Text { null: true } => "Option<String>",
        Key::Window(_) | Key::Sliding(_) => "Windowed<String>",
        Key::Session => "Windowed<String, SessionWindow>",
    }
}

/// A type of values.
pub fn value(value: Value) -> &'static str {
    match (value.base, value.null) {
        (Base::Text, false) => "String",
        (Base::Text, true) => "Option<String>",
        (Base::Long, false) => "i64",
        (Base::Long, true) => "Option<i64>",
        (Base::Count, false) => "u64",
        (Base::Count, true) => "Option<u64>",
        (Base::Basket, false) => "Basket",
        (Base::Basket, true) => "Option<Basket>",
    }
}

fn part(part: Part) -> &'static str {
    match part {
        Part::Key => "code(k)",
        Part::Value => "code(v)",
        Part::Both => "code(k) + code(v)",
    }
}

fn test(test: Test) -> String {
    let of = part(test.part);
    let of = if test.part == Part::Both { format!("({of})") } else { of.to_owned() };
    format!("{of} % {} == {}", test.modulus, test.rest)
}

fn map(map: Map) -> String {
    match map {
        Map::Mark(mark) => format!("tail(&format!(\"{{}}{mark}\", show(v)))"),
        Map::WithKey(mark) => format!("tail(&format!(\"{{}}{mark}{{}}\", show(k), show(v)))"),
        Map::Basket(mark) => format!("Basket::of(&tail(&format!(\"{{}}{mark}\", show(v))))"),
        Map::Long(times) => format!("(code(v) % 1009) as i64 * {times} - 7"),
        Map::Maybe(mark, null) => format!("(!({})).then(|| tail(&format!(\"{{}}{mark}\", show(v))))", test(null)),
    }
}

fn new_key(key: NewKey) -> String {
    let letter = format!("letter({}, {})", part(key.part), key.letters);
    match key.null {
        Some(null) => format!("(!({})).then(|| {letter})", test(null)),
        None => letter,
    }
}

fn joiner(how: How, joiner: Joiner, tables: bool) -> String {
    let text = format!("tail(&format!(\"{{}}{}{{}}\", show(&l), show(&r)))", joiner.mark);
    let _ = (how, tables);
    match joiner.null {
        Some(null) => format!("|l, r| ((code(&l) + code(&r)) % {} != {}).then(|| {text})", null.modulus, null.rest),
        None => format!("|l, r| {text}"),
    }
}

/// What follows the receiver.
fn call(topology: &Topology, kinds: &[Kind], id: Id) -> String {
    let op = &topology.nodes[id].op;
    match op {
        Op::Stream(topics) => {
            let names: Vec<String> = topics.iter().map(|topic| format!("\"{}\"", topology.topics[*topic].name)).collect();
            if names.len() == 1 { format!("stream({})", names[0]) } else { format!("stream([{}])", names.join(", ")) }
        }
        Op::Table(topic, rows) => {
            let rows = match rows {
                Rows::Stored => String::new(),
                Rows::Nowhere => ".without_store()".to_owned(),
                Rows::Versioned(ms) => format!(".versioned(millis({ms}))"),
                Rows::Expiring(ms) => format!(".ttl(millis({ms}))"),
            };
            format!("table(\"{}\"){rows}", topology.topics[*topic].name)
        }
        Op::GlobalTable(topic) => format!("global_table(\"{}\")", topology.topics[*topic].name),
        Op::Filter { test: keep, not, .. } => format!(".filter{}(|k, v| {})", if *not { "_not" } else { "" }, test(*keep)),
        Op::MapValues { map: to, with_key: false, .. } => format!(".map_values(|v| {})", map(*to)),
        Op::MapValues { map: to, with_key: true, .. } => format!(".map_values_with_key(|k, v| {})", map(*to)),
        Op::Map { key, map: to, .. } => format!(".map(|k, v| ({}, {}))", new_key(*key), map(*to)),
        Op::FlatMapValues { times, with_key, .. } => {
            let (twin, arguments, text) =
                if *with_key { ("_with_key", "k, v", "{}{}#{i}\", show(k), show(v)") } else { ("", "v", "{}#{i}\", show(v)") };
            format!(".flat_map_values{twin}(|{arguments}, out| for i in 0..code(v) % {times} {{ out(&tail(&format!(\"{text}))) }})")
        }
        Op::FlatMap { times, key, .. } => format!(
            ".flat_map(|k, v, out| for i in 0..code(v) % {times} {{ out(&{}, &tail(&format!(\"{{}}#{{i}}\", show(v)))) }})",
            new_key(*key)
        ),
        Op::SelectKey { key, .. } => format!(".select_key(|k, v| {})", new_key(*key)),
        Op::Merge { other, .. } => format!(".merge({})", name(*other)),
        Op::Split { tests, otherwise, .. } => {
            let branches: String = tests.iter().map(|keep| format!(".branch(|k, v| {})", test(*keep))).collect();
            format!(".split(){branches}{}", if *otherwise { ".otherwise()" } else { ".no_default()" })
        }
        Op::Branch { .. } => String::new(),
        Op::ProcessValues { .. } => format!(".process_values(Numbered, {}_numbers)", name(id)),
        Op::Process { letters, .. } => format!(".process(Relabelled::to({letters}))"),
        Op::Repartition { .. } => ".repartition()".to_owned(),
        Op::ToTable { .. } => ".to_table()".to_owned(),
        Op::ToStream { .. } => ".to_stream()".to_owned(),
        Op::Aggregate { by, windows: frames, fold, .. } => {
            let said = frames.map_or_else(String::new, |frames| windows(frames, closes(topology, id)));
            format!("{}{said}{}", group(*by), aggregation(*fold, *frames))
        }
        Op::Cogroup { by, windows: frames, base, .. } => {
            let step = |side: usize| format!("|k, v, a| combine(&a, &format!(\"{side}{{}}\", show(v)))");
            let session = frames.is_some_and(|frames| frames.kind == WindowKind::Session);
            format!(
                "{}.cogroup({}).cogroup({}_other, {}){}.aggregate({}{})",
                group(by[0]),
                step(0),
                name(id),
                step(1),
                frames.map_or_else(String::new, |frames| windows(frames, false)),
                initial(*base, None),
                if session { ", |k, a, b| combine(&a, &b)" } else { "" }
            )
        }
        Op::Suppress { until, .. } => match until {
            Until::Close(_) => ".suppress(until_window_closes())".to_owned(),
            Until::Time(ms, None) => format!(".suppress(until_time_limit(millis({ms})))"),
            Until::Time(ms, Some(keys)) => format!(".suppress(until_time_limit(millis({ms})).max_records({keys}).emit_early_when_full())"),
        },
        Op::GroupTable { input, by, map: to, fold } => {
            let values = match (to, kinds[*input]) {
                (Some(to), _) => map(*to),
                (None, _) => "v.clone()".to_owned(),
            };
            let folds = match fold {
                Fold::Count => ".count()".to_owned(),
                Fold::Reduce(_) => ".reduce(|a, b| combine(a, b), |a, b| minus(a, b))".to_owned(),
                Fold::Aggregate(base, null) => {
                    let step = |function: &str| aggregator(function, *base, *null);
                    format!(".aggregate({}, {}, {})", initial(*base, *null), step("combine"), step("minus"))
                }
            };
            format!(".group_by(|k, v| ({}, {values})){folds}", new_key(*by))
        }
        Op::JoinTable { table, how, joiner: f, grace, .. } => {
            let grace = grace.map_or_else(String::new, |ms| format!(".grace(millis({ms}))"));
            format!(".{}({}, {}){grace}", join(*how), name(*table), joiner(*how, *f, false))
        }
        Op::JoinGlobal { table, key, how, joiner: f, .. } => {
            format!(".{}({}, |k, v| {}, {})", join(*how), name(*table), new_key(*key), joiner(*how, *f, false))
        }
        Op::JoinTables { other, how, joiner: f, .. } => format!(".{}({}, {})", join(*how), name(*other), joiner(*how, *f, true)),
        Op::JoinStreams { other, how, joiner: f, within: w, .. } => {
            format!(".{}({}, {}, {})", join(*how), name(*other), joiner(*how, *f, false), within(*w))
        }
        Op::JoinForeign { other, key, how, joiner: f, .. } => {
            format!(".{}({}, |k, v| {}, {})", join(*how), name(*other), new_key(*key), joiner(*how, *f, true))
        }
        Op::To { topic, or: None, .. } => format!(".to(\"{topic}\")"),
        Op::To { topic, or: Some((or, other)), .. } => {
            format!(".to(|k, v, _| if {} {{ \"{other}\" }} else {{ \"{topic}\" }}.to_owned())", test(*or))
        }
    }
}

fn group(by: Option<NewKey>) -> String {
    by.map_or_else(|| ".group_by_key()".to_owned(), |by| format!(".group_by(|k, v| {})", new_key(by)))
}

fn join(how: How) -> &'static str {
    match how {
        How::Inner => "join",
        How::Left => "left_join",
        How::Outer => "outer_join",
    }
}

fn within(within: Within) -> String {
    let Within { before, after, grace } = within;
    let asymmetric = if before == after { String::new() } else { format!(".after_ms({after})") };
    format!("within(millis({before})){asymmetric}.grace(millis({grace}))")
}

/// Whether results are held back until windows close, so that when they do must be said.
fn closes(topology: &Topology, id: Id) -> bool {
    let until_close = |reader: Id| matches!(topology.nodes[reader].op, Op::Suppress { until: Until::Close(_), .. });
    topology.readers(id).into_iter().any(|(reader, _)| until_close(reader))
}

fn windows(windows: Windows, closes: bool) -> String {
    let on_close = if windows.on_close { ".emit_on_close()" } else { "" };
    let frames = match windows {
        Windows { kind: WindowKind::Sliding, size, grace, .. } => format!("sliding(millis({size})).grace(millis({grace}))"),
        Windows { kind: WindowKind::Session, size, grace, .. } => format!("sessions(millis({size})).grace(millis({grace}))"),
        Windows { size: i64::MAX, first: 0, .. } => "unlimited()".to_owned(),
        Windows { size: i64::MAX, first, .. } => format!("unlimited().start_on({first})"),
        Windows { size, advance, grace, on_close, .. } => {
            let kind = match windows.are_by_hand() {
                true => format!("custom(Hops::of({size}, {advance}))"),
                false if size == advance => format!("tumbling(millis({size}))"),
                false => format!("hopping(millis({size}), millis({advance}))"),
            };
            if grace > 0 || on_close || closes { format!("{kind}.grace(millis({grace}))") } else { kind }
        }
    };
    format!(".windowed_by({frames}){on_close}")
}

/// `count`, `reduce` or `aggregate` of a stream.
fn aggregation(fold: Fold, windows: Option<Windows>) -> String {
    let fold = match fold {
        Fold::Count => ".count()".to_owned(),
        Fold::Reduce(None) => ".reduce(|a, b| combine(a, b))".to_owned(),
        Fold::Reduce(Some(null)) => {
            format!(".reduce(|a, b| (code(b) % {} != {}).then(|| combine(a, b)))", null.modulus, null.rest)
        }
        Fold::Aggregate(base, null) => {
            let session = windows.is_some_and(|windows| windows.kind == WindowKind::Session);
            let merger = if session { ", |k, a, b| combine(&a, &b)" } else { "" };
            format!(".aggregate({}, {}{merger})", initial(base, null), aggregator("combine", base, null))
        }
    };
    match windows.and_then(|windows| windows.retention) {
        Some(ms) => format!("{fold}.retention(millis({ms}))"),
        None => fold,
    }
}

fn initial(base: Base, null: Option<Test>) -> String {
    let initial = match base {
        Base::Text => "\"*\".to_owned()",
        Base::Long => "0i64",
        Base::Count => "0u64",
        Base::Basket => "Basket::of(\"*\")",
    };
    if null.is_some() { format!("|| Some({initial})") } else { format!("|| {initial}") }
}

fn aggregator(function: &str, base: Base, null: Option<Test>) -> String {
    let Some(null) = null else { return format!("|k, v, a| {function}(&a, v)") };
    let rest = format!("(code(v) % {} != {})", null.modulus, null.rest);
    let owned = value(Value { base, null: true });
    format!("|k, v, a: {owned}| if {rest} {{ a.map(|a| {function}(&a, v)) }} else {{ None }}")
}

/// One function per store that dumps its rows, in the order of the nodes.
fn stores(topology: &Topology) -> String {
    let mut text = String::new();
    for (id, kind) in topology.kinds().into_iter().enumerate() {
        let store = name(id);
        let _ = match kind {
            Kind::Table(Key::Session, base) if topology.is_state(id) => {
                let base = value(Value { base, null: false });
                writeln!(text, "        session_rows::<{base}>(driver, \"{store}\")?,")
            }
            Kind::Table(_, base) if topology.is_state(id) && topology.is_versioned(id) => {
                let base = value(Value { base, null: false });
                writeln!(text, "        versioned_rows::<{base}>(driver, \"{store}\")?,")
            }
            Kind::Table(Key::Window(size) | Key::Sliding(size), base) if topology.is_state(id) => {
                let base = value(Value { base, null: false });
                writeln!(text, "        window_rows::<{base}>(driver, \"{store}\", {size})?,")
            }
            Kind::Table(Key::Text { .. }, base) if topology.is_state(id) => {
                let base = value(Value { base, null: false });
                writeln!(text, "        key_value_rows::<{base}>(driver, \"{store}\")?,")
            }
            Kind::Global(base) => {
                let base = value(Value { base, null: false });
                writeln!(text, "        global_rows::<{base}>(driver, \"{store}\")?,")
            }
            _ => Ok(()),
        };
    }
    text
}

/// The module of one topology.
pub fn module(generated: &Topology) -> String {
    format!(
        "use properties::prelude::*;\n\n{}\npub const ENTRY: Entry = Entry {{\n    start: |options| options.start(topology()),\n    any: || AnyTopology::new(&std::sync::Arc::new(topology())),\n    stores: |driver| Ok(vec![\n{}    ]),\n}};\n",
        topology(generated),
        stores(generated)
    )
}

/// The program that runs them all.
pub fn program(count: usize) -> String {
    let modules: String = (0..count).map(|index| format!("mod t{index};\n")).collect();
    let entries: Vec<String> = (0..count).map(|index| format!("t{index}::ENTRY")).collect();
    format!(
        "//! Generated by `cargo xtask properties`; do not edit.\n#![allow(unused)]\n\n{modules}\nfn main() -> std::process::ExitCode {{\n    properties::run::main(include_str!(\"../topologies.json\"), &[{}])\n}}\n",
        entries.join(", ")
    )
}

/// Its manifest, where `root` leads to the workspace. Each seed has a crate of its own: in one target directory cargo takes a program for fresh
/// that another of the same name has replaced.
pub fn manifest(root: &str, seed: u64) -> String {
    let name = format!("topologies-of-seed-{seed}");
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n\n[dependencies]\nproperties = {{ path = \"{root}/properties\" }}\nstreams-runtime = {{ path = \"{root}/streams-runtime\", default-features = false }}\n\n# As in the workspace, so that nothing is compiled twice.\n[profile.dev]\ndebug = \"line-tables-only\"\n\n[profile.dev.package.{name}]\ndebug = false\nincremental = false\n"
    )
}
