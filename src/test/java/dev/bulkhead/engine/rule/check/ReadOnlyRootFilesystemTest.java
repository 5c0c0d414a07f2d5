package dev.bulkhead.engine.rule.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bulkhead.engine.image.ImageKnowledge;
import dev.bulkhead.engine.image.ImageLookup;
import dev.bulkhead.engine.image.ImagePattern;
import dev.bulkhead.engine.image.ImageSetting;
import dev.bulkhead.engine.image.ImageUser;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.Finding;
import dev.bulkhead.engine.rule.HardeningPass;
import dev.bulkhead.engine.rule.Note;
import dev.bulkhead.engine.rule.RuleSettings;
import dev.bulkhead.engine.rule.Starts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadOnlyRootFilesystemTest {
    private static Trial trial(String spec) {
        return Trial.of(new ReadOnlyRootFilesystem(), spec);
    }

    private static RuleSettings scratch(String medium, String... paths) {
        return new RuleSettings(new RuleSettings.Scratch(List.of(paths), medium, "64Mi"), Optional.empty(), List.of());
    }

    private static List<String> mountPaths(JsonNode container) {
        List<String> paths = new ArrayList<>();
        container
                .path("volumeMounts")
                .forEach(mount -> paths.add(mount.get("mountPath").textValue()));
        return paths;
    }

    @Test
    void fillsTrueAndBringsScratch() {
        Trial trial = trial("{containers:[{name:'app'}]}");

        assertThat(trial.finding().value()).isEqualTo("false");
        assertThat(trial.finding().unset()).isTrue();
        assertThat(trial.finding().place().pointer())
                .isEqualTo("/spec/containers/0/securityContext/readOnlyRootFilesystem");
        assertThat(trial.hardened().spec())
                .isEqualTo(Trial.json("{containers:[{name:'app',securityContext:{readOnlyRootFilesystem:true},"
                        + "volumeMounts:[{name:'bulkhead-scratch-0',mountPath:'/tmp'}]}],"
                        + "volumes:[{name:'bulkhead-scratch-0',emptyDir:{sizeLimit:'256Mi',mode:1023}}]}"));
        assertThat(trial.hardened().findings()).isEmpty();
    }

    @Test
    void looksAtContainersOfEveryKind() {
        assertThat(trial("{initContainers:[{name:'i'},{name:'s',restartPolicy:'Always'}],containers:[{name:'c'}],"
                                + "ephemeralContainers:[{name:'e'}]}")
                        .places())
                .containsExactly(
                        "/spec/initContainers/0/securityContext/readOnlyRootFilesystem",
                        "/spec/initContainers/1/securityContext/readOnlyRootFilesystem",
                        "/spec/containers/0/securityContext/readOnlyRootFilesystem",
                        "/spec/ephemeralContainers/0/securityContext/readOnlyRootFilesystem");
    }

    @Test
    void givesEveryContainerItsOwnScratchButNoneToEphemeralOnes() {
        JsonNode spec = trial("{initContainers:[{name:'i'},{name:'s',restartPolicy:'Always'}],"
                        + "containers:[{name:'c'}],ephemeralContainers:[{name:'e'}]}")
                .hardened()
                .spec();

        assertThat(spec.get("volumes")).hasSize(3);
        assertThat(spec.at("/initContainers/0/volumeMounts/0/name").textValue()).isEqualTo("bulkhead-scratch-0");
        assertThat(spec.at("/initContainers/1/volumeMounts/0/name").textValue()).isEqualTo("bulkhead-scratch-1");
        assertThat(spec.at("/containers/0/volumeMounts/0/name").textValue()).isEqualTo("bulkhead-scratch-2");
        assertThat(spec.get("ephemeralContainers"))
                .isEqualTo(Trial.json("[{name:'e',securityContext:{readOnlyRootFilesystem:true}}]"));
    }

    @Test
    void findsFalseAsExplicitAndLeavesIt() {
        Trial trial = trial("{containers:[{name:'app',securityContext:{readOnlyRootFilesystem:false}}]}");

        assertThat(trial.finding().unset()).isFalse();
        assertThat(trial.harden().edits()).isEmpty();
        assertThat(trial.finding().message())
                .isEqualTo("container \"app\" must set securityContext.readOnlyRootFilesystem=true");
        assertThat(trial.finding().remedy().text()).startsWith("set securityContext.readOnlyRootFilesystem to true");
    }

    @Test
    void addsNothingToReadOnlyContainers() {
        Trial trial = trial("{containers:[{name:'a',securityContext:{readOnlyRootFilesystem:true}},{name:'b'}]}")
                .annotated("bulkhead.dev/scratch", "/run");

        assertThat(mountPaths(trial.hardened().spec().at("/containers/0"))).isEmpty();
        assertThat(mountPaths(trial.hardened().spec().at("/containers/1"))).containsExactly("/tmp", "/run");
    }

    @Test
    void addsToExistingLists() {
        assertThat(trial("{volumes:[{name:'data',emptyDir:{}}],containers:[{name:'app',image:'x',"
                                + "securityContext:{runAsUser:1},volumeMounts:[{name:'data',mountPath:'/data'}]}]}")
                        .hardened()
                        .spec())
                .isEqualTo(Trial.json("{volumes:[{name:'data',emptyDir:{}},"
                        + "{name:'bulkhead-scratch-0',emptyDir:{sizeLimit:'256Mi',mode:1023}}],"
                        + "containers:[{name:'app',image:'x',"
                        + "securityContext:{runAsUser:1,readOnlyRootFilesystem:true},"
                        + "volumeMounts:[{name:'data',mountPath:'/data'},"
                        + "{name:'bulkhead-scratch-0',mountPath:'/tmp'}]}]}"));
    }

    @Test
    void fillsNullsAsIfTheyWereAbsent() {
        JsonNode spec = trial("{volumes:null,containers:[{name:'app',volumeMounts:null,"
                        + "securityContext:{readOnlyRootFilesystem:null}}]}")
                .hardened()
                .spec();

        assertThat(spec.at("/containers/0/securityContext/readOnlyRootFilesystem")
                        .booleanValue())
                .isTrue();
        assertThat(mountPaths(spec.at("/containers/0"))).containsExactly("/tmp");
        assertThat(spec.get("volumes")).hasSize(1);
    }

    @Test
    void usesNoExistingName() {
        JsonNode spec = trial("{volumes:[{name:'bulkhead-scratch-0',emptyDir:{}},{name:'bulkhead-scratch-2'}],"
                        + "initContainers:[{name:'i',volumeMounts:[{name:'bulkhead-scratch-3',mountPath:'/claim'}]}],"
                        + "containers:[{name:'a'},{name:'b'}]}")
                .hardened()
                .spec();

        assertThat(spec.get("volumes"))
                .extracting(volume -> volume.get("name").textValue())
                .containsExactly(
                        "bulkhead-scratch-0",
                        "bulkhead-scratch-2",
                        "bulkhead-scratch-1",
                        "bulkhead-scratch-4",
                        "bulkhead-scratch-5");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/tmp", "/tmp/", "//tmp", "/tmp/.", "/var/../tmp", "/./tmp//", "tmp", "tmp/"})
    void mountsNothingWhereSomethingIsMounted(String path) {
        JsonNode spec = trial("{volumes:[{name:'t',emptyDir:{}}],containers:[{name:'app',"
                        + "volumeMounts:[{name:'t',mountPath:'" + path + "'}]}]}")
                .hardened()
                .spec();

        assertThat(mountPaths(spec.at("/containers/0"))).containsExactly(path);
        assertThat(spec.get("volumes")).hasSize(1);
        assertThat(spec.at("/containers/0/securityContext/readOnlyRootFilesystem")
                        .booleanValue())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "/var/cache, /var/cache/nginx, false",
        "/var, /var/cache/nginx, false",
        "/var/cache/nginx, /var/cache/nginx, false",
        "/var/cache/nginx/x, /var/cache/nginx, true",
        "/var/cach, /var/cache/nginx, true",
        "/var/cache/ngin, /var/cache/nginx, true",
        "/var/cache/nginxx, /var/cache/nginx, true",
        "/, /var/cache/nginx, true",
    })
    void mountsNothingBelowWhatIsMounted(String mounted, String wanted, boolean mounts) {
        JsonNode spec = trial("{volumes:[{name:'t',emptyDir:{}}],containers:[{name:'app',"
                        + "volumeMounts:[{name:'t',mountPath:'" + mounted + "'}]}]}")
                .with(scratch(""))
                .annotated("bulkhead.dev/scratch", wanted)
                .hardened()
                .spec();

        assertThat(mountPaths(spec.at("/containers/0")).subList(1, mounts ? 2 : 1))
                .isEqualTo(mounts ? List.of(wanted) : List.of());
    }

    @Test
    void mountsNothingOverADevice() {
        JsonNode spec = trial("{containers:[{name:'app',volumeDevices:[{name:'d',devicePath:'/disk/'}]}]}")
                .with(scratch(""))
                .annotated("bulkhead.dev/scratch", "/disk,/disk2")
                .hardened()
                .spec();

        assertThat(mountPaths(spec.at("/containers/0"))).containsExactly("/disk2");
    }

    @Test
    void asksOnlyWhatTheContainerItselfMounts() {
        JsonNode spec = trial("{volumes:[{name:'t',emptyDir:{}}],containers:[{name:'a',"
                        + "volumeMounts:[{name:'t',mountPath:'/tmp'}]},{name:'b'}]}")
                .hardened()
                .spec();

        assertThat(mountPaths(spec.at("/containers/1"))).containsExactly("/tmp");
    }

    @Test
    void mountsEveryWantedPathOnce() {
        JsonNode spec = trial("{containers:[{name:'app'}]}")
                .with(scratch("Memory", "/tmp", "/run/"))
                .annotated("bulkhead.dev/scratch", " /tmp/ ,/run//,, /run/nginx ,/var/cache/nginx,")
                .hardened()
                .spec();

        assertThat(mountPaths(spec.at("/containers/0")))
                .containsExactly("/tmp", "/run", "/run/nginx", "/var/cache/nginx");
        assertThat(spec.at("/volumes"))
                .isEqualTo(Trial.json(
                        "[{name:'bulkhead-scratch-0'," + "emptyDir:{medium:'Memory',sizeLimit:'64Mi',mode:1023}}]"));
        assertThat(spec.at("/containers/0/volumeMounts").findValuesAsText("subPath"))
                .as("a directory for each")
                .containsExactly("0", "1", "2", "3");
    }

    @Test
    void givesEachContainerAVolumeOfItsOwn() {
        JsonNode spec = trial("{initContainers:[{name:'i'}],containers:[{name:'a'},{name:'b',"
                        + "volumeMounts:[{name:'bulkhead-scratch-1',mountPath:'/tmp'}]}]}")
                .with(scratch("", "/tmp", "/run"))
                .hardened()
                .spec();

        assertThat(spec.at("/initContainers/0/volumeMounts").findValuesAsText("name"))
                .containsExactly("bulkhead-scratch-0", "bulkhead-scratch-0");
        assertThat(spec.at("/containers/0/volumeMounts").findValuesAsText("name"))
                .containsExactly("bulkhead-scratch-2", "bulkhead-scratch-2");
        assertThat(spec.at("/containers/1/volumeMounts"))
                .as("the one path that it lacks is all of the volume")
                .isEqualTo(Trial.json("[{name:'bulkhead-scratch-1',mountPath:'/tmp'},"
                        + "{name:'bulkhead-scratch-3',mountPath:'/run'}]"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            37 |                                           | UNKNOWN | starts only if the cluster's feature gate EmptyDirVolumeMode is on
            36 |                                           | NO      | will not start: image docker.io/acme/rails:1 uses no /tmp without the sticky bit
            37 | env:[{name:'TMPDIR',value:'/dev/shm'}]    | YES     |
            37 | volumeMounts:[{name:'t',mountPath:'/tmp'}] | YES    |
            """)
    void imageThatWantsTheStickyBitMayNotStart(
            int minor, @Nullable String more, Starts starts, @Nullable String message) {
        ImageSetting setting = new ImageSetting(
                ImagePattern.parse("acme/rails").orElseThrow(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(List.of()),
                true);
        List<Note> notes = trial(
                        "{containers:[{name:'a',image:'acme/rails:1'" + (more == null ? "" : "," + more) + "}]}")
                .in(ClusterCapabilities.offline(minor))
                .with(new RuleSettings(
                        RuleSettings.Scratch.DEFAULT,
                        Optional.empty(),
                        List.of(),
                        List.of(setting),
                        RuleSettings.UnknownUser.WARN))
                .harden()
                .notes();

        assertThat(notes.stream().map(Note::starts).reduce(Starts.YES, Starts::and))
                .isEqualTo(starts);
        if (message == null) {
            assertThat(notes).isEmpty();
        } else {
            assertThat(notes)
                    .singleElement()
                    .satisfies(
                            note -> assertThat(note.message()).contains(message).endsWith("set TMPDIR to /dev/shm"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cache | is absolute",
                "./cache | is absolute",
                "/a:ro | without colon",
                "/a/../../etc | without colon, \"..\"",
                "/.. | hide",
                "/ | hide",
                "// | hide",
                "/./ | hide",
                "/proc | hide",
                "/proc/sys | hide",
                "/sys/fs/cgroup | hide",
                "/x/../proc | hide",
                "/dev | hide",
            })
    void reportsWhyAPathGetsNoScratch(String path, String reason) {
        Trial trial = trial("{containers:[{name:'app'}]}").annotated("bulkhead.dev/scratch", path + ",/run");

        assertThat(mountPaths(trial.hardened().spec().at("/containers/0"))).containsExactly("/tmp", "/run");
        assertThat(trial.notes())
                .singleElement()
                .asString()
                .startsWith("annotation bulkhead.dev/scratch names \"" + path + "\", which gets no scratch volume: ")
                .contains(reason);
    }

    @Test
    void dotsInNamesAreOrdinary() {
        Trial trial = trial("{containers:[{name:'app'}]}").annotated("bulkhead.dev/scratch", "/a..b/.c");

        assertThat(mountPaths(trial.hardened().spec().at("/containers/0"))).containsExactly("/tmp", "/a..b/.c");
        assertThat(trial.notes()).isEmpty();
    }

    @Test
    void writesNotesThatFitOnALine() {
        List<String> notes = trial("{containers:[{name:'app'}]}")
                .annotated("bulkhead.dev/scratch", "/a\nb\u0000," + "x".repeat(5000) + ",/" + "y".repeat(5000))
                .notes();

        assertThat(notes).hasSize(3).allSatisfy(note -> {
            assertThat(note).hasSizeLessThan(250);
            assertThat(note.chars()).noneMatch(Character::isISOControl);
        });
        assertThat(notes.get(0)).contains("\"/a\\u000ab\\u0000\"");
        assertThat(notes.get(2)).contains("too long");
    }

    @Test
    void reportsABadPathInThePolicy() {
        assertThat(trial("{containers:[{name:'app'}]}").with(scratch("", "tmp")).notes())
                .first()
                .isEqualTo("the policy names \"tmp\", which gets no scratch volume: a mount path is"
                        + " absolute, without colon, \"..\" and control characters");
    }

    @Test
    void reportsNothingWhereNothingIsToBeDone() {
        HardeningPass hardening = trial("{containers:[{name:'app',securityContext:{readOnlyRootFilesystem:true}}]}")
                .annotated("bulkhead.dev/scratch", "bad")
                .harden();

        assertThat(hardening.notes()).isEmpty();
        assertThat(hardening.edits()).isEmpty();
    }

    @Test
    void boundsWhatAnAnnotationCanAskFor() {
        String wanted = IntStream.range(0, 1000).mapToObj(i -> "/p" + i).collect(Collectors.joining(","));
        Trial trial = trial("{containers:[{name:'app'}]}").annotated("bulkhead.dev/scratch", wanted);

        assertThat(mountPaths(trial.hardened().spec().at("/containers/0")))
                .hasSize(33)
                .contains("/p31")
                .doesNotContain("/p32");
        assertThat(trial.notes()).singleElement().asString().contains("more than 32 paths");
    }

    @Test
    void leavesContainersForWhichThePodWouldNeedTooManyVolumes() {
        String containers =
                IntStream.range(0, 300).mapToObj(i -> "{name:'c" + i + "'}").collect(Collectors.joining(","));
        Trial trial = trial("{containers:[" + containers + "]}");
        HardeningPass hardening = trial.harden();

        assertThat(trial.hardened().spec().get("volumes")).hasSize(256);
        assertThat(hardening.notHardenedReason(hardening.open().get(255))).isEmpty();
        assertThat(hardening.notHardenedReason(hardening.open().get(256)))
                .hasValue("the pod would need more than 256 scratch mounts");
    }

    @Test
    void touchesOnlyTheContainersWhereThePodCannotBeEdited() {
        Trial trial = trial("{containers:[{name:'app',securityContext:{readOnlyRootFilesystem:true}}],"
                        + "ephemeralContainers:[{name:'debug'}]}")
                .annotated("bulkhead.dev/scratch", "/run,bad");

        assertThat(trial.hardened(false).spec())
                .isEqualTo(Trial.json("{containers:[{name:'app',securityContext:{readOnlyRootFilesystem:true}}],"
                        + "ephemeralContainers:[{name:'debug',securityContext:{readOnlyRootFilesystem:true}}]}"));
    }

    @Test
    void skipsWindowsPods() {
        assertThat(trial("{os:{name:'windows'},containers:[{name:'app'}]}").findings())
                .isEmpty();
    }

    @Test
    void fillsOnlyWhatIsNotExcused() {
        Trial trial = trial("{containers:[{name:'a'},{name:'b'}]}");
        List<Finding> findings = trial.findings();
        HardeningPass hardening = new HardeningPass(
                trial.rule(),
                trial.pod(),
                trial.context(),
                findings.subList(1, 2),
                findings.subList(0, 1),
                HardeningPass.Scope.WHOLE_POD);
        new ReadOnlyRootFilesystem().harden(hardening);

        assertThat(hardening.edits())
                .extracting(edit -> edit.place().pointer())
                .containsExactlyInAnyOrder(
                        "/metadata/annotations/cluster-autoscaler.kubernetes.io~1safe-to-evict-local-volumes",
                        "/spec/volumes",
                        "/spec/containers/1/volumeMounts",
                        "/spec/containers/1/securityContext/readOnlyRootFilesystem");
    }

    private static String evictable(Trial trial) {
        return trial.hardened()
                .document()
                .path("metadata")
                .path("annotations")
                .path("cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes")
                .asText();
    }

    @Test
    void autoscalerMayEvictPodsWithScratch() {
        String annotation = "cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes";
        Trial trial = trial("{containers:[{name:'a'},{name:'b'}]}");

        assertThat(evictable(trial)).isEqualTo("bulkhead-scratch-0,bulkhead-scratch-1");
        assertThat(evictable(trial.annotated(annotation, "cache")))
                .isEqualTo("cache,bulkhead-scratch-0,bulkhead-scratch-1");
        assertThat(evictable(trial.annotated(annotation, ""))).isEqualTo("bulkhead-scratch-0,bulkhead-scratch-1");
        assertThat(evictable(trial("{containers:[{name:'a',securityContext:{readOnlyRootFilesystem:true}}]}")))
                .isEmpty();
    }

    @Test
    void namesNoVolumesWhereTheAnnotationsWouldBecomeTooLarge() {
        Trial trial = trial("{containers:[{name:'a'}]}").annotated("notes", "x".repeat(262_100));

        assertThat(evictable(trial)).isEmpty();
        assertThat(trial.notes()).first().asString().contains("cluster autoscaler will not move the pod");
    }

    @Test
    void scratchIsStickyWhereTheApiKnowsTheMode() {
        Trial trial = trial("{containers:[{name:'a'}]}");

        assertThat(trial.hardened().spec().at("/volumes/0/emptyDir/mode").intValue())
                .isEqualTo(01777);
        assertThat(trial.in(new ClusterCapabilities(36, Optional.empty()))
                        .hardened()
                        .spec()
                        .at("/volumes/0/emptyDir"))
                .isEqualTo(Trial.json("{sizeLimit:'256Mi'}"));
    }

    @Test
    void imagesBringThePathsThatTheyWriteTo() {
        assertThat(mountPaths(trial("{containers:[{name:'a',image:'nginx:1.29'}]}")
                        .hardened()
                        .spec()
                        .at("/containers/0")))
                .containsExactly("/tmp", "/var/cache/nginx", "/run");
        assertThat(mountPaths(trial("{volumes:[{name:'r',emptyDir:{}}],containers:[{name:'a',image:'nginx:1.29',"
                                + "volumeMounts:[{name:'r',mountPath:'/run'}]}]}")
                        .hardened()
                        .spec()
                        .at("/containers/0")))
                .containsExactly("/run", "/tmp", "/var/cache/nginx");
    }

    @Test
    void imageOfWhichOnlyTheUserIsKnownMayWriteAnywhere() {
        ImageLookup running = image ->
                Optional.of(ImageKnowledge.ofUser(ImageUser.observed(7, Optional.empty()), "a running container"));
        Turn unknown = Turn.of("readOnlyRootFilesystem", "containers: [{name: a, image: 'acme/web:1'}]");

        assertThat(unknown.knowing(running).notes()).isEqualTo(unknown.notes()).hasSize(1);
        Turn nginx = Turn.of("readOnlyRootFilesystem", "containers: [{name: a, image: 'nginx:1.29'}]");
        assertThat(nginx.knowing(running).notes()).isEqualTo(nginx.notes()).isEmpty();
    }

    @Test
    void volumesThatARegistryNamesAreNotAllThatAnImageWritesAndMayHideFiles() {
        ImageLookup registry = image -> Optional.of(new ImageKnowledge(
                Optional.empty(),
                Optional.empty(),
                Optional.of(new ImageKnowledge.Fact<>(
                        ImageKnowledge.Paths.ofVolumes(List.of("/data", "/tmp")), "its registry")),
                Optional.empty(),
                Optional.empty()));
        String hides =
                "container \"a\" gets empty scratch at /data, which hides files that image docker.io/acme/web:1 may"
                        + " have there; mount a volume that holds them, or, if there are none, name the path in annotation"
                        + " bulkhead.dev/scratch";
        String keeps = "container \"a\" keeps what it writes to /data only up to 256Mi and until the pod ends;"
                + " mount a volume there";
        Turn turn = Turn.of("readOnlyRootFilesystem", "containers: [{name: a, image: 'acme/web:1'}]")
                .knowing(registry);

        assertThat(turn.notes())
                .containsExactly(
                        hides,
                        keeps,
                        "container \"a\" can write only to its volumes and /tmp (up to 256Mi); name other paths in"
                                + " annotation bulkhead.dev/scratch");
        assertThat(Turn.of(
                                "readOnlyRootFilesystem",
                                "containers: [{name: a, image: 'acme/web:1', volumeMounts: [{name: d, mountPath: /data}]}],"
                                        + " volumes: [{name: d, emptyDir: {}}]")
                        .knowing(registry)
                        .notes())
                .singleElement()
                .asString()
                .contains("can write only to its volumes");
    }

    @Test
    void policyKnowsBetterWhereAnImageWrites() {
        ImageSetting setting = new ImageSetting(
                ImagePattern.parse("nginx").orElseThrow(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(List.of("/var/cache/nginx/")));
        RuleSettings settings = new RuleSettings(
                RuleSettings.Scratch.DEFAULT,
                Optional.empty(),
                List.of(),
                List.of(setting),
                RuleSettings.UnknownUser.WARN);

        assertThat(mountPaths(trial("{containers:[{name:'a',image:'nginx:1.29'}]}")
                        .with(settings)
                        .hardened()
                        .spec()
                        .at("/containers/0")))
                .containsExactly("/tmp", "/var/cache/nginx");
    }

    @Test
    void pathsOfImagesHideNothingThatAContainerNeedsToRun() {
        ImageSetting setting = new ImageSetting(
                ImagePattern.parse("nginx").orElseThrow(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(List.of("/proc/sys", "/run")));
        Trial trial = trial("{containers:[{name:'a',image:'nginx:1.29'}]}")
                .with(new RuleSettings(
                        RuleSettings.Scratch.DEFAULT,
                        Optional.empty(),
                        List.of(),
                        List.of(setting),
                        RuleSettings.UnknownUser.WARN));

        assertThat(mountPaths(trial.hardened().spec().at("/containers/0"))).containsExactly("/tmp", "/run");
        assertThat(trial.notes()).singleElement().asString().contains("\"/proc/sys\", which gets no scratch volume");
    }

    @Test
    void saysWhereContainersCanWriteOfWhoseImagesNothingIsKnown() {
        String pod = "{containers:[{name:'a',image:'acme/web:1'},{name:'b',image:'nginx:1.29'}]}";

        assertThat(trial(pod).notes())
                .containsExactly(
                        "container \"a\" can write only to its volumes and /tmp (up to 256Mi); name other paths in"
                                + " annotation bulkhead.dev/scratch");
        assertThat(trial(pod).annotated("bulkhead.dev/scratch", "").notes()).isEmpty();
        assertThat(trial("{containers:[{name:'a',image:'acme/web:1',securityContext:{readOnlyRootFilesystem:true}}]}")
                        .notes())
                .isEmpty();
    }

    @Test
    void filesThatAnImageShipsAreNotHidden() {
        Trial trial = trial("{containers:[{name:'a',image:'docker.elastic.co/logstash/logstash:9.1'}]}");

        assertThat(mountPaths(trial.hardened().spec().at("/containers/0")))
                .containsExactly("/tmp", "/usr/share/logstash/data");
        assertThat(trial.notes())
                .containsExactly(
                        "container \"a\" may write to /usr/share/logstash/config, where image"
                                + " docker.elastic.co/logstash/logstash:9.1 has files: mount a volume that holds them",
                        "container \"a\" keeps what it writes to /usr/share/logstash/data only up to 256Mi and until the"
                                + " pod ends; mount a volume there");
        assertThat(trial("{volumes:[{name:'c',configMap:{name:'c'}},{name:'d',emptyDir:{}}],"
                                + "containers:[{name:'a',image:'docker.elastic.co/logstash/logstash:9.1',volumeMounts:"
                                + "[{name:'c',mountPath:'/usr/share/logstash/config'},"
                                + "{name:'d',mountPath:'/usr/share/logstash/data'}]}]}")
                        .notes())
                .isEmpty();
    }

    @Test
    void initContainerWithACommandOfItsOwnWritesWhatItsCommandWrites() {
        String image = "image:'docker.elastic.co/logstash/logstash:9.1'";
        String covered = "{name:'a',image:'web',volumeMounts:[{name:'t',mountPath:'/tmp'}]}";

        assertThat(trial("{initContainers:[{name:'copy'," + image + ",command:['cp']}],containers:[" + covered + "]}")
                        .annotated("bulkhead.dev/scratch", "")
                        .notes())
                .isEmpty();
        for (String program : List.of(
                "{name:'copy'," + image + "}", "{name:'b',restartPolicy:'Always',command:['x']," + image + "}")) {
            assertThat(trial("{initContainers:[" + program + "],containers:[" + covered + "]}")
                            .annotated("bulkhead.dev/scratch", "")
                            .notes())
                    .as(program)
                    .hasSize(2);
        }
    }
}
