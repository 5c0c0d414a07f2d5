package dev.bulkhead.app.cluster.report;

import java.util.List;

/** Which API reports are written by. */
public enum ReportChoice {
    /** The first that the cluster has. */
    AUTO,
    OPENREPORTS,
    WGPOLICYK8S;

    /** In their order, the first that the cluster has. */
    public List<ReportApi> candidates() {
        return switch (this) {
            case AUTO -> List.of(ReportApi.values());
            case OPENREPORTS -> List.of(ReportApi.OPENREPORTS);
            case WGPOLICYK8S -> List.of(ReportApi.WGPOLICYK8S);
        };
    }
}
