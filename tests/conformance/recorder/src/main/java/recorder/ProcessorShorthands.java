package recorder;

import java.util.function.Consumer;
import org.apache.kafka.streams.kstream.ValueTransformerWithKey;
import org.apache.kafka.streams.kstream.ValueTransformerWithKeySupplier;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorSupplier;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;

/** Processors made of functions. */
abstract class ProcessorShorthands extends Vocabulary {
  interface Step<V, O> {
    void process(ProcessorContext<String, O> ctx, Record<String, V> record);
  }

  interface FixedStep<V, O> {
    void process(FixedKeyProcessorContext<String, O> ctx, FixedKeyRecord<String, V> record);
  }

  interface Transform<V, O> {
    O transform(NamedStores ctx, String key, V value);
  }

  /** Finds the stores of a transformer, each as what it is. */
  interface NamedStores {
    <T extends StateStore> T store(String name);
  }

  static <V, O> ProcessorSupplier<String, V, String, O> proc(Step<V, O> step) {
    return proc(ctx -> {}, step);
  }

  static <V, O> ProcessorSupplier<String, V, String, O> proc(
      Consumer<ProcessorContext<String, O>> init, Step<V, O> step) {
    return () -> new Processor<>() {
      private ProcessorContext<String, O> ctx;

      @Override
      public void init(ProcessorContext<String, O> context) {
        ctx = context;
        init.accept(context);
      }

      @Override
      public void process(Record<String, V> record) {
        step.process(ctx, record);
      }
    };
  }

  static <V, O> FixedKeyProcessorSupplier<String, V, O> fixed(FixedStep<V, O> step) {
    return () -> new FixedKeyProcessor<>() {
      private FixedKeyProcessorContext<String, O> ctx;

      @Override
      public void init(FixedKeyProcessorContext<String, O> context) {
        ctx = context;
      }

      @Override
      public void process(FixedKeyRecord<String, V> record) {
        step.process(ctx, record);
      }
    };
  }

  static <V, O> ValueTransformerWithKeySupplier<String, V, O> transformer(Transform<V, O> transform) {
    return () -> new ValueTransformerWithKey<>() {
      private NamedStores stores;

      @Override
      public void init(org.apache.kafka.streams.processor.ProcessorContext context) {
        stores = new NamedStores() {
          @Override
          public <T extends StateStore> T store(String name) {
            return context.getStateStore(name);
          }
        };
      }

      @Override
      public O transform(String key, V value) {
        return transform.transform(stores, key, value);
      }

      @Override
      public void close() {}
    };
  }
}
