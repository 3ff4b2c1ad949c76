package recorder;

import java.util.List;
import java.util.Random;

/** The records of one input topic. */
final class TopicInputs {
  private static final String[] WORDS = {"ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen"};

  private interface Values {
    Object value(Random random, int below, long timestampMs);
  }

  private final String topic;
  private final Values values;
  private String keys = "a b c d";
  private int nullKeysPercent;
  private int nullValuesPercent;
  private boolean takesNullKeys = true;
  private boolean takesNullValues = true;
  private int below = 20;
  private int weight = 1;

  private TopicInputs(String topic, Values values) {
    this.topic = topic;
    this.values = values;
  }

  /** A word with a number: {@code cat7}. */
  static TopicInputs words(String topic) {
    return new TopicInputs(topic, (random, below, ts) -> animal(random) + random.nextInt(below));
  }

  /** None to four words. */
  static TopicInputs sentences(String topic) {
    return new TopicInputs(topic, (random, below, ts) -> {
      String[] parts = new String[random.nextInt(5)];
      for (int i = 0; i < parts.length; i++) parts[i] = animal(random);
      return String.join(" ", parts);
    });
  }

  /** The key of another table before a word: {@code f2:cat7}, now and then none: {@code :cat7}. */
  static TopicInputs references(String topic) {
    return new TopicInputs(topic, (random, below, ts) -> {
      String other = Inputs.happens(random, 13) ? "" : "f" + (1 + random.nextInt(5));
      return other + ":" + animal(random) + random.nextInt(below);
    });
  }

  static TopicInputs longs(String topic) {
    return new TopicInputs(topic, (random, below, ts) -> (long) (random.nextInt(26) - 5));
  }

  static TopicInputs ints(String topic) {
    return new TopicInputs(topic, (random, below, ts) -> random.nextInt(26) - 5);
  }

  /** A time of its own, near the record's: {@code cat1017}; or none, or a mark that there is none to be had. */
  static TopicInputs times(String topic) {
    return new TopicInputs(topic, (random, below, ts) -> {
      int kind = random.nextInt(100);
      if (kind < 8) return "!" + animal(random);
      return animal(random) + (kind < 20 ? "" : ts + 7);
    });
  }

  /** The keys, with blanks between. */
  TopicInputs keys(String keys) {
    this.keys = keys;
    return this;
  }

  TopicInputs nullKeys(int percent) {
    nullKeysPercent = percent;
    return this;
  }

  TopicInputs nullValues(int percent) {
    nullValuesPercent = percent;
    return this;
  }

  /** Not even hard inputs have null keys: the scenario, or Kafka Streams, fails with them. */
  TopicInputs neverNullKeys() {
    takesNullKeys = false;
    return this;
  }

  /** Not even hard inputs have null values: the scenario fails with them. */
  TopicInputs neverNullValues() {
    takesNullValues = false;
    return this;
  }

  /** The same with null keys and null values where they can be. */
  TopicInputs harder(Random random) {
    TopicInputs harder = new TopicInputs(topic, values).keys(keys).below(below).weight(weight);
    harder.nullKeysPercent = takesNullKeys ? Math.max(nullKeysPercent, random.nextInt(10)) : 0;
    harder.nullValuesPercent = takesNullValues ? Math.max(nullValuesPercent, random.nextInt(15)) : 0;
    return harder;
  }

  /** The words' numbers are below this. */
  TopicInputs below(int below) {
    this.below = below;
    return this;
  }

  /** How often this topic comes, beside the others' weights. */
  TopicInputs weight(int weight) {
    this.weight = weight;
    return this;
  }

  int weight() {
    return weight;
  }

  Step.Pipe record(Random random, long timestampMs, List<Step.HeaderText> headers) {
    String[] all = keys.split(" ");
    String key = Inputs.happens(random, nullKeysPercent) ? null : all[random.nextInt(all.length)];
    Object value = Inputs.happens(random, nullValuesPercent) ? null : values.value(random, below, timestampMs);
    return new Step.Pipe(topic, key, value, timestampMs, headers);
  }

  static String animal(Random random) {
    return WORDS[random.nextInt(WORDS.length)];
  }
}
