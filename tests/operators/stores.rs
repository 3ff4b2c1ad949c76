use super::*;

/// Does what the value says and forwards what it finds.
struct Shell;

impl Processor<String, String> for Shell {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = KeyValue<String, i64>;

    fn process<O: Forward<String, String>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let st = cx.stores;
        let list = |rows: Vec<(String, i64)>| rows.iter().map(|(k, v)| format!("{k}{v}")).collect::<Vec<_>>().join(" ");
        let said = match r.value.split(' ').collect::<Vec<_>>()[..] {
            ["put", n] => {
                cx.store(st).put(r.key, n.parse()?)?;
                String::new()
            }
            ["absent", n] => format!("{:?}", cx.store(st).put_if_absent(r.key, n.parse()?)?),
            ["get"] => format!("{:?}", cx.store(st).get_with_timestamp(r.key)?),
            ["delete"] => format!("{:?}", cx.store(st).delete(r.key)?),
            ["all"] => list(cx.store(st).all()?),
            ["to", to] => list(cx.store(st).range(r.key.as_str()..=to)?),
            ["from"] => list(cx.store(st).range(r.key.as_str()..)?),
            ["until"] => list(cx.store(st).range(..=r.key.as_str())?),
            _ => return Err("unknown".into()),
        };
        if !said.is_empty() {
            out.forward(cx, r.key, &said);
        }
        Ok(())
    }
}

topology! {
    fn shell() -> ShellTopology {
        let rows: KeyValueStore<String, i64> = key_value_store();
        let input: Stream<String, String> = stream("in");
        input.process(Shell, rows).to("out");
    }

    fn set() -> Set {
        let input: Stream<String, ()> = stream("in");
        let seen: Table<String, ()> = input.to_table();
        seen.to_stream().to("out");
    }
}

#[test]
fn all_operations_whatever_the_size_of_the_cache() {
    let steps = [
        ("b", "put 2"),
        ("a", "put 1"),
        ("d", "put 4"),
        ("a", "get"),
        ("x", "get"),
        ("a", "absent 9"),
        ("c", "absent 3"),
        ("b", "to c"),
        ("c", "to b"),
        ("c", "from"),
        ("b", "until"),
        ("b", "delete"),
        ("b", "delete"),
        ("b", "get"),
        ("b", "absent 7"),
        ("all", "all"),
        ("a", "put 5"),
        ("all", "all"),
    ];
    let expected = [
        "a=Some((1, 1))@3",
        "x=None@4",
        "a=Some(1)@5",
        "c=None@6",
        "b=b2 c3@7",
        "c=c3 d4@9",
        "b=a1 b2@10",
        "b=Some(2)@11",
        "b=None@12",
        "b=None@13",
        "b=None@14",
        "all=a1 b7 c3 d4@15",
        "all=a5 b7 c3 d4@17",
    ];
    // Nothing, about two rows, everything.
    for cache_max_bytes in [0, 250, 1 << 20] {
        for commit in [false, true] {
            let driver = TestDriver::builder(shell()).cache_max_bytes(cache_max_bytes).build().unwrap();
            for (i, (key, value)) in steps.iter().enumerate() {
                pipe(&driver, "in", &[(Some(key), Some(value), i as i64)]);
                if commit && i % 3 == 0 {
                    driver.commit().unwrap();
                }
            }
            // A range that ends before it begins, and puts, say nothing.
            let said: Vec<_> = read(&driver, "out");
            assert_eq!(said, expected, "cache of {cache_max_bytes} bytes, commit {commit}");
            let rows = [("a", 5, 16), ("b", 7, 14), ("c", 3, 6), ("d", 4, 2)].map(|(k, v, t)| (k.to_owned(), v, t));
            assert_eq!(driver.store(ShellTopology::ROWS).unwrap().all_with_timestamps(), rows);
        }
    }
}

#[test]
fn a_set_has_members_and_loses_them() {
    let driver = driver(set());
    let input = driver.input::<str, ()>("in").unwrap();
    input.pipe("k", ()).unwrap();
    assert_eq!(driver.store(Set::SEEN).unwrap().get("k"), Some(()));
    assert_eq!(read(&driver, "out"), ["k=@0"]);
}
