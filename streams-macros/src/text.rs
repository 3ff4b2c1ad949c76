//! Tokens as text that looks as if a person had written it.

/// Takes out the spaces that the compiler puts between tokens: `Table < K , V >` → `Table<K, V>`.
pub(crate) fn tidy(tokens: &str) -> String {
    let mut text = String::with_capacity(tokens.len());
    let chars: Vec<char> = tokens.chars().map(|c| if c == '\n' { ' ' } else { c }).collect();
    let mut in_string = false;
    for (i, &c) in chars.iter().enumerate() {
        if c == '"' {
            in_string = !in_string;
        }
        if c == ' ' && !in_string {
            let before = text.chars().last();
            let after = chars.get(i + 1).copied();
            let path = before != Some(':') || text.ends_with("::");
            let glued = path && matches!(before, Some('<' | '(' | '[' | '&' | ':' | '.' | ' '))
                || matches!(after, Some('>' | '<' | ',' | ')' | ']' | ':' | '(' | ';' | '.'))
                || after.is_none()
                || after == Some('!') && chars.get(i + 2).is_some_and(|c| "([{".contains(*c));
            if glued {
                continue;
            }
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn types_look_written() {
        assert_eq!(tidy("Table < Option < String > , [u8 ; 4] >"), "Table<Option<String>, [u8; 4]>");
        assert_eq!(tidy("format !(\"{}\" , x)"), "format!(\"{}\", x)");
        assert_eq!(tidy("& 'static str"), "&'static str");
        assert_eq!(tidy("Key :: new (a , \" x , \")"), "Key::new(a, \" x , \")");
    }
}
