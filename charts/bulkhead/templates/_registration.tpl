{{/*
Both webhook configurations, of .root: as they are to be, or, with .later, as they are installed while no replica can
answer yet.
*/}}
{{- define "bulkhead.registration" -}}
{{- $later := .later }}
{{- with .root }}
{{- $mutate := dict "root" . "path" "/mutate" }}
{{- $validate := dict "root" . "path" "/validate" }}
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata:
  name: {{ include "bulkhead.name" . }}
  labels: {{- include "bulkhead.labels" . | nindent 4 }}
  {{- with include "bulkhead.injection" . }}
  annotations: {{- . | nindent 4 }}
  {{- end }}
webhooks:
  - name: mutate.bulkhead.dev
    # What it leaves unset is refused by the validating one.
    failurePolicy: Ignore
    reinvocationPolicy: IfNeeded
    {{- include "bulkhead.clientConfig" $mutate | nindent 4 }}
    {{- include "bulkhead.workloadScope" . | nindent 4 }}
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
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: {{ include "bulkhead.name" . }}
  labels: {{- include "bulkhead.labels" . | nindent 4 }}
  {{- if or $later (include "bulkhead.injection" .) }}
  annotations:
    {{- with include "bulkhead.injection" . }}
    {{- . | nindent 4 }}
    {{- end }}
    {{- if $later }}
    # The leader puts in force what the ConfigMap says as soon as the gate answers.
    bulkhead.dev/in-force: when-ready
    {{- end }}
  {{- end }}
webhooks:
  - name: validate.bulkhead.dev
    failurePolicy: {{ $later | ternary "Ignore" .Values.failurePolicy }}
    {{- include "bulkhead.clientConfig" $validate | nindent 4 }}
    {{- include "bulkhead.workloadScope" . | nindent 4 }}
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
  - name: declarations.bulkhead.dev
    # What comes in while no replica answers is refused when it is read.
    failurePolicy: Ignore
    {{- include "bulkhead.clientConfig" $validate | nindent 4 }}
    rules:
      - apiGroups: [bulkhead.dev]
        apiVersions: [v1alpha1]
        resources: [leastprivilegepolicies, exemptions]
        operations: [CREATE, UPDATE]
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

{{/*
Whether the gate is to refuse what it cannot be asked about only once it answers: at the first installation, which
templates that are rendered without a cluster cannot tell from any other.
*/}}
{{- define "bulkhead.later" -}}
{{- if and .Release.IsInstall (eq .Values.failurePolicy "Fail") .Values.registration.openUntilReady }}
{{- /* Without kinds there is no cluster to look anything up in. */}}
{{- if .Capabilities.APIVersions.Has "v1/Namespace" }}
{{- if lookup "v1" "Namespace" "" "kube-system" }}true{{ end }}
{{- end }}
{{- end }}
{{- end -}}
