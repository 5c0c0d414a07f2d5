package dev.bulkhead.engine.policy.document;

import dev.bulkhead.engine.image.ImagePattern;
import dev.bulkhead.engine.image.ImageSetting;
import dev.bulkhead.engine.image.ImageUser.UserId;
import dev.bulkhead.engine.workload.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads what a policy says of images. */
final class ImageSettingsReader {
    /** Every image of a pod is compared with every entry. */
    static final int MOST_ENTRIES = 256;

    private final StrictReader read;

    ImageSettingsReader(StrictReader read) {
        this.read = read;
    }

    List<ImageSetting> read(Field list) {
        List<Field> items = read.items(list);
        if (items.size() > MOST_ENTRIES) {
            read.problem(list, "expected at most " + MOST_ENTRIES + " entries, found " + items.size());
            return List.of();
        }
        List<ImageSetting> settings = new ArrayList<>();
        for (Field item : items) {
            if (read.isObject(item)) {
                entry(item).ifPresent(settings::add);
            }
        }
        return settings;
    }

    private Optional<ImageSetting> entry(Field item) {
        read.known(item, "match", "user", "group", "fsGroup", "scratch", "stickyTmp");
        Optional<ImagePattern> match = match(item.get("match"));
        Field user = item.get("user");
        Optional<Long> uid = user.isPresent() ? read.id(user) : Optional.empty();
        Optional<Long> gid = id(item.get("group"), user).or(() -> uid);
        Optional<Long> fsGroup = id(item.get("fsGroup"), user).or(() -> gid);
        Optional<List<String>> scratch = scratch(item.get("scratch"));
        boolean stickyTmp = read.flag(item.get("stickyTmp"));
        if (user.isAbsent()
                && item.get("scratch").isAbsent()
                && item.get("stickyTmp").isAbsent()) {
            read.problem(item, "expected user, scratch or stickyTmp");
        }
        return match.map(of -> new ImageSetting(of, uid.map(id -> new UserId(id, gid)), fsGroup, scratch, stickyTmp));
    }

    private Optional<ImagePattern> match(Field field) {
        String text = read.required(field);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<ImagePattern> pattern = ImagePattern.parse(text);
        if (pattern.isEmpty()) {
            read.problem(
                    field,
                    "expected an image such as docker.io/library/nginx, in which * stands for any characters, found \""
                            + text + "\"");
        }
        return pattern;
    }

    /** A group, which is given with a user only. */
    private Optional<Long> id(Field group, Field user) {
        if (group.isAbsent()) {
            return Optional.empty();
        }
        if (user.isAbsent()) {
            read.problem(group, "expected user as well");
        }
        return read.id(group);
    }

    private Optional<List<String>> scratch(Field list) {
        return list.isAbsent() ? Optional.empty() : Optional.of(read.mountPaths(list));
    }
}
