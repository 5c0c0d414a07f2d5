{{- define "bulkhead.name" -}}
{{- if contains "bulkhead" .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-bulkhead" .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "bulkhead.selector" -}}
app.kubernetes.io/name: bulkhead
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "bulkhead.labels" -}}
{{ include "bulkhead.selector" . }}
{{ include "bulkhead.releaseLabels" . }}
{{- end -}}

{{- define "bulkhead.releaseLabels" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "bulkhead.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (include "bulkhead.name" .) -}}
{{- end -}}

{{- define "bulkhead.image" -}}
{{- $name := .Values.image.repository -}}
{{- with .Values.image.registry }}{{ $name = printf "%s/%s" . $name }}{{ end -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $name .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{/* Where the console's process records what it finds out about images. */}}
{{- define "bulkhead.images" -}}
{{- include "bulkhead.name" . }}-images
{{- end -}}

{{- define "bulkhead.certificate" -}}
{{- if eq .Values.certificates.source "secret" -}}
{{- required "certificates.secretName is required with certificates.source=secret" .Values.certificates.secretName -}}
{{- else -}}
{{- include "bulkhead.name" . }}-certificate
{{- end -}}
{{- end -}}

{{- define "bulkhead.clientConfig" -}}
clientConfig:
  service:
    name: {{ include "bulkhead.name" .root }}
    namespace: {{ .root.Release.Namespace }}
    port: {{ .root.Values.service.port }}
    path: {{ .path }}
  {{- if .root.Values.certificates.caBundle }}
  caBundle: {{ .root.Values.certificates.caBundle }}
  {{- end }}
admissionReviewVersions: [v1]
sideEffects: NoneOnDryRun
matchPolicy: Equivalent
objectSelector: {}
timeoutSeconds: {{ .root.Values.timeoutSeconds }}
{{- end -}}

{{- define "bulkhead.workloadScope" -}}
{{ include "bulkhead.namespaceScope" (dict "root" . "labels" dict) }}
{{- with .Values.matchConditions }}
matchConditions:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The namespaces whose workloads are evaluated, of those with such .labels: operators of expressions by label. */}}
{{- define "bulkhead.namespaceScope" -}}
{{- $root := .root -}}
namespaceSelector:
  matchExpressions:
    # The API server itself sets this label to the name of the namespace.
    - key: kubernetes.io/metadata.name
      operator: NotIn
      values: {{ concat (list "kube-system" $root.Release.Namespace) $root.Values.excludedNamespaces | uniq | toJson }}
    {{- range $key, $operator := .labels }}
    - key: {{ $key }}
      operator: {{ $operator }}
    {{- end }}
{{- end -}}

{{/*
The mutating webhooks by name, each with the labels of its namespaces. Labels of a namespace may add to what a policy fills in,
and a condition of a webhook sees no namespace: where the API server spares calls, namespaces with such labels have webhooks of
their own, which are always called. No pod is for two of them.
*/}}
{{- define "bulkhead.mutatingWebhooks" -}}
{{- if .Values.webhooks.spareMutateCalls }}
mutate.bulkhead.dev: {bulkhead.dev/profile: DoesNotExist, bulkhead.dev/mode: DoesNotExist}
mutate-profile.bulkhead.dev: {bulkhead.dev/profile: Exists}
mutate-mode.bulkhead.dev: {bulkhead.dev/profile: DoesNotExist, bulkhead.dev/mode: Exists}
{{- else }}
mutate.bulkhead.dev: {}
{{- end }}
{{- end -}}

{{- define "bulkhead.injection" -}}
{{- if eq .Values.certificates.source "cert-manager" -}}
cert-manager.io/inject-ca-from: {{ .Release.Namespace }}/{{ include "bulkhead.name" . }}
{{- end -}}
{{- end -}}

{{/* The port of tracing.endpoint, by its scheme if it names none. */}}
{{- define "bulkhead.tracingPort" -}}
{{- $url := urlParse .Values.tracing.endpoint -}}
{{- regexFind ":[0-9]+$" $url.host | trimPrefix ":" | default (ternary "443" "80" (eq $url.scheme "https")) -}}
{{- end -}}

{{/* A value as a CEL expression. dyn() allows lists and maps with values of different types. */}}
{{- define "bulkhead.cel" -}}
{{- if kindIs "map" . -}}
{ {{- $first := true -}}
{{- range $key, $value := . -}}
{{- if not $first }}, {{ end -}}{{- $first = false -}}
{{ $key | toJson }}: dyn({{ include "bulkhead.cel" $value }})
{{- end -}} }
{{- else if kindIs "slice" . -}}
[ {{- range $index, $value := . -}}
{{- if $index }}, {{ end -}}
dyn({{ include "bulkhead.cel" $value }})
{{- end -}} ]
{{- else -}}
{{ . | toJson }}
{{- end -}}
{{- end -}}

{{/* What decides which policies are in force, for every process that evaluates. */}}
{{- define "bulkhead.policyEnv" -}}
- name: BULKHEAD_POLICY_PROFILE
  value: {{ .Values.profile }}
- name: BULKHEAD_POLICY_MODE
  value: {{ .Values.mode }}
- name: BULKHEAD_POLICY_DEFAULT_POLICY
  value: {{ .Values.defaultPolicy }}
- name: BULKHEAD_EXEMPTIONS_NAMESPACES
  value: {{ join "," (.Values.exemptions.namespaces | default (list .Release.Namespace)) }}
- name: BULKHEAD_EXEMPTIONS_MAX_DURATION
  value: {{ .Values.exemptions.maxDuration | quote }}
{{- with .Values.workloadKinds }}
{{- $kinds := list }}
{{- range . }}
{{- $kinds = append $kinds (printf "%s/%s=%s" .group .kind .template) }}
{{- end }}
- name: BULKHEAD_WORKLOADS_KINDS
  value: {{ join "," $kinds | quote }}
{{- end }}
{{- end -}}

{{- define "bulkhead.consoleSelector" -}}
app.kubernetes.io/name: bulkhead-console
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "bulkhead.consoleLabels" -}}
{{ include "bulkhead.consoleSelector" . }}
{{ include "bulkhead.releaseLabels" . }}
{{- end -}}

{{/* The Secret with the console's certificate; empty if it has none. */}}
{{- define "bulkhead.consoleCertificate" -}}
{{- if .Values.console.enabled -}}
{{- if .Values.console.tls.certManager.enabled -}}
{{ include "bulkhead.name" . }}-console-tls
{{- else -}}
{{ .Values.console.tls.secretName }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Rules of a NetworkPolicy that lead to the API server; the context is networkPolicy.egress. */}}
{{- define "bulkhead.egressToApiServer" -}}
# The API server.
- ports:
    {{- range .apiServerPorts }}
    - port: {{ . }}
    {{- end }}
  {{- with .apiServerTo }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
# DNS.
- ports:
    {{- range .dnsPorts }}
    - port: {{ . }}
      protocol: UDP
    - port: {{ . }}
      protocol: TCP
    {{- end }}
  {{- with .dnsTo }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}
