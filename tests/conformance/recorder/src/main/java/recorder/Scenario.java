package recorder;

import java.util.function.Supplier;

/** A topology and what it is fed with. */
final class Scenario {
  /** How strictly the records of one step are compared. */
  enum Order {
    TOTAL("total"),
    PER_TOPIC("per_topic"),
    PER_KEY("per_key");

    final String text;

    Order(String text) {
      this.text = text;
    }
  }

  final String name;
  final Inputs inputs;
  private final Supplier<Dsl> topology;
  private Order order = Order.TOTAL;
  private boolean optimized;

  Scenario(String name, Inputs inputs, Supplier<Dsl> topology) {
    this.name = name;
    this.inputs = inputs;
    this.topology = topology;
  }

  /** Output topics are filled through different internal topics: only the order in each counts. */
  Scenario perTopic() {
    order = Order.PER_TOPIC;
    return this;
  }

  /** The order between windows is a detail of the implementation. */
  Scenario perKey() {
    order = Order.PER_KEY;
    return this;
  }

  /** With {@code topology.optimization=all}. */
  Scenario optimized() {
    optimized = true;
    return this;
  }

  Order order() {
    return order;
  }

  String optimization() {
    return optimized ? "all" : "none";
  }

  /** A new topology: what functions count must begin anew with every run. */
  Dsl define() {
    return topology.get();
  }
}
