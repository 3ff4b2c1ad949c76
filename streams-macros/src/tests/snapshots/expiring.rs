///The topology `visitors`.
pub struct Visitors {
    hours_to_live: u64,
}
///The topology `visitors`.
#[allow(clippy::too_many_arguments)]
pub fn visitors(hours_to_live: u64) -> Visitors {
    Visitors { hours_to_live }
}
#[automatically_derived]
#[allow(dead_code, private_interfaces)]
impl Visitors {
    /// The sub-topologies, their nodes and stores, in the form of Kafka Streams' description. What a parameter names is `{shown so}`.
    pub const DESCRIPTION: &'static ::core::primitive::str = "Topologies:\n   Sub-topology: 0\n    Source: named-subscription-response-source (topics: [named-subscription-response-topic])\n      --> named\n    Source: users-source (topics: [users])\n      --> users\n    Processor: users (stores: [users])\n      --> adults\n      <-- users-source\n    Processor: adults (stores: [adults])\n      --> named-subscription-registration-sink\n      <-- users\n    Sink: named-subscription-registration-sink (topic: named-subscription-registration-topic)\n      <-- adults\n    Processor: named (stores: [named, adults])\n      --> named.to_stream\n      <-- named-subscription-response-source\n    Processor: named.to_stream (stores: [])\n      --> named.to\n      <-- named\n    Sink: named.to (topic: named)\n      <-- named.to_stream\n\n   Sub-topology: 1\n    Source: named-subscription-registration-source (topics: [named-subscription-registration-topic])\n      --> named-subscription-receive\n    Processor: named-subscription-receive (stores: [named-subscription-store, devices])\n      --> named-subscription-response-sink\n      <-- named-subscription-registration-source\n    Processor: named-foreign-join-subscription (stores: [named-subscription-store])\n      --> named-subscription-response-sink\n      <-- devices\n    Sink: named-subscription-response-sink (topic: named-subscription-response-topic)\n      <-- named-subscription-receive, named-foreign-join-subscription\n    Source: devices-source (topics: [devices])\n      --> devices\n    Processor: devices (stores: [devices])\n      --> named-foreign-join-subscription\n      <-- devices-source\n\n   Sub-topology: 2\n    Source: views (topics: [views])\n      --> counts, views.process_values\n    Processor: counts (stores: [counts])\n      --> counts.to_stream\n      <-- views\n    Processor: views.process_values (stores: [seen])\n      --> views.to\n      <-- views\n    Sink: views.to (topic: first)\n      <-- views.process_values\n    Processor: counts.to_stream (stores: [])\n      --> counts.to\n      <-- counts\n    Sink: counts.to (topic: counts)\n      <-- counts.to_stream\n\n";
    /// What the description would be without `#[optimized]`. The results are the same.
    pub const DESCRIPTION_UNOPTIMIZED: &'static ::core::primitive::str = "Topologies:\n   Sub-topology: 0\n    Source: named-subscription-response-source (topics: [named-subscription-response-topic])\n      --> named\n    Source: users-source (topics: [users])\n      --> users\n    Processor: users (stores: [users])\n      --> adults\n      <-- users-source\n    Processor: adults (stores: [adults])\n      --> named-subscription-registration-sink\n      <-- users\n    Sink: named-subscription-registration-sink (topic: named-subscription-registration-topic)\n      <-- adults\n    Processor: named (stores: [named, adults])\n      --> named.to_stream\n      <-- named-subscription-response-source\n    Processor: named.to_stream (stores: [])\n      --> named.to\n      <-- named\n    Sink: named.to (topic: named)\n      <-- named.to_stream\n\n   Sub-topology: 1\n    Source: named-subscription-registration-source (topics: [named-subscription-registration-topic])\n      --> named-subscription-receive\n    Processor: named-subscription-receive (stores: [named-subscription-store, devices])\n      --> named-subscription-response-sink\n      <-- named-subscription-registration-source\n    Processor: named-foreign-join-subscription (stores: [named-subscription-store])\n      --> named-subscription-response-sink\n      <-- devices\n    Sink: named-subscription-response-sink (topic: named-subscription-response-topic)\n      <-- named-subscription-receive, named-foreign-join-subscription\n    Source: devices-source (topics: [devices])\n      --> devices\n    Processor: devices (stores: [devices])\n      --> named-foreign-join-subscription\n      <-- devices-source\n\n   Sub-topology: 2\n    Source: views (topics: [views])\n      --> counts, views.process_values\n    Processor: counts (stores: [counts])\n      --> counts.to_stream\n      <-- views\n    Processor: views.process_values (stores: [seen])\n      --> views.to\n      <-- views\n    Sink: views.to (topic: first)\n      <-- views.process_values\n    Processor: counts.to_stream (stores: [])\n      --> counts.to\n      <-- counts\n    Sink: counts.to (topic: counts)\n      <-- counts.to_stream\n\n";
    /// The topology as a mermaid flowchart.
    pub const MERMAID: &'static ::core::primitive::str = "flowchart TD\n  subgraph part0[\"Sub-topology: 0\"]\n    n0_0([\"named-subscription-response-source<br>[named-subscription-response-topic]\"])\n    n0_1([\"users-source<br>[users]\"])\n    n0_2[(\"users<br>users\")]\n    n0_3[(\"adults<br>adults\")]\n    n0_4([\"named-subscription-registration-sink<br>named-subscription-registration-topic\"])\n    n0_5[(\"named<br>named, adults\")]\n    n0_6[\"named.to_stream\"]\n    n0_7([\"named.to<br>named\"])\n  end\n  n0_0 --> n0_5\n  n0_1 --> n0_2\n  n0_2 --> n0_3\n  n0_3 --> n0_4\n  n0_5 --> n0_6\n  n0_6 --> n0_7\n  subgraph part1[\"Sub-topology: 1\"]\n    n1_0([\"named-subscription-registration-source<br>[named-subscription-registration-topic]\"])\n    n1_1[(\"named-subscription-receive<br>named-subscription-store, devices\")]\n    n1_2[(\"named-foreign-join-subscription<br>named-subscription-store\")]\n    n1_3([\"named-subscription-response-sink<br>named-subscription-response-topic\"])\n    n1_4([\"devices-source<br>[devices]\"])\n    n1_5[(\"devices<br>devices\")]\n  end\n  n1_0 --> n1_1\n  n1_1 --> n1_3\n  n1_2 --> n1_3\n  n1_4 --> n1_5\n  n1_5 --> n1_2\n  subgraph part2[\"Sub-topology: 2\"]\n    n2_0([\"views<br>[views]\"])\n    n2_1[(\"counts<br>counts\")]\n    n2_2[(\"views.process_values<br>seen\")]\n    n2_3([\"views.to<br>first\"])\n    n2_4[\"counts.to_stream\"]\n    n2_5([\"counts.to<br>counts\"])\n  end\n  n2_0 --> n2_1\n  n2_0 --> n2_2\n  n2_1 --> n2_4\n  n2_2 --> n2_3\n  n2_4 --> n2_5\n  n0_4 -.-> n1_0\n  n1_3 -.-> n0_0\n";
    /// The topology in Graphviz' DOT language.
    pub const DOT: &'static ::core::primitive::str = "digraph \"Visitors\" {\n  node [fontname=\"sans-serif\"];\n  subgraph cluster_0 {\n    label=\"Sub-topology: 0\";\n    \"named-subscription-response-source\" [shape=invhouse, label=\"named-subscription-response-source\\n[named-subscription-response-topic]\"];\n    \"users-source\" [shape=invhouse, label=\"users-source\\n[users]\"];\n    \"users\" [shape=cylinder, label=\"users\\nusers\"];\n    \"adults\" [shape=cylinder, label=\"adults\\nadults\"];\n    \"named-subscription-registration-sink\" [shape=house, label=\"named-subscription-registration-sink\\nnamed-subscription-registration-topic\"];\n    \"named\" [shape=cylinder, label=\"named\\nnamed, adults\"];\n    \"named.to_stream\" [shape=box, label=\"named.to_stream\"];\n    \"named.to\" [shape=house, label=\"named.to\\nnamed\"];\n  }\n  subgraph cluster_1 {\n    label=\"Sub-topology: 1\";\n    \"named-subscription-registration-source\" [shape=invhouse, label=\"named-subscription-registration-source\\n[named-subscription-registration-topic]\"];\n    \"named-subscription-receive\" [shape=cylinder, label=\"named-subscription-receive\\nnamed-subscription-store, devices\"];\n    \"named-foreign-join-subscription\" [shape=cylinder, label=\"named-foreign-join-subscription\\nnamed-subscription-store\"];\n    \"named-subscription-response-sink\" [shape=house, label=\"named-subscription-response-sink\\nnamed-subscription-response-topic\"];\n    \"devices-source\" [shape=invhouse, label=\"devices-source\\n[devices]\"];\n    \"devices\" [shape=cylinder, label=\"devices\\ndevices\"];\n  }\n  subgraph cluster_2 {\n    label=\"Sub-topology: 2\";\n    \"views\" [shape=invhouse, label=\"views\\n[views]\"];\n    \"counts\" [shape=cylinder, label=\"counts\\ncounts\"];\n    \"views.process_values\" [shape=cylinder, label=\"views.process_values\\nseen\"];\n    \"views.to\" [shape=house, label=\"views.to\\nfirst\"];\n    \"counts.to_stream\" [shape=box, label=\"counts.to_stream\"];\n    \"counts.to\" [shape=house, label=\"counts.to\\ncounts\"];\n  }\n  \"named-subscription-response-source\" -> \"named\";\n  \"users-source\" -> \"users\";\n  \"users\" -> \"adults\";\n  \"adults\" -> \"named-subscription-registration-sink\";\n  \"named-subscription-registration-sink\" -> \"named-subscription-registration-source\" [style=dashed];\n  \"named\" -> \"named.to_stream\";\n  \"named.to_stream\" -> \"named.to\";\n  \"named-subscription-registration-source\" -> \"named-subscription-receive\";\n  \"named-subscription-receive\" -> \"named-subscription-response-sink\";\n  \"named-foreign-join-subscription\" -> \"named-subscription-response-sink\";\n  \"named-subscription-response-sink\" -> \"named-subscription-response-source\" [style=dashed];\n  \"devices-source\" -> \"devices\";\n  \"devices\" -> \"named-foreign-join-subscription\";\n  \"views\" -> \"counts\";\n  \"views\" -> \"views.process_values\";\n  \"counts\" -> \"counts.to_stream\";\n  \"views.process_values\" -> \"views.to\";\n  \"counts.to_stream\" -> \"counts.to\";\n}\n";
    /// Changes with the names of topics and state, with written types, formats, windows and partitioning; not with the operators between them.
    pub const FINGERPRINT: ::core::primitive::u64 = 2043334157834639493u64;
    ///The table `users`, for queries.
    pub const USERS: ::streams_runtime::__private::StoreName<u64, User> = ::streams_runtime::__private::StoreName::new(
        "users",
    );
    ///The table `devices`, for queries.
    pub const DEVICES: ::streams_runtime::__private::StoreName<u64, Device> = ::streams_runtime::__private::StoreName::new(
        "devices",
    );
    ///The table `counts`, for queries.
    pub const COUNTS: ::streams_runtime::__private::StoreName<u64, u64> = ::streams_runtime::__private::StoreName::new(
        "counts",
    );
    ///The table `adults`, for queries.
    pub const ADULTS: ::streams_runtime::__private::StoreName<u64, User> = ::streams_runtime::__private::StoreName::new(
        "adults",
    );
    ///The table `named`, for queries.
    pub const NAMED: ::streams_runtime::__private::StoreName<u64, Named> = ::streams_runtime::__private::StoreName::new(
        "named",
    );
    ///The store `seen`, for queries.
    pub const SEEN: ::streams_runtime::__private::StoreName<u64, u64> = ::streams_runtime::__private::StoreName::new(
        "seen",
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
    /**The topic `devices`: keys `u64`, values `Option<Device>`; read as table `devices`.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const DEVICES_TOPIC: ::streams_runtime::__private::TopicName<
        u64,
        ::core::option::Option<Device>,
    > = ::streams_runtime::__private::TopicName::<
        u64,
        ::core::option::Option<Device>,
    >::with(
        "devices",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<
                u64,
                ::core::option::Option<Device>,
            >::new()
                .formats()
        },
    );
    /**The topic `views`: keys `u64`, values `View`; read as stream `views`.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const VIEWS: ::streams_runtime::__private::TopicName<u64, View> = ::streams_runtime::__private::TopicName::<
        u64,
        View,
    >::with(
        "views",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<u64, View>::new().formats()
        },
    );
    /**The topic `counts`: keys `u64`, values `Option<u64>`; written.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const COUNTS_TOPIC: ::streams_runtime::__private::TopicName<
        u64,
        ::core::option::Option<u64>,
    > = ::streams_runtime::__private::TopicName::<
        u64,
        ::core::option::Option<u64>,
    >::with(
        "counts",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<
                u64,
                ::core::option::Option<u64>,
            >::new()
                .formats()
        },
    );
    /**The topic `named`: keys `u64`, values `Option<Named>`; written.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const NAMED_TOPIC: ::streams_runtime::__private::TopicName<
        u64,
        ::core::option::Option<Named>,
    > = ::streams_runtime::__private::TopicName::<
        u64,
        ::core::option::Option<Named>,
    >::with(
        "named",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<
                u64,
                ::core::option::Option<Named>,
            >::new()
                .formats()
        },
    );
}
#[allow(clippy::redundant_closure, clippy::unit_arg)]
impl ::streams_runtime::__private::Topology for Visitors {
    fn plan(&self) -> ::streams_runtime::__private::TopologyPlan {
        use ::streams_runtime::__private as __rt;
        #[allow(unused_imports)]
        use __rt::Unfit as _;
        #[allow(unused_imports)]
        use ::core::clone::Clone as _;
        #[allow(unused_imports)]
        use ::core::convert::From as _;
        __rt::TopologyPlan {
            name: "Visitors",
            sub_topologies: __rt::Vec::from([
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
                            name: "named-subscription-response",
                            topics: __rt::SourceTopics::ForeignKey(
                                __rt::ForeignKeyTopic::Responses(
                                    __rt::String::from("named"),
                                ),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                    ]),
                    stores: __rt::Vec::from([
                        __rt::StorePlan::new("users", __rt::StoreKind::KeyValue)
                            .without_cache()
                            .ttl(days(30)),
                        __rt::StorePlan::new("adults", __rt::StoreKind::KeyValue)
                            .ttl(days(1)),
                        __rt::StorePlan::new("named", __rt::StoreKind::KeyValue)
                            .ttl(days(1)),
                    ]),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::ForeignKey(
                            __rt::ForeignKeyTopic::Subscriptions(
                                __rt::String::from("named"),
                            ),
                        ),
                        __rt::SinkPlan::Topic(__rt::ToString::to_string("named")),
                    ]),
                    copartitioned: __rt::Vec::from([__rt::Vec::from([0usize, 1usize])]),
                    source_changelogs: __rt::Vec::new(),
                },
                __rt::SubTopologyPlan {
                    sources: __rt::Vec::from([
                        __rt::SourcePlan {
                            name: "devices",
                            topics: __rt::SourceTopics::Named(
                                __rt::Vec::from([__rt::ToString::to_string("devices")]),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                        __rt::SourcePlan {
                            name: "named-subscription-registration",
                            topics: __rt::SourceTopics::ForeignKey(
                                __rt::ForeignKeyTopic::Subscriptions(
                                    __rt::String::from("named"),
                                ),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                    ]),
                    stores: __rt::Vec::from([
                        __rt::StorePlan::new("devices", __rt::StoreKind::KeyValue)
                            .without_changelog(),
                        __rt::StorePlan::new(
                            "named-subscription-store",
                            __rt::StoreKind::KeyValue,
                        ),
                    ]),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::ForeignKey(
                            __rt::ForeignKeyTopic::Responses(__rt::String::from("named")),
                        ),
                    ]),
                    copartitioned: __rt::Vec::from([__rt::Vec::from([0usize, 1usize])]),
                    source_changelogs: __rt::Vec::from([
                        __rt::SourceChangelog {
                            store: __rt::String::from("devices"),
                            source: 0usize,
                        },
                    ]),
                },
                __rt::SubTopologyPlan {
                    sources: __rt::Vec::from([
                        __rt::SourcePlan {
                            name: "views",
                            topics: __rt::SourceTopics::Named(
                                __rt::Vec::from([__rt::ToString::to_string("views")]),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                    ]),
                    stores: __rt::Vec::from([
                        __rt::StorePlan::new("counts", __rt::StoreKind::KeyValue)
                            .ttl({
                                #[allow(unused_variables)]
                                let hours_to_live = &self.hours_to_live;
                                hours(*hours_to_live)
                            }),
                        __rt::StorePlan::new("seen", __rt::StoreKind::KeyValue)
                            .ttl(minutes(5)),
                    ]),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::Topic(__rt::ToString::to_string("first")),
                        __rt::SinkPlan::Topic(__rt::ToString::to_string("counts")),
                    ]),
                    copartitioned: __rt::Vec::new(),
                    source_changelogs: __rt::Vec::new(),
                },
            ]),
            global_tables: __rt::Vec::new(),
        }
    }
    fn check(&self, __checks: &mut ::streams_runtime::__private::Checks) {
        use ::streams_runtime::__private as __rt;
        #[allow(unused_imports)]
        use ::core::convert::From as _;
        __checks
            .duration(
                __rt::Written {
                    operator: "count",
                    name: "counts",
                    expression: "hours(*hours_to_live)",
                },
                {
                    #[allow(unused_variables)]
                    let hours_to_live = &self.hours_to_live;
                    hours(*hours_to_live)
                },
                __rt::Option::None,
            );
    }
    fn layout(
        &self,
    ) -> &'static [(&'static ::core::primitive::str, &'static ::core::primitive::str)] {
        &[
            ("adults", "filter : Table<u64, User>"),
            ("counts", "count : Table<u64, u64>"),
            ("devices", "table : Table<u64, Device>"),
            ("named", "join : Table<u64, Named>"),
            ("named-subscription-store", "join"),
            ("seen", "key_value_store : KeyValueStore<u64, u64>"),
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
        let __users_0: Table<u64, User> = __rt::Table::handle();
        let __users_0 = __users_0.keys_with_format();
        let __users_0 = __users_0.values_with_format();
        let users = __users_0;
        let _ = &users;
        let __op_users_0 = __users_0.source();
        let __users_0_records = __op_users_0.records();
        let __users_0_source = __users_0_records.source();
        let __devices_1: Table<u64, Device> = __rt::Table::handle();
        let __devices_1 = __devices_1.keys_with_format();
        let __devices_1 = __devices_1.values_with_format();
        let devices = __devices_1;
        let _ = &devices;
        let __op_devices_1 = __devices_1.source();
        let __devices_1_records = __op_devices_1.records();
        let __devices_1_source = __devices_1_records.source();
        let __views_2: Stream<u64, View> = __rt::Stream::handle();
        let __views_2 = __views_2.keys_with_format();
        let __views_2 = __views_2.values_with_format();
        let views = __views_2;
        let __op_views_2 = __views_2.source();
        let __counts_group_by_key_3 = views;
        let (__counts_4_made, __op_counts_4) = __counts_group_by_key_3
            .group_by_key()
            .count();
        let __counts_4 = __counts_4_made;
        let _: Table<u64, u64> = __counts_4;
        let __counts_4 = __counts_4_made.keys_with_format().values_with_format();
        let counts = __counts_4;
        let _ = &counts;
        let (__adults_5_made, __op_adults_5) = users
            .filter(move |_, user| user.age > 17);
        let __adults_5 = __adults_5_made;
        let _: Table<u64, User> = __adults_5;
        let __adults_5 = __adults_5_made.keys_with_format().values_with_format();
        let adults = __adults_5;
        let _ = &adults;
        let (__named_6_made, __op_named_6) = adults
            .join_foreign(
                &devices,
                move |user| user.device,
                move |user, device| Named::new(user, device),
            );
        let __named_6 = __named_6_made;
        let _: Table<u64, Named> = __named_6;
        let __named_6 = __named_6_made.keys_with_format().values_with_format();
        let named = __named_6;
        let _ = &named;
        let seen = __b.key_value_store::<u64, u64>("seen");
        let (__views_process_values_8, __op_views_process_values_8) = views
            .process_values(Counter::new(), seen);
        let __op_views_to_9 = __views_process_values_8.to();
        let (__counts_to_stream_10, __op_counts_to_stream_10) = counts.to_stream();
        let __op_counts_to_11 = __counts_to_stream_10.to();
        let (__named_to_stream_12, __op_named_to_stream_12) = named.to_stream();
        let __op_named_to_13 = __named_to_stream_12.to();
        match __sub_topology {
            0usize => {
                __b.keep_old("adults");
                let __rows_adults_5 = __b.rows(&adults, "adults");
                let __op_named_6 = __op_named_6.at("named");
                let __left_of_named_6 = __op_named_6
                    .subscribe(__b, "named", &__rows_adults_5);
                let __to_named_to_13 = __op_named_to_13
                    .at("named.to")
                    .attach(__b, "named");
                let __to_named_to_stream_12 = __op_named_to_stream_12
                    .attach(__to_named_to_13);
                let __to_named_6 = __rt::Materialized::new(
                    __b,
                    &named,
                    "named",
                    __to_named_to_stream_12,
                );
                let __to_adults_5 = __op_adults_5
                    .at("adults")
                    .attach(
                        __rt::Materialized::new(
                                __b,
                                &adults,
                                "adults",
                                __left_of_named_6,
                            )
                            .skip_absent(),
                    );
                let __to_users_0 = __op_users_0.attach(__b, "users", __to_adults_5);
                __rt::Enter(__users_0_source, __to_users_0).attach(__b, 0usize, "users");
                __op_named_6
                    .responses(
                        __b,
                        1usize,
                        "named-subscription-response",
                        "named",
                        &__rows_adults_5,
                        __to_named_6,
                    );
            }
            1usize => {
                let __rows_devices_1 = __b.rows(&devices, "devices");
                let __op_named_6 = __op_named_6.at("named");
                let __right_of_named_6 = __op_named_6.right(__b, "named");
                let __to_devices_1 = __op_devices_1
                    .attach(__b, "devices", __right_of_named_6);
                __rt::Enter(__devices_1_source, __to_devices_1)
                    .attach(__b, 0usize, "devices");
                __op_named_6
                    .subscriptions(
                        __b,
                        1usize,
                        "named-subscription-registration",
                        "named",
                        &__rows_devices_1,
                    );
            }
            2usize => {
                let __to_counts_to_11 = __op_counts_to_11
                    .at("counts.to")
                    .attach(__b, "counts");
                let __to_counts_to_stream_10 = __op_counts_to_stream_10
                    .attach(__to_counts_to_11);
                let __to_views_to_9 = __op_views_to_9
                    .at("views.to")
                    .attach(__b, "first");
                let __to_views_process_values_8 = __op_views_process_values_8
                    .at("views.process_values")
                    .attach(__b, &views, __to_views_to_9);
                let __to_counts_4 = __op_counts_4
                    .attach(__b, "counts", __to_counts_to_stream_10);
                let __to_counts_group_by_key_3 = __to_counts_4;
                __rt::Enter(
                        __op_views_2,
                        __rt::Tee(
                            __to_counts_group_by_key_3,
                            __to_views_process_values_8,
                        ),
                    )
                    .attach(__b, 0usize, "views");
            }
            _ => {}
        }
    }
}
