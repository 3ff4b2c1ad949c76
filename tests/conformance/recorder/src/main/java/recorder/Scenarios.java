package recorder;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** All scenarios, by name. */
final class Scenarios {
  private final Map<String, Scenario> byName = new LinkedHashMap<>();

  static Scenarios all() {
    Scenarios all = new Scenarios();
    StatelessScenarios.add(all);
    ProcessorScenarios.add(all);
    StoreScenarios.add(all);
    AggregationScenarios.add(all);
    CogroupScenarios.add(all);
    WindowScenarios.add(all);
    SlidingScenarios.add(all);
    SessionScenarios.add(all);
    SuppressScenarios.add(all);
    StreamJoinScenarios.add(all);
    StreamTableJoinScenarios.add(all);
    TableScenarios.add(all);
    TableJoinScenarios.add(all);
    ForeignKeyScenarios.add(all);
    VersionedScenarios.add(all);
    OptimizedScenarios.add(all);
    ApplicationScenarios.add(all);
    return all;
  }

  Scenario add(String name, Inputs inputs, Supplier<Dsl> topology) {
    Scenario scenario = new Scenario(name, inputs, topology);
    if (byName.put(name, scenario) != null) throw new IllegalStateException("scenario " + name + " stands twice");
    return scenario;
  }

  /** Those of these names, or all. */
  List<Scenario> chosen(List<String> names) {
    return names.isEmpty() ? List.copyOf(byName.values()) : names.stream().map(this::get).toList();
  }

  boolean has(String name) {
    return byName.containsKey(name);
  }

  Scenario get(String name) {
    if (!has(name)) throw new IllegalArgumentException("scenario " + name + " is unknown");
    return byName.get(name);
  }
}
