///The topology `sales`.
pub struct Sales {
    history_h: u64,
}
///The topology `sales`.
#[allow(clippy::too_many_arguments)]
pub fn sales(history_h: u64) -> Sales {
    Sales { history_h }
}
#[automatically_derived]
#[allow(dead_code, private_interfaces)]
impl Sales {
    /// The sub-topologies, their nodes and stores, in the form of Kafka Streams' description. What a parameter names is `{shown so}`.
    pub const DESCRIPTION: &'static ::core::primitive::str = "Topologies:\n   Sub-topology: 0\n    Source: sold-repartition-source (topics: [sold-repartition])\n      --> sold\n    Source: prices-source (topics: [prices])\n      --> prices\n    Processor: prices (stores: [prices])\n      --> low, both, dear, per_cent.group_by\n      <-- prices-source\n    Source: taxes-source (topics: [taxes])\n      --> taxes\n    Processor: taxes (stores: [taxes])\n      --> both\n      <-- taxes-source\n    Processor: low (stores: [])\n      --> none\n      <-- prices\n    Processor: sold (stores: [sold-Buffer, prices])\n      --> sold.left_join\n      <-- sold-repartition-source\n    Processor: sold.left_join (stores: [taxes])\n      --> sold.process_values\n      <-- sold\n    Processor: sold.process_values (stores: [seen])\n      --> sold.to\n      <-- sold.left_join\n    Sink: sold.to (topic: sold)\n      <-- sold.process_values\n    Processor: both (stores: [both, prices, taxes])\n      --> both.to_stream\n      <-- prices, taxes\n    Processor: both.to_stream (stores: [])\n      --> both.to\n      <-- both\n    Sink: both.to (topic: both)\n      <-- both.to_stream\n    Processor: dear (stores: [dear])\n      --> dear.to_stream\n      <-- prices\n    Processor: per_cent.group_by (stores: [])\n      --> per_cent-repartition-sink\n      <-- prices\n    Sink: per_cent-repartition-sink (topic: per_cent-repartition)\n      <-- per_cent.group_by\n    Processor: dear.to_stream (stores: [])\n      --> dear.to\n      <-- dear\n    Sink: dear.to (topic: dear)\n      <-- dear.to_stream\n\n   Sub-topology: 1\n    Source: orders (topics: [orders])\n      --> sold.select_key\n    Processor: sold.select_key (stores: [])\n      --> sold-repartition-sink\n      <-- orders\n    Sink: sold-repartition-sink (topic: sold-repartition)\n      <-- sold.select_key\n\n   Sub-topology: 2\n    Source: per_cent-repartition-source (topics: [per_cent-repartition])\n      --> per_cent\n    Processor: per_cent (stores: [per_cent])\n      --> per_cent.to_stream\n      <-- per_cent-repartition-source\n    Processor: per_cent.to_stream (stores: [])\n      --> per_cent.to\n      <-- per_cent\n    Sink: per_cent.to (topic: per-cent)\n      <-- per_cent.to_stream\n\n";
    /// The topology as a mermaid flowchart.
    pub const MERMAID: &'static ::core::primitive::str = "flowchart TD\n  subgraph part0[\"Sub-topology: 0\"]\n    n0_0([\"sold-repartition-source<br>[sold-repartition]\"])\n    n0_1([\"prices-source<br>[prices]\"])\n    n0_2[(\"prices<br>prices\")]\n    n0_3([\"taxes-source<br>[taxes]\"])\n    n0_4[(\"taxes<br>taxes\")]\n    n0_5[\"low\"]\n    n0_6[(\"sold<br>sold-Buffer, prices\")]\n    n0_7[(\"sold.left_join<br>taxes\")]\n    n0_8[(\"sold.process_values<br>seen\")]\n    n0_9([\"sold.to<br>sold\"])\n    n0_10[(\"both<br>both, prices, taxes\")]\n    n0_11[\"both.to_stream\"]\n    n0_12([\"both.to<br>both\"])\n    n0_13[(\"dear<br>dear\")]\n    n0_14[\"per_cent.group_by\"]\n    n0_15([\"per_cent-repartition-sink<br>per_cent-repartition\"])\n    n0_16[\"dear.to_stream\"]\n    n0_17([\"dear.to<br>dear\"])\n  end\n  n0_0 --> n0_6\n  n0_1 --> n0_2\n  n0_2 --> n0_5\n  n0_2 --> n0_10\n  n0_2 --> n0_13\n  n0_2 --> n0_14\n  n0_3 --> n0_4\n  n0_4 --> n0_10\n  n0_6 --> n0_7\n  n0_7 --> n0_8\n  n0_8 --> n0_9\n  n0_10 --> n0_11\n  n0_11 --> n0_12\n  n0_13 --> n0_16\n  n0_14 --> n0_15\n  n0_16 --> n0_17\n  subgraph part1[\"Sub-topology: 1\"]\n    n1_0([\"orders<br>[orders]\"])\n    n1_1[\"sold.select_key\"]\n    n1_2([\"sold-repartition-sink<br>sold-repartition\"])\n  end\n  n1_0 --> n1_1\n  n1_1 --> n1_2\n  subgraph part2[\"Sub-topology: 2\"]\n    n2_0([\"per_cent-repartition-source<br>[per_cent-repartition]\"])\n    n2_1[(\"per_cent<br>per_cent\")]\n    n2_2[\"per_cent.to_stream\"]\n    n2_3([\"per_cent.to<br>per-cent\"])\n  end\n  n2_0 --> n2_1\n  n2_1 --> n2_2\n  n2_2 --> n2_3\n  n0_15 -.-> n2_0\n  n1_2 -.-> n0_0\n";
    /// The topology in Graphviz' DOT language.
    pub const DOT: &'static ::core::primitive::str = "digraph \"Sales\" {\n  node [fontname=\"sans-serif\"];\n  subgraph cluster_0 {\n    label=\"Sub-topology: 0\";\n    \"sold-repartition-source\" [shape=invhouse, label=\"sold-repartition-source\\n[sold-repartition]\"];\n    \"prices-source\" [shape=invhouse, label=\"prices-source\\n[prices]\"];\n    \"prices\" [shape=cylinder, label=\"prices\\nprices\"];\n    \"taxes-source\" [shape=invhouse, label=\"taxes-source\\n[taxes]\"];\n    \"taxes\" [shape=cylinder, label=\"taxes\\ntaxes\"];\n    \"low\" [shape=box, label=\"low\"];\n    \"sold\" [shape=cylinder, label=\"sold\\nsold-Buffer, prices\"];\n    \"sold.left_join\" [shape=cylinder, label=\"sold.left_join\\ntaxes\"];\n    \"sold.process_values\" [shape=cylinder, label=\"sold.process_values\\nseen\"];\n    \"sold.to\" [shape=house, label=\"sold.to\\nsold\"];\n    \"both\" [shape=cylinder, label=\"both\\nboth, prices, taxes\"];\n    \"both.to_stream\" [shape=box, label=\"both.to_stream\"];\n    \"both.to\" [shape=house, label=\"both.to\\nboth\"];\n    \"dear\" [shape=cylinder, label=\"dear\\ndear\"];\n    \"per_cent.group_by\" [shape=box, label=\"per_cent.group_by\"];\n    \"per_cent-repartition-sink\" [shape=house, label=\"per_cent-repartition-sink\\nper_cent-repartition\"];\n    \"dear.to_stream\" [shape=box, label=\"dear.to_stream\"];\n    \"dear.to\" [shape=house, label=\"dear.to\\ndear\"];\n  }\n  subgraph cluster_1 {\n    label=\"Sub-topology: 1\";\n    \"orders\" [shape=invhouse, label=\"orders\\n[orders]\"];\n    \"sold.select_key\" [shape=box, label=\"sold.select_key\"];\n    \"sold-repartition-sink\" [shape=house, label=\"sold-repartition-sink\\nsold-repartition\"];\n  }\n  subgraph cluster_2 {\n    label=\"Sub-topology: 2\";\n    \"per_cent-repartition-source\" [shape=invhouse, label=\"per_cent-repartition-source\\n[per_cent-repartition]\"];\n    \"per_cent\" [shape=cylinder, label=\"per_cent\\nper_cent\"];\n    \"per_cent.to_stream\" [shape=box, label=\"per_cent.to_stream\"];\n    \"per_cent.to\" [shape=house, label=\"per_cent.to\\nper-cent\"];\n  }\n  \"sold-repartition-source\" -> \"sold\";\n  \"prices-source\" -> \"prices\";\n  \"prices\" -> \"low\";\n  \"prices\" -> \"both\";\n  \"prices\" -> \"dear\";\n  \"prices\" -> \"per_cent.group_by\";\n  \"taxes-source\" -> \"taxes\";\n  \"taxes\" -> \"both\";\n  \"sold\" -> \"sold.left_join\";\n  \"sold.left_join\" -> \"sold.process_values\";\n  \"sold.process_values\" -> \"sold.to\";\n  \"both\" -> \"both.to_stream\";\n  \"both.to_stream\" -> \"both.to\";\n  \"dear\" -> \"dear.to_stream\";\n  \"per_cent.group_by\" -> \"per_cent-repartition-sink\";\n  \"per_cent-repartition-sink\" -> \"per_cent-repartition-source\" [style=dashed];\n  \"dear.to_stream\" -> \"dear.to\";\n  \"orders\" -> \"sold.select_key\";\n  \"sold.select_key\" -> \"sold-repartition-sink\";\n  \"sold-repartition-sink\" -> \"sold-repartition-source\" [style=dashed];\n  \"per_cent-repartition-source\" -> \"per_cent\";\n  \"per_cent\" -> \"per_cent.to_stream\";\n  \"per_cent.to_stream\" -> \"per_cent.to\";\n}\n";
    /// Changes with the names of topics and state, with written types, formats, windows and partitioning; not with the operators between them.
    pub const FINGERPRINT: ::core::primitive::u64 = 9389317988587000834u64;
    ///The table `prices`, for queries.
    pub const PRICES: ::streams_runtime::__private::StoreName<String, Price> = ::streams_runtime::__private::StoreName::new(
        "prices",
    );
    ///The table `taxes`, for queries.
    pub const TAXES: ::streams_runtime::__private::StoreName<String, Tax> = ::streams_runtime::__private::StoreName::new(
        "taxes",
    );
    ///The store `seen`, for queries.
    pub const SEEN: ::streams_runtime::__private::StoreName<String, u64> = ::streams_runtime::__private::StoreName::new(
        "seen",
    );
    ///The table `both`, for queries.
    pub const BOTH: ::streams_runtime::__private::StoreName<String, Cents> = ::streams_runtime::__private::StoreName::new(
        "both",
    );
    ///The table `dear`, for queries.
    pub const DEAR: ::streams_runtime::__private::StoreName<String, Price> = ::streams_runtime::__private::StoreName::new(
        "dear",
    );
    ///The table `per_cent`, for queries.
    pub const PER_CENT: ::streams_runtime::__private::StoreName<u64, u64> = ::streams_runtime::__private::StoreName::new(
        "per_cent",
    );
    /**The topic `prices`: keys `String`, values `Option<Price>`; read as table `prices`.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const PRICES_TOPIC: ::streams_runtime::__private::TopicName<
        String,
        ::core::option::Option<Price>,
    > = ::streams_runtime::__private::TopicName::<
        String,
        ::core::option::Option<Price>,
    >::with(
        "prices",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<
                String,
                ::core::option::Option<Price>,
            >::new()
                .formats()
        },
    );
    /**The topic `taxes`: keys `String`, values `Option<Tax>`; read as table `taxes`.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const TAXES_TOPIC: ::streams_runtime::__private::TopicName<
        String,
        ::core::option::Option<Tax>,
    > = ::streams_runtime::__private::TopicName::<
        String,
        ::core::option::Option<Tax>,
    >::with(
        "taxes",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<
                String,
                ::core::option::Option<Tax>,
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
    /**The topic `both`: keys `String`, values `Option<Cents>`; written.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const BOTH_TOPIC: ::streams_runtime::__private::TopicName<
        String,
        ::core::option::Option<Cents>,
    > = ::streams_runtime::__private::TopicName::<
        String,
        ::core::option::Option<Cents>,
    >::with(
        "both",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<
                String,
                ::core::option::Option<Cents>,
            >::new()
                .formats()
        },
    );
    /**The topic `per-cent`: keys `u64`, values `Option<u64>`; written.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const PER_CENT_TOPIC: ::streams_runtime::__private::TopicName<
        u64,
        ::core::option::Option<u64>,
    > = ::streams_runtime::__private::TopicName::<
        u64,
        ::core::option::Option<u64>,
    >::with(
        "per-cent",
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
    /**The topic `dear`: keys `String`, values `Option<Price>`; written.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const DEAR_TOPIC: ::streams_runtime::__private::TopicName<
        String,
        ::core::option::Option<Price>,
    > = ::streams_runtime::__private::TopicName::<
        String,
        ::core::option::Option<Price>,
    >::with(
        "dear",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<
                String,
                ::core::option::Option<Price>,
            >::new()
                .formats()
        },
    );
}
#[allow(clippy::redundant_closure, clippy::unit_arg)]
impl ::streams_runtime::__private::Topology for Sales {
    fn plan(&self) -> ::streams_runtime::__private::TopologyPlan {
        use ::streams_runtime::__private as __rt;
        #[allow(unused_imports)]
        use __rt::Unfit as _;
        #[allow(unused_imports)]
        use ::core::clone::Clone as _;
        #[allow(unused_imports)]
        use ::core::convert::From as _;
        __rt::TopologyPlan {
            name: "Sales",
            sub_topologies: __rt::Vec::from([
                __rt::SubTopologyPlan {
                    sources: __rt::Vec::from([
                        __rt::SourcePlan {
                            name: "prices",
                            topics: __rt::SourceTopics::Named(
                                __rt::Vec::from([__rt::ToString::to_string("prices")]),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                        __rt::SourcePlan {
                            name: "taxes",
                            topics: __rt::SourceTopics::Named(
                                __rt::Vec::from([__rt::ToString::to_string("taxes")]),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                        __rt::SourcePlan {
                            name: "sold-repartition",
                            topics: __rt::SourceTopics::Repartition(
                                __rt::String::from("sold"),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                    ]),
                    stores: __rt::Vec::from([
                        __rt::StorePlan::new(
                            "prices",
                            __rt::StoreKind::versioned_store({
                                #[allow(unused_variables)]
                                let history_h = &self.history_h;
                                hours(*history_h)
                            }),
                        ),
                        __rt::StorePlan::new(
                            "taxes",
                            __rt::StoreKind::versioned_store(days(30)),
                        ),
                        __rt::StorePlan::new(
                            "seen",
                            __rt::StoreKind::versioned_store(minutes(10)),
                        ),
                        __rt::StorePlan::new("sold-Buffer", __rt::StoreKind::Buffer),
                        __rt::StorePlan::new("both", __rt::StoreKind::KeyValue),
                        __rt::StorePlan::new("dear", __rt::StoreKind::KeyValue),
                    ]),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::Topic(__rt::ToString::to_string("sold")),
                        __rt::SinkPlan::Topic(__rt::ToString::to_string("both")),
                        __rt::SinkPlan::Repartition {
                            name: __rt::String::from("per_cent"),
                            partitions: __rt::Option::None,
                        },
                        __rt::SinkPlan::Topic(__rt::ToString::to_string("dear")),
                    ]),
                    copartitioned: __rt::Vec::from([
                        __rt::Vec::from([0usize, 2usize]),
                        __rt::Vec::from([1usize, 2usize]),
                        __rt::Vec::from([0usize, 1usize]),
                    ]),
                    source_changelogs: __rt::Vec::new(),
                },
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
                            name: __rt::String::from("sold"),
                            partitions: __rt::Option::None,
                        },
                    ]),
                    copartitioned: __rt::Vec::new(),
                    source_changelogs: __rt::Vec::new(),
                },
                __rt::SubTopologyPlan {
                    sources: __rt::Vec::from([
                        __rt::SourcePlan {
                            name: "per_cent-repartition",
                            topics: __rt::SourceTopics::Repartition(
                                __rt::String::from("per_cent"),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                    ]),
                    stores: __rt::Vec::from([
                        __rt::StorePlan::new(
                            "per_cent",
                            __rt::StoreKind::versioned_store(hours(1)),
                        ),
                    ]),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::Topic(__rt::ToString::to_string("per-cent")),
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
                    operator: "table",
                    name: "prices",
                    expression: "hours(*history_h)",
                },
                {
                    #[allow(unused_variables)]
                    let history_h = &self.history_h;
                    hours(*history_h)
                },
                __rt::Option::None,
            );
        __checks
            .duration(
                __rt::Written {
                    operator: "join",
                    name: "sold",
                    expression: "hours(*history_h)",
                },
                {
                    #[allow(unused_variables)]
                    let history_h = &self.history_h;
                    hours(*history_h)
                },
                __rt::Option::Some(("this grace", minutes(5))),
            );
    }
    fn layout(
        &self,
    ) -> &'static [(&'static ::core::primitive::str, &'static ::core::primitive::str)] {
        &[
            ("both", "outer_join : Table<String, Cents>"),
            ("dear", "filter_not : Table<String, Price>"),
            ("per_cent", "count : Table<u64, u64> versioned"),
            ("prices", "table : Table<String, Price> versioned"),
            ("seen", "versioned_store : VersionedStore<String, u64>"),
            ("sold-Buffer", "join"),
            ("taxes", "table : Table<String, Tax> versioned"),
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
        let __prices_0: Table<String, Price> = __rt::Table::handle();
        let __prices_0 = __prices_0.keys_with_format();
        let __prices_0 = __prices_0.values_with_format();
        let prices = __prices_0;
        let _ = &prices;
        let __op_prices_0 = __prices_0.source();
        let __prices_0_records = __op_prices_0.records();
        let __prices_0_source = __prices_0_records.source();
        let __taxes_1: Table<String, Tax> = __rt::Table::handle();
        let __taxes_1 = __taxes_1.keys_with_format();
        let __taxes_1 = __taxes_1.values_with_format();
        let taxes = __taxes_1;
        let _ = &taxes;
        let __op_taxes_1 = __taxes_1.source();
        let __taxes_1_records = __op_taxes_1.records();
        let __taxes_1_source = __taxes_1_records.source();
        let seen = __b.versioned_store::<String, u64>("seen");
        let (low, __op_low_3) = prices.filter(move |_, price| price.cents < 1_000);
        let __orders_4: Stream<String, Order> = __rt::Stream::handle();
        let __orders_4 = __orders_4.keys_with_format();
        let __orders_4 = __orders_4.values_with_format();
        let orders = __orders_4;
        let __op_orders_4 = __orders_4.source();
        let (__sold_select_key_5, __op_sold_select_key_5) = orders
            .select_key(move |_, order| order.item.clone());
        let (__sold_repartition_20, __op_sold_repartition_20) = __sold_select_key_5
            .repartition_by_key();
        {
            #[allow(unused_imports)]
            use __rt::OtherKeys as _;
            let __keys = __rt::keys_read(&__sold_repartition_20);
            __keys.whole();
        }
        let (sold, __op_sold_6) = __sold_repartition_20
            .join_table(&low, move |order, price| order.at(price));
        let __grace_sold_6: __rt::Duration = minutes(5);
        sold.meets_rows::<String, _>(&taxes);
        let (__sold_left_join_7, __op_sold_left_join_7) = sold
            .left_join_table::<
                String,
                _,
                _,
                _,
                _,
            >(&taxes, move |sold, tax| sold.taxed(tax));
        let (__sold_process_values_8, __op_sold_process_values_8) = __sold_left_join_7
            .process_values(Counter::new(), seen);
        let __op_sold_to_9 = __sold_process_values_8.to();
        let (__both_10_made, __op_both_10) = prices
            .outer_join::<
                String,
                _,
                _,
                _,
                _,
            >(&taxes, move |price, tax| Cents::of(price, tax));
        let __both_10 = __both_10_made;
        let _: Table<String, Cents> = __both_10;
        let __both_10 = __both_10_made.keys_with_format().values_with_format();
        let both = __both_10;
        let _ = &both;
        let (__both_to_stream_11, __op_both_to_stream_11) = both.to_stream();
        let __op_both_to_12 = __both_to_stream_11.to();
        let (__dear_13_made, __op_dear_13) = prices
            .filter_not(move |_, price| price.cents < 1_000);
        let __dear_13 = __dear_13_made;
        let _: Table<String, Price> = __dear_13;
        let __dear_13 = __dear_13_made.keys_with_format().values_with_format();
        let dear = __dear_13;
        let _ = &dear;
        let (__per_cent_group_by_14, __op_per_cent_group_by_14) = prices
            .group_by(move |_, price| (price.cents, 1u64));
        let (__per_cent_repartition_21, __op_per_cent_repartition_21) = __per_cent_group_by_14
            .repartition_by_key();
        {
            #[allow(unused_imports)]
            use __rt::OtherKeys as _;
            let __keys = __rt::keys_read(&__per_cent_repartition_21);
            __keys.whole();
        }
        let (__per_cent_15_made, __op_per_cent_15) = __per_cent_repartition_21
            .group_by_key()
            .count_changes();
        let __per_cent_15 = __per_cent_15_made;
        let _: Table<u64, u64> = __per_cent_15;
        let __per_cent_15 = __per_cent_15_made.keys_with_format().values_with_format();
        let per_cent = __per_cent_15;
        let _ = &per_cent;
        let (__per_cent_to_stream_16, __op_per_cent_to_stream_16) = per_cent.to_stream();
        let __op_per_cent_to_17 = __per_cent_to_stream_16.to();
        let (__dear_to_stream_18, __op_dear_to_stream_18) = dear.to_stream();
        let __op_dear_to_19 = __dear_to_stream_18.to();
        match __sub_topology {
            0usize => {
                __b.keep_old("prices");
                let __rows_prices_0 = __b.rows(&prices, "prices");
                __b.keep_old("taxes");
                let __rows_taxes_1 = __b.rows(&taxes, "taxes");
                let __op_low_3 = __op_low_3.at("low");
                let __rows_low_3 = __op_low_3.rows(&__rows_prices_0);
                let __to_dear_to_19 = __op_dear_to_19.at("dear.to").attach(__b, "dear");
                let __to_dear_to_stream_18 = __op_dear_to_stream_18
                    .attach(__to_dear_to_19);
                let __to_per_cent_repartition_21_topic = __b
                    .repartition_topic("per_cent");
                let __to_per_cent_repartition_21 = __op_per_cent_repartition_21
                    .attach(__b, &__to_per_cent_repartition_21_topic);
                let __to_per_cent_group_by_14 = __op_per_cent_group_by_14
                    .at("per_cent.group_by")
                    .latest_only()
                    .attach(__to_per_cent_repartition_21);
                let __to_dear_13 = __op_dear_13
                    .at("dear")
                    .every_change()
                    .attach(
                        __rt::Materialized::new(
                            __b,
                            &dear,
                            "dear",
                            __to_dear_to_stream_18,
                        ),
                    );
                let __to_both_to_12 = __op_both_to_12.at("both.to").attach(__b, "both");
                let __to_both_to_stream_11 = __op_both_to_stream_11
                    .attach(__to_both_to_12);
                let __to_both_10 = __rt::Shared::new(
                    __rt::Materialized::new(__b, &both, "both", __to_both_to_stream_11),
                );
                let __to_sold_to_9 = __op_sold_to_9.at("sold.to").attach(__b, "sold");
                let __to_sold_process_values_8 = __op_sold_process_values_8
                    .at("sold.process_values")
                    .attach(__b, &__sold_left_join_7, __to_sold_to_9);
                let __to_sold_left_join_7 = __op_sold_left_join_7
                    .at("sold.left_join")
                    .attach(
                        &taxes,
                        __rt::Clone::clone(&__rows_taxes_1),
                        __to_sold_process_values_8,
                    );
                let __to_sold_6 = __rt::GraceNode::new(
                    __b,
                    &__sold_repartition_20,
                    "sold-Buffer",
                    (__grace_sold_6, "prices"),
                    __op_sold_6
                        .at("sold")
                        .attach(
                            &low,
                            __rt::Clone::clone(&__rows_low_3),
                            __to_sold_left_join_7,
                        ),
                );
                let __to_low_3 = __op_low_3
                    .at("low")
                    .with_old()
                    .every_change()
                    .attach(__rt::Discard);
                let __to_taxes_1 = __op_taxes_1
                    .attach(
                        __b,
                        "taxes",
                        __rt::Clone::clone(&__op_both_10)
                            .at("both")
                            .latest_only()
                            .right(&__rows_prices_0, __rt::Shared::clone(&__to_both_10)),
                    );
                let __to_prices_0 = __op_prices_0
                    .attach(
                        __b,
                        "prices",
                        __rt::Tee(
                            __to_low_3,
                            __rt::Tee(
                                __rt::Clone::clone(&__op_both_10)
                                    .at("both")
                                    .latest_only()
                                    .left(&__rows_taxes_1, __rt::Shared::clone(&__to_both_10)),
                                __rt::Tee(__to_dear_13, __to_per_cent_group_by_14),
                            ),
                        ),
                    );
                __rt::Enter(__prices_0_source, __to_prices_0)
                    .attach(__b, 0usize, "prices");
                __rt::Enter(__taxes_1_source, __to_taxes_1).attach(__b, 1usize, "taxes");
                __rt::Enter(__sold_repartition_20.source(), __to_sold_6)
                    .attach(__b, 2usize, "sold-repartition");
            }
            1usize => {
                let __to_sold_repartition_20_topic = __b.repartition_topic("sold");
                let __to_sold_repartition_20 = __op_sold_repartition_20
                    .attach(__b, &__to_sold_repartition_20_topic);
                let __to_sold_select_key_5 = __op_sold_select_key_5
                    .at("sold.select_key")
                    .attach(__to_sold_repartition_20);
                __rt::Enter(__op_orders_4, __to_sold_select_key_5)
                    .attach(__b, 0usize, "orders");
            }
            2usize => {
                let __to_per_cent_to_17 = __op_per_cent_to_17
                    .at("per_cent.to")
                    .attach(__b, "per-cent");
                let __to_per_cent_to_stream_16 = __op_per_cent_to_stream_16
                    .attach(__to_per_cent_to_17);
                let __to_per_cent_15 = __op_per_cent_15
                    .attach(__b, "per_cent", __to_per_cent_to_stream_16);
                __rt::Enter(__per_cent_repartition_21.source(), __to_per_cent_15)
                    .attach(__b, 0usize, "per_cent-repartition");
            }
            _ => {}
        }
    }
}
