//! The tables as documents, so that they cannot drift from the code.

use std::fmt::Write;
use std::path::Path;

use expect_test::expect_file;

use crate::diagnostics::ROWS;
use crate::operators::{OPERATORS, OPTIONS};

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
fn operators_are_documented() {
    let mut text = String::from(
        "# Operators of `topology!`\n\nMade from the rows in `src/operators` by a test: `UPDATE_EXPECT=1 cargo test -p streams-macros`.\n\n| operator | on | gives | |\n| --- | --- | --- | --- |\n",
    );
    for row in OPERATORS {
        let on = row.on.map_or("-", |kind| kind.noun());
        let twin = if row.twin { format!(", `try_{}`", row.name) } else { String::new() };
        let _ = writeln!(text, "| `{}`{twin} | {on} | {} | {} |", row.name, row.gives.noun(), row.doc);
    }
    text += "\n| option | of | |\n| --- | --- | --- |\n";
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
