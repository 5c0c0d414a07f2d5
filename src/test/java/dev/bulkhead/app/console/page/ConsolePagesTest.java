package dev.bulkhead.app.console.page;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.app.cluster.refusal.Refusal;
import dev.bulkhead.app.cluster.scan.Scan;
import dev.bulkhead.app.cluster.scan.ScanEvaluation;
import dev.bulkhead.app.console.access.Viewer;
import dev.bulkhead.app.console.page.markup.PageTemplates;
import dev.bulkhead.app.console.view.ConsoleData;
import dev.bulkhead.app.console.view.Seen;
import dev.bulkhead.engine.access.AccessRule;
import dev.bulkhead.engine.access.AccessTable;
import dev.bulkhead.engine.access.Role;
import dev.bulkhead.engine.access.RoleBinding;
import dev.bulkhead.engine.evaluation.Evaluations;
import dev.bulkhead.engine.evaluation.WorkloadEvaluation;
import dev.bulkhead.engine.policy.Namespace;
import dev.bulkhead.engine.reach.Neighbours;
import dev.bulkhead.engine.reach.account.ClusterAccess;
import dev.bulkhead.engine.workload.WorkloadKinds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class ConsolePagesTest {
    private static final Pattern LINK = Pattern.compile("(?:href|action)=\"(/[^\"]*)\"");
    private static final String WEB = RoleBinding.user(RoleBinding.userName("shop", "web"));
    private static final Viewer ADMIN = new Viewer("ada", true, Set.of(), "token-of-form", Optional.empty());

    private final ConsolePages pages = new ConsolePages(
            DemoCluster.at(Evaluations.NOW).with(DemoCluster.refusals(Evaluations.NOW)), file -> "/assets/" + file);

    private static PageRequest request(String address, Viewer viewer) {
        URI uri = URI.create(address);
        Map<String, List<String>> query = new LinkedHashMap<>();
        for (String pair : Optional.ofNullable(uri.getRawQuery()).orElse("").split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                query.computeIfAbsent(decoded(pair.substring(0, equals)), name -> new ArrayList<>())
                        .add(decoded(pair.substring(equals + 1)));
            }
        }
        return new PageRequest(uri.getPath(), query, Map.of(), viewer, false);
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private String page(String address) {
        PageAnswer answer = pages.answer(request(address, ADMIN));
        assertThat(answer.status()).as(address).isEqualTo(200);
        return answer.body();
    }

    @Test
    void everyLinkOfEveryPageLeadsToAPage() {
        Deque<String> left = new ArrayDeque<>(List.of("/"));
        Set<String> seen = new TreeSet<>(left);
        while (!left.isEmpty()) {
            String body = page(left.pop());
            Matcher link = LINK.matcher(body);
            while (link.find()) {
                String address = link.group(1).replace("&amp;", "&");
                if (!address.startsWith("/assets/") && !address.equals("/sign-out") && seen.add(address)) {
                    left.push(address);
                }
            }
        }
        assertThat(seen).contains("/workloads", "/workloads/build/Deployment/gitlab-runner");
    }

    @Test
    void overviewSaysFirstHowManyAreContained() {
        assertThat(page("/"))
                .contains(
                        "<h1>12 of <a href=\"/workloads\">42 workloads</a> hold every layer that their policies demand."
                                + " <a href=\"/workloads?reach=node\" class=\"danger\">6</a> can become root on the node."
                                + " <a href=\"/workloads?verdict=denied\" class=\"danger\">17</a> would be denied today.</h1>");
    }

    @Test
    void listIsFilteredByWhatTheAddressSays() {
        String body = page("/workloads?namespace=build&verdict=denied&rule=runtimeSocket");

        assertThat(body).contains("gitlab-runner", "image-prepuller").doesNotContain(">buildkitd<", ">checkout-api<");
        assertThat(page("/workloads?q=CHECKOUT")).contains(">checkout-api<").doesNotContain(">ledger<");
        assertThat(page("/workloads?label=team%3Derp")).contains(">tomcat<").doesNotContain(">ledger<");
        assertThat(page("/workloads?reach=node"))
                .as("what the form sends along")
                .contains("<input type=\"hidden\" name=\"reach\" value=\"node\">");
        assertThat(page("/workloads?q=nothing-like-it")).contains("No workload matches");
    }

    @Test
    void listIsFilteredByOwnerTheWorkloadsLabelFirst() {
        ConsolePages labelled = new ConsolePages(
                DemoCluster.evaluated("""
                        kind: Deployment
                        metadata: {name: hers, namespace: shop, labels: {team: grace}}
                        spec: {template: {spec: {containers: [{name: a, image: a}]}}}
                        ---
                        kind: Deployment
                        metadata: {name: theirs, namespace: shop}
                        spec: {template: {spec: {containers: [{name: a, image: a}]}}}
                        """, "metadata: {name: shop, labels: {team: shop}}", "", Evaluations.NOW),
                file -> "/assets/" + file);

        for (String filter : List.of("owner=grace", "label=team%3Dgrace")) {
            assertThat(labelled.answer(request("/workloads?" + filter, ADMIN)).body())
                    .contains(">hers<")
                    .doesNotContain(">theirs<");
        }
        for (String filter : List.of("owner=shop", "label=team%3Dshop")) {
            assertThat(labelled.answer(request("/workloads?" + filter, ADMIN)).body())
                    .contains(">theirs<")
                    .doesNotContain(">hers<");
        }
        assertThat(labelled.answer(request("/workloads", ADMIN)).body())
                .contains("<option value=\"grace\">grace</option><option value=\"shop\">shop</option>");
    }

    @Test
    void workloadShowsItsPodsAndWhatTheyHaveFaredWithHardening() {
        assertThat(page("/workloads/payments/Deployment/ledger"))
                .contains("2 pods: 2 failing. 12 restarts, in pods that Bulkhead hardened.")
                .contains("container ledger: CrashLoopBackOff, last exit code 1")
                .contains("readOnlyRootFilesystem, runAsNonRoot");
        assertThat(page("/workloads/data/StatefulSet/kafka")).contains("pending", "Unschedulable");
        assertThat(page("/workloads/monitoring/DaemonSet/node-exporter")).contains("No pod of it runs now.");
        assertThat(page("/workloads?q=ledger")).contains("2 failing");
    }

    @Test
    void workloadsOfTheSameNameInTwoGroupsHaveTwoPages() {
        ConsolePages two =
                new ConsolePages(DemoCluster.evaluated("""
                        apiVersion: v1
                        kind: Pod
                        metadata: {name: a, namespace: shop, ownerReferences: [
                          {apiVersion: batch.volcano.sh/v1alpha1, kind: Job, name: train, uid: x, controller: true}]}
                        spec: {containers: [{name: theirs, image: a, securityContext: {privileged: true}}]}
                        ---
                        apiVersion: batch/v1
                        kind: Job
                        metadata: {name: train, namespace: shop}
                        spec: {template: {spec: {containers: [{name: own, image: a}]}}}
                        """, "", "", Evaluations.NOW), file -> "/assets/" + file);
        String list = two.answer(request("/workloads", ADMIN)).body();

        assertThat(list).contains("/workloads/shop/Job/train\"", "/workloads/shop/Job/train?group=batch.volcano.sh\"");
        assertThat(two.answer(request("/workloads/shop/Job/train", ADMIN)).body())
                .contains("train is admitted");
        assertThat(two.answer(request("/workloads/shop/Job/train?group=batch.volcano.sh", ADMIN))
                        .body())
                .contains("train would be denied");
        assertThat(two.answer(request("/preview?profile=restricted", ADMIN)).body())
                .contains("/workloads/shop/Job/train\"", "/workloads/shop/Job/train?group=batch.volcano.sh\"");
        assertThat(two.answer(request("/workloads/shop/Job/train?group=other", ADMIN))
                        .status())
                .isEqualTo(404);
    }

    @Test
    void rulesPagesAreThoseOfTheSetting() {
        assertThat(page("/workloads/payments/Deployment/ledger"))
                .contains("https://handbook.example/rules/secretsInEnv")
                .doesNotContain("docs/rules/");
    }

    @Test
    void overviewSaysHowTheWebhookIsAndWhyWhatIsNotKnown() {
        assertThat(page("/"))
                .contains("all 2 are ready", "both webhook configurations call Bulkhead")
                .contains("not known, because the console may not get secret bulkhead-certificate");
        Viewer team = new Viewer("grace", false, Set.of("shop"), "", Optional.empty());
        assertThat(pages.answer(request("/", team)).body()).doesNotContain("webhook configurations");
    }

    @Test
    void refusalsWithoutUsersAreRefusals() {
        Refusal anonymous = new Refusal(
                Evaluations.NOW, Evaluations.NOW, 3, "shop", "Deployment", "web", Optional.empty(), List.of(), "no");
        ConsolePages none =
                new ConsolePages(DemoCluster.at(Evaluations.NOW).with(List.of(anonymous)), file -> "/assets/" + file);

        assertThat(none.answer(request("/", ADMIN)).body())
                .contains("user not recorded</a> 3 times")
                .doesNotContain("Nothing was refused");
        assertThat(none.answer(request("/refusals", ADMIN)).body())
                .contains("1 object refused in the last hour, 3 times in all; to whom is not recorded.")
                .contains("refusals.users: false");
    }

    @Test
    void everyPageCanBeRenderedBeforeSomebodyAsks() {
        assertThat(pages.renderAll()).as("seven pages, and one workload's").isEqualTo(8);
    }

    @Test
    void layerThatNoPolicyAsksForIsNotSaidToHold() {
        assertThat(page("/workloads/build/Deployment/gitlab-runner"))
                .contains("m-open\" aria-hidden=\"true\"></span> <span class=\"layername\">sandbox</span>")
                .contains("is open; no policy asks for it");
    }

    @Test
    void previewOfALabelIsAnAddress() {
        String body = page("/preview?label=pod-security.kubernetes.io%2Fenforce%3Drestricted&namespace=shop");

        assertThat(body)
                .contains("<h1>Of 7 workloads, ")
                .contains("value=\"pod-security.kubernetes.io/enforce=restricted\"")
                .contains("exemptions.yaml?label=pod-security.kubernetes.io%2Fenforce%3Drestricted&amp;namespace=shop")
                .doesNotContain("/preview/policy.yaml");
        assertThat(page("/preview?label=nonsense")).contains("A label is written as key=value.");
    }

    @Test
    void exemptionsSayWhenTheyWereUsedAndWhatIsDeniedAllTheSame() {
        assertThat(page("/exemptions"))
                .contains("19 days ago</time>, at admission")
                .contains("is denied all the same, for runAsNonRoot");
        assertThat(page("/exemptions?state=unused")).contains("fluentd-logs").doesNotContain("ingress-ports");
        assertThat(page("/exemptions?state=ending")).contains("jupyterhub-root").doesNotContain("ingress-ports");
    }

    @Test
    void worstAreThoseThatPoliciesCanChange() {
        ConsolePages own =
                new ConsolePages(DemoCluster.evaluated("""
                        kind: DaemonSet
                        metadata: {name: proxy, namespace: kube-system}
                        spec: {template: {spec: {containers: [{name: a, image: a, securityContext: {privileged: true}}]}}}
                        ---
                        kind: Deployment
                        metadata: {name: hers, namespace: shop}
                        spec: {template: {spec: {containers: [{name: a, image: a}]}}}
                        """, "", "", Evaluations.NOW), file -> "/assets/" + file);

        assertThat(own.answer(request("/", ADMIN)).body())
                .contains("1 more with a way out is in namespaces that admission does not evaluate: kube-system.")
                .doesNotContain("href=\"/workloads/kube-system/DaemonSet/proxy\"");
    }

    @Test
    void messageOfARefusalHasItsLinesAgain() {
        Refusal refusal = new Refusal(
                Evaluations.NOW,
                Evaluations.NOW,
                1,
                "shop",
                "Deployment",
                "web",
                Optional.of("ada"),
                List.of("privileged"),
                "1 finding. - privileged: no fix: do Why, and how to fix it: see");
        ConsolePages one =
                new ConsolePages(DemoCluster.at(Evaluations.NOW).with(List.of(refusal)), file -> "/assets/" + file);

        assertThat(one.answer(request("/refusals", ADMIN)).body())
                .contains("<p>1 finding.</p><p>- privileged: no</p><p>fix: do</p><p>Why, and how to fix it: see</p>");
    }

    @Test
    void partOfAPageHasItsFirstLineAndItsListOnly() {
        PageRequest whole = request("/workloads?namespace=build", ADMIN);
        String part = pages.answer(new PageRequest(whole.path(), whole.query(), Map.of(), ADMIN, true))
                .body();

        assertThat(part).contains("<h1>5 of 42", "id=\"list\"").doesNotContain("<html", "<form");
    }

    @Test
    void workloadShowsWhatToChangeAndWhatToExempt() {
        String body = page("/workloads/build/Deployment/gitlab-runner");

        assertThat(body)
                .contains(
                        "<span class=\"l-removed\">-      - name: docker",
                        "<span class=\"l-added\">+          allowPrivilegeEscalation: false",
                        "kind: Exemption",
                        "/spec/template/spec/volumes/0/hostPath");
    }

    @Test
    void secretsAreNotShown() {
        assertThat(page("/workloads/payments/Deployment/ledger"))
                .contains("DATABASE_URL")
                .doesNotContain("correct-horse");
        assertThat(page("/workloads/erp/Deployment/report-mailer")).doesNotContain("Winter2024");
    }

    @Test
    void viewerSeesNothingOfOtherNamespaces() {
        Viewer team = new Viewer("grace", false, Set.of("shop"), "", Optional.empty());
        String overview = pages.answer(request("/", team)).body();
        String list = pages.answer(request("/workloads", team)).body();

        assertThat(overview).contains(">7 workloads</a>").doesNotContain("payments", "gitlab-runner", "jupyterhub");
        assertThat(list).contains("storefront").doesNotContain("payments", "build", "gitlab");
        PageAnswer other = pages.answer(request("/workloads/build/Deployment/gitlab-runner", team));
        PageAnswer none = pages.answer(request("/workloads/nowhere/Deployment/nothing", team));
        assertThat(other.status()).isEqualTo(404);
        assertThat(other.body()).isEqualTo(none.body());
    }

    @Test
    void strangerGetsAFormAndNoNavigation() {
        PageAnswer form = pages.signIn(Optional.of("The token is expired."), "/workloads?layer=host");

        assertThat(form.status()).isEqualTo(401);
        assertThat(form.body())
                .contains("The token is expired.", "value=\"/workloads?layer=host\"")
                .doesNotContain(">Workloads<", "gitlab-runner");
    }

    @Test
    void previewHasFourNumbersReasonsAndFiles() {
        String body = page("/preview?profile=restricted&namespace=shop");

        assertThat(body)
                .contains("<h1>Of 7 workloads, 4 would be denied")
                .contains("securityContext.privileged=true")
                .contains("/preview/exemptions.yaml?profile=restricted&amp;namespace=shop")
                .doesNotContain("gitlab-runner");
        PageAnswer exemptions =
                pages.answer(request("/preview/exemptions.yaml?profile=restricted&namespace=shop", ADMIN));
        assertThat(exemptions.fileName()).contains("exemptions.yaml");
        assertThat(exemptions.body()).contains("kind: Exemption", "name: shop.deployment.search");
        PageAnswer policy = pages.answer(request("/preview/policy.yaml?profile=restricted&namespace=shop", ADMIN));
        assertThat(Evaluations.policies(policy.body()).policies().get(0).profile())
                .hasToString("restricted");
    }

    @Test
    void previewOfWhatAViewerDoesNotSeeIsEmpty() {
        Viewer team = new Viewer("grace", false, Set.of("shop"), "", Optional.empty());

        assertThat(pages.answer(request("/preview?profile=restricted", team)).body())
                .contains("Of 7 workloads")
                .doesNotContain("gitlab-runner", ">payments<");
        assertThat(pages.answer(request("/preview?profile=restricted&namespace=build", team))
                        .body())
                .contains("Nothing runs there")
                .doesNotContain("gitlab-runner");
        assertThat(pages.answer(request("/preview/exemptions.yaml?profile=restricted&namespace=build", team))
                        .body())
                .doesNotContain("gitlab-runner");
    }

    /** Somebody who sees one namespace learns nothing about what its accounts may do in others, not even by the order. */
    @Test
    void rolesOfAnAccountAreHiddenFromThoseWhoDoNotSeeEverything() {
        TestData data = DemoCluster.evaluated("""
                kind: Deployment
                metadata: {name: harmless, namespace: shop}
                spec: {template: {spec: {containers: [{name: a, image: a}]}}}
                ---
                kind: Deployment
                metadata: {name: powerful, namespace: shop}
                spec: {template: {spec: {serviceAccountName: web, containers: [{name: a, image: a}]}}}
                """, "", "", Evaluations.NOW);
        AccessTable table = new AccessTable(
                List.of(
                        new Role(
                                "",
                                "cluster-admin",
                                List.of(new AccessRule(List.of("*"), List.of("*"), List.of("*"), List.of()))),
                        new Role(
                                "bank",
                                "teller",
                                List.of(new AccessRule(
                                        List.of("get"), List.of(""), List.of("secrets"), List.of("vault"))))),
                List.of(
                        new RoleBinding("", "all", true, "cluster-admin", List.of(WEB)),
                        new RoleBinding("bank", "b", false, "teller", List.of(WEB))),
                List.of());
        ScanEvaluation.Result result = new ScanEvaluation(WorkloadKinds.builtIn())
                .in(new ScanEvaluation.Surroundings(
                        false, Optional.of(new ClusterAccess(table, name -> true, name -> false))))
                .evaluate(
                        data.inventory(),
                        new WorkloadEvaluation(data.policies().policies(), data.cluster(), Evaluations.NOW),
                        Namespace::named);
        ConsolePages some = new ConsolePages(
                new TestData(
                        new Scan.Snapshot(Evaluations.NOW, result),
                        data.policies(),
                        data.namespaces(),
                        data.inventory(),
                        Evaluations.NOW),
                file -> "/assets/" + file);
        Viewer team = new Viewer("grace", false, Set.of("shop"), "", Optional.empty());

        assertThat(some.answer(request("/workloads/shop/Deployment/powerful", ADMIN))
                        .body())
                .contains("teller in bank", "cluster-admin");
        assertThat(some.answer(request("/workloads/shop/Deployment/powerful", team))
                        .body())
                .contains("has the token of service account shop/web, whose rights are not known")
                .doesNotContain("teller", "bank", "cluster-admin");
        assertThat(Seen.of(Seen.rowsOf(new Scan.Snapshot(Evaluations.NOW, result)), Evaluations.NOW, team)
                        .rows())
                .as("in the order of what is seen of them")
                .extracting(row -> row.id().name())
                .containsExactly("harmless", "powerful");
    }

    @Test
    void policyFileIsForTheNamespacesThatWerePreviewed() {
        Viewer team = new Viewer("grace", false, Set.of("shop"), "", Optional.empty());

        assertThat(pages.answer(request("/preview/policy.yaml?profile=restricted", ADMIN))
                        .body())
                .contains("match: {}");
        assertThat(pages.answer(request("/preview/policy.yaml?profile=restricted", team))
                        .body())
                .contains("- shop\n")
                .doesNotContain("match: {}");
        assertThat(pages.answer(request("/preview/policy.yaml?profile=restricted&namespace=build", team))
                        .status())
                .isEqualTo(404);
    }

    @Test
    void exemptionThatExcusesNothingComesFirst() {
        String body = page("/exemptions");

        assertThat(body)
                .contains(
                        "<h1><a href=\"/exemptions\">4 exemptions</a>: <a href=\"/exemptions?state=unused\">1</a> excuses nothing any more, <a href=\"/exemptions?state=ending\">2</a> end within 14 days.</h1>");
        assertThat(body.indexOf("fluentd-logs")).isLessThan(body.indexOf("jupyterhub-root"));
        Viewer team = new Viewer("grace", false, Set.of("data"), "", Optional.empty());
        assertThat(pages.answer(request("/exemptions", team)).body())
                .contains("jupyterhub-root")
                .doesNotContain("fluentd-logs", "monitoring");
    }

    @Test
    void exemptionThatMayBeInUseElsewhereIsNotSaidToBeUnused() {
        ConsolePages shared =
                new ConsolePages(DemoCluster.evaluated("""
                        kind: Deployment
                        metadata: {name: agent, namespace: build}
                        spec: {template: {spec: {containers: [{name: a, image: a, securityContext: {privileged: true}}]}}}
                        """, "", """
                        apiVersion: bulkhead.dev/v1alpha1
                        kind: Exemption
                        metadata: {name: fluentd-logs, namespace: bulkhead-system}
                        spec:
                          reason: builds images
                          owner: team-build
                          expires: 2026-12-20T00:00:00Z
                          match: {namespaces: [build, shop], workloads: [{kind: Deployment, name: agent}]}
                          allow: [{rule: privileged, values: ["true"]}]
                        """, Evaluations.NOW), file -> "/assets/" + file);
        Viewer shop = new Viewer("grace", false, Set.of("shop"), "", Optional.empty());
        Viewer both = new Viewer("ada", false, Set.of("shop", "build"), "", Optional.empty());

        assertThat(shared.answer(request("/exemptions", shop)).body())
                .contains(">not used in your namespaces</span>", "is not used in your namespaces, none of the others")
                .doesNotContain("it can go", "at admission", "agent");
        assertThat(shared.answer(request("/exemptions?state=unused-here", shop)).body())
                .contains("fluentd-logs");
        assertThat(shared.answer(request("/exemptions?state=unused", shop)).body())
                .doesNotContain("fluentd-logs");
        assertThat(shared.answer(request("/exemptions", both)).body())
                .contains(">in use</span>", "at admission", ">agent<");
    }

    @Test
    void refusalsSayWhoWhatAndWhy() {
        String body = page("/refusals");

        assertThat(body)
                .contains("grace@example.com", "must not set securityContext.privileged=true")
                .contains("7 times in 27 minutes")
                .contains("href=\"/workloads/shop/Deployment/image-resizer\"");
        assertThat(page("/refusals?user=grace%40example.com"))
                .contains("debug-shell")
                .doesNotContain("SYS_ADMIN");
        Viewer team = new Viewer("ada", false, Set.of("shop"), "", Optional.empty());
        assertThat(pages.answer(request("/refusals", team)).body())
                .contains("image-resizer")
                .doesNotContain("grace@example.com", "debug-shell");
        assertThat(pages.answer(request("/", team)).body()).doesNotContain("grace@example.com");
    }

    @Test
    void policiesSayWhereTheyAreInForce() {
        assertThat(page("/policies"))
                .contains("<h1>5 policies; every namespace is covered, 1 matches nothing.</h1>")
                .contains("It matches no namespace");
        Viewer team = new Viewer("ada", false, Set.of("erp"), "", Optional.empty());
        assertThat(pages.answer(request("/policies", team)).body())
                .contains(">legacy<")
                .doesNotContain("tenants", "partners", "payments");
    }

    private String check(Viewer viewer, String manifest, String profile, String namespace) {
        return pages.answer(new PageRequest(
                        "/playground",
                        Map.of(),
                        Map.of(
                                "manifest",
                                List.of(manifest),
                                "profile",
                                List.of(profile),
                                "namespace",
                                List.of(namespace)),
                        viewer,
                        false))
                .body();
    }

    @Test
    void playgroundShowsVerdictLinesAndWhatToWrite() {
        String body = check(ADMIN, """
                apiVersion: v1
                kind: Pod
                metadata: {name: web}
                spec:
                  containers:
                  - name: web
                    image: nginxinc/nginx-unprivileged
                    env: [{name: A, value: b}]
                    securityContext:
                      privileged: true
                """, "least-privilege", "");

        assertThat(body)
                .contains("<h1>No, it would be denied.</h1>")
                .contains("<a href=\"#line-10\">line 10</a>")
                .contains("<span class=\"l-removed\">-      privileged: true")
                .contains("<span class=\"l-same\">       value: b");
        assertThat(check(ADMIN, "a: [", "restricted", "")).contains("It cannot be evaluated", "Line 1");
        assertThat(check(ADMIN, "", "restricted", "")).contains("There is no workload in it");
    }

    @Test
    void playgroundEvaluatesKindsOfWidelyUsedProjects() {
        assertThat(check(ADMIN, """
                apiVersion: argoproj.io/v1alpha1
                kind: Rollout
                metadata: {name: web}
                spec:
                  template:
                    spec: {hostNetwork: true, containers: [{name: web, image: nginx}]}
                """, "restricted", "")).contains("<h1>No, it would be denied.</h1>", "hostNamespaces");
    }

    @Test
    void playgroundReadsTheLinesOfABrowsersForm() {
        String manifest = """
                apiVersion: v1
                kind: Pod
                metadata: {name: web}
                spec: {containers: [{name: web, image: nginx}]}
                """;

        assertThat(check(ADMIN, manifest.replace("\n", "\r\n"), "least-privilege", ""))
                .doesNotContain("\\u000d")
                .contains("kind: Pod\n");
    }

    @Test
    void playgroundTellsNothingOfPoliciesThatAViewerDoesNotSee() {
        Viewer team = new Viewer("ada", false, Set.of("erp"), "", Optional.empty());
        String pod = """
                apiVersion: v1
                kind: Pod
                metadata: {name: web, namespace: shop}
                spec: {containers: [{name: web, image: nginx, securityContext: {privileged: true}}]}
                """;

        assertThat(check(team, pod, "", "erp")).contains("you may not list pods in the namespace shop");
        assertThat(check(team, pod, "restricted", "erp")).contains("No, it would be denied.");
        for (String namespace : List.of("erp", "")) {
            assertThat(check(team, pod.replace("namespace: shop", "namespace: erp"), "", namespace))
                    .contains("Yes, it passes as it is.")
                    .contains("privileged");
        }
        assertThat(check(team, pod.replace(", namespace: shop", ""), "", ""))
                .contains("you may not list pods in the namespace default");
        assertThat(check(team, "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n" + pod, "", "erp"))
                .as("a namespace of its own making")
                .contains("you may not list pods in the namespace shop");
    }

    @Test
    void playgroundSaysWhatWasReadOtherwiseThanItsAuthorMayThink() {
        String body = check(ADMIN, """
                apiVersion: v1
                kind: Pod
                metadata: {name: web}
                spec:
                  hostNetwrok: true
                  hostPID: true
                  hostPID: false
                  containers: [{name: web, image: nginx}]
                """, "restricted", "");

        assertThat(body).contains("<li>Line 5: ", "hostNetwrok", "<li>Line 7: ");
        assertThat(check(ADMIN, "apiVersion: v1\nkind: pod\nmetadata: {name: a}\nspec: {containers: []}\n", "", ""))
                .contains("There is no workload in it", "<li>Line 2: ", "Pod");
    }

    @Test
    void whatIsBesideAWorkloadIsASentence() {
        assertThat(WorkloadPage.sentence(Neighbours.NONE)).isEqualTo("No pod of it is on a node.");
        assertThat(WorkloadPage.sentence(new Neighbours(1, 0, 0, false)))
                .isEqualTo("Its pods have a kernel of their own by a sandboxed RuntimeClass.");
        assertThat(WorkloadPage.sentence(new Neighbours(1, 2, 1, true)))
                .isEqualTo("It shares the kernel of 1 node with 2 other workloads of 1 namespace.");
    }

    @Test
    void reachSaysOfWhichContainerItIs() {
        ConsolePages two =
                new ConsolePages(DemoCluster.evaluated("""
                        kind: Deployment
                        metadata: {name: web, namespace: shop}
                        spec: {template: {spec: {containers: [
                          {name: agent, image: a, securityContext: {privileged: true}},
                          {name: side, image: a, securityContext: {privileged: true}}]}}}
                        """, "", "", Evaluations.NOW), file -> "/assets/" + file);

        assertThat(two.answer(request("/workloads/shop/Deployment/web", ADMIN)).body())
                .contains("<span class=\"where\">agent</span> ", "<span class=\"where\">side</span> ");
    }

    @Test
    void onlyOneLayerIsMarkedAndNoneWhereNothingIsOpen() {
        assertThat(page("/").split("class=\"flag\"", -1)).hasSize(2);
        ConsolePages none =
                new ConsolePages(DemoCluster.evaluated("", "", "", Evaluations.NOW), file -> "/assets/" + file);
        assertThat(none.answer(request("/", ADMIN)).body()).doesNotContain("missing most");
        ConsolePages hardened =
                new ConsolePages(DemoCluster.evaluated("""
                        kind: Deployment
                        metadata: {name: web, namespace: shop}
                        spec: {template: {spec: {containers: [{name: a, image: a}]}}}
                        """, "", "", Evaluations.NOW), file -> "/assets/" + file);
        assertThat(hardened.answer(request("/", ADMIN)).body())
                .as("all that is demanded is filled in")
                .doesNotContain("missing most");
    }

    @Test
    void previewSaysWhatPassesOnlyByAnExemption() {
        assertThat(page("/preview?profile=baseline"))
                .contains(" of them only by an exemption</span>")
                .contains("<span class=\"tag\">exempt</span>");
        assertThat(page("/preview?profile=privileged")).doesNotContain("only by an exemption", ">exempt<");
    }

    @Test
    void previewOfThePoliciesHasTwoNamesAndOthersAreRefused() {
        assertThat(page("/preview?profile=enforce").replace("profile=enforce", "profile=policies"))
                .isEqualTo(page("/preview?profile=policies"));
        assertThat(page("/preview?profile=restrictd"))
                .contains("There is no profile restrictd. Expected privileged, baseline", "policies or enforce");
    }

    @Test
    void pageBehindTheLastIsEmpty() {
        assertThat(page("/workloads?page=99&namespace=shop"))
                .contains("The list has no such page. <a href=\"/workloads?namespace=shop\">Show the last one</a>.")
                .doesNotContain(">storefront<");
    }

    @Test
    void whoSeesNoNamespaceIsToldWhatToAskFor() {
        Viewer none = new Viewer("system:serviceaccount:shop:eve", false, Set.of(), "", Optional.empty());

        for (String path : List.of("/", "/workloads", "/preview", "/exemptions", "/refusals", "/policies")) {
            assertThat(pages.answer(request(path, none)).body())
                    .as(path)
                    .contains("<h1>You may list pods in no namespace</h1>")
                    .contains("--clusterrole=view --serviceaccount=shop:eve.")
                    .doesNotContain("covered", "Nothing is exempt");
        }
        Viewer unknown = new Viewer("eve", false, Set.of(), "", Optional.of("The API server does not answer."));
        assertThat(pages.answer(request("/policies", unknown)).body())
                .contains("The API server does not answer.")
                .doesNotContain("You may list pods in no namespace", "covered");
    }

    @Test
    void whatCouldNotBeReadIsNotSaidToBeNone() {
        ConsolePages unread = new ConsolePages(
                DemoCluster.evaluated("", "", "", Evaluations.NOW)
                        .without(
                                "leastprivilegepolicies cannot be read (HTTP status 403): they are not applied",
                                "exemptions cannot be read (HTTP status 403): they are not applied"),
                file -> "/assets/" + file);

        assertThat(unread.answer(request("/", ADMIN)).body())
                .contains("Policies</a> could not be read; the built-in policy is in force as far as is known; ")
                .contains("exemptions</a> could not be read");
        assertThat(unread.answer(request("/policies", ADMIN)).body()).contains("The policies could not be read");
        assertThat(unread.answer(request("/exemptions", ADMIN)).body())
                .contains("The exemptions could not be read")
                .doesNotContain("Nothing is exempt", "No exemptions.");
    }

    @Test
    void builtInPolicyCounts() {
        ConsolePages none =
                new ConsolePages(DemoCluster.evaluated("", "", "", Evaluations.NOW), file -> "/assets/" + file);

        assertThat(none.answer(request("/", ADMIN)).body())
                .contains("The built-in policy</a> and <a href=\"/exemptions\">0 exemptions</a> are in force")
                .doesNotContain("0 policies");
    }

    @Test
    void namespacesThatAdmissionExcludesAreNotCovered() {
        ConsolePages own =
                new ConsolePages(DemoCluster.evaluated("""
                        kind: DaemonSet
                        metadata: {name: proxy, namespace: kube-system}
                        spec: {template: {spec: {containers: [{name: a, image: a}]}}}
                        """, """
                        metadata: {name: kube-system}
                        ---
                        metadata: {name: shop}
                        """, "", Evaluations.NOW), file -> "/assets/" + file);

        assertThat(own.answer(request("/policies", ADMIN)).body())
                .contains("Excluded from admission, so that no policy is in force there: kube-system.")
                .contains("/workloads?namespace=shop")
                .doesNotContain("/workloads?namespace=kube-system");
    }

    /** A problem quotes what is written, such as the names of namespaces. */
    @Test
    void problemsOfAPolicyAreForThoseWhoSeeEverything() {
        ConsolePages invalid = new ConsolePages(
                DemoCluster.evaluated("", "metadata: {name: shop}", """
                        apiVersion: bulkhead.dev/v1alpha1
                        kind: LeastPrivilegePolicy
                        metadata: {name: tenants}
                        spec: {match: {excludeNamespaces: [Treasury]}}
                        """, Evaluations.NOW), file -> "/assets/" + file);
        Viewer team = new Viewer("ada", false, Set.of("shop"), "", Optional.empty());

        assertThat(invalid.answer(request("/policies", ADMIN)).body()).contains("Not in force as written", "Treasury");
        assertThat(invalid.answer(request("/policies", team)).body())
                .contains("tenants", "Not in force as written: it is not valid as written")
                .doesNotContain("Treasury");
    }

    private static ConsoleData neverScanned(String limit) {
        TestData data = DemoCluster.evaluated("", "", "", Evaluations.NOW).without(limit);
        return (ConsoleData) Proxy.newProxyInstance(
                ConsolePagesTest.class.getClassLoader(),
                new Class<?>[] {ConsoleData.class},
                (proxy, method, arguments) ->
                        method.getName().equals("lastScan") ? Optional.empty() : method.invoke(data, arguments));
    }

    @Test
    void clusterThatCannotBeReadIsNotBeingScanned() {
        ConsolePages unread = new ConsolePages(
                neverScanned("The cluster could not be read 4 s ago: pods cannot be read: 403."),
                file -> "/assets/" + file);
        PageAnswer answer = unread.answer(request("/", ADMIN));

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body())
                .contains("<h1>The cluster cannot be read</h1>", "pods cannot be read: 403.</p>")
                .doesNotContain("first scan");
    }

    @Test
    void everyTemplateIsWellFormed() throws IOException {
        PageTemplates templates = new PageTemplates();
        try (Stream<Path> files = Files.walk(Path.of("src/main/resources/dev/bulkhead/app/console/templates"))) {
            List<Path> all = files.filter(Files::isRegularFile).toList();
            assertThat(all).hasSizeGreaterThan(15);
            for (Path file : all) {
                String name = Path.of("src/main/resources/dev/bulkhead/app/console/templates")
                        .relativize(file)
                        .toString()
                        .replace(".html", "");
                assertThat(templates.has(name)).as(name).isTrue();
                assertThat(Files.readString(file))
                        .as("%s has no style and no script of its own, and escapes everything", name)
                        .doesNotContain(" style=", "<style", ".raw", ".safe", " onclick", " onload", "javascript:")
                        .doesNotContainPattern("<script(?! src=\"\\{page\\.files\\.)");
            }
        }
    }

    @Test
    void firstPageIsSmall() throws IOException {
        int bytes = gzipped(page("/").getBytes(StandardCharsets.UTF_8));
        for (String file : List.of("console.css", "console.js", "icon.svg")) {
            bytes += gzipped(Files.readAllBytes(Path.of("src/main/resources/dev/bulkhead/app/console/assets", file)));
        }
        for (String file : List.of("htmx.org/2.0.4/dist/htmx.min.js", "uplot/1.6.30/dist/uPlot.iife.min.js")) {
            try (var jar = ConsolePagesTest.class.getResourceAsStream("/META-INF/resources/webjars/" + file)) {
                bytes += gzipped(jar.readAllBytes());
            }
        }
        assertThat(bytes).isLessThan(100_000);
    }

    private static int gzipped(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        }
        return bytes.size();
    }

    @Test
    void emptyClusterSaysWhatToDo() {
        TestData none = DemoCluster.evaluated("", "", "", Evaluations.NOW);
        ConsolePages empty = new ConsolePages(none, file -> "/assets/" + file);

        for (String address : List.of(
                "/",
                "/workloads",
                "/preview",
                "/preview?profile=restricted",
                "/exemptions",
                "/refusals",
                "/policies",
                "/playground")) {
            assertThat(empty.answer(request(address, ADMIN)).status())
                    .as(address)
                    .isEqualTo(200);
        }
        assertThat(empty.answer(request("/exemptions", ADMIN)).body()).contains("Propose some from a preview");
        assertThat(empty.answer(request("/", ADMIN)).body()).contains("Nothing runs in the namespaces that you see");
    }

    @Test
    void tenThousandWorkloadsArePaged() {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            many.append("---\nkind: Deployment\nmetadata: {name: web-%1$d, namespace: ns-%2$d}\n".formatted(i, i % 200)
                    + "spec: {template: {spec: {containers: [{name: web, image: nginx}]}}}\n");
        }
        ConsolePages large = new ConsolePages(
                DemoCluster.evaluated(many.toString(), "", "", Evaluations.NOW), file -> "/assets/" + file);

        String list = large.answer(request("/workloads?page=200", ADMIN)).body();
        String overview = large.answer(request("/", ADMIN)).body();

        assertThat(list).contains("9951 to 10000 of 10000");
        assertThat(overview).contains("All 200 namespaces").hasSizeLessThan(120_000);
    }
}
