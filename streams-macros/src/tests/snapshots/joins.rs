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
    pub const DESCRIPTION: &'static ::core::primitive::str = "Topologies:\n   Sub-topology: 0\n    Source: orders (topics: [orders])\n      --> fresh\n    Processor: fresh (stores: [seen])\n      --> by_user\n      <-- orders\n    Processor: by_user (stores: [])\n      --> shipped-repartition-sink\n      <-- fresh\n    Sink: shipped-repartition-sink (topic: shipped-repartition)\n      <-- by_user\n\n   Sub-topology: 1\n    Source: shipped-repartition-source (topics: [shipped-repartition])\n      --> shipped\n    Source: addresses-source (topics: [addresses])\n      --> addresses\n    Processor: addresses (stores: [addresses])\n      --> none\n      <-- addresses-source\n    Processor: shipped (stores: [addresses])\n      --> priced\n      <-- shipped-repartition-source\n    Processor: priced (stores: [rates])\n      --> priced.merge\n      <-- shipped\n    Source: failed (topics: [failed])\n      --> priced.merge\n    Processor: priced.merge (stores: [])\n      --> again-repartition-sink\n      <-- priced, failed\n    Sink: again-repartition-sink (topic: again-repartition)\n      <-- priced.merge\n\n   Sub-topology: 2\n    Source: again-repartition-source (topics: [again-repartition])\n      --> priced.to\n    Sink: priced.to (topic: shipped)\n      <-- again-repartition-source\n\n   Sub-topology: 3 for global store (will not generate tasks)\n    Source: rates-source (topics: [rates])\n      --> rates\n    Processor: rates (stores: [rates])\n      --> none\n      <-- rates-source\n\n";
    /// The topology as a mermaid flowchart.
    pub const MERMAID: &'static ::core::primitive::str = "flowchart TD\n  subgraph part0[\"Sub-topology: 0\"]\n    n0_0([\"orders<br>[orders]\"])\n    n0_1[(\"fresh<br>seen\")]\n    n0_2[\"by_user\"]\n    n0_3([\"shipped-repartition-sink<br>shipped-repartition\"])\n  end\n  n0_0 --> n0_1\n  n0_1 --> n0_2\n  n0_2 --> n0_3\n  subgraph part1[\"Sub-topology: 1\"]\n    n1_0([\"shipped-repartition-source<br>[shipped-repartition]\"])\n    n1_1([\"addresses-source<br>[addresses]\"])\n    n1_2[(\"addresses<br>addresses\")]\n    n1_3[(\"shipped<br>addresses\")]\n    n1_4[(\"priced<br>rates\")]\n    n1_5([\"failed<br>[failed]\"])\n    n1_6[\"priced.merge\"]\n    n1_7([\"again-repartition-sink<br>again-repartition\"])\n  end\n  n1_0 --> n1_3\n  n1_1 --> n1_2\n  n1_3 --> n1_4\n  n1_4 --> n1_6\n  n1_5 --> n1_6\n  n1_6 --> n1_7\n  subgraph part2[\"Sub-topology: 2\"]\n    n2_0([\"again-repartition-source<br>[again-repartition]\"])\n    n2_1([\"priced.to<br>shipped\"])\n  end\n  n2_0 --> n2_1\n  subgraph part3[\"Sub-topology: 3 for global store (will not generate tasks)\"]\n    n3_0([\"rates-source<br>[rates]\"])\n    n3_1[(\"rates<br>rates\")]\n  end\n  n3_0 --> n3_1\n  n0_3 -.-> n1_0\n  n1_7 -.-> n2_0\n";
    /// The topology in Graphviz' DOT language.
    pub const DOT: &'static ::core::primitive::str = "digraph \"Orders\" {\n  node [fontname=\"sans-serif\"];\n  subgraph cluster_0 {\n    label=\"Sub-topology: 0\";\n    \"orders\" [shape=invhouse, label=\"orders\\n[orders]\"];\n    \"fresh\" [shape=cylinder, label=\"fresh\\nseen\"];\n    \"by_user\" [shape=box, label=\"by_user\"];\n    \"shipped-repartition-sink\" [shape=house, label=\"shipped-repartition-sink\\nshipped-repartition\"];\n  }\n  subgraph cluster_1 {\n    label=\"Sub-topology: 1\";\n    \"shipped-repartition-source\" [shape=invhouse, label=\"shipped-repartition-source\\n[shipped-repartition]\"];\n    \"addresses-source\" [shape=invhouse, label=\"addresses-source\\n[addresses]\"];\n    \"addresses\" [shape=cylinder, label=\"addresses\\naddresses\"];\n    \"shipped\" [shape=cylinder, label=\"shipped\\naddresses\"];\n    \"priced\" [shape=cylinder, label=\"priced\\nrates\"];\n    \"failed\" [shape=invhouse, label=\"failed\\n[failed]\"];\n    \"priced.merge\" [shape=box, label=\"priced.merge\"];\n    \"again-repartition-sink\" [shape=house, label=\"again-repartition-sink\\nagain-repartition\"];\n  }\n  subgraph cluster_2 {\n    label=\"Sub-topology: 2\";\n    \"again-repartition-source\" [shape=invhouse, label=\"again-repartition-source\\n[again-repartition]\"];\n    \"priced.to\" [shape=house, label=\"priced.to\\nshipped\"];\n  }\n  subgraph cluster_3 {\n    label=\"Sub-topology: 3 for global store (will not generate tasks)\";\n    \"rates-source\" [shape=invhouse, label=\"rates-source\\n[rates]\"];\n    \"rates\" [shape=cylinder, label=\"rates\\nrates\"];\n  }\n  \"orders\" -> \"fresh\";\n  \"fresh\" -> \"by_user\";\n  \"by_user\" -> \"shipped-repartition-sink\";\n  \"shipped-repartition-sink\" -> \"shipped-repartition-source\" [style=dashed];\n  \"shipped-repartition-source\" -> \"shipped\";\n  \"addresses-source\" -> \"addresses\";\n  \"shipped\" -> \"priced\";\n  \"priced\" -> \"priced.merge\";\n  \"failed\" -> \"priced.merge\";\n  \"priced.merge\" -> \"again-repartition-sink\";\n  \"again-repartition-sink\" -> \"again-repartition-source\" [style=dashed];\n  \"again-repartition-source\" -> \"priced.to\";\n  \"rates-source\" -> \"rates\";\n}\n";
    /// Changes with the names of topics and state, with written types, formats, windows and partitioning; not with the operators between them.
    pub const FINGERPRINT: ::core::primitive::u64 = 17399094548366215667u64;
    ///The table `addresses`, for queries.
    pub const ADDRESSES: ::streams_runtime::__private::StoreName<String, Address> = ::streams_runtime::__private::StoreName::new(
        "addresses",
    );
    ///The global table `rates`, for queries.
    pub const RATES: ::streams_runtime::__private::StoreName<String, f64> = ::streams_runtime::__private::StoreName::new(
        "rates",
    );
    ///The store `seen`, for queries.
    pub const SEEN: ::streams_runtime::__private::StoreName<String, i64> = ::streams_runtime::__private::StoreName::new(
        "seen",
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
    /**The topic `addresses`: keys `String`, values `Option<Address>`; read as table `addresses`.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const ADDRESSES_TOPIC: ::streams_runtime::__private::TopicName<
        String,
        ::core::option::Option<Address>,
    > = ::streams_runtime::__private::TopicName::<
        String,
        ::core::option::Option<Address>,
    >::with(
        "addresses",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<
                String,
                ::core::option::Option<Address>,
            >::new()
                .formats()
        },
    );
    /**The topic `rates`: keys `String`, values `Option<f64>`; read as global table `rates`.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const RATES_TOPIC: ::streams_runtime::__private::TopicName<
        String,
        ::core::option::Option<f64>,
    > = ::streams_runtime::__private::TopicName::<
        String,
        ::core::option::Option<f64>,
    >::with(
        "rates",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<
                String,
                ::core::option::Option<f64>,
            >::new()
                .formats()
        },
    );
    /**The topic `failed`: keys `String`, values `Shipped`, in the formats `Utf8` and `Json`; read as stream `failed`.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const FAILED: ::streams_runtime::__private::TopicName<String, Shipped> = ::streams_runtime::__private::TopicName::<
        String,
        Shipped,
    >::with(
        "failed",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::WrittenFormats::<
                String,
                Shipped,
                _,
                _,
            >::new(Utf8, Json)
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
                            partitions: __rt::Option::Some(4),
                        },
                    ]),
                    stores: __rt::Vec::from([
                        __rt::StorePlan::new("seen", __rt::StoreKind::KeyValue),
                    ]),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::Repartition {
                            name: __rt::String::from("shipped"),
                            partitions: __rt::Option::None,
                        },
                    ]),
                    copartitioned: __rt::Vec::new(),
                    source_changelogs: __rt::Vec::new(),
                },
                __rt::SubTopologyPlan {
                    sources: __rt::Vec::from([
                        __rt::SourcePlan {
                            name: "addresses",
                            topics: __rt::SourceTopics::Named(
                                __rt::Vec::from([__rt::ToString::to_string("addresses")]),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::Some(4),
                        },
                        __rt::SourcePlan {
                            name: "shipped-repartition",
                            topics: __rt::SourceTopics::Repartition(
                                __rt::String::from("shipped"),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                        __rt::SourcePlan {
                            name: "failed",
                            topics: __rt::SourceTopics::Named(
                                __rt::Vec::from([__rt::ToString::to_string("failed")]),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                    ]),
                    stores: __rt::Vec::from([
                        __rt::StorePlan::new("addresses", __rt::StoreKind::KeyValue),
                    ]),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::Repartition {
                            name: __rt::String::from("again"),
                            partitions: __rt::Option::Some(8),
                        },
                    ]),
                    copartitioned: __rt::Vec::from([__rt::Vec::from([0usize, 1usize])]),
                    source_changelogs: __rt::Vec::new(),
                },
                __rt::SubTopologyPlan {
                    sources: __rt::Vec::from([
                        __rt::SourcePlan {
                            name: "again-repartition",
                            topics: __rt::SourceTopics::Repartition(
                                __rt::String::from("again"),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                    ]),
                    stores: __rt::Vec::new(),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::Topic(__rt::ToString::to_string("shipped")),
                    ]),
                    copartitioned: __rt::Vec::new(),
                    source_changelogs: __rt::Vec::new(),
                },
            ]),
            global_tables: __rt::Vec::from([
                __rt::GlobalTablePlan {
                    name: __rt::String::from("rates"),
                    topic: __rt::ToString::to_string("rates"),
                },
            ]),
        }
    }
    fn layout(
        &self,
    ) -> &'static [(&'static ::core::primitive::str, &'static ::core::primitive::str)] {
        &[
            ("addresses", "table : Table<String, Address> in 4"),
            ("seen", "key_value_store : KeyValueStore<String, i64>"),
        ]
    }
    fn globals(&self, __globals: &mut ::streams_runtime::__private::GlobalStores) {
        __globals.add::<String, f64>("rates");
    }
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
        let __op_orders_0 = __orders_0.source().timestamp(move |_, order| order.at_ms);
        let __addresses_1: Table<String, Address> = __rt::Table::handle();
        let __addresses_1 = __addresses_1.keys_with_format();
        let __addresses_1 = __addresses_1.values_with_format();
        let addresses = __addresses_1;
        let _ = &addresses;
        let __op_addresses_1 = __addresses_1.source();
        let __addresses_1_records = __op_addresses_1.records();
        let __addresses_1_source = __addresses_1_records.source();
        let __rates_2: GlobalTable<String, f64> = __rt::GlobalTable::handle();
        let __rates_2 = __rates_2.keys_with_format();
        let __rates_2 = __rates_2.values_with_format();
        let rates = __rates_2;
        let _ = &rates;
        let seen = __b.key_value_store::<String, i64>("seen");
        let (fresh, __op_fresh_4) = orders.process_values(Dedup::new(), seen);
        let (by_user, __op_by_user_5) = fresh
            .select_key(move |_, order| order.user.clone());
        let (__shipped_repartition_12, __op_shipped_repartition_12) = by_user
            .repartition_by_key();
        {
            #[allow(unused_imports)]
            use __rt::OtherKeys as _;
            let __keys = __rt::keys_read(&__shipped_repartition_12);
            __keys.whole();
        }
        __shipped_repartition_12.meets_rows::<String, _>(&addresses);
        let (shipped, __op_shipped_6) = __shipped_repartition_12
            .join_table::<
                String,
                _,
                _,
                _,
                _,
            >(&addresses, move |order, address| Shipped::new(order, address));
        let (priced, __op_priced_7) = shipped
            .try_left_join_global(
                &rates,
                move |_, order| order.currency(),
                move |order, rate| order.price(rate),
            );
        let __failed_8: Stream<String, Shipped> = __rt::Stream::handle();
        let failed = __failed_8;
        let __op_failed_8 = __failed_8.source_with(Utf8, Json);
        let __priced_merge_9_sides = __rt::Sides::new(&priced, &failed);
        let (__priced_merge_9, __op_priced_merge_9) = __priced_merge_9_sides.merge();
        let (__priced_repartition_10, __op_priced_repartition_10) = __priced_merge_9
            .repartition();
        {
            #[allow(unused_imports)]
            use __rt::OtherKeys as _;
            let __keys = __rt::keys_read(&__priced_repartition_10);
            __keys.whole();
        }
        let __op_priced_to_11 = __priced_repartition_10.to_with(Utf8, Json);
        match __sub_topology {
            0usize => {
                let __to_shipped_repartition_12_topic = __b.repartition_topic("shipped");
                let __to_shipped_repartition_12 = __op_shipped_repartition_12
                    .attach(__b, &__to_shipped_repartition_12_topic);
                let __to_by_user_5 = __op_by_user_5
                    .at("by_user")
                    .attach(__to_shipped_repartition_12);
                let __to_fresh_4 = __op_fresh_4
                    .at("fresh")
                    .attach(__b, &orders, __to_by_user_5);
                __rt::Enter(__op_orders_0, __to_fresh_4).attach(__b, 0usize, "orders");
            }
            1usize => {
                let __rows_addresses_1 = __b.rows(&addresses, "addresses");
                let __to_priced_repartition_10_topic = __b.repartition_topic("again");
                let __to_priced_repartition_10 = __op_priced_repartition_10
                    .attach(__b, &__to_priced_repartition_10_topic);
                let __to_priced_merge_9 = __rt::Shared::new(__to_priced_repartition_10);
                let __to_priced_7 = __op_priced_7
                    .at("priced")
                    .attach(
                        __b,
                        &rates,
                        "rates",
                        __rt::Shared::clone(&__to_priced_merge_9),
                    );
                let __to_shipped_6 = __op_shipped_6
                    .at("shipped")
                    .attach(
                        &addresses,
                        __rt::Clone::clone(&__rows_addresses_1),
                        __to_priced_7,
                    );
                let __to_addresses_1 = __op_addresses_1
                    .attach(__b, "addresses", __rt::Discard);
                __rt::Enter(__addresses_1_source, __to_addresses_1)
                    .attach(__b, 0usize, "addresses");
                __rt::Enter(__shipped_repartition_12.source(), __to_shipped_6)
                    .attach(__b, 1usize, "shipped-repartition");
                __rt::Enter(
                        __op_failed_8,
                        __op_priced_merge_9
                            .attach(__rt::Shared::clone(&__to_priced_merge_9)),
                    )
                    .attach(__b, 2usize, "failed");
            }
            2usize => {
                let __to_priced_to_11 = __op_priced_to_11
                    .at("priced.to")
                    .attach(__b, "shipped");
                __rt::Enter(__priced_repartition_10.source(), __to_priced_to_11)
                    .attach(__b, 0usize, "again-repartition");
            }
            _ => {}
        }
    }
}
