use super::*;

topology! {
    fn printed() -> Printed {
        let input: Stream<String, String> = stream("in");
        input.print("label").to("out");
    }
}

#[test]
fn records_pass() {
    let driver = driver(printed());
    pipe(&driver, "in", &[(Some("a"), Some("1"), 1)]);
    assert_eq!(read(&driver, "out"), ["a=1@1"]);
}
