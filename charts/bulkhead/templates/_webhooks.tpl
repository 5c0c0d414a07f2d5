{{/*
Both webhook configurations, for the context .root: as they take effect, or, with .deferred, as they are installed while
no replica can answer yet.
*/}}
{{- define "bulkhead.webhookConfigurations" -}}
{{- $deferred := .deferred }}
{{- with .root }}
{{- $root := . }}
{{- $mutate := dict "root" . "path" "/mutate" }}
{{- $validate := dict "root" . "path" "/validate" }}
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata:
  name: {{ include "bulkhead.name" . }}
  labels: {{- include "bulkhead.labels" . | nindent 4 }}
  annotations: {{- include "bulkhead.webhookAnnotations" (dict "root" . "deferred" $deferred.mutating) | nindent 4 }}
webhooks:
  {{- range $name, $labels := include "bulkhead.mutatingWebhooks" . | fromYaml }}
  - name: {{ $name }}
    # The validating webhook rejects what this one did not fill in.
    failurePolicy: Ignore
    reinvocationPolicy: IfNeeded
    {{- include "bulkhead.clientConfig" $mutate | nindent 4 }}
    {{- include "bulkhead.namespaceScope" (dict "root" $root "labels" $labels) | nindent 4 }}
    {{- with $root.Values.matchConditions }}
    matchConditions: {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- if not $deferred.mutating }}
    rules:
      - apiGroups: [""]
        apiVersions: [v1]
        resources: [pods]
        operations: [CREATE]
        scope: Namespaced
      - apiGroups: [""]
        apiVersions: [v1]
        resources: [pods/ephemeralcontainers]
        operations: [UPDATE]
        scope: Namespaced
    {{- end }}
  {{- end }}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: {{ include "bulkhead.name" . }}
  labels: {{- include "bulkhead.labels" . | nindent 4 }}
  annotations: {{- include "bulkhead.webhookAnnotations" (dict "root" . "deferred" $deferred.validating) | nindent 4 }}
webhooks:
  - name: validate.bulkhead.dev
    {{- if ne .Values.failurePolicy "auto" }}
    failurePolicy: {{ .Values.failurePolicy }}
    {{- end }}
    {{- include "bulkhead.clientConfig" $validate | nindent 4 }}
    {{- include "bulkhead.workloadScope" . | nindent 4 }}
    {{- if not $deferred.validating }}
    rules:
      - apiGroups: [""]
        apiVersions: [v1]
        resources: [pods, pods/ephemeralcontainers, pods/resize, replicationcontrollers, podtemplates]
        operations: [CREATE, UPDATE]
        scope: Namespaced
      - apiGroups: [apps]
        apiVersions: [v1]
        resources: [deployments, daemonsets, statefulsets, replicasets]
        operations: [CREATE, UPDATE]
        scope: Namespaced
      - apiGroups: [batch]
        apiVersions: [v1]
        resources: [jobs, cronjobs]
        operations: [CREATE, UPDATE]
        scope: Namespaced
      {{- range .Values.workloadKinds }}
      - apiGroups: [{{ .group | quote }}]
        apiVersions: [{{ .version | quote }}]
        resources: [{{ .resource | quote }}]
        operations: [CREATE, UPDATE]
        scope: Namespaced
      {{- end }}
    {{- end }}
  - name: declarations.bulkhead.dev
    # An invalid object that is stored while no replica answers is rejected when Bulkhead reads it.
    failurePolicy: Ignore
    {{- include "bulkhead.clientConfig" $validate | nindent 4 }}
    namespaceSelector: {}
    rules:
      - apiGroups: [bulkhead.dev]
        apiVersions: [v1alpha1]
        resources: [leastprivilegepolicies, exemptions]
        operations: [CREATE, UPDATE]
        scope: "*"
  - name: namespaces.bulkhead.dev
    # This webhook only warns.
    failurePolicy: Ignore
    {{- include "bulkhead.clientConfig" $validate | nindent 4 }}
    {{- include "bulkhead.workloadScope" . | nindent 4 }}
    rules:
      - apiGroups: [""]
        apiVersions: [v1]
        resources: [namespaces]
        operations: [UPDATE]
        scope: Cluster
{{- end }}
{{- end -}}

{{- define "bulkhead.webhookAnnotations" -}}
# Without it, AKS changes the selectors of the webhooks.
admissions.enforcer/disabled: "true"
{{- with include "bulkhead.injection" .root }}
{{ . }}
{{- end }}
{{- if .deferred }}
# The webhooks for workloads have no rules yet. The leader adds those of the ConfigMap once a replica answers.
bulkhead.dev/in-force: when-ready
{{- end }}
{{- end -}}

{{/*
Whether the webhook configuration of this .kind is rendered without the rules for workloads, which the leader adds once a
replica answers. Applying such a manifest again does not remove the rules, because it does not contain the field. A
configuration that was rendered with rules keeps them; otherwise the next upgrade would remove them.
*/}}
{{- define "bulkhead.deferred" -}}
{{- if .root.Values.webhooks.openUntilReady }}
{{- $live := dict }}
{{- /* Without these API versions there is no cluster to look up anything in. */}}
{{- if .root.Capabilities.APIVersions.Has "v1/Namespace" }}
{{- $live = lookup "admissionregistration.k8s.io/v1" .kind "" (include "bulkhead.name" .root) }}
{{- end }}
{{- if not $live }}true
{{- else if hasKey ($live.metadata.annotations | default dict) "bulkhead.dev/in-force" }}true
{{- end }}
{{- end }}
{{- end -}}

{{/* bulkhead.deferred for both webhook configurations. */}}
{{- define "bulkhead.deferredKinds" -}}
mutating: {{ include "bulkhead.deferred" (dict "root" . "kind" "MutatingWebhookConfiguration") | eq "true" }}
validating: {{ include "bulkhead.deferred" (dict "root" . "kind" "ValidatingWebhookConfiguration") | eq "true" }}
{{- end -}}
