///The topology `visits`.
pub struct Visits {}
///The topology `visits`.
#[allow(clippy::too_many_arguments)]
pub fn visits() -> Visits {
    Visits {}
}
#[automatically_derived]
#[allow(dead_code, private_interfaces)]
impl Visits {
    /// The sub-topologies, their nodes and stores, in the form of Kafka Streams' description. What a parameter names is `{shown so}`.
    pub const DESCRIPTION: &'static ::core::primitive::str = "Topologies:\n   Sub-topology: 0\n    Source: views (topics: [views])\n      --> spent, views.process_values\n    Processor: spent (stores: [spent])\n      --> spent.to_stream\n      <-- views\n    Processor: spent.to_stream (stores: [])\n      --> spent.to\n      <-- spent\n    Sink: spent.to (topic: visits)\n      <-- spent.to_stream\n    Processor: views.process_values (stores: [seen])\n      --> views.to\n      <-- views\n    Sink: views.to (topic: first-views)\n      <-- views.process_values\n\n";
    /// The topology as a mermaid flowchart.
    pub const MERMAID: &'static ::core::primitive::str = "flowchart TD\n  subgraph part0[\"Sub-topology: 0\"]\n    n0_0([\"views<br>[views]\"])\n    n0_1[(\"spent<br>spent\")]\n    n0_2[\"spent.to_stream\"]\n    n0_3([\"spent.to<br>visits\"])\n    n0_4[(\"views.process_values<br>seen\")]\n    n0_5([\"views.to<br>first-views\"])\n  end\n  n0_0 --> n0_1\n  n0_0 --> n0_4\n  n0_1 --> n0_2\n  n0_2 --> n0_3\n  n0_4 --> n0_5\n";
    /// The topology in Graphviz' DOT language.
    pub const DOT: &'static ::core::primitive::str = "digraph \"Visits\" {\n  node [fontname=\"sans-serif\"];\n  subgraph cluster_0 {\n    label=\"Sub-topology: 0\";\n    \"views\" [shape=invhouse, label=\"views\\n[views]\"];\n    \"spent\" [shape=cylinder, label=\"spent\\nspent\"];\n    \"spent.to_stream\" [shape=box, label=\"spent.to_stream\"];\n    \"spent.to\" [shape=house, label=\"spent.to\\nvisits\"];\n    \"views.process_values\" [shape=cylinder, label=\"views.process_values\\nseen\"];\n    \"views.to\" [shape=house, label=\"views.to\\nfirst-views\"];\n  }\n  \"views\" -> \"spent\";\n  \"views\" -> \"views.process_values\";\n  \"spent\" -> \"spent.to_stream\";\n  \"spent.to_stream\" -> \"spent.to\";\n  \"views.process_values\" -> \"views.to\";\n}\n";
    /// Changes with the names of topics and state, with written types, formats, windows and partitioning; not with the operators between them.
    pub const FINGERPRINT: ::core::primitive::u64 = 1429344186535174115u64;
    ///The store `seen`, for queries.
    pub const SEEN: ::streams_runtime::__private::StoreName<
        ::streams_runtime::__private::Windowed<
            String,
            ::streams_runtime::__private::SessionWindow,
        >,
        u64,
    > = ::streams_runtime::__private::StoreName::new("seen");
    ///The table `spent`, for queries.
    pub const SPENT: ::streams_runtime::__private::StoreName<
        Windowed<String, SessionWindow>,
        u64,
    > = ::streams_runtime::__private::StoreName::new("spent");
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
    /**The topic `visits`: keys `Windowed<String, SessionWindow>`, values `Option<u64>`; written.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const VISITS: ::streams_runtime::__private::TopicName<
        Windowed<String, SessionWindow>,
        ::core::option::Option<u64>,
    > = ::streams_runtime::__private::TopicName::<
        Windowed<String, SessionWindow>,
        ::core::option::Option<u64>,
    >::with(
        "visits",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<
                Windowed<String, SessionWindow>,
                ::core::option::Option<u64>,
            >::new()
                .formats()
        },
    );
}
#[allow(clippy::redundant_closure, clippy::unit_arg)]
impl ::streams_runtime::__private::Topology for Visits {
    fn plan(&self) -> ::streams_runtime::__private::TopologyPlan {
        use ::streams_runtime::__private as __rt;
        #[allow(unused_imports)]
        use __rt::Unfit as _;
        #[allow(unused_imports)]
        use ::core::clone::Clone as _;
        #[allow(unused_imports)]
        use ::core::convert::From as _;
        __rt::TopologyPlan {
            name: "Visits",
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
                            "seen",
                            __rt::StoreKind::session_store(hours(1)),
                        ),
                        __rt::StorePlan::new(
                            "spent",
                            {
                                #[allow(unused_imports)]
                                use __rt::NoWindows as _;
                                __rt::WrittenWindows(
                                        sessions(minutes(5)).grace(seconds(10)),
                                    )
                                    .store(__rt::Option::None)
                            },
                        ),
                    ]),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::Topic(__rt::ToString::to_string("visits")),
                        __rt::SinkPlan::Topic(__rt::ToString::to_string("first-views")),
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
            ("seen", "session_store : SessionStore<String, u64>"),
            (
                "spent",
                "aggregate : Table<Windowed<String, SessionWindow>, u64> in sessions(300000 ms)",
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
        let seen = __b.session_store::<String, u64>("seen");
        let __views_1: Stream<String, View> = __rt::Stream::handle();
        let __views_1 = __views_1.keys_with_format();
        let __views_1 = __views_1.values_with_format();
        let views = __views_1;
        let __op_views_1 = __views_1.source();
        let __spent_group_by_key_2 = views;
        let __op_spent_windowed_by_3 = sessions(minutes(5)).grace(seconds(10));
        let __spent_windowed_by_3 = __spent_group_by_key_2;
        let (__spent_4_made, __op_spent_4) = __spent_windowed_by_3
            .group_by_key()
            .in_windows(&__op_spent_windowed_by_3)
            .aggregate_merging::<
                u64,
                _,
                _,
                _,
                _,
            >(move || 0, move |_, view, sum| sum + view.ms, move |_, a, b| a + b);
        let __spent_4 = __spent_4_made;
        let _: Table<Windowed<String, SessionWindow>, u64> = __spent_4;
        let __spent_4 = __spent_4_made.keys_with_format().values_with_format();
        let spent = __spent_4;
        let _ = &spent;
        let (__spent_to_stream_5, __op_spent_to_stream_5) = spent.to_stream();
        let __op_spent_to_6 = __spent_to_stream_5.to();
        let (__views_process_values_7, __op_views_process_values_7) = views
            .process_values(FirstView, seen);
        let __op_views_to_8 = __views_process_values_7.to();
        match __sub_topology {
            0usize => {
                let __to_views_to_8 = __op_views_to_8
                    .at("views.to")
                    .attach(__b, "first-views");
                let __to_views_process_values_7 = __op_views_process_values_7
                    .at("views.process_values")
                    .attach(__b, &views, __to_views_to_8);
                let __to_spent_to_6 = __op_spent_to_6
                    .at("spent.to")
                    .attach(__b, "visits");
                let __to_spent_to_stream_5 = __op_spent_to_stream_5
                    .attach(__to_spent_to_6);
                let __to_spent_4 = __op_spent_4
                    .at("spent")
                    .attach(__b, "spent", __to_spent_to_stream_5);
                let __to_spent_windowed_by_3 = __to_spent_4;
                let __to_spent_group_by_key_2 = __to_spent_windowed_by_3;
                __rt::Enter(
                        __op_views_1,
                        __rt::Tee(__to_spent_group_by_key_2, __to_views_process_values_7),
                    )
                    .attach(__b, 0usize, "views");
            }
            _ => {}
        }
    }
}
