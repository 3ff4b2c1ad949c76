///The topology `views`.
pub struct Views {
    grace_s: u64,
}
///The topology `views`.
#[allow(clippy::too_many_arguments)]
pub fn views(grace_s: u64) -> Views {
    Views { grace_s }
}
#[automatically_derived]
#[allow(dead_code, private_interfaces)]
impl Views {
    /// The sub-topologies, their nodes and stores, in the form of Kafka Streams' description. What a parameter names is `{shown so}`.
    pub const DESCRIPTION: &'static ::core::primitive::str = "Topologies:\n   Sub-topology: 0\n    Source: views (topics: [views])\n      --> per_minute.group_by, users, per_month\n    Processor: per_minute.group_by (stores: [])\n      --> counts-repartition-sink\n      <-- views\n    Sink: counts-repartition-sink (topic: counts-repartition)\n      <-- per_minute.group_by\n    Processor: users (stores: [users])\n      --> users.to_stream\n      <-- views\n    Processor: per_month (stores: [per_month])\n      --> per_month.suppress\n      <-- views\n    Processor: per_month.suppress (stores: [final])\n      --> per_month.to_stream\n      <-- per_month\n    Processor: per_month.to_stream (stores: [])\n      --> per_month.to\n      <-- per_month.suppress\n    Sink: per_month.to (topic: views-per-month)\n      <-- per_month.to_stream\n    Processor: users.to_stream (stores: [])\n      --> users.to\n      <-- users\n    Sink: users.to (topic: views-per-user)\n      <-- users.to_stream\n\n   Sub-topology: 1\n    Source: counts-repartition-source (topics: [counts-repartition])\n      --> counts\n    Processor: counts (stores: [counts])\n      --> counts.to_stream\n      <-- counts-repartition-source\n    Processor: counts.to_stream (stores: [])\n      --> counts.to\n      <-- counts\n    Sink: counts.to (topic: views-per-minute)\n      <-- counts.to_stream\n\n";
    /// The topology as a mermaid flowchart.
    pub const MERMAID: &'static ::core::primitive::str = "flowchart TD\n  subgraph part0[\"Sub-topology: 0\"]\n    n0_0([\"views<br>[views]\"])\n    n0_1[\"per_minute.group_by\"]\n    n0_2([\"counts-repartition-sink<br>counts-repartition\"])\n    n0_3[(\"users<br>users\")]\n    n0_4[(\"per_month<br>per_month\")]\n    n0_5[(\"per_month.suppress<br>final\")]\n    n0_6[\"per_month.to_stream\"]\n    n0_7([\"per_month.to<br>views-per-month\"])\n    n0_8[\"users.to_stream\"]\n    n0_9([\"users.to<br>views-per-user\"])\n  end\n  n0_0 --> n0_1\n  n0_0 --> n0_3\n  n0_0 --> n0_4\n  n0_1 --> n0_2\n  n0_3 --> n0_8\n  n0_4 --> n0_5\n  n0_5 --> n0_6\n  n0_6 --> n0_7\n  n0_8 --> n0_9\n  subgraph part1[\"Sub-topology: 1\"]\n    n1_0([\"counts-repartition-source<br>[counts-repartition]\"])\n    n1_1[(\"counts<br>counts\")]\n    n1_2[\"counts.to_stream\"]\n    n1_3([\"counts.to<br>views-per-minute\"])\n  end\n  n1_0 --> n1_1\n  n1_1 --> n1_2\n  n1_2 --> n1_3\n  n0_2 -.-> n1_0\n";
    /// The topology in Graphviz' DOT language.
    pub const DOT: &'static ::core::primitive::str = "digraph \"Views\" {\n  node [fontname=\"sans-serif\"];\n  subgraph cluster_0 {\n    label=\"Sub-topology: 0\";\n    \"views\" [shape=invhouse, label=\"views\\n[views]\"];\n    \"per_minute.group_by\" [shape=box, label=\"per_minute.group_by\"];\n    \"counts-repartition-sink\" [shape=house, label=\"counts-repartition-sink\\ncounts-repartition\"];\n    \"users\" [shape=cylinder, label=\"users\\nusers\"];\n    \"per_month\" [shape=cylinder, label=\"per_month\\nper_month\"];\n    \"per_month.suppress\" [shape=cylinder, label=\"per_month.suppress\\nfinal\"];\n    \"per_month.to_stream\" [shape=box, label=\"per_month.to_stream\"];\n    \"per_month.to\" [shape=house, label=\"per_month.to\\nviews-per-month\"];\n    \"users.to_stream\" [shape=box, label=\"users.to_stream\"];\n    \"users.to\" [shape=house, label=\"users.to\\nviews-per-user\"];\n  }\n  subgraph cluster_1 {\n    label=\"Sub-topology: 1\";\n    \"counts-repartition-source\" [shape=invhouse, label=\"counts-repartition-source\\n[counts-repartition]\"];\n    \"counts\" [shape=cylinder, label=\"counts\\ncounts\"];\n    \"counts.to_stream\" [shape=box, label=\"counts.to_stream\"];\n    \"counts.to\" [shape=house, label=\"counts.to\\nviews-per-minute\"];\n  }\n  \"views\" -> \"per_minute.group_by\";\n  \"views\" -> \"users\";\n  \"views\" -> \"per_month\";\n  \"per_minute.group_by\" -> \"counts-repartition-sink\";\n  \"counts-repartition-sink\" -> \"counts-repartition-source\" [style=dashed];\n  \"users\" -> \"users.to_stream\";\n  \"per_month\" -> \"per_month.suppress\";\n  \"per_month.suppress\" -> \"per_month.to_stream\";\n  \"per_month.to_stream\" -> \"per_month.to\";\n  \"users.to_stream\" -> \"users.to\";\n  \"counts-repartition-source\" -> \"counts\";\n  \"counts\" -> \"counts.to_stream\";\n  \"counts.to_stream\" -> \"counts.to\";\n}\n";
    /// Changes with the names of topics and state, with written types, formats, windows and partitioning; not with the operators between them.
    pub const FINGERPRINT: ::core::primitive::u64 = 16322213541216436236u64;
    ///The table `counts`, for queries.
    pub const COUNTS: ::streams_runtime::__private::StoreName<Windowed<Region>, u64> = ::streams_runtime::__private::StoreName::new(
        "counts",
    );
    ///The table `users`, for queries.
    pub const USERS: ::streams_runtime::__private::StoreName<Windowed<String>, u64> = ::streams_runtime::__private::StoreName::new(
        "users",
    );
    ///The table `per_month`, for queries.
    pub const PER_MONTH: ::streams_runtime::__private::StoreName<
        Windowed<String>,
        u64,
    > = ::streams_runtime::__private::StoreName::new("per_month");
    /**The topic `views`: keys `String`, values `View`; read as stream `views`.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const VIEWS: ::streams_runtime::__private::TopicName<String, View> = ::streams_runtime::__private::TopicName::<
        String,
        View,
    >::with(
        "views",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<String, View>::new().formats()
        },
    );
    /**The topic `views-per-month`: keys `Windowed<String>`, values `Option<u64>`; written.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const VIEWS_PER_MONTH: ::streams_runtime::__private::TopicName<
        Windowed<String>,
        ::core::option::Option<u64>,
    > = ::streams_runtime::__private::TopicName::<
        Windowed<String>,
        ::core::option::Option<u64>,
    >::with(
        "views-per-month",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<
                Windowed<String>,
                ::core::option::Option<u64>,
            >::new()
                .formats()
        },
    );
    /**The topic `views-per-minute`: keys `Windowed<Region>`, values `Option<u64>`; written.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const VIEWS_PER_MINUTE: ::streams_runtime::__private::TopicName<
        Windowed<Region>,
        ::core::option::Option<u64>,
    > = ::streams_runtime::__private::TopicName::<
        Windowed<Region>,
        ::core::option::Option<u64>,
    >::with(
        "views-per-minute",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<
                Windowed<Region>,
                ::core::option::Option<u64>,
            >::new()
                .formats()
        },
    );
    /**The topic `views-per-user`: keys `Windowed<String>`, values `Option<u64>`; written.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const VIEWS_PER_USER: ::streams_runtime::__private::TopicName<
        Windowed<String>,
        ::core::option::Option<u64>,
    > = ::streams_runtime::__private::TopicName::<
        Windowed<String>,
        ::core::option::Option<u64>,
    >::with(
        "views-per-user",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<
                Windowed<String>,
                ::core::option::Option<u64>,
            >::new()
                .formats()
        },
    );
}
#[allow(clippy::redundant_closure, clippy::unit_arg)]
impl ::streams_runtime::__private::Topology for Views {
    fn plan(&self) -> ::streams_runtime::__private::TopologyPlan {
        use ::streams_runtime::__private as __rt;
        #[allow(unused_imports)]
        use __rt::Unfit as _;
        #[allow(unused_imports)]
        use ::core::clone::Clone as _;
        #[allow(unused_imports)]
        use ::core::convert::From as _;
        __rt::TopologyPlan {
            name: "Views",
            sub_topologies: __rt::Vec::from([
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
                        __rt::StorePlan::new(
                            "users",
                            {
                                #[allow(unused_imports)]
                                use __rt::NoWindows as _;
                                __rt::WrittenWindows(hopping(minutes(5), minutes(1)))
                                    .store(__rt::Option::None)
                            },
                        ),
                        __rt::StorePlan::new(
                            "per_month",
                            {
                                #[allow(unused_imports)]
                                use __rt::NoWindows as _;
                                __rt::WrittenWindows(custom(Months).grace(hours(1)))
                                    .store(__rt::Option::None)
                            },
                        ),
                        __rt::StorePlan::new("final", __rt::StoreKind::Buffer),
                    ]),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::Repartition {
                            name: __rt::String::from("counts"),
                            partitions: __rt::Option::None,
                        },
                        __rt::SinkPlan::Topic(
                            __rt::ToString::to_string("views-per-month"),
                        ),
                        __rt::SinkPlan::Topic(
                            __rt::ToString::to_string("views-per-user"),
                        ),
                    ]),
                    copartitioned: __rt::Vec::new(),
                    source_changelogs: __rt::Vec::new(),
                },
                __rt::SubTopologyPlan {
                    sources: __rt::Vec::from([
                        __rt::SourcePlan {
                            name: "counts-repartition",
                            topics: __rt::SourceTopics::Repartition(
                                __rt::String::from("counts"),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                    ]),
                    stores: __rt::Vec::from([
                        __rt::StorePlan::new(
                            "counts",
                            {
                                #[allow(unused_imports)]
                                use __rt::NoWindows as _;
                                __rt::WrittenWindows({
                                        #[allow(unused_variables)]
                                        let grace_s = &self.grace_s;
                                        tumbling(minutes(1)).grace(seconds(*grace_s))
                                    })
                                    .store(__rt::Option::Some(hours(1)))
                            },
                        ),
                    ]),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::Topic(
                            __rt::ToString::to_string("views-per-minute"),
                        ),
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
        {
            #[allow(unused_imports)]
            use __rt::NoWindows as _;
            __rt::WrittenWindows({
                    #[allow(unused_variables)]
                    let grace_s = &self.grace_s;
                    tumbling(minutes(1)).grace(seconds(*grace_s))
                })
                .check(
                    __checks,
                    __rt::Written {
                        operator: "windowed_by",
                        name: "counts",
                        expression: "tumbling(minutes(1)).grace(seconds(*grace_s))",
                    },
                    __rt::Option::Some(hours(1)),
                    __rt::Option::Some("emit_on_close"),
                );
        }
        {
            #[allow(unused_imports)]
            use __rt::NoWindows as _;
            __rt::WrittenWindows(custom(Months).grace(hours(1)))
                .check(
                    __checks,
                    __rt::Written {
                        operator: "windowed_by",
                        name: "per_month",
                        expression: "custom(Months).grace(hours(1))",
                    },
                    __rt::Option::None,
                    __rt::Option::None,
                );
        }
        {
            #[allow(unused_imports)]
            use __rt::NoWindows as _;
            __rt::WrittenWindows(custom(Months).grace(hours(1)))
                .check(
                    __checks,
                    __rt::Written {
                        operator: "windowed_by",
                        name: "final",
                        expression: "custom(Months).grace(hours(1))",
                    },
                    __rt::Option::None,
                    __rt::Option::Some("until_window_closes"),
                );
        }
    }
    fn layout(
        &self,
    ) -> &'static [(&'static ::core::primitive::str, &'static ::core::primitive::str)] {
        &[
            ("counts", "count : Table<Windowed<Region>, u64> in tumbling(60000 ms)"),
            ("final", "suppress"),
            ("per_month", "count : Table<Windowed<String>, u64> in custom(Months)"),
            (
                "users",
                "aggregate : Table<Windowed<String>, u64> in hopping(300000 ms, 60000 ms)",
            ),
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
        let __views_0: Stream<String, View> = __rt::Stream::handle();
        let __views_0 = __views_0.keys_with_format();
        let __views_0 = __views_0.values_with_format();
        let views = __views_0;
        let __op_views_0 = __views_0.source();
        let (__per_minute_group_by_1, __op_per_minute_group_by_1) = views
            .group_by(move |_, view| view.region);
        let __op_per_minute_2 = {
            #[allow(unused_variables)]
            let grace_s = &self.grace_s;
            tumbling(minutes(1)).grace(seconds(*grace_s))
        };
        let __per_minute_2 = __per_minute_group_by_1;
        let per_minute = __per_minute_2.group_by_key().in_windows(&__op_per_minute_2);
        let _ = &per_minute;
        let (__counts_repartition_17, __op_counts_repartition_17) = __per_minute_2
            .repartition_by_key();
        {
            #[allow(unused_imports)]
            use __rt::OtherKeys as _;
            let __keys = __rt::keys_read(&__counts_repartition_17);
            __keys.whole();
        }
        let (__counts_3_made, __op_counts_3) = __counts_repartition_17
            .group_by_key()
            .in_windows(&__op_per_minute_2)
            .emit_on_close()
            .count();
        let __counts_3 = __counts_3_made;
        let _: Table<Windowed<Region>, u64> = __counts_3;
        let __counts_3 = __counts_3_made.keys_with_format().values_with_format();
        let counts = __counts_3;
        let _ = &counts;
        let __users_group_by_key_4 = views;
        let __op_users_windowed_by_5 = hopping(minutes(5), minutes(1));
        let __users_windowed_by_5 = __users_group_by_key_4;
        let (__users_6_made, __op_users_6) = __users_windowed_by_5
            .group_by_key()
            .in_windows(&__op_users_windowed_by_5)
            .try_aggregate::<
                u64,
                _,
                _,
                _,
                _,
            >(move || 0, move |_, view, sum| view.add_to(sum));
        let __users_6 = __users_6_made;
        let _: Table<Windowed<String>, u64> = __users_6;
        let __users_6 = __users_6_made.keys_with_format().values_with_format();
        let users = __users_6;
        let _ = &users;
        let __per_month_group_by_key_7 = views;
        let __op_per_month_windowed_by_8 = {
            #[allow(unused_imports)]
            use __rt::NoCustomWindows as _;
            __rt::WrittenCustom(custom(Months).grace(hours(1))).windows()
        };
        let __per_month_windowed_by_8 = __per_month_group_by_key_7;
        let (__per_month_9_made, __op_per_month_9) = __per_month_windowed_by_8
            .group_by_key()
            .in_windows(&__op_per_month_windowed_by_8)
            .count();
        let __per_month_9 = __per_month_9_made;
        let _: Table<Windowed<String>, u64> = __per_month_9;
        let __per_month_9 = __per_month_9_made.keys_with_format().values_with_format();
        let per_month = __per_month_9;
        let _ = &per_month;
        let (__per_month_suppress_10, __op_per_month_suppress_10) = per_month
            .suppress(until_window_closes());
        let (__per_month_to_stream_11, __op_per_month_to_stream_11) = __per_month_suppress_10
            .to_stream();
        let __op_per_month_to_12 = __per_month_to_stream_11.to();
        let (__counts_to_stream_13, __op_counts_to_stream_13) = counts.to_stream();
        let __op_counts_to_14 = __counts_to_stream_13.to();
        let (__users_to_stream_15, __op_users_to_stream_15) = users.to_stream();
        let __op_users_to_16 = __users_to_stream_15.to();
        match __sub_topology {
            0usize => {
                __b.keep_old("per_month");
                let __to_users_to_16 = __op_users_to_16
                    .at("users.to")
                    .attach(__b, "views-per-user");
                let __to_users_to_stream_15 = __op_users_to_stream_15
                    .attach(__to_users_to_16);
                let __to_per_month_to_12 = __op_per_month_to_12
                    .at("per_month.to")
                    .attach(__b, "views-per-month");
                let __to_per_month_to_stream_11 = __op_per_month_to_stream_11
                    .attach(__to_per_month_to_12);
                let __to_per_month_suppress_10 = __op_per_month_suppress_10
                    .at("per_month.suppress")
                    .in_windows(__rt::InWindows::new(&__op_per_month_windowed_by_8))
                    .attach(__b, "final", __to_per_month_to_stream_11);
                let __to_per_month_9 = __op_per_month_9
                    .attach(__b, "per_month", __to_per_month_suppress_10);
                let __to_per_month_windowed_by_8 = __to_per_month_9;
                let __to_per_month_group_by_key_7 = __to_per_month_windowed_by_8;
                let __to_users_6 = __op_users_6
                    .at("users")
                    .attach(__b, "users", __to_users_to_stream_15);
                let __to_users_windowed_by_5 = __to_users_6;
                let __to_users_group_by_key_4 = __to_users_windowed_by_5;
                let __to_counts_repartition_17_topic = __b.repartition_topic("counts");
                let __to_counts_repartition_17 = __op_counts_repartition_17
                    .attach(__b, &__to_counts_repartition_17_topic);
                let __to_per_minute_2 = __to_counts_repartition_17;
                let __to_per_minute_group_by_1 = __op_per_minute_group_by_1
                    .at("per_minute.group_by")
                    .attach(__to_per_minute_2);
                __rt::Enter(
                        __op_views_0,
                        __rt::Tee(
                            __to_per_minute_group_by_1,
                            __rt::Tee(
                                __to_users_group_by_key_4,
                                __to_per_month_group_by_key_7,
                            ),
                        ),
                    )
                    .attach(__b, 0usize, "views");
            }
            1usize => {
                let __to_counts_to_14 = __op_counts_to_14
                    .at("counts.to")
                    .attach(__b, "views-per-minute");
                let __to_counts_to_stream_13 = __op_counts_to_stream_13
                    .attach(__to_counts_to_14);
                let __to_counts_3 = __op_counts_3
                    .attach(__b, "counts", __to_counts_to_stream_13);
                __rt::Enter(__counts_repartition_17.source(), __to_counts_3)
                    .attach(__b, 0usize, "counts-repartition");
            }
            _ => {}
        }
    }
}
