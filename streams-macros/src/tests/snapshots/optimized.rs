///The topology `orders`.
pub struct Orders {}
///The topology `orders`.
#[allow(clippy::too_many_arguments)]
pub fn orders() -> Orders {
    Orders {}
}
#[automatically_derived]
#[allow(dead_code, private_interfaces)]
impl Orders {
    /// The sub-topologies, their nodes and stores, in the form of Kafka Streams' description. What a parameter names is `{shown so}`.
    pub const DESCRIPTION: &'static ::core::primitive::str = "Topologies:\n   Sub-topology: 0\n    Source: orders (topics: [orders])\n      --> by_user\n    Processor: by_user (stores: [])\n      --> by_user-repartition-sink\n      <-- orders\n    Sink: by_user-repartition-sink (topic: by_user-repartition)\n      <-- by_user\n\n   Sub-topology: 1\n    Source: by_user-repartition-source (topics: [by_user-repartition])\n      --> per_day, known, pairs\n    Source: users-source (topics: [users])\n      --> users\n    Processor: users (stores: [users])\n      --> none\n      <-- users-source\n    Processor: per_day (stores: [per_day])\n      --> per_day.map_values\n      <-- by_user-repartition-source\n    Processor: known (stores: [users])\n      --> known.to\n      <-- by_user-repartition-source\n    Sink: known.to (topic: known)\n      <-- known\n    Processor: pairs (stores: [pairs-this-join-store])\n      --> pairs.to\n      <-- by_user-repartition-source\n    Sink: pairs.to (topic: pairs)\n      <-- pairs\n    Processor: per_day.map_values (stores: [])\n      --> per_day.suppress\n      <-- per_day\n    Processor: per_day.suppress (stores: [final-per-day])\n      --> per_day.to_stream\n      <-- per_day.map_values\n    Processor: per_day.to_stream (stores: [])\n      --> per_day.to\n      <-- per_day.suppress\n    Sink: per_day.to (topic: per-day)\n      <-- per_day.to_stream\n\n";
    /// What the description would be without `#[optimized]`. The results are the same.
    pub const DESCRIPTION_UNOPTIMIZED: &'static ::core::primitive::str = "Topologies:\n   Sub-topology: 0\n    Source: orders (topics: [orders])\n      --> by_user\n    Processor: by_user (stores: [])\n      --> per_day-repartition-sink, known-repartition-sink, pairs-left-repartition-sink, pairs-right-repartition-sink\n      <-- orders\n    Sink: per_day-repartition-sink (topic: per_day-repartition)\n      <-- by_user\n    Sink: known-repartition-sink (topic: known-repartition)\n      <-- by_user\n    Sink: pairs-left-repartition-sink (topic: pairs-left-repartition)\n      <-- by_user\n    Sink: pairs-right-repartition-sink (topic: pairs-right-repartition)\n      <-- by_user\n\n   Sub-topology: 1\n    Source: known-repartition-source (topics: [known-repartition])\n      --> known\n    Source: users-source (topics: [users])\n      --> users\n    Processor: users (stores: [users])\n      --> none\n      <-- users-source\n    Processor: known (stores: [users])\n      --> known.to\n      <-- known-repartition-source\n    Sink: known.to (topic: known)\n      <-- known\n\n   Sub-topology: 2\n    Source: per_day-repartition-source (topics: [per_day-repartition])\n      --> per_day\n    Processor: per_day (stores: [per_day])\n      --> per_day.map_values\n      <-- per_day-repartition-source\n    Processor: per_day.map_values (stores: [])\n      --> per_day.suppress\n      <-- per_day\n    Processor: per_day.suppress (stores: [final-per-day])\n      --> per_day.to_stream\n      <-- per_day.map_values\n    Processor: per_day.to_stream (stores: [])\n      --> per_day.to\n      <-- per_day.suppress\n    Sink: per_day.to (topic: per-day)\n      <-- per_day.to_stream\n\n   Sub-topology: 3\n    Source: pairs-left-repartition-source (topics: [pairs-left-repartition])\n      --> pairs\n    Source: pairs-right-repartition-source (topics: [pairs-right-repartition])\n      --> pairs\n    Processor: pairs (stores: [pairs-this-join-store, pairs-other-join-store])\n      --> pairs.to\n      <-- pairs-left-repartition-source, pairs-right-repartition-source\n    Sink: pairs.to (topic: pairs)\n      <-- pairs\n\n";
    /// The topology as a mermaid flowchart.
    pub const MERMAID: &'static ::core::primitive::str = "flowchart TD\n  subgraph part0[\"Sub-topology: 0\"]\n    n0_0([\"orders<br>[orders]\"])\n    n0_1[\"by_user\"]\n    n0_2([\"by_user-repartition-sink<br>by_user-repartition\"])\n  end\n  n0_0 --> n0_1\n  n0_1 --> n0_2\n  subgraph part1[\"Sub-topology: 1\"]\n    n1_0([\"by_user-repartition-source<br>[by_user-repartition]\"])\n    n1_1([\"users-source<br>[users]\"])\n    n1_2[(\"users<br>users\")]\n    n1_3[(\"per_day<br>per_day\")]\n    n1_4[(\"known<br>users\")]\n    n1_5([\"known.to<br>known\"])\n    n1_6[(\"pairs<br>pairs-this-join-store\")]\n    n1_7([\"pairs.to<br>pairs\"])\n    n1_8[\"per_day.map_values\"]\n    n1_9[(\"per_day.suppress<br>final-per-day\")]\n    n1_10[\"per_day.to_stream\"]\n    n1_11([\"per_day.to<br>per-day\"])\n  end\n  n1_0 --> n1_3\n  n1_0 --> n1_4\n  n1_0 --> n1_6\n  n1_1 --> n1_2\n  n1_3 --> n1_8\n  n1_4 --> n1_5\n  n1_6 --> n1_7\n  n1_8 --> n1_9\n  n1_9 --> n1_10\n  n1_10 --> n1_11\n  n0_2 -.-> n1_0\n";
    /// The topology in Graphviz' DOT language.
    pub const DOT: &'static ::core::primitive::str = "digraph \"Orders\" {\n  node [fontname=\"sans-serif\"];\n  subgraph cluster_0 {\n    label=\"Sub-topology: 0\";\n    \"orders\" [shape=invhouse, label=\"orders\\n[orders]\"];\n    \"by_user\" [shape=box, label=\"by_user\"];\n    \"by_user-repartition-sink\" [shape=house, label=\"by_user-repartition-sink\\nby_user-repartition\"];\n  }\n  subgraph cluster_1 {\n    label=\"Sub-topology: 1\";\n    \"by_user-repartition-source\" [shape=invhouse, label=\"by_user-repartition-source\\n[by_user-repartition]\"];\n    \"users-source\" [shape=invhouse, label=\"users-source\\n[users]\"];\n    \"users\" [shape=cylinder, label=\"users\\nusers\"];\n    \"per_day\" [shape=cylinder, label=\"per_day\\nper_day\"];\n    \"known\" [shape=cylinder, label=\"known\\nusers\"];\n    \"known.to\" [shape=house, label=\"known.to\\nknown\"];\n    \"pairs\" [shape=cylinder, label=\"pairs\\npairs-this-join-store\"];\n    \"pairs.to\" [shape=house, label=\"pairs.to\\npairs\"];\n    \"per_day.map_values\" [shape=box, label=\"per_day.map_values\"];\n    \"per_day.suppress\" [shape=cylinder, label=\"per_day.suppress\\nfinal-per-day\"];\n    \"per_day.to_stream\" [shape=box, label=\"per_day.to_stream\"];\n    \"per_day.to\" [shape=house, label=\"per_day.to\\nper-day\"];\n  }\n  \"orders\" -> \"by_user\";\n  \"by_user\" -> \"by_user-repartition-sink\";\n  \"by_user-repartition-sink\" -> \"by_user-repartition-source\" [style=dashed];\n  \"by_user-repartition-source\" -> \"per_day\";\n  \"by_user-repartition-source\" -> \"known\";\n  \"by_user-repartition-source\" -> \"pairs\";\n  \"users-source\" -> \"users\";\n  \"per_day\" -> \"per_day.map_values\";\n  \"known\" -> \"known.to\";\n  \"pairs\" -> \"pairs.to\";\n  \"per_day.map_values\" -> \"per_day.suppress\";\n  \"per_day.suppress\" -> \"per_day.to_stream\";\n  \"per_day.to_stream\" -> \"per_day.to\";\n}\n";
    /// Changes with the names of topics and state, with written types, formats, windows and partitioning; not with the operators between them.
    pub const FINGERPRINT: ::core::primitive::u64 = 4765875513687071992u64;
    ///The table `users`, for queries.
    pub const USERS: ::streams_runtime::__private::StoreName<u64, User> = ::streams_runtime::__private::StoreName::new(
        "users",
    );
    ///The table `per_day`, for queries.
    pub const PER_DAY: ::streams_runtime::__private::StoreName<Windowed<u64>, u64> = ::streams_runtime::__private::StoreName::new(
        "per_day",
    );
    /**The topic `orders`: keys `String`, values `Order`; read as stream `orders`.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const ORDERS: ::streams_runtime::__private::TopicName<String, Order> = ::streams_runtime::__private::TopicName::<
        String,
        Order,
    >::with(
        "orders",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<String, Order>::new().formats()
        },
    );
    /**The topic `users`: keys `u64`, values `Option<User>`; read as table `users`.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const USERS_TOPIC: ::streams_runtime::__private::TopicName<
        u64,
        ::core::option::Option<User>,
    > = ::streams_runtime::__private::TopicName::<
        u64,
        ::core::option::Option<User>,
    >::with(
        "users",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<
                u64,
                ::core::option::Option<User>,
            >::new()
                .formats()
        },
    );
}
#[allow(clippy::redundant_closure, clippy::unit_arg)]
impl ::streams_runtime::__private::Topology for Orders {
    fn plan(&self) -> ::streams_runtime::__private::TopologyPlan {
        use ::streams_runtime::__private as __rt;
        #[allow(unused_imports)]
        use __rt::Unfit as _;
        #[allow(unused_imports)]
        use ::core::clone::Clone as _;
        #[allow(unused_imports)]
        use ::core::convert::From as _;
        __rt::TopologyPlan {
            name: "Orders",
            sub_topologies: __rt::Vec::from([
                __rt::SubTopologyPlan {
                    sources: __rt::Vec::from([
                        __rt::SourcePlan {
                            name: "orders",
                            topics: __rt::SourceTopics::Named(
                                __rt::Vec::from([__rt::ToString::to_string("orders")]),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                    ]),
                    stores: __rt::Vec::new(),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::Repartition {
                            name: __rt::String::from("by_user"),
                            partitions: __rt::Option::None,
                        },
                    ]),
                    copartitioned: __rt::Vec::new(),
                    source_changelogs: __rt::Vec::new(),
                },
                __rt::SubTopologyPlan {
                    sources: __rt::Vec::from([
                        __rt::SourcePlan {
                            name: "users",
                            topics: __rt::SourceTopics::Named(
                                __rt::Vec::from([__rt::ToString::to_string("users")]),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                        __rt::SourcePlan {
                            name: "by_user-repartition",
                            topics: __rt::SourceTopics::Repartition(
                                __rt::String::from("by_user"),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                    ]),
                    stores: __rt::Vec::from([
                        __rt::StorePlan::new("users", __rt::StoreKind::KeyValue)
                            .without_changelog(),
                        __rt::StorePlan::new(
                            "per_day",
                            {
                                #[allow(unused_imports)]
                                use __rt::NoWindows as _;
                                __rt::WrittenWindows(tumbling(days(1)).grace(hours(1)))
                                    .store(__rt::Option::None)
                            },
                        ),
                        __rt::StorePlan::new(
                            "pairs-this-join-store",
                            {
                                #[allow(unused_imports)]
                                use __rt::NoJoinWindows as _;
                                __rt::WrittenJoinWindows(within(minutes(1))).store()
                            },
                        ),
                        __rt::StorePlan::new("final-per-day", __rt::StoreKind::Buffer),
                    ]),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::Topic(__rt::ToString::to_string("known")),
                        __rt::SinkPlan::Topic(__rt::ToString::to_string("pairs")),
                        __rt::SinkPlan::Topic(__rt::ToString::to_string("per-day")),
                    ]),
                    copartitioned: __rt::Vec::from([__rt::Vec::from([0usize, 1usize])]),
                    source_changelogs: __rt::Vec::from([
                        __rt::SourceChangelog {
                            store: __rt::String::from("users"),
                            source: 0usize,
                        },
                    ]),
                },
            ]),
            global_tables: __rt::Vec::new(),
        }
    }
    fn layout(
        &self,
    ) -> &'static [(&'static ::core::primitive::str, &'static ::core::primitive::str)] {
        &[
            ("final-per-day", "suppress"),
            ("pairs-this-join-store", "join in within(60000 ms)"),
            ("per_day", "count : Table<Windowed<u64>, u64> in tumbling(86400000 ms)"),
            ("users", "table : Table<u64, User>"),
        ]
    }
    fn globals(&self, __globals: &mut ::streams_runtime::__private::GlobalStores) {}
    fn build(
        self: &::streams_runtime::__private::Arc<Self>,
        __sub_topology: ::core::primitive::usize,
        __b: &mut ::streams_runtime::__private::TaskBuilder<'_>,
    ) {
        use ::streams_runtime::__private as __rt;
        #[allow(unused_imports)]
        use __rt::Unfit as _;
        #[allow(unused_imports)]
        use ::core::clone::Clone as _;
        #[allow(unused_imports)]
        use ::core::convert::From as _;
        let __orders_0: Stream<String, Order> = __rt::Stream::handle();
        let __orders_0 = __orders_0.keys_with_format();
        let __orders_0 = __orders_0.values_with_format();
        let orders = __orders_0;
        let __op_orders_0 = __orders_0.source();
        let __users_1: Table<u64, User> = __rt::Table::handle();
        let __users_1 = __users_1.keys_with_format();
        let __users_1 = __users_1.values_with_format();
        let users = __users_1;
        let _ = &users;
        let __op_users_1 = __users_1.source();
        let __users_1_records = __op_users_1.records();
        let __users_1_source = __users_1_records.source();
        let (by_user, __op_by_user_2) = orders.select_key(move |_, order| order.user);
        let (__by_user_repartition_14, __op_by_user_repartition_14) = by_user
            .repartition_by_key();
        {
            #[allow(unused_imports)]
            use __rt::OtherKeys as _;
            let __keys = __rt::keys_read(&__by_user_repartition_14);
            __keys.whole();
        }
        let __per_day_group_by_key_3 = __by_user_repartition_14;
        let __op_per_day_windowed_by_4 = tumbling(days(1)).grace(hours(1));
        let __per_day_windowed_by_4 = __per_day_group_by_key_3;
        let (__per_day_5_made, __op_per_day_5) = __per_day_windowed_by_4
            .group_by_key()
            .in_windows(&__op_per_day_windowed_by_4)
            .count();
        let __per_day_5 = __per_day_5_made;
        let _: Table<Windowed<u64>, u64> = __per_day_5;
        let __per_day_5 = __per_day_5_made.keys_with_format().values_with_format();
        let per_day = __per_day_5;
        let _ = &per_day;
        __by_user_repartition_14.meets_rows::<u64, _>(&users);
        let (known, __op_known_6) = __by_user_repartition_14
            .join_table::<
                u64,
                _,
                _,
                _,
                _,
            >(&users, move |order, user| Known::new(order, user));
        let __op_known_to_7 = known.to();
        let (pairs, __op_pairs_8) = __by_user_repartition_14
            .values_with_format()
            .join_itself(move |a, b| Pair::new(a, b), within(minutes(1)));
        let __op_pairs_to_9 = pairs.to();
        let (__per_day_map_values_10, __op_per_day_map_values_10) = per_day
            .map_values(move |n| *n as f64);
        let (__per_day_suppress_11, __op_per_day_suppress_11) = __per_day_map_values_10
            .suppress(until_window_closes());
        let (__per_day_to_stream_12, __op_per_day_to_stream_12) = __per_day_suppress_11
            .to_stream();
        let __op_per_day_to_13 = __per_day_to_stream_12.to();
        match __sub_topology {
            0usize => {
                let __to_by_user_repartition_14_topic = __b.repartition_topic("by_user");
                let __to_by_user_repartition_14 = __op_by_user_repartition_14
                    .attach(__b, &__to_by_user_repartition_14_topic);
                let __to_by_user_2 = __op_by_user_2
                    .at("by_user")
                    .attach(__to_by_user_repartition_14);
                __rt::Enter(__op_orders_0, __to_by_user_2).attach(__b, 0usize, "orders");
            }
            1usize => {
                let __rows_users_1 = __b.rows(&users, "users");
                __b.keep_old("per_day");
                let __to_per_day_to_13 = __op_per_day_to_13
                    .at("per_day.to")
                    .attach(__b, "per-day");
                let __to_per_day_to_stream_12 = __op_per_day_to_stream_12
                    .attach(__to_per_day_to_13);
                let __to_per_day_suppress_11 = __op_per_day_suppress_11
                    .at("per_day.suppress")
                    .in_windows(__rt::InWindows::new(&__op_per_day_windowed_by_4))
                    .attach(__b, "final-per-day", __to_per_day_to_stream_12);
                let __to_per_day_map_values_10 = __op_per_day_map_values_10
                    .at("per_day.map_values")
                    .with_old()
                    .attach(__to_per_day_suppress_11);
                let __to_pairs_to_9 = __op_pairs_to_9
                    .at("pairs.to")
                    .attach(__b, "pairs");
                let __to_pairs_8 = __op_pairs_8
                    .at("pairs")
                    .attach(__b, "pairs-this-join-store", __to_pairs_to_9);
                let __to_known_to_7 = __op_known_to_7
                    .at("known.to")
                    .attach(__b, "known");
                let __to_known_6 = __op_known_6
                    .at("known")
                    .attach(
                        &users,
                        __rt::Clone::clone(&__rows_users_1),
                        __to_known_to_7,
                    );
                let __to_per_day_5 = __op_per_day_5
                    .attach(__b, "per_day", __to_per_day_map_values_10);
                let __to_per_day_windowed_by_4 = __to_per_day_5;
                let __to_per_day_group_by_key_3 = __to_per_day_windowed_by_4;
                let __to_users_1 = __op_users_1.attach(__b, "users", __rt::Discard);
                __rt::Enter(__users_1_source, __to_users_1).attach(__b, 0usize, "users");
                __rt::Enter(
                        __by_user_repartition_14.source(),
                        __rt::Tee(
                            __to_per_day_group_by_key_3,
                            __rt::Tee(__to_known_6, __to_pairs_8),
                        ),
                    )
                    .attach(__b, 1usize, "by_user-repartition");
            }
            _ => {}
        }
    }
}
