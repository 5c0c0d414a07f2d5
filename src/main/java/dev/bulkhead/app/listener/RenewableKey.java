package dev.bulkhead.app.listener;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A server's key and certificate chain that can be replaced while connections arrive: a handshake has either the old ones or
 * the new ones. Vert.x's own replacement ({@code updateSSLOptions}, 4.5.27) closes the connections that arrive before it has
 * made its new context.
 */
final class RenewableKey extends X509ExtendedKeyManager {
    private static final char SEPARATOR = ':';

    /** The last one is kept for the handshakes that have chosen it and have not read its key yet. */
    private record Generations(int number, X509ExtendedKeyManager newest, X509ExtendedKeyManager last) {
        String aliasOf(String alias) {
            return number + String.valueOf(SEPARATOR) + alias;
        }

        X509ExtendedKeyManager of(String alias) {
            return alias.startsWith(number + String.valueOf(SEPARATOR)) ? newest : last;
        }
    }

    private volatile Generations generations;

    RenewableKey(X509ExtendedKeyManager first) {
        generations = new Generations(0, first, first);
    }

    /** Handshakes that begin from now on have this one. */
    synchronized void replace(X509ExtendedKeyManager next) {
        generations = new Generations(generations.number() + 1, next, generations.newest());
    }

    private static String inner(String alias) {
        return alias.substring(alias.indexOf(SEPARATOR) + 1);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        Generations now = generations;
        @Nullable String alias = now.newest().chooseEngineServerAlias(keyType, issuers, engine);
        return alias == null ? null : now.aliasOf(alias);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        Generations now = generations;
        @Nullable String alias = now.newest().chooseServerAlias(keyType, issuers, socket);
        return alias == null ? null : now.aliasOf(alias);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return generations.of(alias).getCertificateChain(inner(alias));
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return generations.of(alias).getPrivateKey(inner(alias));
    }

    /** A server lists none. */
    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    /** It is no client. */
    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    /** It is no client. */
    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
