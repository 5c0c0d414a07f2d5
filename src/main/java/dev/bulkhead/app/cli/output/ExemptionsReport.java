package dev.bulkhead.app.cli.output;

import dev.bulkhead.engine.proposal.Proposal;
import dev.bulkhead.engine.text.SafeText;
import dev.bulkhead.manifest.ExemptionDocuments;
import java.io.PrintWriter;
import java.util.List;

/** A report as the exemptions that would have everything admitted, for review. */
public final class ExemptionsReport {
    private ExemptionsReport() {}

    /** Prints the exemptions, and to the error stream for which workloads there is none. */
    public static void print(List<Proposal> proposals, PrintWriter out, PrintWriter err) {
        out.print(ExemptionDocuments.write(proposals));
        for (Proposal proposal : proposals) {
            proposal.objection()
                    .ifPresent(objection -> err.println(SafeText.line("bulkhead: no exemption is proposed for "
                            + ExemptionDocuments.describe(proposal.workload()) + ": " + objection)));
        }
    }
}
