use super::*;

topology! {
    fn ways() -> Ways {
        let input: Stream<String, String> = stream("in");
        let (short, with_a, rest) = input.split().branch(|_, v| v.len() < 3).branch(|_, v| v.contains('a')).otherwise();
        short.to("short");
        with_a.to("with-a");
        rest.to("rest");
        let (long,) = input.split().branch(|_, v| v.len() > 4).no_default();
        long.to("long");
    }
}

#[test]
fn the_first_branch_that_fits_takes_the_record() {
    let driver = driver(ways());
    pipe(
        &driver,
        "in",
        &[(Some("k"), Some("a"), 1), (Some("k"), Some("abc"), 2), (Some("k"), Some("xyz"), 3), (Some("k"), Some("uvwxyz"), 4)],
    );
    assert_eq!(read(&driver, "short"), ["k=a@1"]);
    assert_eq!(read(&driver, "with-a"), ["k=abc@2"]);
    assert_eq!(read(&driver, "rest"), ["k=xyz@3", "k=uvwxyz@4"]);
    assert_eq!(read(&driver, "long"), ["k=uvwxyz@4"]);
    assert_eq!(driver.dropped(), 0);
}
