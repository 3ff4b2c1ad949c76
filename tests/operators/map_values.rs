use super::*;

topology! {
    fn lengths(more: i64) -> Lengths {
        let input: Stream<String, String> = stream("in");
        input.map_values(|v| v.len() as i64 + *more).to("lengths");
        input.map_values_with_key(|k, v| format!("{k}/{v}")).to("both");
    }
}

#[test]
fn the_key_stays_and_parameters_are_there() {
    let driver = driver(lengths(10));
    pipe(&driver, "in", &[(Some("k"), Some("four"), 5)]);
    assert_eq!(read_numbers::<i64>(&driver, "lengths"), ["k=14@5"]);
    assert_eq!(read(&driver, "both"), ["k=k/four@5"]);
}
