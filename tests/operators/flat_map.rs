use super::*;

topology! {
    fn letters() -> Letters {
        let input: Stream<String, String> = stream("in");
        input.flat_map(|k, v, out| for c in v.chars() { out(&c.to_string(), k) }).to("out");
    }
}

#[test]
fn none_one_or_many_in_order() {
    let driver = driver(letters());
    pipe(&driver, "in", &[(Some("k"), Some(""), 1), (Some("k"), Some("x"), 2), (Some("l"), Some("ab"), 3)]);
    assert_eq!(shown(&driver, "out"), [("x=k@2", "2"), ("a=l@3", "3"), ("b=l@3", "3")].map(|(r, t)| (r.to_owned(), t.to_owned())));
}
