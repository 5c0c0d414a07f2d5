/** The HTTP API: resources of Quarkus REST, behind a listener, an event loop and threads of its own. */
@NullMarked
@OpenAPIDefinition(
        info =
                @Info(
                        title = "Bulkhead",
                        version = "v1",
                        description =
                                "What Bulkhead knows of its rules, and what its webhook would decide about a manifest.",
                        license = @License(name = "Apache-2.0"),
                        contact = @Contact(name = "Bulkhead", url = RuleInfo.HOME)))
package dev.bulkhead.app.api;

import dev.bulkhead.engine.rule.RuleInfo;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.info.Contact;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.info.License;
import org.jspecify.annotations.NullMarked;
