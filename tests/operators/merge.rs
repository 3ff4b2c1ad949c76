use super::*;

topology! {
    fn both() -> Both {
        let a: Stream<String, String> = stream("a");
        let b: Stream<String, String> = stream("b");
        let loud = b.map_values(|v| v.to_uppercase());
        a.merge(loud).map_values(|v| format!("{v}.")).to("out");
    }

    /// Both ways of one record come together again.
    fn diamond() -> Diamond {
        let input: Stream<String, String> = stream("in");
        let left = input.map_values(|v| format!("l{v}"));
        let right = input.map_values(|v| format!("r{v}"));
        let counts: Table<String, u64> = left.merge(right).group_by_key().count();
        counts.to_stream().to("counts");
    }
}

#[test]
fn records_come_as_they_come() {
    let driver = driver(both());
    pipe(&driver, "b", &[(Some("k"), Some("x"), 9)]);
    pipe(&driver, "a", &[(Some("k"), Some("y"), 3)]);
    pipe(&driver, "b", &[(Some("k"), Some("z"), 1)]);
    assert_eq!(read(&driver, "out"), ["k=X.@9", "k=y.@3", "k=Z.@1"]);
}

#[test]
fn a_record_that_comes_two_ways_counts_twice() {
    let driver = driver(diamond());
    pipe(&driver, "in", &[(Some("k"), Some("x"), 1)]);
    assert_eq!(read_numbers::<u64>(&driver, "counts"), ["k=1@1", "k=2@1"]);
}
