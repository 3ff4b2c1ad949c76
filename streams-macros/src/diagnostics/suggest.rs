//! "Did you mean" and lists of what is known.

/// ``; did you mean `x`?`` or nothing, to stand at the end of a message.
pub(crate) fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let spelled = snake_case(word);
    let allowed = 1 + spelled.chars().count() / 4;
    known
        .into_iter()
        .map(|candidate| (distance(&spelled, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= allowed && *candidate != word)
        .min()
        .map(|(_, candidate)| format!("; did you mean `{candidate}`?"))
        .unwrap_or_default()
}

/// `` `a`, `b`, `c` ``
pub(crate) fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}

/// The `count` known words that are nearest to this one, the nearest first.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>, count: usize) -> Vec<&'a str> {
    let spelled = snake_case(word);
    let mut words: Vec<&str> = known.into_iter().collect();
    // A word with a part that begins alike is nearer than one that is only as short: `map_values` than `to`, for `mapp`.
    let beginning: String = spelled.chars().take(3).collect();
    let apart = |candidate: &&str| (!candidate.split('_').any(|part| part.starts_with(&beginning)), distance(&spelled, candidate));
    words.sort_by_key(apart);
    words.truncate(count);
    words
}

/// `groupByKey` → `group_by_key`, as those write it who come from Java. A constant stays as it is.
pub(crate) fn snake_case(word: &str) -> String {
    if !word.chars().any(char::is_lowercase) {
        return word.to_owned();
    }
    let mut snake = String::new();
    for c in word.chars() {
        if c.is_uppercase() && !snake.is_empty() && !snake.ends_with('_') {
            snake.push('_');
        }
        snake.extend(c.to_lowercase());
    }
    snake
}

/// Edits (insert, delete, replace, swap of neighbours) between two words.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().collect();
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replace = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + replace);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_suggested_and_far_ones_not() {
        assert_eq!(did_you_mean("mapp", ["filter", "map"]), "; did you mean `map`?");
        assert_eq!(did_you_mean("flitre", ["filter", "map"]), "; did you mean `filter`?");
        assert_eq!(did_you_mean("window", ["filter", "map"]), "");
        assert_eq!(did_you_mean("groupByKey", ["group_by", "group_by_key"]), "; did you mean `group_by_key`?");
        assert_eq!(did_you_mean("flatMpValues", ["flat_map", "flat_map_values"]), "; did you mean `flat_map_values`?");
        assert_eq!(did_you_mean("TOPICS", ["TOPIC", "other"]), "; did you mean `TOPIC`?");
        assert_eq!(distance("abc", "acb"), 1);
    }

    #[test]
    fn the_nearest_words_come_first() {
        let known = ["to", "filter", "map", "flat_map", "map_values"];
        assert_eq!(nearest("mapp", known, 2), ["map", "flat_map"]);
        assert_eq!(nearest("filterr", known, 1), ["filter"]);
        assert_eq!(nearest("map", known, 9).len(), known.len());
    }
}
