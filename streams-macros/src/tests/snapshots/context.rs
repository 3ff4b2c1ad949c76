///The topology `located`.
pub struct Located {
    min: i64,
}
///The topology `located`.
#[allow(clippy::too_many_arguments)]
pub fn located(min: i64) -> Located {
    Located { min }
}
#[automatically_derived]
#[allow(dead_code, private_interfaces)]
impl Located {
    /// The sub-topologies, their nodes and stores, in the form of Kafka Streams' description. What a parameter names is `{shown so}`.
    pub const DESCRIPTION: &'static ::core::primitive::str = "Topologies:\n   Sub-topology: 0\n    Source: orders (topics: [orders])\n      --> late\n    Processor: late (stores: [])\n      --> late.split\n      <-- orders\n    Processor: late.split (stores: [])\n      --> first, rest\n      <-- late\n    Processor: first (stores: [])\n      --> priced\n      <-- late.split\n    Processor: rest (stores: [])\n      --> parts\n      <-- late.split\n    Processor: priced (stores: [rates])\n      --> priced.to\n      <-- first\n    Processor: parts (stores: [])\n      --> sums\n      <-- rest\n    Processor: sums (stores: [sums])\n      --> sums.to_stream\n      <-- parts\n    Processor: sums.to_stream (stores: [])\n      --> sums.to\n      <-- sums\n    Sink: sums.to (topic: sums)\n      <-- sums.to_stream\n    Sink: priced.to (topic: computed per record)\n      <-- priced\n\n   Sub-topology: 1 for global store (will not generate tasks)\n    Source: rates-source (topics: [rates])\n      --> rates\n    Processor: rates (stores: [rates])\n      --> none\n      <-- rates-source\n\n";
    /// The topology as a mermaid flowchart.
    pub const MERMAID: &'static ::core::primitive::str = "flowchart TD\n  subgraph part0[\"Sub-topology: 0\"]\n    n0_0([\"orders<br>[orders]\"])\n    n0_1[\"late\"]\n    n0_2[\"late.split\"]\n    n0_3[\"first\"]\n    n0_4[\"rest\"]\n    n0_5[(\"priced<br>rates\")]\n    n0_6[\"parts\"]\n    n0_7[(\"sums<br>sums\")]\n    n0_8[\"sums.to_stream\"]\n    n0_9([\"sums.to<br>sums\"])\n    n0_10([\"priced.to<br>computed per record\"])\n  end\n  n0_0 --> n0_1\n  n0_1 --> n0_2\n  n0_2 --> n0_3\n  n0_2 --> n0_4\n  n0_3 --> n0_5\n  n0_4 --> n0_6\n  n0_5 --> n0_10\n  n0_6 --> n0_7\n  n0_7 --> n0_8\n  n0_8 --> n0_9\n  subgraph part1[\"Sub-topology: 1 for global store (will not generate tasks)\"]\n    n1_0([\"rates-source<br>[rates]\"])\n    n1_1[(\"rates<br>rates\")]\n  end\n  n1_0 --> n1_1\n";
    /// The topology in Graphviz' DOT language.
    pub const DOT: &'static ::core::primitive::str = "digraph \"Located\" {\n  node [fontname=\"sans-serif\"];\n  subgraph cluster_0 {\n    label=\"Sub-topology: 0\";\n    \"orders\" [shape=invhouse, label=\"orders\\n[orders]\"];\n    \"late\" [shape=box, label=\"late\"];\n    \"late.split\" [shape=box, label=\"late.split\"];\n    \"first\" [shape=box, label=\"first\"];\n    \"rest\" [shape=box, label=\"rest\"];\n    \"priced\" [shape=cylinder, label=\"priced\\nrates\"];\n    \"parts\" [shape=box, label=\"parts\"];\n    \"sums\" [shape=cylinder, label=\"sums\\nsums\"];\n    \"sums.to_stream\" [shape=box, label=\"sums.to_stream\"];\n    \"sums.to\" [shape=house, label=\"sums.to\\nsums\"];\n    \"priced.to\" [shape=house, label=\"priced.to\\ncomputed per record\"];\n  }\n  subgraph cluster_1 {\n    label=\"Sub-topology: 1 for global store (will not generate tasks)\";\n    \"rates-source\" [shape=invhouse, label=\"rates-source\\n[rates]\"];\n    \"rates\" [shape=cylinder, label=\"rates\\nrates\"];\n  }\n  \"orders\" -> \"late\";\n  \"late\" -> \"late.split\";\n  \"late.split\" -> \"first\";\n  \"late.split\" -> \"rest\";\n  \"first\" -> \"priced\";\n  \"rest\" -> \"parts\";\n  \"priced\" -> \"priced.to\";\n  \"parts\" -> \"sums\";\n  \"sums\" -> \"sums.to_stream\";\n  \"sums.to_stream\" -> \"sums.to\";\n  \"rates-source\" -> \"rates\";\n}\n";
    /// Changes with the names of topics and state, with written types, formats, windows and partitioning; not with the operators between them.
    pub const FINGERPRINT: ::core::primitive::u64 = 6206808773707938648u64;
    ///The global table `rates`, for queries.
    pub const RATES: ::streams_runtime::__private::StoreName<String, f64> = ::streams_runtime::__private::StoreName::new(
        "rates",
    );
    ///The table `sums`, for queries.
    pub const SUMS: ::streams_runtime::__private::StoreName<String, f64> = ::streams_runtime::__private::StoreName::new(
        "sums",
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
}
#[allow(clippy::redundant_closure, clippy::unit_arg)]
impl ::streams_runtime::__private::Topology for Located {
    fn plan(&self) -> ::streams_runtime::__private::TopologyPlan {
        use ::streams_runtime::__private as __rt;
        #[allow(unused_imports)]
        use __rt::Unfit as _;
        #[allow(unused_imports)]
        use ::core::clone::Clone as _;
        #[allow(unused_imports)]
        use ::core::convert::From as _;
        __rt::TopologyPlan {
            name: "Located",
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
                    stores: __rt::Vec::from([
                        __rt::StorePlan::new("sums", __rt::StoreKind::KeyValue),
                    ]),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::Topic(__rt::ToString::to_string("sums")),
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
        &[("sums", "aggregate : Table<String, f64>")]
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
        let __op_orders_0 = __orders_0.source();
        let __rates_1: GlobalTable<String, f64> = __rt::GlobalTable::handle();
        let __rates_1 = __rates_1.keys_with_format();
        let __rates_1 = __rates_1.values_with_format();
        let rates = __rates_1;
        let _ = &rates;
        let __params_1 = __rt::Arc::clone(self);
        let (late, __op_late_2) = orders
            .filter_with_cx(move |_, order, cx| {
                #[allow(unused_variables)]
                let min = &__params_1.min;
                order.ms + min < cx.timestamp_ms()
            });
        let (first, __op_late_split_3_0) = late
            .branch_with_cx(move |_, _, cx| cx.offset() == 0);
        let rest = late;
        let (priced, __op_priced_6) = first
            .join_global_with_cx(
                &rates,
                move |_, order, cx| order.rate(cx.topic()),
                move |order, rate, _| order.price(rate),
            );
        let (parts, __op_parts_7) = rest
            .flat_map_values_with_cx(move |order, out, cx| order.parts(cx, out));
        let __sums_group_by_key_8 = parts;
        let (__sums_9_made, __op_sums_9) = __sums_group_by_key_8
            .group_by_key()
            .try_aggregate_with_cx::<
                f64,
                _,
                _,
                _,
                _,
            >(move |_| zero(), move |_, part, sum, cx| part.add(sum, cx));
        let __sums_9 = __sums_9_made;
        let _: Table<String, f64> = __sums_9;
        let __sums_9 = __sums_9_made.keys_with_format().values_with_format();
        let sums = __sums_9;
        let _ = &sums;
        let (__sums_to_stream_10, __op_sums_to_stream_10) = sums.to_stream();
        let __op_sums_to_11 = __sums_to_stream_10
            .to()
            .partitioned_by_with_cx(move |key, _, partitions, cx| choose(
                key,
                partitions,
                cx,
            ));
        let __op_priced_to_12 = priced.to();
        match __sub_topology {
            0usize => {
                let __to_priced_to_12 = __op_priced_to_12
                    .at("priced.to")
                    .attach_dynamic_with_cx(move |_, _, cx| {
                        format!("priced-{}", cx.partition())
                    });
                let __to_sums_to_11 = __op_sums_to_11.at("sums.to").attach(__b, "sums");
                let __to_sums_to_stream_10 = __op_sums_to_stream_10
                    .attach(__to_sums_to_11);
                let __to_sums_9 = __op_sums_9
                    .at("sums")
                    .attach(__b, "sums", __to_sums_to_stream_10);
                let __to_sums_group_by_key_8 = __to_sums_9;
                let __to_parts_7 = __op_parts_7
                    .at("parts")
                    .attach(__to_sums_group_by_key_8);
                let __to_priced_6 = __op_priced_6
                    .at("priced")
                    .attach(__b, &rates, "rates", __to_priced_to_12);
                let __to_late_split_3 = __op_late_split_3_0
                    .at("first")
                    .attach(__to_priced_6, __to_parts_7);
                let __to_late_2 = __op_late_2.at("late").attach(__to_late_split_3);
                __rt::Enter(__op_orders_0, __to_late_2).attach(__b, 0usize, "orders");
            }
            _ => {}
        }
    }
}
