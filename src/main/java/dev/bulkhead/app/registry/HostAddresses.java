package dev.bulkhead.app.registry;

import java.net.InetAddress;
import java.util.List;

/** Looks up the addresses of hosts. */
@FunctionalInterface
interface HostAddresses {
    /** The addresses of that host; empty if this machine knows none, as behind a proxy. */
    List<InetAddress> of(String host, Deadline deadline) throws RegistryException;
}
