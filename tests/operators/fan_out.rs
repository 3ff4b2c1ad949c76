use super::*;

topology! {
    fn three() -> Three {
        let input: Stream<String, String> = stream("in");
        input.map_values(|v| format!("1{v}")).to("out");
        input.flat_map_values(|v, out| { out(&format!("2{v}")); out(&format!("3{v}")) }).to("out");
        let last = input.map_values(|v| format!("4{v}"));
        last.to("out");
        last.map_values(|v| format!("5{v}")).to("out");
    }
}

#[test]
fn readers_get_a_record_in_the_order_of_the_text_each_to_its_end() {
    let driver = driver(three());
    pipe(&driver, "in", &[(Some("k"), Some("a"), 1), (Some("k"), Some("b"), 2)]);
    assert_eq!(
        read(&driver, "out"),
        ["k=1a@1", "k=2a@1", "k=3a@1", "k=4a@1", "k=54a@1", "k=1b@2", "k=2b@2", "k=3b@2", "k=4b@2", "k=54b@2"]
    );
}
