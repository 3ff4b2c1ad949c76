package recorder;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * What a scenario is fed with, as chances in percent. The same seed of the same scenario always gives the same
 * steps: {@link Random} is specified to the bit.
 *
 * <p>A clock goes on by up to {@code pace} ms from record to record. A record has its time, or an earlier one when
 * it is late, so that records come out of order, and a few of them after their windows have closed.
 */
final class Inputs {
  private static final String[] HEADER_NAMES = {"h", "x", "y"};

  private static final int[] HARD_MULTIPLES = {1, 5, 10, 25};

  private record Chance(int percent, int upToMs) {
    Chance or(int atLeastPercent, int atLeastMs) {
      return new Chance(Math.max(percent, atLeastPercent), Math.max(upToMs, atLeastMs));
    }
  }

  /** How inputs are made: so many steps, 0 for as many as the scenario has; of the scenario's kind, or harder. */
  record Make(int steps, boolean hard) {}

  private final TopicInputs[] topics;
  private int steps = 120;
  private int headersPercent;
  private int paceMs = 20;
  private Chance late = new Chance(20, 60);
  private Chance far = new Chance(0, 1);
  private Chance jump = new Chance(0, 1);
  private Chance wallClock = new Chance(0, 1);
  private long startMs = 1000;
  private int multiple = 1;

  private Inputs(TopicInputs[] topics) {
    this.topics = topics;
  }

  static Inputs of(TopicInputs... topics) {
    return new Inputs(topics);
  }

  Inputs steps(int steps) {
    this.steps = steps;
    return this;
  }

  /** Records with one or two headers, of few names, some null. */
  Inputs headers(int percent) {
    headersPercent = percent;
    return this;
  }

  /** The clock's largest advance from one record to the next. */
  Inputs pace(int ms) {
    paceMs = ms;
    return this;
  }

  Inputs late(int percent, int upToMs) {
    late = new Chance(percent, upToMs);
    return this;
  }

  /** Records so late that windows have closed and rows have left their stores. */
  Inputs far(int percent, int upToMs) {
    far = new Chance(percent, upToMs);
    return this;
  }

  /** Advances that close everything at once. */
  Inputs jumps(int percent, int upToMs) {
    jump = new Chance(percent, upToMs);
    return this;
  }

  /** Steps that advance the wall clock and pipe nothing. */
  Inputs wallClock(int percent, int upToMs) {
    wallClock = new Chance(percent, upToMs);
    return this;
  }

  Inputs startMs(long ms) {
    startMs = ms;
    return this;
  }

  /** All timestamps are multiples of this: they meet the edges of windows, and each other. */
  Inputs multiplesOf(int ms) {
    multiple = ms;
    return this;
  }

  /** With more nulls, more ties, more that is late and more that is closed at once, different for every seed. */
  private Inputs harder(Random random) {
    TopicInputs[] harderTopics = topics.clone();
    for (int i = 0; i < topics.length; i++) harderTopics[i] = topics[i].harder(random);
    Inputs harder = of(harderTopics).steps(steps).headers(headersPercent).pace(paceMs).startMs(startMs);
    harder.multiple = multiple > 1 ? multiple : HARD_MULTIPLES[random.nextInt(HARD_MULTIPLES.length)];
    harder.late = late.or(15 + random.nextInt(30), 10 + random.nextInt(150));
    harder.far = far.or(random.nextInt(15), 100 + random.nextInt(500));
    harder.jump = jump.or(random.nextInt(8), 50 + random.nextInt(500));
    harder.wallClock = wallClock;
    return harder;
  }

  /** The steps of a seed. */
  List<Step> make(String scenario, long seed, Make make) {
    Random random = new Random(seed * 0x9E3779B97F4A7C15L ^ scenario.hashCode() * 0xC2B2AE3D27D4EB4FL);
    Inputs inputs = make.hard() ? harder(random) : this;
    return inputs.steps(random, make.steps() == 0 ? steps : make.steps());
  }

  private List<Step> steps(Random random, int count) {
    List<Step> made = new ArrayList<>();
    long clockMs = startMs;
    while (made.size() < count) {
      if (happens(random, wallClock.percent)) {
        made.add(new Step.Advance(upTo(random, wallClock.upToMs)));
        continue;
      }
      clockMs += random.nextInt(paceMs + 1);
      if (happens(random, jump.percent)) clockMs += upTo(random, jump.upToMs);
      long timeMs = clockMs;
      if (happens(random, far.percent)) {
        timeMs -= upTo(random, far.upToMs);
      } else if (happens(random, late.percent)) {
        timeMs -= upTo(random, late.upToMs);
      }
      timeMs = Math.max(0, timeMs);
      made.add(pick(random).record(random, timeMs - timeMs % multiple, headers(random)));
    }
    return made;
  }

  private TopicInputs pick(Random random) {
    int all = 0;
    for (TopicInputs topic : topics) all += topic.weight();
    int at = random.nextInt(all);
    for (TopicInputs topic : topics) {
      at -= topic.weight();
      if (at < 0) return topic;
    }
    throw new IllegalStateException("weights do not add up");
  }

  private List<Step.HeaderText> headers(Random random) {
    List<Step.HeaderText> headers = new ArrayList<>();
    if (!happens(random, headersPercent)) return headers;
    for (int n = 1 + random.nextInt(2); n > 0; n--) {
      String name = HEADER_NAMES[random.nextInt(HEADER_NAMES.length)];
      headers.add(new Step.HeaderText(name, happens(random, 11) ? null : TopicInputs.animal(random)));
    }
    return headers;
  }

  static boolean happens(Random random, int percent) {
    return random.nextInt(100) < percent;
  }

  private static long upTo(Random random, int ms) {
    return 1 + random.nextInt(ms);
  }
}
