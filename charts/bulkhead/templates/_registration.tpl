{{/*
Both webhook configurations, of .root: as they are to be, or, with .deferred, as they are installed while no replica can
answer yet.
*/}}
{{- define "bulkhead.registration" -}}
{{- $deferred := .deferred }}
{{- with .root }}
{{- $mutate := dict "root" . "path" "/mutate" }}
{{- $validate := dict "root" . "path" "/validate" }}
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata:
  name: {{ include "bulkhead.name" . }}
  labels: {{- include "bulkhead.labels" . | nindent 4 }}
  annotations: {{- include "bulkhead.webhookAnnotations" (dict "root" . "deferred" $deferred.mutating) | nindent 4 }}
webhooks:
  - name: mutate.bulkhead.dev
    # What it leaves unset is refused by the validating one.
    failurePolicy: Ignore
    reinvocationPolicy: IfNeeded
    {{- include "bulkhead.clientConfig" $mutate | nindent 4 }}
    {{- include "bulkhead.workloadScope" . | nindent 4 }}
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
    # What comes in while no replica answers is refused when it is read.
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
    # Only warns.
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
# AKS changes the selectors of webhooks that do not ask it to leave them alone.
admissions.enforcer/disabled: "true"
{{- with include "bulkhead.injection" .root }}
{{ . }}
{{- end }}
{{- if .deferred }}
# Without rules, for which nothing is called: the leader fills in those of the ConfigMap as soon as the gate answers.
bulkhead.dev/in-force: when-ready
{{- end }}
{{- end -}}

{{/*
Whether a webhook configuration, of .root and .kind, is rendered without the rules for workloads, which the leader fills
in once the gate answers. Whoever applies it again then leaves those rules alone, because it does not hold any. A
configuration that has been rendered with rules keeps them: without, the next upgrade would take them away.
*/}}
{{- define "bulkhead.deferred" -}}
{{- if .root.Values.registration.openUntilReady }}
{{- $live := dict }}
{{- /* Without kinds there is no cluster to look anything up in. */}}
{{- if .root.Capabilities.APIVersions.Has "v1/Namespace" }}
{{- $live = lookup "admissionregistration.k8s.io/v1" .kind "" (include "bulkhead.name" .root) }}
{{- end }}
{{- if not $live }}true
{{- else if hasKey ($live.metadata.annotations | default dict) "bulkhead.dev/in-force" }}true
{{- end }}
{{- end }}
{{- end -}}

{{/* The same for both. */}}
{{- define "bulkhead.deferredKinds" -}}
mutating: {{ include "bulkhead.deferred" (dict "root" . "kind" "MutatingWebhookConfiguration") | eq "true" }}
validating: {{ include "bulkhead.deferred" (dict "root" . "kind" "ValidatingWebhookConfiguration") | eq "true" }}
{{- end -}}
