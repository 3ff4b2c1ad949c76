use super::*;

topology! {
    fn changes() -> Changes {
        let t: Table<String, String> = table("in");
        // A stream again: null values are there to be seen.
        t.to_stream().map_values_with_key(|k, v| format!("{k}:{}", v.as_deref().unwrap_or("gone"))).to("out");
        t.to_stream().filter(|_, v| v.is_some()).to("rows");
    }
}

#[test]
fn every_change_is_a_record_and_a_deletion_a_none() {
    let driver = driver(changes());
    pipe(&driver, "in", &[(Some("a"), Some("1"), 9), (Some("a"), None, 4)]);
    assert_eq!(read(&driver, "out"), ["a=a:1@9", "a=a:gone@4"]);
    assert_eq!(read(&driver, "rows"), ["a=1@9"]);
}
