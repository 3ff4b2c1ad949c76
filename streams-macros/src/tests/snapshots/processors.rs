///The topology `readings`.
pub struct Readings {
    kept_h: u64,
}
///The topology `readings`.
#[allow(clippy::too_many_arguments)]
pub fn readings(kept_h: u64) -> Readings {
    Readings { kept_h }
}
#[automatically_derived]
#[allow(dead_code, private_interfaces)]
impl Readings {
    /// The sub-topologies, their nodes and stores, in the form of Kafka Streams' description. What a parameter names is `{shown so}`.
    pub const DESCRIPTION: &'static ::core::primitive::str = "Topologies:\n   Sub-topology: 0\n    Source: readings (topics: [readings])\n      --> smooth\n    Processor: smooth (stores: [latest, recent-readings])\n      --> smooth.process\n      <-- readings\n    Processor: smooth.process (stores: [latest])\n      --> high, low\n      <-- smooth\n    Processor: high (stores: [])\n      --> high.to\n      <-- smooth.process\n    Processor: low (stores: [])\n      --> low.to\n      <-- smooth.process\n    Sink: high.to (topic: high)\n      <-- high\n    Sink: low.to (topic: low)\n      <-- low\n\n";
    /// The topology as a mermaid flowchart.
    pub const MERMAID: &'static ::core::primitive::str = "flowchart TD\n  subgraph part0[\"Sub-topology: 0\"]\n    n0_0([\"readings<br>[readings]\"])\n    n0_1[(\"smooth<br>latest, recent-readings\")]\n    n0_2[(\"smooth.process<br>latest\")]\n    n0_3[\"high\"]\n    n0_4[\"low\"]\n    n0_5([\"high.to<br>high\"])\n    n0_6([\"low.to<br>low\"])\n  end\n  n0_0 --> n0_1\n  n0_1 --> n0_2\n  n0_2 --> n0_3\n  n0_2 --> n0_4\n  n0_3 --> n0_5\n  n0_4 --> n0_6\n";
    /// The topology in Graphviz' DOT language.
    pub const DOT: &'static ::core::primitive::str = "digraph \"Readings\" {\n  node [fontname=\"sans-serif\"];\n  subgraph cluster_0 {\n    label=\"Sub-topology: 0\";\n    \"readings\" [shape=invhouse, label=\"readings\\n[readings]\"];\n    \"smooth\" [shape=cylinder, label=\"smooth\\nlatest, recent-readings\"];\n    \"smooth.process\" [shape=cylinder, label=\"smooth.process\\nlatest\"];\n    \"high\" [shape=box, label=\"high\"];\n    \"low\" [shape=box, label=\"low\"];\n    \"high.to\" [shape=house, label=\"high.to\\nhigh\"];\n    \"low.to\" [shape=house, label=\"low.to\\nlow\"];\n  }\n  \"readings\" -> \"smooth\";\n  \"smooth\" -> \"smooth.process\";\n  \"smooth.process\" -> \"high\";\n  \"smooth.process\" -> \"low\";\n  \"high\" -> \"high.to\";\n  \"low\" -> \"low.to\";\n}\n";
    /// Changes with the names of topics and state, with written types, formats, windows and partitioning; not with the operators between them.
    pub const FINGERPRINT: ::core::primitive::u64 = 12015461133836767693u64;
    ///The store `latest`, for queries.
    pub const LATEST: ::streams_runtime::__private::StoreName<String, f64> = ::streams_runtime::__private::StoreName::new(
        "latest",
    );
    ///The store `recent-readings`, for queries.
    pub const RECENT: ::streams_runtime::__private::StoreName<
        ::streams_runtime::__private::Windowed<
            String,
            ::streams_runtime::__private::Window,
        >,
        f64,
    > = ::streams_runtime::__private::StoreName::new("recent-readings");
    /**The topic `readings`: keys `String`, values `f64`; read as stream `readings`.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const READINGS: ::streams_runtime::__private::TopicName<String, f64> = ::streams_runtime::__private::TopicName::<
        String,
        f64,
    >::with(
        "readings",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<String, f64>::new().formats()
        },
    );
}
#[allow(clippy::redundant_closure, clippy::unit_arg)]
impl ::streams_runtime::__private::Topology for Readings {
    fn plan(&self) -> ::streams_runtime::__private::TopologyPlan {
        use ::streams_runtime::__private as __rt;
        #[allow(unused_imports)]
        use __rt::Unfit as _;
        #[allow(unused_imports)]
        use ::core::clone::Clone as _;
        #[allow(unused_imports)]
        use ::core::convert::From as _;
        __rt::TopologyPlan {
            name: "Readings",
            sub_topologies: __rt::Vec::from([
                __rt::SubTopologyPlan {
                    sources: __rt::Vec::from([
                        __rt::SourcePlan {
                            name: "readings",
                            topics: __rt::SourceTopics::Named(
                                __rt::Vec::from([__rt::ToString::to_string("readings")]),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                    ]),
                    stores: __rt::Vec::from([
                        __rt::StorePlan::new("latest", __rt::StoreKind::KeyValue),
                        __rt::StorePlan::new(
                            "recent-readings",
                            __rt::StoreKind::window_store(
                                    {
                                        #[allow(unused_variables)]
                                        let kept_h = &self.kept_h;
                                        hours(*kept_h)
                                    },
                                    minutes(1),
                                )
                                .retain_duplicates(),
                        ),
                    ]),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::Topic(__rt::ToString::to_string("high")),
                        __rt::SinkPlan::Topic(__rt::ToString::to_string("low")),
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
                    operator: "window_store",
                    name: "recent-readings",
                    expression: "hours(*kept_h)",
                },
                {
                    #[allow(unused_variables)]
                    let kept_h = &self.kept_h;
                    hours(*kept_h)
                },
                __rt::Option::Some(("its windows", minutes(1))),
            );
    }
    fn layout(
        &self,
    ) -> &'static [(&'static ::core::primitive::str, &'static ::core::primitive::str)] {
        &[
            ("latest", "key_value_store : KeyValueStore<String, f64>"),
            ("recent-readings", "window_store : WindowStore<String, f64>"),
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
        let latest = __b.key_value_store::<String, f64>("latest");
        let recent = __b.window_store::<String, f64>("recent-readings");
        let __readings_2: Stream<String, f64> = __rt::Stream::handle();
        let __readings_2 = __readings_2.keys_with_format();
        let __readings_2 = __readings_2.values_with_format();
        let readings = __readings_2;
        let __op_readings_2 = __readings_2.source();
        let (smooth, __op_smooth_3) = readings
            .process_values(Smooth::new(5), (latest, recent));
        let ((high, low), __op_smooth_process_4) = smooth
            .process_branching(Threshold, latest);
        let __op_high_to_7 = high.to();
        let __op_low_to_8 = low.to();
        match __sub_topology {
            0usize => {
                let __to_low_to_8 = __op_low_to_8.at("low.to").attach(__b, "low");
                let __to_high_to_7 = __op_high_to_7.at("high.to").attach(__b, "high");
                let __to_smooth_process_4 = __op_smooth_process_4
                    .at("smooth.process")
                    .attach_branching(__b, &smooth, (__to_high_to_7, __to_low_to_8));
                let __to_smooth_3 = __op_smooth_3
                    .at("smooth")
                    .attach(__b, &readings, __to_smooth_process_4);
                __rt::Enter(__op_readings_2, __to_smooth_3)
                    .attach(__b, 0usize, "readings");
            }
            _ => {}
        }
    }
}
