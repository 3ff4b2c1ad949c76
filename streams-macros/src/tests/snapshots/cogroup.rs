///The topology `carts`.
pub struct Carts {}
///The topology `carts`.
#[allow(clippy::too_many_arguments)]
pub fn carts() -> Carts {
    Carts {}
}
#[automatically_derived]
#[allow(dead_code, private_interfaces)]
impl Carts {
    /// The sub-topologies, their nodes and stores, in the form of Kafka Streams' description. What a parameter names is `{shown so}`.
    pub const DESCRIPTION: &'static ::core::primitive::str = "Topologies:\n   Sub-topology: 0\n    Source: items-removals-repartition-source (topics: [items-removals-repartition])\n      --> items.try_cogroup\n    Source: added (topics: [added])\n      --> changes\n    Processor: changes (stores: [items])\n      --> items\n      <-- added\n    Processor: items.try_cogroup (stores: [items])\n      --> items\n      <-- items-removals-repartition-source\n    Processor: items (stores: [items])\n      --> items.to_stream\n      <-- items.try_cogroup, changes\n    Processor: items.to_stream (stores: [])\n      --> items.to\n      <-- items\n    Sink: items.to (topic: items)\n      <-- items.to_stream\n\n   Sub-topology: 1\n    Source: removed (topics: [removed])\n      --> removals\n    Processor: removals (stores: [])\n      --> items-removals-repartition-sink\n      <-- removed\n    Sink: items-removals-repartition-sink (topic: items-removals-repartition)\n      <-- removals\n\n";
    /// The topology as a mermaid flowchart.
    pub const MERMAID: &'static ::core::primitive::str = "flowchart TD\n  subgraph part0[\"Sub-topology: 0\"]\n    n0_0([\"items-removals-repartition-source<br>[items-removals-repartition]\"])\n    n0_1([\"added<br>[added]\"])\n    n0_2[(\"changes<br>items\")]\n    n0_3[(\"items.try_cogroup<br>items\")]\n    n0_4[(\"items<br>items\")]\n    n0_5[\"items.to_stream\"]\n    n0_6([\"items.to<br>items\"])\n  end\n  n0_0 --> n0_3\n  n0_1 --> n0_2\n  n0_2 --> n0_4\n  n0_3 --> n0_4\n  n0_4 --> n0_5\n  n0_5 --> n0_6\n  subgraph part1[\"Sub-topology: 1\"]\n    n1_0([\"removed<br>[removed]\"])\n    n1_1[\"removals\"]\n    n1_2([\"items-removals-repartition-sink<br>items-removals-repartition\"])\n  end\n  n1_0 --> n1_1\n  n1_1 --> n1_2\n  n1_2 -.-> n0_0\n";
    /// The topology in Graphviz' DOT language.
    pub const DOT: &'static ::core::primitive::str = "digraph \"Carts\" {\n  node [fontname=\"sans-serif\"];\n  subgraph cluster_0 {\n    label=\"Sub-topology: 0\";\n    \"items-removals-repartition-source\" [shape=invhouse, label=\"items-removals-repartition-source\\n[items-removals-repartition]\"];\n    \"added\" [shape=invhouse, label=\"added\\n[added]\"];\n    \"changes\" [shape=cylinder, label=\"changes\\nitems\"];\n    \"items.try_cogroup\" [shape=cylinder, label=\"items.try_cogroup\\nitems\"];\n    \"items\" [shape=cylinder, label=\"items\\nitems\"];\n    \"items.to_stream\" [shape=box, label=\"items.to_stream\"];\n    \"items.to\" [shape=house, label=\"items.to\\nitems\"];\n  }\n  subgraph cluster_1 {\n    label=\"Sub-topology: 1\";\n    \"removed\" [shape=invhouse, label=\"removed\\n[removed]\"];\n    \"removals\" [shape=box, label=\"removals\"];\n    \"items-removals-repartition-sink\" [shape=house, label=\"items-removals-repartition-sink\\nitems-removals-repartition\"];\n  }\n  \"items-removals-repartition-source\" -> \"items.try_cogroup\";\n  \"added\" -> \"changes\";\n  \"changes\" -> \"items\";\n  \"items.try_cogroup\" -> \"items\";\n  \"items\" -> \"items.to_stream\";\n  \"items.to_stream\" -> \"items.to\";\n  \"removed\" -> \"removals\";\n  \"removals\" -> \"items-removals-repartition-sink\";\n  \"items-removals-repartition-sink\" -> \"items-removals-repartition-source\" [style=dashed];\n}\n";
    /// Changes with the names of topics and state, with written types, formats, windows and partitioning; not with the operators between them.
    pub const FINGERPRINT: ::core::primitive::u64 = 2853525547930101611u64;
    ///The table `items`, for queries.
    pub const ITEMS: ::streams_runtime::__private::StoreName<Windowed<String>, u64> = ::streams_runtime::__private::StoreName::new(
        "items",
    );
    /**The topic `added`: keys `String`, values `Item`; read as stream `added`.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const ADDED: ::streams_runtime::__private::TopicName<String, Item> = ::streams_runtime::__private::TopicName::<
        String,
        Item,
    >::with(
        "added",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<String, Item>::new().formats()
        },
    );
    /**The topic `removed`: keys `u64`, values `Item`; read as stream `removed`.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const REMOVED: ::streams_runtime::__private::TopicName<u64, Item> = ::streams_runtime::__private::TopicName::<
        u64,
        Item,
    >::with(
        "removed",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<u64, Item>::new().formats()
        },
    );
    /**The topic `items`: keys `Windowed<String>`, values `Option<u64>`; written.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const ITEMS_TOPIC: ::streams_runtime::__private::TopicName<
        Windowed<String>,
        ::core::option::Option<u64>,
    > = ::streams_runtime::__private::TopicName::<
        Windowed<String>,
        ::core::option::Option<u64>,
    >::with(
        "items",
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
impl ::streams_runtime::__private::Topology for Carts {
    fn plan(&self) -> ::streams_runtime::__private::TopologyPlan {
        use ::streams_runtime::__private as __rt;
        #[allow(unused_imports)]
        use __rt::Unfit as _;
        #[allow(unused_imports)]
        use ::core::clone::Clone as _;
        #[allow(unused_imports)]
        use ::core::convert::From as _;
        __rt::TopologyPlan {
            name: "Carts",
            sub_topologies: __rt::Vec::from([
                __rt::SubTopologyPlan {
                    sources: __rt::Vec::from([
                        __rt::SourcePlan {
                            name: "added",
                            topics: __rt::SourceTopics::Named(
                                __rt::Vec::from([__rt::ToString::to_string("added")]),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                        __rt::SourcePlan {
                            name: "items-removals-repartition",
                            topics: __rt::SourceTopics::Repartition(
                                __rt::String::from("items-removals"),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                    ]),
                    stores: __rt::Vec::from([
                        __rt::StorePlan::new(
                            "items",
                            {
                                #[allow(unused_imports)]
                                use __rt::NoWindows as _;
                                __rt::WrittenWindows(tumbling(hours(1)))
                                    .store(__rt::Option::None)
                            },
                        ),
                    ]),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::Topic(__rt::ToString::to_string("items")),
                    ]),
                    copartitioned: __rt::Vec::from([__rt::Vec::from([0usize, 1usize])]),
                    source_changelogs: __rt::Vec::new(),
                },
                __rt::SubTopologyPlan {
                    sources: __rt::Vec::from([
                        __rt::SourcePlan {
                            name: "removed",
                            topics: __rt::SourceTopics::Named(
                                __rt::Vec::from([__rt::ToString::to_string("removed")]),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                    ]),
                    stores: __rt::Vec::new(),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::Repartition {
                            name: __rt::String::from("items-removals"),
                            partitions: __rt::Option::None,
                        },
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
        &[("items", "aggregate : Table<Windowed<String>, u64> in tumbling(3600000 ms)")]
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
        let __added_0: Stream<String, Item> = __rt::Stream::handle();
        let __added_0 = __added_0.keys_with_format();
        let __added_0 = __added_0.values_with_format();
        let added = __added_0;
        let __op_added_0 = __added_0.source();
        let __removed_1: Stream<u64, Item> = __rt::Stream::handle();
        let __removed_1 = __removed_1.keys_with_format();
        let __removed_1 = __removed_1.values_with_format();
        let removed = __removed_1;
        let __op_removed_1 = __removed_1.source();
        let (__removals_2, __op_removals_2) = removed
            .group_by(move |_, item| item.user.clone());
        let removals = __removals_2.group_by_key();
        let _ = &removals;
        let __changes_group_by_key_3 = added;
        let (changes, __op_changes_4) = __changes_group_by_key_3
            .group_by_key()
            .cogroup::<u64, _>(move |_, item, n| n + item.count);
        let (
            __items_try_cogroup_repartition_10,
            __op_items_try_cogroup_repartition_10,
        ) = __removals_2.repartition_by_key();
        {
            #[allow(unused_imports)]
            use __rt::OtherKeys as _;
            let __keys = __rt::keys_read(&__items_try_cogroup_repartition_10);
            __keys.whole();
        }
        let (__items_try_cogroup_5, __op_items_try_cogroup_5) = changes
            .try_cogroup(
                &__items_try_cogroup_repartition_10.group_by_key(),
                move |_, item, n| item.take_from(n),
            );
        let __op_items_windowed_by_6 = tumbling(hours(1));
        let __items_windowed_by_6 = __items_try_cogroup_5;
        let (__items_7_made, __op_items_7) = __items_windowed_by_6
            .in_windows(&__op_items_windowed_by_6)
            .aggregate(move || 0);
        let __items_7 = __items_7_made;
        let _: Table<Windowed<String>, u64> = __items_7;
        let __items_7 = __items_7_made.keys_with_format().values_with_format();
        let items = __items_7;
        let _ = &items;
        let (__items_to_stream_8, __op_items_to_stream_8) = items.to_stream();
        let __op_items_to_9 = __items_to_stream_8.to();
        match __sub_topology {
            0usize => {
                let __to_items_to_9 = __op_items_to_9
                    .at("items.to")
                    .attach(__b, "items");
                let __to_items_to_stream_8 = __op_items_to_stream_8
                    .attach(__to_items_to_9);
                let __to_items_7 = __rt::Shared::new(
                    __op_items_7.at("items").attach(__b, "items", __to_items_to_stream_8),
                );
                let __to_items_windowed_by_6 = __rt::Shared::clone(&__to_items_7);
                let __to_items_try_cogroup_5 = __op_items_try_cogroup_5
                    .at("items.try_cogroup")
                    .attach(__to_items_windowed_by_6);
                let __to_changes_4 = __op_changes_4
                    .at("changes")
                    .attach(__rt::Shared::clone(&__to_items_7));
                let __to_changes_group_by_key_3 = __to_changes_4;
                __rt::Enter(__op_added_0, __to_changes_group_by_key_3)
                    .attach(__b, 0usize, "added");
                __rt::Enter(
                        __items_try_cogroup_repartition_10.source(),
                        __to_items_try_cogroup_5,
                    )
                    .attach(__b, 1usize, "items-removals-repartition");
            }
            1usize => {
                let __to_items_try_cogroup_repartition_10_topic = __b
                    .repartition_topic("items-removals");
                let __to_items_try_cogroup_repartition_10 = __op_items_try_cogroup_repartition_10
                    .attach(__b, &__to_items_try_cogroup_repartition_10_topic);
                let __to_removals_2 = __op_removals_2
                    .at("removals")
                    .attach(__to_items_try_cogroup_repartition_10);
                __rt::Enter(__op_removed_1, __to_removals_2)
                    .attach(__b, 0usize, "removed");
            }
            _ => {}
        }
    }
}
