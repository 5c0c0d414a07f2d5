package dev.bulkhead.app.cluster.scan.node;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Reads from a kubelet's statistics how much containers have written to their root file systems. */
final class WrittenBytes {
    /**
     * What a container has written that wrote nothing itself: the runtime makes places for mounts, each of a block or two.
     * More than that has been written by the program.
     */
    static final long OF_THE_RUNTIME = 96L << 10;

    private static final int MOST_CONTAINERS = 10_000;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(32)
                    .maxStringLength(64 << 10)
                    .build())
            .build();

    private final JsonParser parser;
    private final Map<String, Map<String, Long>> byPod = new HashMap<>();
    private int containers;

    private WrittenBytes(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * The bytes by the pod's uid and the container's name, of those that have written more than the runtime did.
     *
     * @param summary what a kubelet answers at {@code /stats/summary}
     * @throws IOException when it is none
     */
    static Map<String, Map<String, Long>> in(byte[] summary) throws IOException {
        try (JsonParser parser = JSON.createParser(summary)) {
            WrittenBytes written = new WrittenBytes(parser);
            written.members(parser.nextToken(), (name, value) -> {
                if (name.equals("pods")) {
                    written.items(value, written::pod);
                } else {
                    parser.skipChildren();
                }
            });
            return written.byPod;
        }
    }

    private interface Member {
        void read(String name, JsonToken value) throws IOException;
    }

    private interface Item {
        void read(JsonToken value) throws IOException;
    }

    private void members(JsonToken start, Member member) throws IOException {
        if (start != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            member.read(name, parser.nextToken());
        }
    }

    private void items(JsonToken start, Item item) throws IOException {
        if (start != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        for (JsonToken token = parser.nextToken();
                token != null && token != JsonToken.END_ARRAY;
                token = parser.nextToken()) {
            item.read(token);
        }
    }

    /** A pod's own fields may come in any order. */
    private static final class PodStatistics {
        private String uid = "";
        private final Map<String, Long> written = new HashMap<>();
    }

    private void pod(JsonToken start) throws IOException {
        PodStatistics pod = new PodStatistics();
        members(start, (name, value) -> {
            if (name.equals("podRef")) {
                members(value, (of, text) -> {
                    if (of.equals("uid") && text == JsonToken.VALUE_STRING) {
                        pod.uid = parser.getText();
                    } else {
                        parser.skipChildren();
                    }
                });
            } else if (name.equals("containers")) {
                items(value, container -> container(container, pod.written));
            } else {
                parser.skipChildren();
            }
        });
        if (!pod.uid.isEmpty() && !pod.written.isEmpty()) {
            byPod.put(pod.uid, pod.written);
        }
    }

    private void container(JsonToken start, Map<String, Long> written) throws IOException {
        String[] name = {""};
        long[] bytes = {0};
        members(start, (member, value) -> {
            if (member.equals("name") && value == JsonToken.VALUE_STRING) {
                name[0] = parser.getText();
            } else if (member.equals("rootfs")) {
                members(value, (of, number) -> {
                    if (of.equals("usedBytes") && number == JsonToken.VALUE_NUMBER_INT) {
                        bytes[0] = parser.getLongValue();
                    } else {
                        parser.skipChildren();
                    }
                });
            } else {
                parser.skipChildren();
            }
        });
        if (bytes[0] > OF_THE_RUNTIME && ++containers <= MOST_CONTAINERS) {
            written.put(name[0], bytes[0]);
        }
    }
}
