use std::ops::ControlFlow;

use super::*;

/// Says what the tables know of a key.
struct Look;

impl Processor<String, String> for Look {
    type KeyOut = String;
    type ValueOut = String;
    type Stores = (ReadOnly<KeyValue<String, String>>, GlobalRows<String, String>);

    fn process<O: Forward<String, String>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let (users, rates) = cx.stores;
        let user = cx.store(users).get_with_timestamp(r.key)?.map(|(user, time_ms)| format!("{user}@{time_ms}"));
        let rate = cx.store(rates).get(r.value)?;
        let mut users_after = 0;
        cx.store(users).visit_range(r.key.as_str().., Order::Ascending, |_, _| {
            users_after += 1;
            ControlFlow::Continue(())
        })?;
        let (all, some) = (cx.store(rates).all()?.len(), cx.store(rates).range("E"..)?.len());
        let said = format!("{user:?} {rate:?} {users_after}/{} {some}/{all}", cx.store(users).approximate_num_entries()?);
        assert_eq!(cx.store(rates).approximate_num_entries(), all as u64);
        assert_eq!(cx.store(rates).get_with_timestamp(r.value)?.map(|(rate, _)| rate), rate);
        assert_eq!(cx.store(rates).with(r.value, |rate| rate.cloned())?, rate);
        out.forward(cx, r.key, &said);
        Ok(())
    }
}

/// How often a key was seen lately.
struct Recent;

impl FixedKeyProcessor<String, String> for Recent {
    type ValueOut = String;
    type Stores = ReadOnly<WindowState<String, u64>>;

    fn process<O: ForwardValue<String>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let counts = cx.store(cx.stores).fetch_range(r.key, 0, r.timestamp_ms)?;
        let windows: Vec<String> = cx.store(cx.stores).all()?.iter().map(|(key, n)| format!("{key}={n}")).collect();
        out.forward(cx, &format!("{counts:?} {}", windows.join(" ")));
        Ok(())
    }
}

/// The sessions of a key.
struct Visits;

impl FixedKeyProcessor<String, String> for Visits {
    type ValueOut = String;
    type Stores = ReadOnly<Sessions<String, u64>>;

    fn process<O: ForwardValue<String>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let visits = cx.store(cx.stores).fetch(r.key)?;
        let said: Vec<String> = visits.iter().map(|(session, n)| format!("{}-{}={n}", session.start_ms, session.end_ms)).collect();
        out.forward(cx, &said.join(" "));
        Ok(())
    }
}

/// What a price was when the order was made.
struct PriceThen;

impl FixedKeyProcessor<String, String> for PriceThen {
    type ValueOut = String;
    type Stores = ReadOnly<Versioned<String, String>>;

    fn process<O: ForwardValue<String>>(
        &mut self,
        r: Record<'_, String, String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
        out: &mut O,
    ) -> Result<(), BoxError> {
        let then = cx.store(cx.stores).get_as_of(r.key, r.timestamp_ms)?.map(|(price, since_ms)| format!("{price} since {since_ms}"));
        out.forward(cx, &then.unwrap_or_default());
        Ok(())
    }
}

/// Appends what the table has.
struct Enrich;

impl ValueTransformer<String, String> for Enrich {
    type ValueOut = String;
    type Stores = GlobalRows<String, String>;

    fn transform(
        &mut self,
        _: &String,
        value: Option<&String>,
        cx: &mut ProcessorContext<'_, Self::Stores>,
    ) -> Result<Option<String>, BoxError> {
        let Some(value) = value else { return Ok(None) };
        let rate = cx.store(cx.stores).get(value)?;
        Ok(Some(format!("{value}:{}", rate.unwrap_or_default())))
    }
}

topology! {
    fn looked() -> Looked {
        let users: Table<String, String> = table("users");
        let rates: GlobalTable<String, String> = global_table("rates");
        let input: Stream<String, String> = stream("in");
        input.process(Look, (users, rates)).to("out");
    }

    fn of_views() -> OfViews {
        let users: Table<String, String> = table("users");
        // Written out, the view has a store.
        let long: Table<String, String> = users.filter(|_, user| user.len() > 3);
        let rates: GlobalTable<String, String> = global_table("rates");
        let input: Stream<String, String> = stream("in");
        input.process(Look, (long, rates)).to("out");
    }

    fn recent() -> RecentTopology {
        let input: Stream<String, String> = stream("in");
        let views: Table<Windowed<String>, u64> =
            input.group_by(|_, v| v.clone()).windowed_by(tumbling(millis(10))).count().retention(millis(20));
        let questions: Stream<String, String> = stream("questions");
        questions.process_values(Recent, views).to("answers");
    }

    fn visits() -> VisitsTopology {
        let input: Stream<String, String> = stream("in");
        let visits: Table<Windowed<String, SessionWindow>, u64> = input.group_by_key().windowed_by(sessions(millis(10))).count();
        let questions: Stream<String, String> = stream("questions");
        questions.process_values(Visits, visits).to("answers");
    }

    fn prices() -> Prices {
        let prices: Table<String, String> = table("prices").versioned(seconds(1));
        let orders: Stream<String, String> = stream("orders");
        orders.process_values(PriceThen, prices).to("priced");
    }

    fn enriched() -> Enriched {
        let rates: GlobalTable<String, String> = global_table("rates");
        let rows: Table<String, String> = table("rows");
        let known: Table<String, String> = rows.transform_values(Enrich, rates);
        known.to_stream().to("out");
    }
}

