package dev.bulkhead.app.config;

/** The configuration is invalid; the message names the key, what is expected there and what was found. */
public final class ConfigurationException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    public ConfigurationException(String key, String problem) {
        super(key + ": " + problem);
    }
}
