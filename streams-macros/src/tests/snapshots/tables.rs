///The topology `people`.
pub struct People {}
///The topology `people`.
#[allow(clippy::too_many_arguments)]
pub fn people() -> People {
    People {}
}
#[automatically_derived]
#[allow(dead_code, private_interfaces)]
impl People {
    /// The sub-topologies, their nodes and stores, in the form of Kafka Streams' description. What a parameter names is `{shown so}`.
    pub const DESCRIPTION: &'static ::core::primitive::str = "Topologies:\n   Sub-topology: 0\n    Source: users-source (topics: [users])\n      --> users\n    Processor: users (stores: [users])\n      --> adults\n      <-- users-source\n    Source: homes-source (topics: [homes])\n      --> homes\n    Processor: homes (stores: [homes])\n      --> known\n      <-- homes-source\n    Processor: adults (stores: [])\n      --> known\n      <-- users\n    Processor: known (stores: [known, users, homes])\n      --> towns.group_by\n      <-- adults, homes\n    Processor: towns.group_by (stores: [])\n      --> towns-repartition-sink\n      <-- known\n    Sink: towns-repartition-sink (topic: towns-repartition)\n      <-- towns.group_by\n    Source: orders (topics: [orders])\n      --> orders.join\n    Processor: orders.join (stores: [users])\n      --> orders.to\n      <-- orders\n    Sink: orders.to (topic: sold)\n      <-- orders.join\n\n   Sub-topology: 1\n    Source: visits (topics: [visits])\n      --> visits.map_values\n    Processor: visits.map_values (stores: [])\n      --> visits.to_stream\n      <-- visits\n    Processor: visits.to_stream (stores: [])\n      --> visits.to\n      <-- visits.map_values\n    Sink: visits.to (topic: visited)\n      <-- visits.to_stream\n\n   Sub-topology: 2\n    Source: towns-repartition-source (topics: [towns-repartition])\n      --> towns\n    Processor: towns (stores: [towns])\n      --> towns.to_stream\n      <-- towns-repartition-source\n    Processor: towns.to_stream (stores: [])\n      --> towns.to\n      <-- towns\n    Sink: towns.to (topic: towns)\n      <-- towns.to_stream\n\n";
    /// The topology as a mermaid flowchart.
    pub const MERMAID: &'static ::core::primitive::str = "flowchart TD\n  subgraph part0[\"Sub-topology: 0\"]\n    n0_0([\"users-source<br>[users]\"])\n    n0_1[(\"users<br>users\")]\n    n0_2([\"homes-source<br>[homes]\"])\n    n0_3[(\"homes<br>homes\")]\n    n0_4[\"adults\"]\n    n0_5[(\"known<br>known, users, homes\")]\n    n0_6[\"towns.group_by\"]\n    n0_7([\"towns-repartition-sink<br>towns-repartition\"])\n    n0_8([\"orders<br>[orders]\"])\n    n0_9[(\"orders.join<br>users\")]\n    n0_10([\"orders.to<br>sold\"])\n  end\n  n0_0 --> n0_1\n  n0_1 --> n0_4\n  n0_2 --> n0_3\n  n0_3 --> n0_5\n  n0_4 --> n0_5\n  n0_5 --> n0_6\n  n0_6 --> n0_7\n  n0_8 --> n0_9\n  n0_9 --> n0_10\n  subgraph part1[\"Sub-topology: 1\"]\n    n1_0([\"visits<br>[visits]\"])\n    n1_1[\"visits.map_values\"]\n    n1_2[\"visits.to_stream\"]\n    n1_3([\"visits.to<br>visited\"])\n  end\n  n1_0 --> n1_1\n  n1_1 --> n1_2\n  n1_2 --> n1_3\n  subgraph part2[\"Sub-topology: 2\"]\n    n2_0([\"towns-repartition-source<br>[towns-repartition]\"])\n    n2_1[(\"towns<br>towns\")]\n    n2_2[\"towns.to_stream\"]\n    n2_3([\"towns.to<br>towns\"])\n  end\n  n2_0 --> n2_1\n  n2_1 --> n2_2\n  n2_2 --> n2_3\n  n0_7 -.-> n2_0\n";
    /// The topology in Graphviz' DOT language.
    pub const DOT: &'static ::core::primitive::str = "digraph \"People\" {\n  node [fontname=\"sans-serif\"];\n  subgraph cluster_0 {\n    label=\"Sub-topology: 0\";\n    \"users-source\" [shape=invhouse, label=\"users-source\\n[users]\"];\n    \"users\" [shape=cylinder, label=\"users\\nusers\"];\n    \"homes-source\" [shape=invhouse, label=\"homes-source\\n[homes]\"];\n    \"homes\" [shape=cylinder, label=\"homes\\nhomes\"];\n    \"adults\" [shape=box, label=\"adults\"];\n    \"known\" [shape=cylinder, label=\"known\\nknown, users, homes\"];\n    \"towns.group_by\" [shape=box, label=\"towns.group_by\"];\n    \"towns-repartition-sink\" [shape=house, label=\"towns-repartition-sink\\ntowns-repartition\"];\n    \"orders\" [shape=invhouse, label=\"orders\\n[orders]\"];\n    \"orders.join\" [shape=cylinder, label=\"orders.join\\nusers\"];\n    \"orders.to\" [shape=house, label=\"orders.to\\nsold\"];\n  }\n  subgraph cluster_1 {\n    label=\"Sub-topology: 1\";\n    \"visits\" [shape=invhouse, label=\"visits\\n[visits]\"];\n    \"visits.map_values\" [shape=box, label=\"visits.map_values\"];\n    \"visits.to_stream\" [shape=box, label=\"visits.to_stream\"];\n    \"visits.to\" [shape=house, label=\"visits.to\\nvisited\"];\n  }\n  subgraph cluster_2 {\n    label=\"Sub-topology: 2\";\n    \"towns-repartition-source\" [shape=invhouse, label=\"towns-repartition-source\\n[towns-repartition]\"];\n    \"towns\" [shape=cylinder, label=\"towns\\ntowns\"];\n    \"towns.to_stream\" [shape=box, label=\"towns.to_stream\"];\n    \"towns.to\" [shape=house, label=\"towns.to\\ntowns\"];\n  }\n  \"users-source\" -> \"users\";\n  \"users\" -> \"adults\";\n  \"homes-source\" -> \"homes\";\n  \"homes\" -> \"known\";\n  \"adults\" -> \"known\";\n  \"known\" -> \"towns.group_by\";\n  \"towns.group_by\" -> \"towns-repartition-sink\";\n  \"towns-repartition-sink\" -> \"towns-repartition-source\" [style=dashed];\n  \"orders\" -> \"orders.join\";\n  \"orders.join\" -> \"orders.to\";\n  \"visits\" -> \"visits.map_values\";\n  \"visits.map_values\" -> \"visits.to_stream\";\n  \"visits.to_stream\" -> \"visits.to\";\n  \"towns-repartition-source\" -> \"towns\";\n  \"towns\" -> \"towns.to_stream\";\n  \"towns.to_stream\" -> \"towns.to\";\n}\n";
    /// Changes with the names of topics and state, with written types, formats, windows and partitioning; not with the operators between them.
    pub const FINGERPRINT: ::core::primitive::u64 = 4176813901694575473u64;
    ///The table `users`, for queries.
    pub const USERS: ::streams_runtime::__private::StoreName<String, User> = ::streams_runtime::__private::StoreName::new(
        "users",
    );
    ///The table `homes`, for queries.
    pub const HOMES: ::streams_runtime::__private::StoreName<String, Home> = ::streams_runtime::__private::StoreName::new(
        "homes",
    );
    ///The table `known`, for queries.
    pub const KNOWN: ::streams_runtime::__private::StoreName<String, Known> = ::streams_runtime::__private::StoreName::new(
        "known",
    );
    ///The table `towns`, for queries.
    pub const TOWNS: ::streams_runtime::__private::StoreName<String, u64> = ::streams_runtime::__private::StoreName::new(
        "towns",
    );
    /**The topic `users`: keys `String`, values `Option<User>`; read as table `users`.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const USERS_TOPIC: ::streams_runtime::__private::TopicName<
        String,
        ::core::option::Option<User>,
    > = ::streams_runtime::__private::TopicName::<
        String,
        ::core::option::Option<User>,
    >::with(
        "users",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<
                String,
                ::core::option::Option<User>,
            >::new()
                .formats()
        },
    );
    /**The topic `homes`: keys `String`, values `Option<Home>`; read as table `homes`.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const HOMES_TOPIC: ::streams_runtime::__private::TopicName<
        String,
        ::core::option::Option<Home>,
    > = ::streams_runtime::__private::TopicName::<
        String,
        ::core::option::Option<Home>,
    >::with(
        "homes",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<
                String,
                ::core::option::Option<Home>,
            >::new()
                .formats()
        },
    );
    /**The topic `visits`: keys `String`, values `Option<Visit>`; read as table `visits`.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const VISITS: ::streams_runtime::__private::TopicName<
        String,
        ::core::option::Option<Visit>,
    > = ::streams_runtime::__private::TopicName::<
        String,
        ::core::option::Option<Visit>,
    >::with(
        "visits",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<
                String,
                ::core::option::Option<Visit>,
            >::new()
                .formats()
        },
    );
    /**The topic `towns`: keys `String`, values `Option<u64>`; written.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const TOWNS_TOPIC: ::streams_runtime::__private::TopicName<
        String,
        ::core::option::Option<u64>,
    > = ::streams_runtime::__private::TopicName::<
        String,
        ::core::option::Option<u64>,
    >::with(
        "towns",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<
                String,
                ::core::option::Option<u64>,
            >::new()
                .formats()
        },
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
}
#[allow(clippy::redundant_closure, clippy::unit_arg)]
impl ::streams_runtime::__private::Topology for People {
    fn plan(&self) -> ::streams_runtime::__private::TopologyPlan {
        use ::streams_runtime::__private as __rt;
        #[allow(unused_imports)]
        use __rt::Unfit as _;
        #[allow(unused_imports)]
        use ::core::clone::Clone as _;
        #[allow(unused_imports)]
        use ::core::convert::From as _;
        __rt::TopologyPlan {
            name: "People",
            sub_topologies: __rt::Vec::from([
                __rt::SubTopologyPlan {
                    sources: __rt::Vec::from([
                        __rt::SourcePlan {
                            name: "users",
                            topics: __rt::SourceTopics::Named(
                                __rt::Vec::from([__rt::ToString::to_string("users")]),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::Some(4),
                        },
                        __rt::SourcePlan {
                            name: "homes",
                            topics: __rt::SourceTopics::Named(
                                __rt::Vec::from([__rt::ToString::to_string("homes")]),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::Some(4),
                        },
                        __rt::SourcePlan {
                            name: "orders",
                            topics: __rt::SourceTopics::Named(
                                __rt::Vec::from([__rt::ToString::to_string("orders")]),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                    ]),
                    stores: __rt::Vec::from([
                        __rt::StorePlan::new("users", __rt::StoreKind::KeyValue),
                        __rt::StorePlan::new("homes", __rt::StoreKind::KeyValue),
                        __rt::StorePlan::new("known", __rt::StoreKind::KeyValue),
                    ]),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::Repartition {
                            name: __rt::String::from("towns"),
                            partitions: __rt::Option::None,
                        },
                        __rt::SinkPlan::Topic(__rt::ToString::to_string("sold")),
                    ]),
                    copartitioned: __rt::Vec::from([
                        __rt::Vec::from([0usize, 1usize]),
                        __rt::Vec::from([0usize, 2usize]),
                    ]),
                    source_changelogs: __rt::Vec::new(),
                },
                __rt::SubTopologyPlan {
                    sources: __rt::Vec::from([
                        __rt::SourcePlan {
                            name: "visits",
                            topics: __rt::SourceTopics::Named(
                                __rt::Vec::from([__rt::ToString::to_string("visits")]),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                    ]),
                    stores: __rt::Vec::new(),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::Topic(__rt::ToString::to_string("visited")),
                    ]),
                    copartitioned: __rt::Vec::new(),
                    source_changelogs: __rt::Vec::new(),
                },
                __rt::SubTopologyPlan {
                    sources: __rt::Vec::from([
                        __rt::SourcePlan {
                            name: "towns-repartition",
                            topics: __rt::SourceTopics::Repartition(
                                __rt::String::from("towns"),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                    ]),
                    stores: __rt::Vec::from([
                        __rt::StorePlan::new("towns", __rt::StoreKind::KeyValue),
                    ]),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::Topic(__rt::ToString::to_string("towns")),
                    ]),
                    copartitioned: __rt::Vec::new(),
                    source_changelogs: __rt::Vec::new(),
                },
            ]),
            global_tables: __rt::Vec::new(),
        }
    }
    fn layout(
        &self,
    ) -> &'static [(&'static ::core::primitive::str, &'static ::core::primitive::str)] {
        &[
            ("homes", "table : Table<String, Home> in 4"),
            ("known", "left_join : Table<String, Known>"),
            ("towns", "count : Table<String, u64>"),
            ("users", "table : Table<String, User> in 4"),
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
        let __users_0: Table<String, User> = __rt::Table::handle();
        let __users_0 = __users_0.keys_with_format();
        let __users_0 = __users_0.values_with_format();
        let users = __users_0;
        let _ = &users;
        let __op_users_0 = __users_0.source();
        let __users_0_records = __op_users_0.records();
        let __users_0_source = __users_0_records.source();
        let __homes_1: Table<String, Home> = __rt::Table::handle();
        let __homes_1 = __homes_1.keys_with_format();
        let __homes_1 = __homes_1.values_with_format();
        let homes = __homes_1;
        let _ = &homes;
        let __op_homes_1 = __homes_1.source();
        let __homes_1_records = __op_homes_1.records();
        let __homes_1_source = __homes_1_records.source();
        let __visits_2: Table<String, Visit> = __rt::Table::handle();
        let __visits_2 = __visits_2.keys_with_format();
        let __visits_2 = __visits_2.values_with_format();
        let visits = __visits_2;
        let __op_visits_2 = __visits_2.source();
        let __visits_2_records = __op_visits_2.records();
        let __visits_2_source = __visits_2_records.source();
        let (adults, __op_adults_3) = users.filter(move |_, user| user.age >= 18);
        let (__known_4_made, __op_known_4) = adults
            .left_join::<
                String,
                _,
                _,
                _,
                _,
            >(&homes, move |user, home| Known::new(user, home));
        let __known_4 = __known_4_made;
        let _: Table<String, Known> = __known_4;
        let __known_4 = __known_4_made.keys_with_format().values_with_format();
        let known = __known_4;
        let _ = &known;
        let (__towns_group_by_5, __op_towns_group_by_5) = known
            .group_by(move |_, known| (known.town.clone(), known.age));
        let (__towns_repartition_15, __op_towns_repartition_15) = __towns_group_by_5
            .repartition_by_key();
        {
            #[allow(unused_imports)]
            use __rt::OtherKeys as _;
            let __keys = __rt::keys_read(&__towns_repartition_15);
            __keys.whole();
        }
        let (__towns_6_made, __op_towns_6) = __towns_repartition_15
            .group_by_key()
            .count_changes();
        let __towns_6 = __towns_6_made;
        let _: Table<String, u64> = __towns_6;
        let __towns_6 = __towns_6_made.keys_with_format().values_with_format();
        let towns = __towns_6;
        let _ = &towns;
        let (__towns_to_stream_7, __op_towns_to_stream_7) = towns.to_stream();
        let __op_towns_to_8 = __towns_to_stream_7.to();
        let __orders_9: Stream<String, Order> = __rt::Stream::handle();
        let __orders_9 = __orders_9.keys_with_format();
        let __orders_9 = __orders_9.values_with_format();
        let orders = __orders_9;
        let __op_orders_9 = __orders_9.source();
        let (__orders_join_10, __op_orders_join_10) = orders
            .join_table(&adults, move |order, user| Sold::new(order, user));
        let __op_orders_to_11 = __orders_join_10.to();
        let (__visits_map_values_12, __op_visits_map_values_12) = visits
            .map_values(move |visit| visit.at_ms);
        let (__visits_to_stream_13, __op_visits_to_stream_13) = __visits_map_values_12
            .to_stream();
        let __op_visits_to_14 = __visits_to_stream_13.to();
        match __sub_topology {
            0usize => {
                __b.keep_old("users");
                let __rows_users_0 = __b.rows(&users, "users");
                let __rows_homes_1 = __b.rows(&homes, "homes");
                let __op_adults_3 = __op_adults_3.at("adults");
                let __rows_adults_3 = __op_adults_3.rows(&__rows_users_0);
                __b.keep_old("known");
                let __to_orders_to_11 = __op_orders_to_11
                    .at("orders.to")
                    .attach(__b, "sold");
                let __to_orders_join_10 = __op_orders_join_10
                    .at("orders.join")
                    .attach(
                        &adults,
                        __rt::Clone::clone(&__rows_adults_3),
                        __to_orders_to_11,
                    );
                let __to_towns_repartition_15_topic = __b.repartition_topic("towns");
                let __to_towns_repartition_15 = __op_towns_repartition_15
                    .attach(__b, &__to_towns_repartition_15_topic);
                let __to_towns_group_by_5 = __op_towns_group_by_5
                    .at("towns.group_by")
                    .attach(__to_towns_repartition_15);
                let __to_known_4 = __rt::Shared::new(
                    __rt::Materialized::new(__b, &known, "known", __to_towns_group_by_5),
                );
                let __to_adults_3 = __op_adults_3
                    .at("adults")
                    .with_old()
                    .attach(
                        __rt::Clone::clone(&__op_known_4)
                            .at("known")
                            .left(&__rows_homes_1, __rt::Shared::clone(&__to_known_4)),
                    );
                let __to_homes_1 = __op_homes_1
                    .attach(
                        __b,
                        "homes",
                        __rt::Clone::clone(&__op_known_4)
                            .at("known")
                            .right(&__rows_adults_3, __rt::Shared::clone(&__to_known_4)),
                    );
                let __to_users_0 = __op_users_0.attach(__b, "users", __to_adults_3);
                __rt::Enter(__users_0_source, __to_users_0).attach(__b, 0usize, "users");
                __rt::Enter(__homes_1_source, __to_homes_1).attach(__b, 1usize, "homes");
                __rt::Enter(__op_orders_9, __to_orders_join_10)
                    .attach(__b, 2usize, "orders");
            }
            1usize => {
                let __to_visits_to_14 = __op_visits_to_14
                    .at("visits.to")
                    .attach(__b, "visited");
                let __to_visits_to_stream_13 = __op_visits_to_stream_13
                    .attach(__to_visits_to_14);
                let __to_visits_map_values_12 = __op_visits_map_values_12
                    .at("visits.map_values")
                    .attach(__to_visits_to_stream_13);
                let __to_visits_2 = __op_visits_2
                    .attach_plain("visits", __to_visits_map_values_12);
                __rt::Enter(__visits_2_source, __to_visits_2)
                    .attach(__b, 0usize, "visits");
            }
            2usize => {
                let __to_towns_to_8 = __op_towns_to_8
                    .at("towns.to")
                    .attach(__b, "towns");
                let __to_towns_to_stream_7 = __op_towns_to_stream_7
                    .attach(__to_towns_to_8);
                let __to_towns_6 = __op_towns_6
                    .attach(__b, "towns", __to_towns_to_stream_7);
                __rt::Enter(__towns_repartition_15.source(), __to_towns_6)
                    .attach(__b, 0usize, "towns-repartition");
            }
            _ => {}
        }
    }
}