#[test]
fn processors_read_tables_and_global_tables_as_they_are() {
    for cache_max_bytes in [0, 1 << 20] {
        let driver = TestDriver::builder(looked()).cache_max_bytes(cache_max_bytes).build().unwrap();
        pipe(&driver, "in", &[(Some("a"), Some("EUR"), 1)]);
        pipe(&driver, "users", &[(Some("a"), Some("ann"), 2), (Some("b"), Some("bob"), 3)]);
        pipe(&driver, "rates", &[(Some("EUR"), Some("1.1"), 4), (Some("DKK"), Some("7.4"), 4)]);
        pipe(&driver, "in", &[(Some("a"), Some("EUR"), 5), (Some("b"), Some("USD"), 6)]);
        pipe(&driver, "users", &[(Some("a"), None, 7)]);
        pipe(&driver, "rates", &[(Some("EUR"), None, 7)]);
        pipe(&driver, "in", &[(Some("a"), Some("EUR"), 8)]);
        let expected = [
            "a=None None 0/0 0/0@1",
            "a=Some(\"ann@2\") Some(\"1.1\") 2/2 1/2@5",
            "b=Some(\"bob@3\") None 1/2 1/2@6",
            "a=None None 1/1 0/1@8",
        ];
        assert_eq!(read(&driver, "out"), expected, "cache of {cache_max_bytes} bytes");
    }
}

#[test]
fn a_view_with_a_store_can_be_read() {
    let driver = driver(of_views());
    pipe(&driver, "users", &[(Some("a"), Some("ann"), 2), (Some("b"), Some("bernd"), 3)]);
    pipe(&driver, "in", &[(Some("a"), Some("-"), 5), (Some("b"), Some("-"), 6)]);
    assert_eq!(read(&driver, "out"), ["a=None None 1/1 0/0@5", "b=Some(\"bernd@3\") None 1/1 0/0@6"]);
}

#[test]
fn a_windowed_table_can_be_read_and_joins_its_reader_in_one_part() {
    // The repartition of the grouping ends in the part that the reader is in.
    assert_eq!(recent().plan().sub_topologies.len(), 2);
    let driver = driver(recent());
    for (value, time_ms) in [("x", 5), ("x", 7), ("y", 8), ("x", 12)] {
        pipe(&driver, "in", &[(Some("k"), Some(value), time_ms)]);
    }
    pipe(&driver, "questions", &[(Some("x"), Some("?"), 13)]);
    pipe(&driver, "in", &[(Some("k"), Some("x"), 25)]);
    pipe(&driver, "questions", &[(Some("x"), Some("?"), 26)]);
    let expected = ["x=[(0, 2), (10, 1)] [x@0/10]=2 [y@0/10]=1 [x@10/20]=1@13", "x=[(10, 1), (20, 1)] [x@10/20]=1 [x@20/30]=1@26"];
    assert_eq!(read(&driver, "answers"), expected);
}

#[test]
fn sessions_can_be_read() {
    let driver = driver(visits());
    pipe(&driver, "in", &[(Some("a"), Some("x"), 5), (Some("a"), Some("y"), 9), (Some("b"), Some("y"), 9)]);
    pipe(&driver, "questions", &[(Some("a"), Some("?"), 13), (Some("c"), Some("?"), 14)]);
    assert_eq!(read(&driver, "answers"), ["a=5-9=2@13", "c=@14"]);
}

#[test]
fn the_history_of_a_table_can_be_read() {
    let driver = driver(prices());
    pipe(&driver, "prices", &[(Some("tea"), Some("3"), 10), (Some("tea"), Some("4"), 30)]);
    pipe(&driver, "orders", &[(Some("tea"), Some("?"), 9), (Some("tea"), Some("?"), 29), (Some("tea"), Some("?"), 40)]);
    assert_eq!(read(&driver, "priced"), ["tea=@9", "tea=3 since 10@29", "tea=4 since 30@40"]);
}

#[test]
fn a_transformer_of_a_table_reads_a_global_table() {
    let driver = driver(enriched());
    pipe(&driver, "rates", &[(Some("EUR"), Some("1.1"), 4)]);
    pipe(&driver, "rows", &[(Some("a"), Some("EUR"), 5), (Some("b"), Some("USD"), 6), (Some("a"), None, 7)]);
    assert_eq!(read(&driver, "out"), ["a=EUR:1.1@5", "b=USD:@6", "a=-@7"]);
}

#[test]
fn what_is_read_by_key_has_to_be_divided_alike() {
    let plan = looked().plan();
    assert_eq!(plan.sub_topologies.len(), 1);
    assert_eq!(plan.sub_topologies[0].copartitioned, [[0, 1]]);
    assert_eq!(enriched().plan().sub_topologies[0].copartitioned, [[0usize; 0]; 0]);
}
