//! The tables as documents, so that they cannot drift from the code.

use std::fmt::Write;
use std::path::Path;

use expect_test::expect_file;

use crate::diagnostics::ROWS;
use crate::model::describe;
use crate::operators::{ENTRIES, Entry, NOTES, OPERATORS, OPTIONS, Operator};

#[test]
fn codes_are_unique_and_in_order() {
    assert!(ROWS.windows(2).all(|pair| pair[0].code < pair[1].code));
}

#[test]
fn every_row_is_worded() {
    for row in ROWS {
        assert!(!row.message.is_empty() && row.message.ends_with(|c: char| c != '.'), "{}", row.code);
        assert!(row.explanation.ends_with(['.', '`', ')']), "{}: {}", row.code, row.explanation);
    }
}

#[test]
fn diagnostics_are_documented() {
    let mut text = String::from(
        "# What `topology!` reports\n\nMade from the table in `src/diagnostics/table.rs` by a test: `UPDATE_EXPECT=1 cargo test -p streams-macros`.\n",
    );
    for row in ROWS {
        let _ = write!(text, "\n**{}** {}\n: {}\n", row.code, row.message, row.explanation);
    }
    expect_file![Path::new(env!("CARGO_MANIFEST_DIR")).join("DIAGNOSTICS.md")].assert_eq(&text);
}

#[test]
fn every_operator_has_an_entry_in_the_reference() {
    for row in OPERATORS {
        let entries = ENTRIES.iter().filter(|entry| entry.on == row.on && entry.name == row.name).count();
        assert_eq!(entries, 1, "src/operators/reference.rs: entries for `{}` on {:?}", row.name, row.on);
    }
    for entry in ENTRIES {
        let known = OPERATORS.iter().any(|row| entry.on == row.on && entry.name == row.name);
        assert!(known, "src/operators/reference.rs: `{}` on {:?} is no operator", entry.name, entry.on);
    }
    for note in NOTES {
        let known = OPERATORS.iter().any(|row| note.on == row.on && note.name == row.name);
        assert!(known, "src/operators/notes.rs: a note on `{}` on {:?}, which is no operator", note.name, note.on);
    }
}

/// What the signatures leave out.
const CLOSURES: &str = "
Closures get references, `&K` and `&V`, and return owned values. So both values of a `reduce` are `&V`; an emitter `out` is called with
references, too. Other than that:

- The aggregate of `aggregate` and `cogroup` comes by value, and so do `a` and `b` of a merger `|key, a, b|`.
- A side of a join that may be missing is an `Option<&V>`, and so is the value of `to_stream_with_key`.
- `.timestamp` of a table sees `&Option<K>` and `&Option<V>`: its topic may have nulls.
- `record` is a `&SourceRecord`, `partitions` a `u32`.
- Of a stream with values `Option<V>` the closures of joins, and of `reduce` and `aggregate` without windows or in sliding ones, see the `&V`
  inside, since nulls do not get there; and so it is with the keys in a `join` with a stream or a table. All others get the record's
  `&Option<V>`.

## The context: `cx`

Any closure of any operator, of a twin, of `to` and of `.partitioned_by` may take one parameter more
behind all others, `cx`, a `&mut RecordContext`: `|key, value, cx|`, `|value, out, cx|`, `|| …` as
`|cx| …`. It is recognised by the number of the parameters. Where a closure has forms with and
without the key, as a joiner has, `cx` comes behind the longest of them: `|key, value, table_value,
cx|`. The name of a function in the place of a closure stands for the parameters without it. Who
does not take it pays nothing. (`.timestamp` runs before there is a record; its third parameter says
where it is from.)

- `cx.topic()`, `.partition()`, `.offset()`, `.timestamp_ms()` and `.headers()` are those of the
  record at hand, which the task is processing: behind a repartition that of the repartition topic,
  in a join the one that came last, in a table the change.
- `cx.stream_time_ms()` is the largest time that the task has taken in, this record included;
  `cx.wall_clock_ms()`, `.application_id()`, `.task_id()`.
- A change that has waited in a cache or a buffer has topic, partition, offset, time and headers of
  the record that made it. Where there is no single record, as for what a processor forwards in
  `punctuate`, `topic()` is empty, `partition()` and `offset()` are -1, and `record_metadata()` is
  `None`.
- A window that is sent on close and a record that found no partner in a join have theirs where a
  handler may ask for records (a dead letter, a function), and none otherwise.
- `cx.set_header(name, value)` and `cx.headers_mut()` change the headers of what goes on: the record
  that the closure lets pass or makes, the row that it aggregates, which keeps them in the cache,
  the records that an emitter is called with afterwards. Other readers of the same stream do not see
  the change.
- Headers that are set have no effect in an aggregation in sessions or with `.emit_on_close()`,
  whose results have headers of their own; in a closure that says which row is met (of a global
  table, by a foreign key); and when a closure is called for the row before a change, or to look up
  a row of a view.
