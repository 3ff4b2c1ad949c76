///The topology `clicks`.
pub struct Clicks {
    grace_s: u64,
}
///The topology `clicks`.
#[allow(clippy::too_many_arguments)]
pub fn clicks(grace_s: u64) -> Clicks {
    Clicks { grace_s }
}
#[automatically_derived]
#[allow(dead_code, private_interfaces)]
impl Clicks {
    /// The sub-topologies, their nodes and stores, in the form of Kafka Streams' description. What a parameter names is `{shown so}`.
    pub const DESCRIPTION: &'static ::core::primitive::str = "Topologies:\n   Sub-topology: 0\n    Source: views (topics: [views])\n      --> by_page\n    Processor: by_page (stores: [])\n      --> shown-left-repartition-sink\n      <-- views\n    Sink: shown-left-repartition-sink (topic: shown-left-repartition)\n      <-- by_page\n\n   Sub-topology: 1\n    Source: shown-left-repartition-source (topics: [shown-left-repartition])\n      --> shown\n    Source: both-right-repartition-source (topics: [both-right-repartition])\n      --> both\n    Source: clicks (topics: [clicks])\n      --> shown, pairs\n    Processor: shown (stores: [shown-this-join-store, shown-outer-other-join-store, shown-left-shared-join-store])\n      --> both\n      <-- shown-left-repartition-source, clicks\n    Processor: pairs (stores: [click-pairs-this-join-store])\n      --> swapped\n      <-- clicks\n    Processor: swapped (stores: [])\n      --> both-right-repartition-sink\n      <-- pairs\n    Sink: both-right-repartition-sink (topic: both-right-repartition)\n      <-- swapped\n    Processor: both (stores: [both-outer-this-join-store, both-outer-other-join-store, both-outer-shared-join-store])\n      --> both.to\n      <-- shown, both-right-repartition-source\n    Sink: both.to (topic: both)\n      <-- both\n\n";
    /// The topology as a mermaid flowchart.
    pub const MERMAID: &'static ::core::primitive::str = "flowchart TD\n  subgraph part0[\"Sub-topology: 0\"]\n    n0_0([\"views<br>[views]\"])\n    n0_1[\"by_page\"]\n    n0_2([\"shown-left-repartition-sink<br>shown-left-repartition\"])\n  end\n  n0_0 --> n0_1\n  n0_1 --> n0_2\n  subgraph part1[\"Sub-topology: 1\"]\n    n1_0([\"shown-left-repartition-source<br>[shown-left-repartition]\"])\n    n1_1([\"both-right-repartition-source<br>[both-right-repartition]\"])\n    n1_2([\"clicks<br>[clicks]\"])\n    n1_3[(\"shown<br>shown-this-join-store, shown-outer-other-join-store, shown-left-shared-join-store\")]\n    n1_4[(\"pairs<br>click-pairs-this-join-store\")]\n    n1_5[\"swapped\"]\n    n1_6([\"both-right-repartition-sink<br>both-right-repartition\"])\n    n1_7[(\"both<br>both-outer-this-join-store, both-outer-other-join-store, both-outer-shared-join-store\")]\n    n1_8([\"both.to<br>both\"])\n  end\n  n1_0 --> n1_3\n  n1_1 --> n1_7\n  n1_2 --> n1_3\n  n1_2 --> n1_4\n  n1_3 --> n1_7\n  n1_4 --> n1_5\n  n1_5 --> n1_6\n  n1_7 --> n1_8\n  n0_2 -.-> n1_0\n  n1_6 -.-> n1_1\n";
    /// The topology in Graphviz' DOT language.
    pub const DOT: &'static ::core::primitive::str = "digraph \"Clicks\" {\n  node [fontname=\"sans-serif\"];\n  subgraph cluster_0 {\n    label=\"Sub-topology: 0\";\n    \"views\" [shape=invhouse, label=\"views\\n[views]\"];\n    \"by_page\" [shape=box, label=\"by_page\"];\n    \"shown-left-repartition-sink\" [shape=house, label=\"shown-left-repartition-sink\\nshown-left-repartition\"];\n  }\n  subgraph cluster_1 {\n    label=\"Sub-topology: 1\";\n    \"shown-left-repartition-source\" [shape=invhouse, label=\"shown-left-repartition-source\\n[shown-left-repartition]\"];\n    \"both-right-repartition-source\" [shape=invhouse, label=\"both-right-repartition-source\\n[both-right-repartition]\"];\n    \"clicks\" [shape=invhouse, label=\"clicks\\n[clicks]\"];\n    \"shown\" [shape=cylinder, label=\"shown\\nshown-this-join-store, shown-outer-other-join-store, shown-left-shared-join-store\"];\n    \"pairs\" [shape=cylinder, label=\"pairs\\nclick-pairs-this-join-store\"];\n    \"swapped\" [shape=box, label=\"swapped\"];\n    \"both-right-repartition-sink\" [shape=house, label=\"both-right-repartition-sink\\nboth-right-repartition\"];\n    \"both\" [shape=cylinder, label=\"both\\nboth-outer-this-join-store, both-outer-other-join-store, both-outer-shared-join-store\"];\n    \"both.to\" [shape=house, label=\"both.to\\nboth\"];\n  }\n  \"views\" -> \"by_page\";\n  \"by_page\" -> \"shown-left-repartition-sink\";\n  \"shown-left-repartition-sink\" -> \"shown-left-repartition-source\" [style=dashed];\n  \"shown-left-repartition-source\" -> \"shown\";\n  \"both-right-repartition-source\" -> \"both\";\n  \"clicks\" -> \"shown\";\n  \"clicks\" -> \"pairs\";\n  \"shown\" -> \"both\";\n  \"pairs\" -> \"swapped\";\n  \"swapped\" -> \"both-right-repartition-sink\";\n  \"both-right-repartition-sink\" -> \"both-right-repartition-source\" [style=dashed];\n  \"both\" -> \"both.to\";\n}\n";
    /// Changes with the names of topics and state, with written types, formats, windows and partitioning; not with the operators between them.
    pub const FINGERPRINT: ::core::primitive::u64 = 14111356255850619703u64;
    /**The topic `views`: keys `Option<String>`, values `View`; read as stream `views`.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const VIEWS: ::streams_runtime::__private::TopicName<Option<String>, View> = ::streams_runtime::__private::TopicName::<
        Option<String>,
        View,
    >::with(
        "views",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<Option<String>, View>::new()
                .formats()
        },
    );
    /**The topic `clicks`: keys `Option<String>`, values `Click`; read as stream `clicks`.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const CLICKS: ::streams_runtime::__private::TopicName<Option<String>, Click> = ::streams_runtime::__private::TopicName::<
        Option<String>,
        Click,
    >::with(
        "clicks",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<Option<String>, Click>::new()
                .formats()
        },
    );
}
#[allow(clippy::redundant_closure, clippy::unit_arg)]
impl ::streams_runtime::__private::Topology for Clicks {
    fn plan(&self) -> ::streams_runtime::__private::TopologyPlan {
        use ::streams_runtime::__private as __rt;
        #[allow(unused_imports)]
        use __rt::Unfit as _;
        #[allow(unused_imports)]
        use ::core::clone::Clone as _;
        #[allow(unused_imports)]
        use ::core::convert::From as _;
        __rt::TopologyPlan {
            name: "Clicks",
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
                    stores: __rt::Vec::new(),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::Repartition {
                            name: __rt::String::from("shown-left"),
                            partitions: __rt::Option::None,
                        },
                    ]),
                    copartitioned: __rt::Vec::new(),
                    source_changelogs: __rt::Vec::new(),
                },
                __rt::SubTopologyPlan {
                    sources: __rt::Vec::from([
                        __rt::SourcePlan {
                            name: "clicks",
                            topics: __rt::SourceTopics::Named(
                                __rt::Vec::from([__rt::ToString::to_string("clicks")]),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::Some(4),
                        },
                        __rt::SourcePlan {
                            name: "shown-left-repartition",
                            topics: __rt::SourceTopics::Repartition(
                                __rt::String::from("shown-left"),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                        __rt::SourcePlan {
                            name: "both-right-repartition",
                            topics: __rt::SourceTopics::Repartition(
                                __rt::String::from("both-right"),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                    ]),
                    stores: __rt::Vec::from([
                        __rt::StorePlan::new(
                            "shown-this-join-store",
                            {
                                #[allow(unused_imports)]
                                use __rt::NoJoinWindows as _;
                                __rt::WrittenJoinWindows({
                                        #[allow(unused_variables)]
                                        let grace_s = &self.grace_s;
                                        within(minutes(5)).grace(seconds(*grace_s))
                                    })
                                    .store()
                            },
                        ),
                        __rt::StorePlan::new(
                            "shown-outer-other-join-store",
                            {
                                #[allow(unused_imports)]
                                use __rt::NoJoinWindows as _;
                                __rt::WrittenJoinWindows({
                                        #[allow(unused_variables)]
                                        let grace_s = &self.grace_s;
                                        within(minutes(5)).grace(seconds(*grace_s))
                                    })
                                    .store()
                            },
                        ),
                        __rt::StorePlan::new(
                            "shown-left-shared-join-store",
                            __rt::StoreKind::Buffer,
                        ),
                        __rt::StorePlan::new(
                            "click-pairs-this-join-store",
                            {
                                #[allow(unused_imports)]
                                use __rt::NoJoinWindows as _;
                                __rt::WrittenJoinWindows(within(seconds(1))).store()
                            },
                        ),
                        __rt::StorePlan::new(
                            "both-outer-this-join-store",
                            {
                                #[allow(unused_imports)]
                                use __rt::NoJoinWindows as _;
                                __rt::WrittenJoinWindows(
                                        within(seconds(1)).after_ms(-20).grace(seconds(1)),
                                    )
                                    .store()
                            },
                        ),
                        __rt::StorePlan::new(
                            "both-outer-other-join-store",
                            {
                                #[allow(unused_imports)]
                                use __rt::NoJoinWindows as _;
                                __rt::WrittenJoinWindows(
                                        within(seconds(1)).after_ms(-20).grace(seconds(1)),
                                    )
                                    .store()
                            },
                        ),
                        __rt::StorePlan::new(
                            "both-outer-shared-join-store",
                            __rt::StoreKind::Buffer,
                        ),
                    ]),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::Repartition {
                            name: __rt::String::from("both-right"),
                            partitions: __rt::Option::None,
                        },
                        __rt::SinkPlan::Topic(__rt::ToString::to_string("both")),
                    ]),
                    copartitioned: __rt::Vec::from([
                        __rt::Vec::from([0usize, 1usize]),
                        __rt::Vec::from([0usize, 1usize, 2usize]),
                    ]),
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
            use __rt::NoJoinWindows as _;
            __rt::WrittenJoinWindows({
                    #[allow(unused_variables)]
                    let grace_s = &self.grace_s;
                    within(minutes(5)).grace(seconds(*grace_s))
                })
                .check(
                    __checks,
                    __rt::Written {
                        operator: "try_left_join",
                        name: "shown",
                        expression: "within(minutes(5)).grace(seconds(*grace_s))",
                    },
                    true,
                );
        }
    }
    fn layout(
        &self,
    ) -> &'static [(&'static ::core::primitive::str, &'static ::core::primitive::str)] {
        &[
            (
                "both-outer-other-join-store",
                "outer_join in within(1000 ms).after_ms(- 20)",
            ),
            ("both-outer-shared-join-store", "outer_join"),
            (
                "both-outer-this-join-store",
                "outer_join in within(1000 ms).after_ms(- 20)",
            ),
            ("click-pairs-this-join-store", "join in within(1000 ms)"),
            ("shown-left-shared-join-store", "left_join"),
            ("shown-outer-other-join-store", "left_join in within(300000 ms)"),
            ("shown-this-join-store", "left_join in within(300000 ms)"),
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
        let __views_0: Stream<Option<String>, View> = __rt::Stream::handle();
        let __views_0 = __views_0.keys_with_format();
        let __views_0 = __views_0.values_with_format();
        let views = __views_0;
        {
            #[allow(unused_imports)]
            use __rt::OtherKeys as _;
            let __keys = __rt::keys_read(&__views_0);
            __keys.whole();
        }
        let __op_views_0 = __views_0.source();
        let __clicks_1: Stream<Option<String>, Click> = __rt::Stream::handle();
        let __clicks_1 = __clicks_1.keys_with_format();
        let __clicks_1 = __clicks_1.values_with_format();
        let clicks = __clicks_1;
        {
            #[allow(unused_imports)]
            use __rt::OtherKeys as _;
            let __keys = __rt::keys_read(&__clicks_1);
            __keys.whole();
        }
        let __op_clicks_1 = __clicks_1.source();
        let (by_page, __op_by_page_2) = views
            .select_key(move |_, view| view.page.clone());
        let (__shown_repartition_8, __op_shown_repartition_8) = by_page
            .repartition_by_key_or_null();
        {
            #[allow(unused_imports)]
            use __rt::OtherKeys as _;
            let __keys = __rt::keys_read(&__shown_repartition_8);
            __keys.whole();
        }
        __shown_repartition_8.meets_records::<Option<String>, _>(&clicks);
        let (shown, __op_shown_3) = __shown_repartition_8
            .values_with_format()
            .try_left_join_stream_with_key::<
                Option<String>,
                _,
                _,
                _,
                _,
                _,
            >(
                &clicks,
                move |key, view, click| Shown::new(key, view, click),
                {
                    #[allow(unused_variables)]
                    let grace_s = &self.grace_s;
                    within(minutes(5)).grace(seconds(*grace_s))
                },
            );
        let (pairs, __op_pairs_4) = clicks
            .values_with_format()
            .join_itself(move |a, b| Pair::new(a, b), within(seconds(1)));
        let (swapped, __op_swapped_5) = pairs.map(move |_, pair| pair.swapped());
        let (__both_right_repartition_9, __op_both_right_repartition_9) = swapped
            .repartition_by_key_or_null();
        {
            #[allow(unused_imports)]
            use __rt::OtherKeys as _;
            let __keys = __rt::keys_read(&__both_right_repartition_9);
            __keys.whole();
        }
        let (both, __op_both_6) = shown
            .values_with_format()
            .outer_join_stream(
                &__both_right_repartition_9,
                move |argument_0, argument_1| joined(argument_0, argument_1),
                within(seconds(1)).after_ms(-20).grace(seconds(1)),
            );
        let __op_both_to_7 = both.to();
        match __sub_topology {
            0usize => {
                let __to_shown_repartition_8_topic = __b.repartition_topic("shown-left");
                let __to_shown_repartition_8 = __op_shown_repartition_8
                    .attach(__b, &__to_shown_repartition_8_topic);
                let __to_by_page_2 = __op_by_page_2
                    .at("by_page")
                    .attach(__to_shown_repartition_8);
                __rt::Enter(__op_views_0, __to_by_page_2).attach(__b, 0usize, "views");
            }
            1usize => {
                let __to_both_to_7 = __op_both_to_7.at("both.to").attach(__b, "both");
                let __to_both_6 = __op_both_6
                    .at("both")
                    .attach(
                        __b,
                        "both-outer-this-join-store",
                        "both-outer-other-join-store",
                        __rt::Option::Some("both-outer-shared-join-store"),
                        __to_both_to_7,
                    );
                let __to_both_right_repartition_9_topic = __b
                    .repartition_topic("both-right");
                let __to_both_right_repartition_9 = __op_both_right_repartition_9
                    .attach(__b, &__to_both_right_repartition_9_topic);
                let __to_swapped_5 = __op_swapped_5
                    .at("swapped")
                    .attach(__to_both_right_repartition_9);
                let __to_pairs_4 = __op_pairs_4
                    .at("pairs")
                    .attach(__b, "click-pairs-this-join-store", __to_swapped_5);
                let __to_shown_3 = __op_shown_3
                    .at("shown")
                    .attach(
                        __b,
                        "shown-this-join-store",
                        "shown-outer-other-join-store",
                        __rt::Option::Some("shown-left-shared-join-store"),
                        __to_both_6.left(),
                    );
                __rt::Enter(__op_clicks_1, __rt::Tee(__to_shown_3.right(), __to_pairs_4))
                    .attach(__b, 0usize, "clicks");
                __rt::Enter(__shown_repartition_8.source(), __to_shown_3.left())
                    .attach(__b, 1usize, "shown-left-repartition");
                __rt::Enter(__both_right_repartition_9.source(), __to_both_6.right())
                    .attach(__b, 2usize, "both-right-repartition");
            }
            _ => {}
        }
    }
}
