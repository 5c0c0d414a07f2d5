package dev.bulkhead.engine.policy;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.function.ToLongBiFunction;

/**
 * Answers that can be worked out again, kept within a bound of bytes whatever is asked. What was asked lately outlives
 * what was not: there are two generations, and when the younger one is full it takes the place of the older one. For use
 * by several threads at once.
 */
public final class BoundedCache<K, V> {
    /** What a table spends on an entry, besides key and value. */
    private static final long ENTRY_BYTES = 64;

    private final long maxBytes;
    private final ToLongBiFunction<? super K, ? super V> weigher;
    private volatile Generation<K, V> young = new Generation<>();
    private volatile Generation<K, V> old = new Generation<>();

    private static final class Generation<K, V> {
        private final Map<K, V> answers = new ConcurrentHashMap<>();
        private volatile long bytes;
    }

    /**
     * An empty cache.
     *
     * @param maxBytes how much all entries together may weigh
     * @param weigher how many bytes a key and its value take, at least roughly
     */
    public BoundedCache(long maxBytes, ToLongBiFunction<? super K, ? super V> weigher) {
        this.maxBytes = maxBytes;
        this.weigher = weigher;
    }

    /** The answer that is kept for that key, or else this one, which is kept from now on if it is not too large. */
    public V get(K key, Supplier<V> answer) {
        V kept = young.answers.get(key);
        if (kept != null) {
            return kept;
        }
        V older = old.answers.get(key);
        V value = older == null ? answer.get() : older;
        keep(key, value);
        return value;
    }

    private synchronized void keep(K key, V value) {
        long bytes = ENTRY_BYTES + weigher.applyAsLong(key, value);
        if (bytes > maxBytes / 2) {
            return;
        }
        if (young.bytes + bytes > maxBytes / 2) {
            old = young;
            young = new Generation<>();
        }
        if (young.answers.putIfAbsent(key, value) == null) {
            young.bytes += bytes;
        }
    }

    /** How much the entries weigh together, never more than the bound. */
    public synchronized long bytes() {
        return young.bytes + old.bytes;
    }

    /** How many entries there are; one that has just been asked for again may count twice. */
    public synchronized int size() {
        return young.answers.size() + old.answers.size();
    }
}