";

#[test]
fn operators_are_documented() {
    let mut text = String::from(
        "# Operators of `topology!`\n\nMade from the rows in `src/operators` by a test: `UPDATE_EXPECT=1 cargo test -p streams-macros`.\n\n\
         Each operator with a closure has a `try_` twin where told: its closure returns a `Result`, and an `Err` goes to the process handler.\n",
    );
    text += CLOSURES;
    let mut seen = Vec::new();
    for kind in OPERATORS.iter().map(|row| row.on) {
        if seen.contains(&kind) {
            continue;
        }
        seen.push(kind);
        let heading = kind.map_or("Sources and stores".to_owned(), |kind| format!("On a {}", kind.noun()));
        let _ = writeln!(text, "\n## {heading}");
        OPERATORS.iter().filter(|row| row.on == kind).for_each(|row| document(&mut text, row));
    }
    text += "\n## Options\n\n| option | of | |\n| --- | --- | --- |\n";
    for option in OPTIONS {
        let of: Vec<String> = OPERATORS.iter().filter(|row| row.options.contains(option)).map(|row| format!("`{}`", row.name)).collect();
        let _ = writeln!(
            text,
            "| `.{}({})` | {} | {} |",
            option.name,
            option.arguments.join(", ").replace('|', "\\|"),
            of.join(", "),
            option.doc
        );
    }
    expect_file![Path::new(env!("CARGO_MANIFEST_DIR")).join("OPERATORS.md")].assert_eq(&text);
}

fn document(text: &mut String, row: &Operator) {
    let entry = ENTRIES.iter().find(|entry| entry.on == row.on && entry.name == row.name).unwrap();
    let _ = writeln!(text, "\n### `{}`", signature(row));
    let twin = if row.twin { format!(" Twin: `try_{}`.", row.name) } else { String::new() };
    let _ = writeln!(text, "\n{} Gives a {}.{twin}\n", row.doc, row.gives.noun());
    let Entry { kafka, nulls, time, headers, late, .. } = entry;
    let options: Vec<String> = row.options.iter().map(|option| format!("`.{}({})`", option.name, option.arguments.join(", "))).collect();
    let options = if options.is_empty() { "–".to_owned() } else { options.join(", ") };
    for (what, said) in [
        ("Kafka Streams", format!("`{kafka}`")),
        ("options", options),
        ("nulls", (*nulls).to_owned()),
        ("time of a result", (*time).to_owned()),
        ("headers", (*headers).to_owned()),
        ("out of order, late", (*late).to_owned()),
    ] {
        let _ = writeln!(text, "- {what}: {said}");
    }
    for note in NOTES.iter().filter(|note| note.on == row.on && note.name == row.name) {
        let _ = writeln!(text, "- {}", note.text);
    }
}

/// The ways to call an operator.
fn signature(row: &Operator) -> String {
    let shapes: Vec<String> = row.shapes.iter().map(|shape| format!("{}{}", row.name, describe(shape).trim_matches('`'))).collect();
    shapes.join("`, `").replace("no arguments", "()")
}

/// The names that the first column of README's table of operators mentions.
fn readme_names(readme: &str) -> Vec<String> {
    let table = readme.split("\n## Operators\n").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap_or_default();
    let cells = table.lines().filter(|line| line.starts_with("| ")).filter_map(|line| line.split(" | ").next());
    let words = cells.flat_map(|cell| cell.split(|c: char| !(c.is_alphanumeric() || c == '_')));
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[test]
fn the_table_in_the_readme_has_all_operators_and_options() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap();
    let names = readme_names(&readme);
    assert!(names.len() > 50, "the table was not found");
    for name in OPERATORS.iter().map(|row| row.name).chain(OPTIONS.iter().map(|option| option.name)) {
        assert!(names.iter().any(|known| known == name), "README.md, table of operators: `{name}` is missing");
    }
}

#[test]
fn the_table_in_the_readme_names_no_operator_that_is_not_there() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md")).unwrap();
    let table = readme.split("\n## Operators\n").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap();
    let cells = table.lines().filter(|line| line.starts_with("| `")).filter_map(|line| line.split(" | ").next());
    let mut called = 0;
    for code in cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)) {
        let name = code.trim_start_matches('.').split(['(', ')']).next().unwrap_or_default();
        let known = OPERATORS.iter().any(|row| row.name == name) || OPTIONS.iter().any(|option| option.name == name);
        assert!(
            known || CONSTRUCTORS.contains(&name),
            "README.md, table of operators: `{name}` is neither operator nor option nor constructor"
        );
        called += 1;
    }
    assert!(called > 40, "the table was not found");
}

/// What arguments are made with: functions of the runtime, which the macro does not know by name.
const CONSTRUCTORS: &[&str] =
    &["tumbling", "hopping", "sessions", "sliding", "unlimited", "custom", "start_on", "offset", "grace", "within", "before", "after"];
