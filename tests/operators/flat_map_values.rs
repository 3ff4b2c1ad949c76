use super::*;

topology! {
    fn words() -> Words {
        let input: Stream<String, String> = stream("in");
        // The words are borrowed from the line.
        input.flat_map_values(|line, out| for word in line.split_whitespace() { out(word) }).to("words");
        input.flat_map_values_with_key(|k, line, out| for word in line.split_whitespace() { out(&format!("{k}:{word}")) }).to("with-key");
    }
}

#[test]
fn none_one_or_many_in_order_under_the_same_key() {
    let driver = driver(words());
    pipe(&driver, "in", &[(Some("k"), Some("to be"), 4), (Some("l"), Some("  "), 5)]);
    assert_eq!(read(&driver, "words"), ["k=to@4", "k=be@4"]);
    assert_eq!(read(&driver, "with-key"), ["k=k:to@4", "k=k:be@4"]);
}
