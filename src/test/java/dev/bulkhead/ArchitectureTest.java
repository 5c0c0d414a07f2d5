package dev.bulkhead;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import dev.bulkhead.engine.edit.Edit;
import dev.bulkhead.engine.edit.EditScript;
import dev.bulkhead.engine.edit.JsonPatch;
import dev.bulkhead.engine.edit.Operation;
import dev.bulkhead.engine.evaluation.Verdict;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.policy.PolicySet;
import dev.bulkhead.engine.rule.ClusterCapabilities;
import dev.bulkhead.engine.rule.HardeningPass;
import dev.bulkhead.engine.rule.Remedy;
import dev.bulkhead.engine.rule.Rule;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The house has one direction, and its core is pure. */
@AnalyzeClasses(packages = "dev.bulkhead", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] CORE = {"dev.bulkhead.engine.."};

    /** The one class of the core that reads something, which is part of the program. */
    private static final String TABLES = "dev.bulkhead.engine.text.TableFile";

    /** What a reader can keep in mind. The rules are one file each, which a list of them makes easy. */
    private static final int MOST_FILES_OF_A_PACKAGE = 26;

    @ArchTest
    static final ArchRule dependenciesRunOneWay = layeredArchitecture()
            .consideringOnlyDependenciesInAnyPackage("dev.bulkhead..")
            .layer("engine")
            .definedBy("dev.bulkhead.engine..")
            .layer("manifest")
            .definedBy("dev.bulkhead.manifest..")
            .layer("app")
            .definedBy("dev.bulkhead.app..")
            .whereLayer("app")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("manifest")
            .mayOnlyBeAccessedByLayers("app")
            .whereLayer("engine")
            .mayOnlyBeAccessedByLayers("app", "manifest");

    @ArchTest
    static final ArchRule everyClassBelongsToALayer = classes()
            .should()
            .resideInAnyPackage("dev.bulkhead.engine..", "dev.bulkhead.manifest..", "dev.bulkhead.app..");

    @ArchTest
    static final ArchRule packagesFormNoCycle =
            SlicesRuleDefinition.slices().matching("dev.bulkhead.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule engineUsesNoFramework = noClasses()
            .that()
            .resideInAnyPackage(CORE)
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "io.quarkus..",
                    "jakarta..",
                    "io.fabric8..",
                    "io.vertx..",
                    "io.netty..",
                    "picocli..",
                    "org.snakeyaml..",
                    "org.jboss..",
                    "java.net..",
                    "java.nio.file..",
                    "java.util.logging.."));

    @ArchTest
    static final ArchRule engineReadsNoClockAndDoesNoInputOrOutput = noClasses()
            .that()
            .resideInAnyPackage(CORE)
            .and(not(name(TABLES)))
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(
                    Clock.class, Files.class, File.class, Socket.class, InputStream.class, Random.class, Thread.class)
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(OffsetDateTime.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "getenv", String.class)
            .orShould()
            .accessField(System.class, "out");

    /** Tables that ship with the engine are read as classes are: from the class path, by one class, nothing else. */
    @ArchTest
    static final ArchRule tablesComeFromTheClassPathOnly = classes()
            .that(name(TABLES))
            .should()
            .onlyDependOnClassesThat(
                    resideInAnyPackage("dev.bulkhead.engine.text", "java.lang", "java.util", "java.util.regex")
                            .or(type(InputStream.class))
                            .or(type(IOException.class))
                            .or(type(UncheckedIOException.class))
                            .or(resideInAnyPackage("java.nio.charset", "java.lang..", "java.util.stream")));

    @ArchTest
    static final ArchRule verdictsComeFromOnePlace = noClasses()
            .that()
            .resideOutsideOfPackage("dev.bulkhead.engine.evaluation")
            .should()
            .callMethod(PolicySet.class, "rulesFor", Namespace.class, Supplier.class, ClusterCapabilities.class)
            .orShould()
            .accessTargetWhere(target(owner(assignableTo(Verdict.class)))
                    .and(target(nameMatching(JavaConstructor.CONSTRUCTOR_NAME))))
            .because("WorkloadEvaluation is the only way to a verdict");

    @ArchTest
    static final ArchRule rulesAreFinalAndTheirFilesKnowOnlyWorkloads = classes()
            .that()
            .implement(Rule.class)
            .and()
            .areNotInterfaces()
            .and()
            .doNotHaveModifier(com.tngtech.archunit.core.domain.JavaModifier.ABSTRACT)
            .should()
            .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL)
            .andShould()
            .bePackagePrivate();

    @ArchTest
    static final ArchRule engineHasNoMutableStatics = fields().that()
            .areDeclaredInClassesThat()
            .resideInAnyPackage(CORE)
            .and()
            .areStatic()
            .should()
            .beFinal();

    /** What changes or removes something is for those who ask for it, and never in an admission response. */
    @ArchTest
    static final ArchRule webhookOnlyAdds = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.bulkhead.app.admission..",
                    "dev.bulkhead.app.server..",
                    "dev.bulkhead.engine.evaluation..",
                    "dev.bulkhead.engine.policy..")
            .or()
            .belongToAnyOf(JsonPatch.class, HardeningPass.class)
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(
                    Edit.Replace.class,
                    Edit.Remove.class,
                    EditScript.class,
                    Operation.Replace.class,
                    Operation.Remove.class,
                    Remedy.Edits.class);

    /** These probe linearly, so that keys that are chosen to have the same hash make them quadratic. */
    @ArchTest
    static final ArchRule copiesResistCollidingKeys = noClasses()
            .should()
            .accessTargetWhere(target(nameMatching("copyOf|toUnmodifiable(Map|Set)"))
                    .and(target(owner(
                            assignableTo(Map.class).or(assignableTo(Set.class)).or(assignableTo(Collectors.class))))))
            .because("ImmutableCopies takes keys that callers chose");

    @ArchTest
    static final ArchRule nothingIsInjectedIntoFields = noFields().should().beAnnotatedWith("jakarta.inject.Inject");

    @ArchTest
    static final ArchRule namesAreSpecific =
            noClasses().should().haveNameMatching(".*(Util|Utils|Helper|Manager|Impl)(\\$.*)?");

    @ArchTest
    static void packagesAreSmallButForTheRules(JavaClasses classes) {
        Map<String, Long> filesOfPackages = classes.stream()
                .filter(type -> !type.getEnclosingClass().isPresent())
                .filter(type -> !type.getSimpleName().equals("package-info"))
                .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
        filesOfPackages.remove("dev.bulkhead.engine.rule.check");
        assertThat(filesOfPackages)
                .allSatisfy((name, files) ->
                        assertThat(files).as("files of %s", name).isLessThanOrEqualTo(MOST_FILES_OF_A_PACKAGE));
    }
}
