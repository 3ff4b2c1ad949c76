use super::*;

topology! {
    fn stored_view() -> StoredView {
        let input: Stream<Text, Text> = stream("in");
        let counts: Table<Windowed<String>, u64> = input.group_by_key().windowed_by(tumbling(millis(10)).grace(millis(90))).count();
        let odd: Table<Windowed<String>, u64> = counts.filter(|key, n| key.window.end_ms < 1_000 && n % 2 == 1);
        odd.to_stream().map(|key, n| (key.to_string(), n.map(|n| n.to_string()))).to("out");
        let again: Table<Windowed<String>, u64> = counts.to_stream().filter(|_, n| n.is_some()).to_table();
        again.to_stream().map(|key, n| (key.to_string(), n.map(|n| n.to_string()))).to("again");
    }

    fn joined() -> Joined {
        let left: Stream<Text, Text> = stream("left");
        let right: Stream<Text, Text> = stream("right");
        let l: Table<Windowed<String>, u64> = left.group_by_key().windowed_by(tumbling(millis(10)).grace(millis(5))).count();
        let r: Table<Windowed<String>, String> =
            right.group_by_key().windowed_by(tumbling(millis(10)).grace(millis(8))).reduce(|a, b| format!("{a}{}", b.as_deref().unwrap_or("-")));
        let doubled = l.map_values(|n| n * 2);
        let both = doubled.left_join(r, |n, text| format!("{n}{}", text.map_or("", |text| text)));
        both.to_stream().map(|key, v| (key.to_string(), v.clone())).to("both");
        let closed = both.suppress(until_window_closes());
        closed.to_stream().map(|key, v| (key.to_string(), v.clone())).to("closed");
    }

    fn joined_sessions() -> JoinedSessions {
        let left: Stream<Text, Text> = stream("left");
        let right: Stream<Text, Text> = stream("right");
        let l: Table<Windowed<String, SessionWindow>, u64> = left.group_by_key().windowed_by(sessions(millis(10))).count();
        let r: Table<Windowed<String, SessionWindow>, u64> = right.group_by_key().windowed_by(sessions(millis(10))).count();
        let sums = l.join(r, |l, r| l + r);
        sums.to_stream().map(|key, n| (key.to_string(), n.map(|n| n.to_string()))).to("out");
    }

    fn rekeyed() -> Rekeyed {
        let names: Table<String, String> = table("in");
        let initials = names.try_to_stream_with_key(|key, name| match name {
            Some(name) => name.get(..1).map(str::to_owned).ok_or("no letter"),
            None => Ok(format!("gone {key}")),
        });
        initials.to("out");
        let counts: Table<String, u64> = initials.group_by_key().count();
        counts.to_stream().to("counts");
    }
}

#[test]
fn windows_are_whole_behind_the_store_of_a_view() {
    for cache in [0, 1 << 20] {
        let driver = TestDriver::builder(stored_view()).cache_max_bytes(cache).build().unwrap();
        pipe(&driver, "in", &[(Some("a"), None, 3), (Some("a"), None, 13)]);
        // What one commit lets go waits in the next store for another.
        driver.commit().unwrap();
        driver.commit().unwrap();
        assert_eq!(read(&driver, "out"), ["[a@0/10]=1@3", "[a@10/20]=1@13"]);
        assert_eq!(read(&driver, "again"), ["[a@0/10]=1@3", "[a@10/20]=1@13"]);
        let key = |start_ms| Windowed { key: "a".to_owned(), window: Window { start_ms, end_ms: start_ms + 10 } };
        assert_eq!(driver.store(StoredView::ODD).unwrap().all(), [(key(0), 1), (key(10), 1)]);
        assert_eq!(driver.store(StoredView::AGAIN).unwrap().get(&key(10)), Some(1));
        assert_eq!(driver.read_raw("test-odd-changelog").unwrap().key.unwrap(), [b"a", &0_i64.to_be_bytes()[..]].concat());
        pipe(&driver, "in", &[(Some("a"), None, 4)]);
        driver.commit().unwrap();
        driver.commit().unwrap();
        assert_eq!(read(&driver, "out"), ["[a@0/10]=-@4"]);
    }
}

#[test]
fn tables_in_windows_are_joined_by_key_and_window() {
    let driver = driver(joined());
    pipe(&driver, "left", &[(Some("a"), None, 3), (Some("a"), None, 12)]);
    pipe(&driver, "right", &[(Some("a"), Some("x"), 5), (Some("b"), Some("y"), 5)]);
    pipe(&driver, "left", &[(Some("a"), None, 4)]);
    let both = ["[a@0/10]=2@3", "[a@10/20]=2@12", "[a@0/10]=2x@5", "[a@0/10]=4x@5"];
    assert_eq!(read(&driver, "both"), both);
    // Of two graces the longer one counts: 10 + 8.
    pipe(&driver, "left", &[(Some("z"), None, 17)]);
    assert!(read(&driver, "closed").is_empty());
    pipe(&driver, "left", &[(Some("z"), None, 18)]);
    assert_eq!(read(&driver, "closed"), ["[a@0/10]=4x@5"]);
}

#[test]
fn a_row_out_of_retention_is_not_joined() {
    let driver = driver(joined());
    pipe(&driver, "right", &[(Some("a"), Some("x"), 5), (Some("a"), Some("y"), 40)]);
    pipe(&driver, "left", &[(Some("a"), None, 3)]);
    // The window of 0 left the right store, which keeps 18 ms.
    assert_eq!(read(&driver, "both"), ["[a@0/10]=2@3"]);
}

#[test]
fn tables_in_sessions_are_joined_by_key_and_session() {
    let driver = driver(joined_sessions());
    pipe(&driver, "left", &[(Some("a"), None, 3), (Some("a"), None, 8)]);
    pipe(&driver, "right", &[(Some("a"), None, 3), (Some("a"), None, 8)]);
    // The session of one record had gone on the left when it came on the right.
    assert_eq!(read(&driver, "out"), ["[a@3/8]=4@8"]);
}

#[test]
fn a_table_is_a_stream_under_another_key() {
    let driver = TestDriver::builder(rekeyed()).on_process_error(OnError::Continue).build().unwrap();
    pipe(&driver, "in", &[(Some("k"), Some("ann"), 3), (Some("k"), Some(""), 4), (Some("k"), None, 5), (Some("j"), Some("al"), 6)]);
    assert_eq!(shown(&driver, "out")[1], ("gone k=-@5".to_owned(), "5".to_owned()));
    assert_eq!(read_numbers::<u64>(&driver, "counts"), ["a=1@3", "a=2@6"]);
    assert_eq!(driver.metrics().skipped_errors, 1);
}
