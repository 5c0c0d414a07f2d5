{{/* Both webhook configurations: once as they are installed, once written down. */}}
{{- define "bulkhead.registration" -}}
{{- $mutate := dict "root" . "path" "/mutate" }}
{{- $validate := dict "root" . "path" "/validate" }}
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata:
  name: {{ include "bulkhead.name" . }}
  labels: {{- include "bulkhead.labels" . | nindent 4 }}
  {{- include "bulkhead.webhookAnnotations" . | nindent 2 }}
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
  {{- include "bulkhead.webhookAnnotations" . | nindent 2 }}
webhooks:
  - name: validate.bulkhead.dev
    failurePolicy: {{ .Values.failurePolicy }}
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
{{- end -}}
