//! Joins by a foreign key whose answers come when the left row is another by now.

use super::*;

/// Writes what a line says at once, so that all of it waits in the topic: words such as `ann:tea@12`, and `-@12` for a deletion.
struct Script;

impl Processor<String, String> for Script {
    type KeyOut = String;
    type ValueOut = Text;
    type Stores = ();

    fn process<O: Forward<String, Text>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, ()>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        for word in r.value.split(' ') {
            let (value, at_ms) = word.split_once('@').ok_or("a word without a time")?;
            out.forward_at(cx, r.key, &(value != "-").then(|| value.to_owned()), at_ms.parse()?);
        }
        Ok(())
    }
}

/// Commits where a record says so, before what waits is taken.
struct Commits;

impl FixedKeyProcessor<String, Text> for Commits {
    type ValueOut = Text;
    type Stores = ();

    fn process<O: ForwardValue<Text>>(
        &mut self,
        r: Record<'_, String, Text>,
        cx: &mut ProcessorContext<'_, ()>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        if r.value.as_deref() == Some("commit") {
            cx.request_commit();
        } else {
            out.forward(cx, r.value);
        }
        Ok(())
    }
}

fn user_of(order: &str) -> Option<String> {
    order.split_once(':').map(|(user, _)| user.to_owned())
}

fn joined(order: &str, user: Option<&String>) -> String {
    format!("{order}+{}", user.map_or("none", String::as_str))
}

topology! {
    fn scripted() -> Scripted {
        let lines: Stream<String, String> = stream("lines");
        lines.process(Script).to("changes");
        let changes: Stream<String, Text> = stream("changes");
        let orders: Table<String, String> = changes.process_values(Commits).to_table();
        let users: Table<String, String> = table("users");
        let teas = orders.filter(|_, order| order.ends_with("tea"));
        let loud = orders.map_values(|order| order.clone());
        let left: Table<String, String> = orders.left_join(users, |order| user_of(order), |order, user| joined(order, user));
        let left_view = orders.left_join(users, |order| user_of(order), |order, user| joined(order, user));
        let left_teas: Table<String, String> = teas.left_join(users, |order| user_of(order), |order, user| joined(order, user));
        let left_loud: Table<String, String> = loud.left_join(users, |order| user_of(order), |order, user| joined(order, user));
        let inner: Table<String, String> = orders.join(users, |order| user_of(order), |order, user| joined(order, Some(user)));
        let inner_view = orders.join(users, |order| user_of(order), |order, user| joined(order, Some(user)));
        let inner_teas: Table<String, String> = teas.join(users, |order| user_of(order), |order, user| joined(order, Some(user)));
        left.to_stream().to("left");
        left_view.to_stream().to("left-view");
        left_teas.to_stream().to("left-teas");
        left_loud.to_stream().to("left-loud");
        inner.to_stream().to("inner");
        inner_view.to_stream().to("inner-view");
        inner_teas.to_stream().to("inner-teas");
    }
}

const JOINS: [&str; 7] = ["left", "left-view", "left-teas", "left-loud", "inner", "inner-view", "inner-teas"];

/// The last value of order 1 in each result.
fn last(driver: &TestDriver, before: [Text; 7]) -> [Text; 7] {
    let mut all = before;
    for (topic, last) in JOINS.iter().zip(&mut all) {
        while let Some(record) = driver.read_raw(topic) {
            *last = record.value.map(|value| String::from_utf8(value).unwrap());
        }
    }
    all
}

fn settle(driver: &TestDriver) {
    (0..3).for_each(|_| driver.commit().unwrap());
}

/// A row is there with its result, then a line is played.
fn played(line: &str) -> [Text; 7] {
    let driver = TestDriver::builder(scripted()).cache_max_bytes(1 << 20).build().unwrap();
    pipe(&driver, "users", &[(Some("ann"), Some("rome"), 1)]);
    pipe(&driver, "lines", &[(Some("1"), Some("ann:tea@2"), 2)]);
    settle(&driver);
    let before = last(&driver, Default::default());
    assert_eq!(before, [(); 7].map(|()| Some("ann:tea+rome".to_owned())));
    pipe(&driver, "lines", &[(Some("1"), Some(line), 20)]);
    settle(&driver);
    last(&driver, before)
}

/// The answer to the first deletion meets the row that came after it; that one is deleted before its cache is flushed, so that nobody behind
/// the cache hears of it, and no other answer will come.
#[test]
fn a_row_that_came_and_went_while_its_deletion_was_answered_has_no_result() {
    assert_eq!(played("-@20 commit@20 ann:tea@20 -@21"), [const { None }; 7]);
    assert_eq!(played("-@20 commit@20 bob:tea@20 -@21"), [const { None }; 7]);
    assert_eq!(played("-@20 commit@20 bob:tea@20 bob:jam@20 -@21 bob:tea@21 -@21"), [const { None }; 7]);
}

#[test]
fn a_row_that_came_again_while_its_deletion_was_answered_has_its_own_result() {
    for line in
        ["-@20 commit@20 ann:rye-tea@20", "-@20 commit@20 bob:tea@20 -@21 ann:rye-tea@21", "bob:tea@20 commit@20 -@20 ann:rye-tea@21"]
    {
        assert_eq!(played(line), [(); 7].map(|()| Some("ann:rye-tea+rome".to_owned())), "{line}");
    }
    let unknown = |inner: bool| (!inner).then(|| "bob:tea+none".to_owned());
    let expected = [false, false, false, false, true, true, true].map(unknown);
    assert_eq!(played("-@20 commit@20 ann:tea@20 commit@20 bob:tea@21"), expected);
}
