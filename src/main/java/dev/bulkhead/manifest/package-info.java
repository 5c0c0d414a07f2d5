/** Reads Kubernetes manifests and policy files, YAML or JSON, keeping the place in the file of everything it reads. */
@NullMarked
package dev.bulkhead.manifest;

import org.jspecify.annotations.NullMarked;
