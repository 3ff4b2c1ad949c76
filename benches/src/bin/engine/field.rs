//! Fields of JSON, without a parser.

/// The text between `"name":"` and the next quote, as the other side finds it.
pub(crate) fn field<'a>(value: &'a str, name: &str) -> &'a str {
    let Some(start) = value.find(name) else { return "" };
    let rest = &value[start + name.len()..];
    rest.split('"').next().unwrap_or("")
}
