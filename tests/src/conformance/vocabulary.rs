//! The shorthands of the scenarios' definitions. Nulls are `None`.

use streams_runtime::Headers;

/// A key or value that may be null.
pub(super) type Text = Option<String>;

/// How Java writes it in a concatenation.
pub(super) fn text(value: &Text) -> &str {
    value.as_deref().unwrap_or("null")
}

fn digits_at(value: &str) -> usize {
    value.trim_end_matches(|c: char| c.is_ascii_digit()).len()
}

/// The number made of the trailing decimal digits; 0 when there are none.
pub(super) fn num_of(value: &str) -> i32 {
    value[digits_at(value)..].parse().unwrap_or(0)
}

/// [`num_of`], and 0 for a null.
pub(super) fn num(value: &Text) -> i32 {
    value.as_deref().map_or(0, num_of)
}

/// The value without its trailing decimal digits.
pub(super) fn word_of(value: &str) -> String {
    value[..digits_at(value)].to_owned()
}

/// [`word_of`], and `nil` for a null.
pub(super) fn word(value: &Text) -> String {
    value.as_deref().map_or_else(|| "nil".to_owned(), word_of)
}

/// The parts between spaces, none empty; none of a null.
pub(super) fn words(value: &Text) -> impl Iterator<Item = &str> {
    value.iter().flat_map(|value| value.split(' ')).filter(|part| !part.is_empty())
}

/// The last 24 characters of both with a comma between.
pub(super) fn cat(a: &str, b: &str) -> String {
    let both = format!("{a},{b}");
    both[both.len().saturating_sub(24)..].to_owned()
}

/// What stands before `:`; null when that is empty.
pub(super) fn fk(value: &Text) -> Text {
    let (before, _) = value.as_deref()?.split_once(':')?;
    (!before.is_empty()).then(|| before.to_owned())
}

/// What stands before `:`, empty or not.
pub(super) fn before_colon(value: &str) -> String {
    value.split(':').next().unwrap_or_default().to_owned()
}

/// The value of the last header of this name; `-` when there is none or it is null.
pub(super) fn header(headers: &Headers, name: &str) -> String {
    match headers.last(name) {
        Some(Some(value)) => String::from_utf8_lossy(value).into_owned(),
        _ => "-".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_taken_apart() {
        let some = |s: &str| Some(s.to_owned());
        assert_eq!((num(&some("cat17")), num(&some("cat")), num(&None)), (17, 0, 0));
        assert_eq!((word(&some("cat17")), word(&None)), ("cat".to_owned(), "nil".to_owned()));
        assert_eq!(words(&some("a  b ")).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(cat("abcdefghijklmnopqrstuvwxyz", "1"), "efghijklmnopqrstuvwxyz,1");
        assert_eq!((fk(&some("f2:cat7")), fk(&some(":cat7")), fk(&None)), (some("f2"), None, None));
    }
}
