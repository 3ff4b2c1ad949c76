///The topology `letters`.
pub struct Letters {
    least: u32,
}
///The topology `letters`.
#[allow(clippy::too_many_arguments)]
pub fn letters(least: u32) -> Letters {
    Letters { least }
}
#[automatically_derived]
#[allow(dead_code, private_interfaces)]
impl Letters {
    /// The sub-topologies, their nodes and stores, in the form of Kafka Streams' description. What a parameter names is `{shown so}`.
    pub const DESCRIPTION: &'static ::core::primitive::str = "Topologies:\n   Sub-topology: 0\n    Source: letters-subscription-response-source (topics: [letters-subscription-response-topic])\n      --> letters\n    Source: sent-subscription-response-source (topics: [sent-subscription-response-topic])\n      --> sent\n    Source: orders-source (topics: [orders])\n      --> orders\n    Processor: orders (stores: [orders])\n      --> letters-subscription-registration-sink\n      <-- orders-source\n    Sink: letters-subscription-registration-sink (topic: letters-subscription-registration-topic)\n      <-- orders\n    Processor: letters (stores: [letters, orders])\n      --> sent-subscription-registration-sink\n      <-- letters-subscription-response-source\n    Sink: sent-subscription-registration-sink (topic: sent-subscription-registration-topic)\n      <-- letters\n    Processor: sent (stores: [letters])\n      --> sent.to_stream\n      <-- sent-subscription-response-source\n    Processor: sent.to_stream (stores: [])\n      --> sent.to\n      <-- sent\n    Sink: sent.to (topic: sent)\n      <-- sent.to_stream\n\n   Sub-topology: 1\n    Source: letters-subscription-registration-source (topics: [letters-subscription-registration-topic])\n      --> letters-subscription-receive\n    Processor: letters-subscription-receive (stores: [letters-subscription-store, users])\n      --> letters-subscription-response-sink\n      <-- letters-subscription-registration-source\n    Processor: letters-foreign-join-subscription (stores: [letters-subscription-store])\n      --> letters-subscription-response-sink\n      <-- adults\n    Sink: letters-subscription-response-sink (topic: letters-subscription-response-topic)\n      <-- letters-subscription-receive, letters-foreign-join-subscription\n    Source: heads-subscription-registration-source (topics: [heads-subscription-registration-topic])\n      --> heads-subscription-receive\n    Processor: heads-subscription-receive (stores: [heads-subscription-store, users])\n      --> heads-subscription-response-sink\n      <-- heads-subscription-registration-source\n    Processor: heads-foreign-join-subscription (stores: [heads-subscription-store])\n      --> heads-subscription-response-sink\n      <-- users\n    Sink: heads-subscription-response-sink (topic: heads-subscription-response-topic)\n      <-- heads-subscription-receive, heads-foreign-join-subscription\n    Source: heads-subscription-response-source (topics: [heads-subscription-response-topic])\n      --> users.join\n    Source: users-source (topics: [users])\n      --> users\n    Processor: users (stores: [users])\n      --> adults, heads-subscription-registration-sink, heads-foreign-join-subscription\n      <-- users-source\n    Processor: adults (stores: [])\n      --> letters-foreign-join-subscription\n      <-- users\n    Sink: heads-subscription-registration-sink (topic: heads-subscription-registration-topic)\n      <-- users\n    Processor: users.join (stores: [heads, users])\n      --> users.to_stream\n      <-- heads-subscription-response-source\n    Processor: users.to_stream (stores: [])\n      --> users.to\n      <-- users.join\n    Sink: users.to (topic: heads)\n      <-- users.to_stream\n\n   Sub-topology: 2\n    Source: sent-subscription-registration-source (topics: [sent-subscription-registration-topic])\n      --> sent-subscription-receive\n    Processor: sent-subscription-receive (stores: [sent-subscription-store, towns])\n      --> sent-subscription-response-sink\n      <-- sent-subscription-registration-source\n    Processor: sent-foreign-join-subscription (stores: [sent-subscription-store])\n      --> sent-subscription-response-sink\n      <-- towns\n    Sink: sent-subscription-response-sink (topic: sent-subscription-response-topic)\n      <-- sent-subscription-receive, sent-foreign-join-subscription\n    Source: towns-source (topics: [towns])\n      --> towns\n    Processor: towns (stores: [towns])\n      --> sent-foreign-join-subscription\n      <-- towns-source\n\n";
    /// The topology as a mermaid flowchart.
    pub const MERMAID: &'static ::core::primitive::str = "flowchart TD\n  subgraph part0[\"Sub-topology: 0\"]\n    n0_0([\"letters-subscription-response-source<br>[letters-subscription-response-topic]\"])\n    n0_1([\"sent-subscription-response-source<br>[sent-subscription-response-topic]\"])\n    n0_2([\"orders-source<br>[orders]\"])\n    n0_3[(\"orders<br>orders\")]\n    n0_4([\"letters-subscription-registration-sink<br>letters-subscription-registration-topic\"])\n    n0_5[(\"letters<br>letters, orders\")]\n    n0_6([\"sent-subscription-registration-sink<br>sent-subscription-registration-topic\"])\n    n0_7[(\"sent<br>letters\")]\n    n0_8[\"sent.to_stream\"]\n    n0_9([\"sent.to<br>sent\"])\n  end\n  n0_0 --> n0_5\n  n0_1 --> n0_7\n  n0_2 --> n0_3\n  n0_3 --> n0_4\n  n0_5 --> n0_6\n  n0_7 --> n0_8\n  n0_8 --> n0_9\n  subgraph part1[\"Sub-topology: 1\"]\n    n1_0([\"letters-subscription-registration-source<br>[letters-subscription-registration-topic]\"])\n    n1_1[(\"letters-subscription-receive<br>letters-subscription-store, users\")]\n    n1_2[(\"letters-foreign-join-subscription<br>letters-subscription-store\")]\n    n1_3([\"letters-subscription-response-sink<br>letters-subscription-response-topic\"])\n    n1_4([\"heads-subscription-registration-source<br>[heads-subscription-registration-topic]\"])\n    n1_5[(\"heads-subscription-receive<br>heads-subscription-store, users\")]\n    n1_6[(\"heads-foreign-join-subscription<br>heads-subscription-store\")]\n    n1_7([\"heads-subscription-response-sink<br>heads-subscription-response-topic\"])\n    n1_8([\"heads-subscription-response-source<br>[heads-subscription-response-topic]\"])\n    n1_9([\"users-source<br>[users]\"])\n    n1_10[(\"users<br>users\")]\n    n1_11[\"adults\"]\n    n1_12([\"heads-subscription-registration-sink<br>heads-subscription-registration-topic\"])\n    n1_13[(\"users.join<br>heads, users\")]\n    n1_14[\"users.to_stream\"]\n    n1_15([\"users.to<br>heads\"])\n  end\n  n1_0 --> n1_1\n  n1_1 --> n1_3\n  n1_2 --> n1_3\n  n1_4 --> n1_5\n  n1_5 --> n1_7\n  n1_6 --> n1_7\n  n1_8 --> n1_13\n  n1_9 --> n1_10\n  n1_10 --> n1_11\n  n1_10 --> n1_12\n  n1_10 --> n1_6\n  n1_11 --> n1_2\n  n1_13 --> n1_14\n  n1_14 --> n1_15\n  subgraph part2[\"Sub-topology: 2\"]\n    n2_0([\"sent-subscription-registration-source<br>[sent-subscription-registration-topic]\"])\n    n2_1[(\"sent-subscription-receive<br>sent-subscription-store, towns\")]\n    n2_2[(\"sent-foreign-join-subscription<br>sent-subscription-store\")]\n    n2_3([\"sent-subscription-response-sink<br>sent-subscription-response-topic\"])\n    n2_4([\"towns-source<br>[towns]\"])\n    n2_5[(\"towns<br>towns\")]\n  end\n  n2_0 --> n2_1\n  n2_1 --> n2_3\n  n2_2 --> n2_3\n  n2_4 --> n2_5\n  n2_5 --> n2_2\n  n0_4 -.-> n1_0\n  n0_6 -.-> n2_0\n  n1_3 -.-> n0_0\n  n1_7 -.-> n1_8\n  n1_12 -.-> n1_4\n  n2_3 -.-> n0_1\n";
    /// The topology in Graphviz' DOT language.
    pub const DOT: &'static ::core::primitive::str = "digraph \"Letters\" {\n  node [fontname=\"sans-serif\"];\n  subgraph cluster_0 {\n    label=\"Sub-topology: 0\";\n    \"letters-subscription-response-source\" [shape=invhouse, label=\"letters-subscription-response-source\\n[letters-subscription-response-topic]\"];\n    \"sent-subscription-response-source\" [shape=invhouse, label=\"sent-subscription-response-source\\n[sent-subscription-response-topic]\"];\n    \"orders-source\" [shape=invhouse, label=\"orders-source\\n[orders]\"];\n    \"orders\" [shape=cylinder, label=\"orders\\norders\"];\n    \"letters-subscription-registration-sink\" [shape=house, label=\"letters-subscription-registration-sink\\nletters-subscription-registration-topic\"];\n    \"letters\" [shape=cylinder, label=\"letters\\nletters, orders\"];\n    \"sent-subscription-registration-sink\" [shape=house, label=\"sent-subscription-registration-sink\\nsent-subscription-registration-topic\"];\n    \"sent\" [shape=cylinder, label=\"sent\\nletters\"];\n    \"sent.to_stream\" [shape=box, label=\"sent.to_stream\"];\n    \"sent.to\" [shape=house, label=\"sent.to\\nsent\"];\n  }\n  subgraph cluster_1 {\n    label=\"Sub-topology: 1\";\n    \"letters-subscription-registration-source\" [shape=invhouse, label=\"letters-subscription-registration-source\\n[letters-subscription-registration-topic]\"];\n    \"letters-subscription-receive\" [shape=cylinder, label=\"letters-subscription-receive\\nletters-subscription-store, users\"];\n    \"letters-foreign-join-subscription\" [shape=cylinder, label=\"letters-foreign-join-subscription\\nletters-subscription-store\"];\n    \"letters-subscription-response-sink\" [shape=house, label=\"letters-subscription-response-sink\\nletters-subscription-response-topic\"];\n    \"heads-subscription-registration-source\" [shape=invhouse, label=\"heads-subscription-registration-source\\n[heads-subscription-registration-topic]\"];\n    \"heads-subscription-receive\" [shape=cylinder, label=\"heads-subscription-receive\\nheads-subscription-store, users\"];\n    \"heads-foreign-join-subscription\" [shape=cylinder, label=\"heads-foreign-join-subscription\\nheads-subscription-store\"];\n    \"heads-subscription-response-sink\" [shape=house, label=\"heads-subscription-response-sink\\nheads-subscription-response-topic\"];\n    \"heads-subscription-response-source\" [shape=invhouse, label=\"heads-subscription-response-source\\n[heads-subscription-response-topic]\"];\n    \"users-source\" [shape=invhouse, label=\"users-source\\n[users]\"];\n    \"users\" [shape=cylinder, label=\"users\\nusers\"];\n    \"adults\" [shape=box, label=\"adults\"];\n    \"heads-subscription-registration-sink\" [shape=house, label=\"heads-subscription-registration-sink\\nheads-subscription-registration-topic\"];\n    \"users.join\" [shape=cylinder, label=\"users.join\\nheads, users\"];\n    \"users.to_stream\" [shape=box, label=\"users.to_stream\"];\n    \"users.to\" [shape=house, label=\"users.to\\nheads\"];\n  }\n  subgraph cluster_2 {\n    label=\"Sub-topology: 2\";\n    \"sent-subscription-registration-source\" [shape=invhouse, label=\"sent-subscription-registration-source\\n[sent-subscription-registration-topic]\"];\n    \"sent-subscription-receive\" [shape=cylinder, label=\"sent-subscription-receive\\nsent-subscription-store, towns\"];\n    \"sent-foreign-join-subscription\" [shape=cylinder, label=\"sent-foreign-join-subscription\\nsent-subscription-store\"];\n    \"sent-subscription-response-sink\" [shape=house, label=\"sent-subscription-response-sink\\nsent-subscription-response-topic\"];\n    \"towns-source\" [shape=invhouse, label=\"towns-source\\n[towns]\"];\n    \"towns\" [shape=cylinder, label=\"towns\\ntowns\"];\n  }\n  \"letters-subscription-response-source\" -> \"letters\";\n  \"sent-subscription-response-source\" -> \"sent\";\n  \"orders-source\" -> \"orders\";\n  \"orders\" -> \"letters-subscription-registration-sink\";\n  \"letters-subscription-registration-sink\" -> \"letters-subscription-registration-source\" [style=dashed];\n  \"letters\" -> \"sent-subscription-registration-sink\";\n  \"sent-subscription-registration-sink\" -> \"sent-subscription-registration-source\" [style=dashed];\n  \"sent\" -> \"sent.to_stream\";\n  \"sent.to_stream\" -> \"sent.to\";\n  \"letters-subscription-registration-source\" -> \"letters-subscription-receive\";\n  \"letters-subscription-receive\" -> \"letters-subscription-response-sink\";\n  \"letters-foreign-join-subscription\" -> \"letters-subscription-response-sink\";\n  \"letters-subscription-response-sink\" -> \"letters-subscription-response-source\" [style=dashed];\n  \"heads-subscription-registration-source\" -> \"heads-subscription-receive\";\n  \"heads-subscription-receive\" -> \"heads-subscription-response-sink\";\n  \"heads-foreign-join-subscription\" -> \"heads-subscription-response-sink\";\n  \"heads-subscription-response-sink\" -> \"heads-subscription-response-source\" [style=dashed];\n  \"heads-subscription-response-source\" -> \"users.join\";\n  \"users-source\" -> \"users\";\n  \"users\" -> \"adults\";\n  \"users\" -> \"heads-subscription-registration-sink\";\n  \"users\" -> \"heads-foreign-join-subscription\";\n  \"adults\" -> \"letters-foreign-join-subscription\";\n  \"heads-subscription-registration-sink\" -> \"heads-subscription-registration-source\" [style=dashed];\n  \"users.join\" -> \"users.to_stream\";\n  \"users.to_stream\" -> \"users.to\";\n  \"sent-subscription-registration-source\" -> \"sent-subscription-receive\";\n  \"sent-subscription-receive\" -> \"sent-subscription-response-sink\";\n  \"sent-foreign-join-subscription\" -> \"sent-subscription-response-sink\";\n  \"sent-subscription-response-sink\" -> \"sent-subscription-response-source\" [style=dashed];\n  \"towns-source\" -> \"towns\";\n  \"towns\" -> \"sent-foreign-join-subscription\";\n}\n";
    /// Changes with the names of topics and state, with written types, formats, windows and partitioning; not with the operators between them.
    pub const FINGERPRINT: ::core::primitive::u64 = 7113050867304480570u64;
    ///The table `orders`, for queries.
    pub const ORDERS: ::streams_runtime::__private::StoreName<u64, Order> = ::streams_runtime::__private::StoreName::new(
        "orders",
    );
    ///The table `users`, for queries.
    pub const USERS: ::streams_runtime::__private::StoreName<UserId, User> = ::streams_runtime::__private::StoreName::new(
        "users",
    );
    ///The table `towns`, for queries.
    pub const TOWNS: ::streams_runtime::__private::StoreName<String, Town> = ::streams_runtime::__private::StoreName::new(
        "towns",
    );
    ///The table `letters`, for queries.
    pub const LETTERS: ::streams_runtime::__private::StoreName<u64, Letter> = ::streams_runtime::__private::StoreName::new(
        "letters",
    );
    /**The topic `orders`: keys `u64`, values `Option<Order>`; read as table `orders`.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const ORDERS_TOPIC: ::streams_runtime::__private::TopicName<
        u64,
        ::core::option::Option<Order>,
    > = ::streams_runtime::__private::TopicName::<
        u64,
        ::core::option::Option<Order>,
    >::with(
        "orders",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<
                u64,
                ::core::option::Option<Order>,
            >::new()
                .formats()
        },
    );
    /**The topic `towns`: keys `String`, values `Option<Town>`; read as table `towns`.

For `app.producer(…)` and `app.reader(…)`.*/
    pub const TOWNS_TOPIC: ::streams_runtime::__private::TopicName<
        String,
        ::core::option::Option<Town>,
    > = ::streams_runtime::__private::TopicName::<
        String,
        ::core::option::Option<Town>,
    >::with(
        "towns",
        || {
            #[allow(unused_imports)]
            use ::streams_runtime::__private::NoFormats as _;
            ::streams_runtime::__private::FormatsOf::<
                String,
                ::core::option::Option<Town>,
            >::new()
                .formats()
        },
    );
}
#[allow(clippy::redundant_closure, clippy::unit_arg)]
impl ::streams_runtime::__private::Topology for Letters {
    fn plan(&self) -> ::streams_runtime::__private::TopologyPlan {
        use ::streams_runtime::__private as __rt;
        #[allow(unused_imports)]
        use __rt::Unfit as _;
        #[allow(unused_imports)]
        use ::core::clone::Clone as _;
        #[allow(unused_imports)]
        use ::core::convert::From as _;
        __rt::TopologyPlan {
            name: "Letters",
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
                        __rt::SourcePlan {
                            name: "letters-subscription-response",
                            topics: __rt::SourceTopics::ForeignKey(
                                __rt::ForeignKeyTopic::Responses(
                                    __rt::String::from("letters"),
                                ),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                        __rt::SourcePlan {
                            name: "sent-subscription-response",
                            topics: __rt::SourceTopics::ForeignKey(
                                __rt::ForeignKeyTopic::Responses(__rt::String::from("sent")),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                    ]),
                    stores: __rt::Vec::from([
                        __rt::StorePlan::new("orders", __rt::StoreKind::KeyValue),
                        __rt::StorePlan::new("letters", __rt::StoreKind::KeyValue),
                    ]),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::ForeignKey(
                            __rt::ForeignKeyTopic::Subscriptions(
                                __rt::String::from("letters"),
                            ),
                        ),
                        __rt::SinkPlan::ForeignKey(
                            __rt::ForeignKeyTopic::Subscriptions(
                                __rt::String::from("sent"),
                            ),
                        ),
                        __rt::SinkPlan::Topic(__rt::ToString::to_string("sent")),
                    ]),
                    copartitioned: __rt::Vec::from([
                        __rt::Vec::from([0usize, 1usize]),
                        __rt::Vec::from([0usize, 1usize, 2usize]),
                    ]),
                    source_changelogs: __rt::Vec::new(),
                },
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
                            name: "letters-subscription-registration",
                            topics: __rt::SourceTopics::ForeignKey(
                                __rt::ForeignKeyTopic::Subscriptions(
                                    __rt::String::from("letters"),
                                ),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                        __rt::SourcePlan {
                            name: "heads-subscription-registration",
                            topics: __rt::SourceTopics::ForeignKey(
                                __rt::ForeignKeyTopic::Subscriptions(
                                    __rt::String::from("heads"),
                                ),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                        __rt::SourcePlan {
                            name: "heads-subscription-response",
                            topics: __rt::SourceTopics::ForeignKey(
                                __rt::ForeignKeyTopic::Responses(
                                    __rt::String::from("heads"),
                                ),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                    ]),
                    stores: __rt::Vec::from([
                        __rt::StorePlan::new("users", __rt::StoreKind::KeyValue),
                        __rt::StorePlan::new(
                            "letters-subscription-store",
                            __rt::StoreKind::KeyValue,
                        ),
                        __rt::StorePlan::new(
                            "heads-subscription-store",
                            __rt::StoreKind::KeyValue,
                        ),
                        __rt::StorePlan::new("heads", __rt::StoreKind::KeyValue),
                    ]),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::ForeignKey(
                            __rt::ForeignKeyTopic::Subscriptions(
                                __rt::String::from("heads"),
                            ),
                        ),
                        __rt::SinkPlan::Topic(__rt::ToString::to_string("heads")),
                        __rt::SinkPlan::ForeignKey(
                            __rt::ForeignKeyTopic::Responses(
                                __rt::String::from("letters"),
                            ),
                        ),
                        __rt::SinkPlan::ForeignKey(
                            __rt::ForeignKeyTopic::Responses(__rt::String::from("heads")),
                        ),
                    ]),
                    copartitioned: __rt::Vec::from([
                        __rt::Vec::from([0usize, 3usize]),
                        __rt::Vec::from([0usize, 1usize]),
                        __rt::Vec::from([0usize, 2usize]),
                    ]),
                    source_changelogs: __rt::Vec::new(),
                },
                __rt::SubTopologyPlan {
                    sources: __rt::Vec::from([
                        __rt::SourcePlan {
                            name: "towns",
                            topics: __rt::SourceTopics::Named(
                                __rt::Vec::from([__rt::ToString::to_string("towns")]),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                        __rt::SourcePlan {
                            name: "sent-subscription-registration",
                            topics: __rt::SourceTopics::ForeignKey(
                                __rt::ForeignKeyTopic::Subscriptions(
                                    __rt::String::from("sent"),
                                ),
                            ),
                            offset_reset: __rt::Option::None,
                            partitions: __rt::Option::None,
                        },
                    ]),
                    stores: __rt::Vec::from([
                        __rt::StorePlan::new(
                            "towns",
                            __rt::StoreKind::versioned_store(minutes(10)),
                        ),
                        __rt::StorePlan::new(
                            "sent-subscription-store",
                            __rt::StoreKind::KeyValue,
                        ),
                    ]),
                    sinks: __rt::Vec::from([
                        __rt::SinkPlan::ForeignKey(
                            __rt::ForeignKeyTopic::Responses(__rt::String::from("sent")),
                        ),
                    ]),
                    copartitioned: __rt::Vec::from([__rt::Vec::from([0usize, 1usize])]),
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
            ("heads", "join"),
            ("heads-subscription-store", "join"),
            ("letters", "left_join : Table<u64, Letter>"),
            ("letters-subscription-store", "left_join"),
            ("orders", "table : Table<u64, Order>"),
            ("sent-subscription-store", "join"),
            ("towns", "table : Table<String, Town> versioned"),
            ("users", "table : Table<UserId, User> with Prefixed::new(* least), Json"),
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
        let __orders_0: Table<u64, Order> = __rt::Table::handle();
        let __orders_0 = __orders_0.keys_with_format();
        let __orders_0 = __orders_0.values_with_format();
        let orders = __orders_0;
        let _ = &orders;
        let __op_orders_0 = __orders_0.source();
        let __orders_0_records = __op_orders_0.records();
        let __orders_0_source = __orders_0_records.source();
        let __users_1: Table<UserId, User> = __rt::Table::handle();
        let __users_1 = __users_1.keys_with_format();
        let __users_1 = __users_1.values_with_format();
        let users = __users_1;
        let _ = &users;
        let __op_users_1 = __users_1.source();
        let __users_1_records = __op_users_1.records();
        let __users_1_source = __users_1_records
            .source_with(
                __rt::Nullable({
                    #[allow(unused_variables)]
                    let least = &self.least;
                    Prefixed::new(*least)
                }),
                __rt::Nullable(Json),
            );
        let __towns_2: Table<String, Town> = __rt::Table::handle();
        let __towns_2 = __towns_2.keys_with_format();
        let __towns_2 = __towns_2.values_with_format();
        let towns = __towns_2;
        let _ = &towns;
        let __op_towns_2 = __towns_2.source();
        let __towns_2_records = __op_towns_2.records();
        let __towns_2_source = __towns_2_records.source();
        let __params_1 = __rt::Arc::clone(self);
        let (adults, __op_adults_3) = users
            .filter(move |_, user| {
                #[allow(unused_variables)]
                let least = &__params_1.least;
                user.age >= *least
            });
        let (__letters_4_made, __op_letters_4) = orders
            .left_join_foreign(
                &adults,
                move |order| order.user,
                move |order, user| Letter::new(order, user),
            );
        let __letters_4 = __letters_4_made;
        let _: Table<u64, Letter> = __letters_4;
        let __letters_4 = __letters_4_made.keys_with_format().values_with_format();
        let letters = __letters_4;
        let _ = &letters;
        let (sent, __op_sent_5) = letters
            .try_join_foreign_with_key(
                &towns,
                move |id, letter| letter.town(id),
                move |letter, town| letter.to(town),
            );
        let (__sent_to_stream_6, __op_sent_to_stream_6) = sent.to_stream();
        let __op_sent_to_7 = __sent_to_stream_6.to();
        let (__users_join_8, __op_users_join_8) = users
            .join_foreign(
                &users,
                move |user| user.head,
                move |user, head| Pair::new(user, head),
            );
        let (__users_to_stream_9, __op_users_to_stream_9) = __users_join_8.to_stream();
        let __op_users_to_10 = __users_to_stream_9.to();
        match __sub_topology {
            0usize => {
                __b.keep_old("orders");
                let __rows_orders_0 = __b.rows(&orders, "orders");
                __b.keep_old("letters");
                let __rows_letters_4 = __b.rows(&letters, "letters");
                let __op_letters_4 = __op_letters_4
                    .at("letters")
                    .right_keys({
                        #[allow(unused_variables)]
                        let least = &self.least;
                        Prefixed::new(*least)
                    });
                let __left_of_letters_4 = __op_letters_4
                    .subscribe(__b, "letters", &__rows_orders_0);
                let __op_sent_5 = __op_sent_5.at("sent");
                let __left_of_sent_5 = __op_sent_5
                    .subscribe(__b, "sent", &__rows_letters_4);
                let __to_sent_to_7 = __op_sent_to_7.at("sent.to").attach(__b, "sent");
                let __to_sent_to_stream_6 = __op_sent_to_stream_6.attach(__to_sent_to_7);
                let __to_sent_5 = __to_sent_to_stream_6;
                let __to_letters_4 = __rt::Materialized::new(
                    __b,
                    &letters,
                    "letters",
                    __left_of_sent_5,
                );
                let __to_orders_0 = __op_orders_0
                    .attach(__b, "orders", __left_of_letters_4);
                __rt::Enter(__orders_0_source, __to_orders_0)
                    .attach(__b, 0usize, "orders");
                __op_letters_4
                    .responses(
                        __b,
                        1usize,
                        "letters-subscription-response",
                        "letters",
                        &__rows_orders_0,
                        __to_letters_4,
                    );
                __op_sent_5
                    .responses(
                        __b,
                        2usize,
                        "sent-subscription-response",
                        "sent",
                        &__rows_letters_4,
                        __to_sent_5,
                    );
            }
            1usize => {
                __b.keep_old("users");
                let __rows_users_1 = __b.rows(&users, "users");
                let __op_adults_3 = __op_adults_3.at("adults");
                let __rows_adults_3 = __op_adults_3.rows(&__rows_users_1);
                let __op_letters_4 = __op_letters_4
                    .at("letters")
                    .right_keys({
                        #[allow(unused_variables)]
                        let least = &self.least;
                        Prefixed::new(*least)
                    });
                let __right_of_letters_4 = __op_letters_4.right(__b, "letters");
                let __op_users_join_8 = __op_users_join_8
                    .at("users.join")
                    .right_keys({
                        #[allow(unused_variables)]
                        let least = &self.least;
                        Prefixed::new(*least)
                    });
                let __right_of_users_join_8 = __op_users_join_8.right(__b, "heads");
                let __op_users_join_8 = __op_users_join_8
                    .at("users.join")
                    .right_keys({
                        #[allow(unused_variables)]
                        let least = &self.least;
                        Prefixed::new(*least)
                    });
                let __left_of_users_join_8 = __op_users_join_8
                    .subscribe(__b, "heads", &__rows_users_1);
                let __to_users_to_10 = __op_users_to_10
                    .at("users.to")
                    .attach(__b, "heads");
                let __to_users_to_stream_9 = __op_users_to_stream_9
                    .attach(__to_users_to_10);
                let __to_users_join_8 = __rt::Materialized::new(
                    __b,
                    &__users_join_8,
                    "heads",
                    __to_users_to_stream_9,
                );
                let __to_adults_3 = __op_adults_3
                    .at("adults")
                    .with_old()
                    .attach(__right_of_letters_4);
                let __to_users_1 = __op_users_1
                    .attach(
                        __b,
                        "users",
                        __rt::Tee(
                            __to_adults_3,
                            __rt::Tee(__left_of_users_join_8, __right_of_users_join_8),
                        ),
                    );
                __rt::Enter(__users_1_source, __to_users_1).attach(__b, 0usize, "users");
                __op_letters_4
                    .subscriptions(
                        __b,
                        1usize,
                        "letters-subscription-registration",
                        "letters",
                        &__rows_adults_3,
                    );
                __op_users_join_8
                    .subscriptions(
                        __b,
                        2usize,
                        "heads-subscription-registration",
                        "heads",
                        &__rows_users_1,
                    );
                __op_users_join_8
                    .responses(
                        __b,
                        3usize,
                        "heads-subscription-response",
                        "heads",
                        &__rows_users_1,
                        __to_users_join_8,
                    );
            }
            2usize => {
                let __rows_towns_2 = __b.rows(&towns, "towns");
                let __op_sent_5 = __op_sent_5.at("sent");
                let __right_of_sent_5 = __op_sent_5.right(__b, "sent").latest_only();
                let __to_towns_2 = __op_towns_2.attach(__b, "towns", __right_of_sent_5);
                __rt::Enter(__towns_2_source, __to_towns_2).attach(__b, 0usize, "towns");
                __op_sent_5
                    .subscriptions(
                        __b,
                        1usize,
                        "sent-subscription-registration",
                        "sent",
                        &__rows_towns_2,
                    );
            }
            _ => {}
        }
    }
}
