/// Counts words.
pub struct WordCount {
    input: String,
    min_len: usize,
}
/// Counts words.
#[allow(clippy::too_many_arguments)]
pub fn word_count(input: String, min_len: usize) -> WordCount {
    WordCount { input, min_len }
}
#[automatically_derived]
#[allow(dead_code, private_interfaces)]
impl WordCount {
    /// The sub-topologies, their nodes and stores, in the form of Kafka Streams' description. What a parameter names is `{shown so}`.
    pub const DESCRIPTION: &'static ::core::primitive::str = "Topologies:\n   Sub-topology: 0\n    Source: lines (topics: [{input}])\n      --> words\n    Processor: words (stores: [])\n      --> words.split\n      <-- lines\n    Processor: words.split (stores: [])\n      --> short, long\n      <-- words\n    Processor: short (stores: [])\n      --> short.to\n      <-- words.split\n    Processor: long (stores: [])\n      --> counts.group_by\n      <-- words.split\n    Processor: counts.group_by (stores: [])\n      --> counts-repartition-sink\n      <-- long\n    Sink: counts-repartition-sink (topic: counts-repartition)\n      <-- counts.group_by\n    Sink: short.to (topic: computed per record)\n      <-- short\n\n   Sub-topology: 1\n    Source: counts-repartition-source (topics: [counts-repartition])\n      --> counts\n    Processor: counts (stores: [counts])\n      --> counts.to_stream\n      <-- counts-repartition-source\n    Processor: counts.to_stream (stores: [])\n      --> counts.to\n      <-- counts\n    Sink: counts.to (topic: word-counts)\n      <-- counts.to_stream\n\n";
    /// The topology as a mermaid flowchart.
    pub const MERMAID: &'static ::core::primitive::str = "flowchart TD\n  subgraph part0[\"Sub-topology: 0\"]\n    n0_0([\"lines<br>[{input}]\"])\n    n0_1[\"words\"]\n    n0_2[\"words.split\"]\n    n0_3[\"short\"]\n    n0_4[\"long\"]\n    n0_5[\"counts.group_by\"]\n    n0_6([\"counts-repartition-sink<br>counts-repartition\"])\n    n0_7([\"short.to<br>computed per record\"])\n  end\n  n0_0 --> n0_1\n  n0_1 --> n0_2\n  n0_2 --> n0_3\n  n0_2 --> n0_4\n  n0_3 --> n0_7\n  n0_4 --> n0_5\n  n0_5 --> n0_6\n  subgraph part1[\"Sub-topology: 1\"]\n    n1_0([\"counts-repartition-source<br>[counts-repartition]\"])\n    n1_1[(\"counts<br>counts\")]\n    n1_2[\"counts.to_stream\"]\n    n1_3([\"counts.to<br>word-counts\"])\n  end\n  n1_0 --> n1_1\n  n1_1 --> n1_2\n  n1_2 --> n1_3\n  n0_6 -.-> n1_0\n";
    /// The topology in Graphviz' DOT language.
    pub const DOT: &'static ::core::primitive::str = "digraph \"WordCount\" {\n  node [fontname=\"sans-serif\"];\n  subgraph cluster_0 {\n    label=\"Sub-topology: 0\";\n    \"lines\" [shape=invhouse, label=\"lines\\n[{input}]\"];\n    \"words\" [shape=box, label=\"words\"];\n    \"words.split\" [shape=box, label=\"words.split\"];\n    \"short\" [shape=box, label=\"short\"];\n    \"long\" [shape=box, label=\"long\"];\n    \"counts.group_by\" [shape=box, label=\"counts.group_by\"];\n    \"counts-repartition-sink\" [shape=house, label=\"counts-repartition-sink\\ncounts-repartition\"];\n    \"short.to\" [shape=house, label=\"short.to\\ncomputed per record\"];\n  }\n  subgraph cluster_1 {\n    label=\"Sub-topology: 1\";\n    \"counts-repartition-source\" [shape=invhouse, label=\"counts-repartition-source\\n[counts-repartition]\"];\n    \"counts\" [shape=cylinder, label=\"counts\\ncounts\"];\n    \"counts.to_stream\" [shape=box, label=\"counts.to_stream\"];\n    \"counts.to\" [shape=house, label=\"counts.to\\nword-counts\"];\n  }\n  \"lines\" -> \"words\";\n  \"words\" -> \"words.split\";\n  \"words.split\" -> \"short\";\n  \"words.split\" -> \"long\";\n  \"short\" -> \"short.to\";\n  \"long\" -> \"counts.group_by\";\n  \"counts.group_by\" -> \"counts-repartition-sink\";\n  \"counts-repartition-sink\" -> \"counts-repartition-source\" [style=dashed];\n  \"counts-repartition-source\" -> \"counts\";\n  \"counts\" -> \"counts.to_stream\";\n  \"counts.to_stream\" -> \"counts.to\";\n}\n";
    /// Changes with the names of topics and state, with written types, formats, windows and partitioning; not with the operators between them.
    pub const FINGERPRINT: ::core::primitive::u64 = 8409376043027703916u64;
    /// How often each word occurs.
    pub const COUNTS: ::streams_runtime::__private::StoreName<String, u64> = ::streams_runtime::__private::StoreName::new(
        "counts",
    );
    /**The topic `{input}`: keys `Option<String>`, values `String`; read as stream `lines`.

For `app.producer(…)` and `app.reader(…)`.*/
    pub fn input_topic(
        &self,
    ) -> ::streams_runtime::__private::TopicName<Option<String>, String> {
        ::streams_runtime::__private::TopicName::<
            Option<String>,
            String,
        >::with(
                "",
                || {
                    #[allow(unused_imports)]
                    use ::streams_runtime::__private::NoFormats as _;
                    ::streams_runtime::__private::FormatsOf::<
                        Option<String>,
                        String,
                    >::new()
                        .formats()
                },
            )
            .renamed(::streams_runtime::__private::ToString::to_string(&self.input))
    }
    /**The topic `word-counts`: keys `String`, values `Option<u64>`; written.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const WORD_COUNTS: ::streams_runtime::__private::TopicName<
        String,
        ::core::option::Option<u64>,
    > = ::streams_runtime::__private::TopicName::<
        String,
        ::core::option::Option<u64>,
    >::with(
        "word-counts",
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
}
#[allow(clippy::redundant_closure, clippy::unit_arg)]
impl ::streams_runtime::__private::Topology for WordCount {
    fn plan(&self) -> ::streams_runtime::__private::TopologyPlan {
        use ::streams_runtime::__private as __rt;
        #[allow(unused_imports)]
        use __rt::Unfit as _;
        #[allow(unused_imports)]
        use ::core::clone::Clone as _;
        #[allow(unused_imports)]
        use ::core::convert::From as _;
        __rt::TopologyPlan {
            name: "WordCount",
            sub_topologies: __rt::Vec::from([
                __rt::SubTopologyPlan {
                    sources: __rt::Vec::from([
                        __rt::SourcePlan {
                            name: "lines",
                            topics: __rt::SourceTopics::Named(
                                __rt::Vec::from([
                                    __rt::ToString::to_string(__rt::topic_name(&self.input)),
                                ]),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                    ]),
                    stores: __rt::Vec::new(),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::Repartition {
                            name: __rt::String::from("counts"),
                            partitions: __rt::Option::None,
                        },
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
                        __rt::StorePlan::new("counts", __rt::StoreKind::KeyValue),
                    ]),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::Topic(__rt::ToString::to_string("word-counts")),
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
            .read(
                "lines",
                __rt::SourceTopics::Named(
                    __rt::Vec::from([
                        __rt::ToString::to_string(__rt::topic_name(&self.input)),
                    ]),
                ),
            );
        __checks.write("counts.to", __rt::ToString::to_string("word-counts"), &[0usize]);
    }
    fn layout(
        &self,
    ) -> &'static [(&'static ::core::primitive::str, &'static ::core::primitive::str)] {
        &[("counts", "count : Table<String, u64>")]
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
        let __lines_0: Stream<Option<String>, String> = __rt::Stream::handle();
        let __lines_0 = __lines_0.keys_with_format();
        let __lines_0 = __lines_0.values_with_format();
        let lines = __lines_0;
        {
            #[allow(unused_imports)]
            use __rt::OtherKeys as _;
            let __keys = __rt::keys_read(&__lines_0);
            __keys.whole();
        }
        let __op_lines_0 = __lines_0.source();
        let (words, __op_words_1) = lines
            .flat_map_values(move |line, out| {
                for word in line.split(' ') {
                    out(word)
                }
            });
        let __params_1 = __rt::Arc::clone(self);
        let (short, __op_words_split_2_0) = words
            .branch(move |_, word| {
                #[allow(unused_variables)]
                let min_len = &__params_1.min_len;
                word.len() < *min_len
            });
        let long = words;
        let (__counts_group_by_5, __op_counts_group_by_5) = long
            .group_by(move |_, word| word.to_owned());
        let (__counts_repartition_10, __op_counts_repartition_10) = __counts_group_by_5
            .repartition_by_key();
        {
            #[allow(unused_imports)]
            use __rt::OtherKeys as _;
            let __keys = __rt::keys_read(&__counts_repartition_10);
            __keys.whole();
        }
        let (__counts_6_made, __op_counts_6) = __counts_repartition_10
            .group_by_key()
            .count();
        let __counts_6 = __counts_6_made;
        let _: Table<String, u64> = __counts_6;
        let __counts_6 = __counts_6_made.keys_with_format().values_with_format();
        let counts = __counts_6;
        let _ = &counts;
        let (__counts_to_stream_7, __op_counts_to_stream_7) = counts.to_stream();
        let __op_counts_to_8 = __counts_to_stream_7.to();
        let __op_short_to_9 = short.to();
        match __sub_topology {
            0usize => {
                let __to_short_to_9 = __op_short_to_9
                    .at("short.to")
                    .attach_dynamic_with_cx(move |_, word, _| {
                        format!("short-{}", word.len())
                    });
                let __to_counts_repartition_10_topic = __b.repartition_topic("counts");
                let __to_counts_repartition_10 = __op_counts_repartition_10
                    .attach(__b, &__to_counts_repartition_10_topic);
                let __to_counts_group_by_5 = __op_counts_group_by_5
                    .at("counts.group_by")
                    .attach(__to_counts_repartition_10);
                let __to_words_split_2 = __op_words_split_2_0
                    .at("short")
                    .attach(__to_short_to_9, __to_counts_group_by_5);
                let __to_words_1 = __op_words_1.at("words").attach(__to_words_split_2);
                __rt::Enter(__op_lines_0, __to_words_1).attach(__b, 0usize, "lines");
            }
            1usize => {
                let __to_counts_to_8 = __op_counts_to_8
                    .at("counts.to")
                    .attach(__b, "word-counts");
                let __to_counts_to_stream_7 = __op_counts_to_stream_7
                    .attach(__to_counts_to_8);
                let __to_counts_6 = __op_counts_6
                    .attach(__b, "counts", __to_counts_to_stream_7);
                __rt::Enter(__counts_repartition_10.source(), __to_counts_6)
                    .attach(__b, 0usize, "counts-repartition");
            }
            _ => {}
        }
    }
}
