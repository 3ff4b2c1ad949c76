//! Names of topics.

use super::BrokerError;

/// Kafka's rules for topic names.
///
/// # Errors
/// [`BrokerError::Config`] with the rule that the name breaks.
pub fn check_topic_name(name: &str) -> Result<(), BrokerError> {
    let wrong = |reason: &str| BrokerError::Config { name: "topic".to_owned(), value: name.to_owned(), reason: reason.to_owned() };
    let legal = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    if name.is_empty() || name.len() > 249 || name == "." || name == ".." {
        return Err(wrong("a name has 1 to 249 characters and is not `.` or `..`"));
    }
    if !name.bytes().all(legal) {
        return Err(wrong("only ASCII letters, digits, `.`, `_` and `-` are allowed in a name"));
    }
    Ok(())
}
