package dev.bulkhead.engine.rule.secret;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** Tokens whose issuers mark them, so that they are known wherever they stand. */
final class KnownTokens {
    private static final BitSet ALPHANUMERIC = alphabet("azAZ09");
    private static final BitSet CAPITALS = alphabet("AZ09");
    private static final BitSet HEX = alphabet("afAF09");
    private static final BitSet BASE64 = alphabet("azAZ09++//");
    private static final BitSet URL_SAFE = alphabet("azAZ09--__");
    private static final BitSet DOTTED = alphabet("azAZ09--__..");
    private static final BitSet SLASHED = alphabet("azAZ09--__//");
    private static final BitSet PRINTABLE = alphabet(" ~");

    /**
     * A kind of token.
     *
     * @param kind what it is, with its article
     * @param prefix how it begins
     * @param least how many characters follow at least
     * @param exact whether no more than these may follow
     */
    private record Token(String kind, String prefix, int least, boolean exact, BitSet alphabet) {
        static Token of(String kind, String prefix, int least, BitSet alphabet) {
            return new Token(kind, prefix, least, false, alphabet);
        }

        static Token exactly(String kind, String prefix, int length, BitSet alphabet) {
            return new Token(kind, prefix, length, true, alphabet);
        }

        boolean standsAt(String text, int start) {
            int from = start + prefix.length();
            int end = from + least;
            if (end > text.length() || !text.startsWith(prefix, start)) {
                return false;
            }
            boolean varied = false;
            for (int i = from; i < end; i++) {
                if (!alphabet.get(text.charAt(i))) {
                    return false;
                }
                varied |= text.charAt(i) != text.charAt(from);
            }
            // The same character throughout is somebody's placeholder.
            return varied && !(exact && end < text.length() && alphabet.get(text.charAt(end)));
        }
    }

    private static final List<Token> ALL = List.of(
            Token.exactly("an AWS access key id", "AKIA", 16, CAPITALS),
            Token.exactly("an AWS access key id", "ASIA", 16, CAPITALS),
            Token.exactly("an AWS access key id", "ABIA", 16, CAPITALS),
            Token.exactly("an AWS access key id", "ACCA", 16, CAPITALS),
            Token.of("an Alibaba access key id", "LTAI", 16, ALPHANUMERIC),
            Token.exactly("a Google API key", "AIza", 35, URL_SAFE),
            Token.of("a Google access token", "ya29.", 20, URL_SAFE),
            Token.of("a Google client secret", "GOCSPX-", 24, URL_SAFE),
            Token.of("a GitHub token", "ghp_", 36, ALPHANUMERIC),
            Token.of("a GitHub token", "gho_", 36, ALPHANUMERIC),
            Token.of("a GitHub token", "ghu_", 36, ALPHANUMERIC),
            Token.of("a GitHub token", "ghs_", 36, DOTTED),
            Token.of("a GitHub token", "ghr_", 36, ALPHANUMERIC),
            Token.of("a GitHub token", "github_pat_", 22, URL_SAFE),
            Token.of("a GitLab token", "glpat-", 20, DOTTED),
            Token.of("a GitLab token", "gldt-", 20, DOTTED),
            Token.of("a GitLab token", "glrt-", 20, DOTTED),
            Token.of("a GitLab token", "glptt-", 20, DOTTED),
            Token.of("a GitLab token", "glcbt-", 20, DOTTED),
            Token.of("a GitLab token", "glft-", 20, DOTTED),
            Token.of("a GitLab token", "glsoat-", 20, DOTTED),
            Token.of("a GitLab token", "glagent-", 20, DOTTED),
            Token.of("a GitLab token", "gloas-", 20, DOTTED),
            Token.of("a Slack token", "xoxb-", 10, URL_SAFE),
            Token.of("a Slack token", "xoxp-", 10, URL_SAFE),
            Token.of("a Slack token", "xoxa-", 10, URL_SAFE),
            Token.of("a Slack token", "xoxr-", 10, URL_SAFE),
            Token.of("a Slack token", "xoxs-", 10, URL_SAFE),
            Token.of("a Slack token", "xoxc-", 10, URL_SAFE),
            Token.of("a Slack token", "xoxd-", 10, URL_SAFE),
            Token.of("a Slack token", "xoxe-", 10, URL_SAFE),
            Token.of("a Slack token", "xoxe.", 10, DOTTED),
            Token.of("a Slack token", "xapp-", 10, URL_SAFE),
            Token.of("a Slack webhook", "hooks.slack.com/services/T", 20, SLASHED),
            Token.of("a Discord webhook", "discord.com/api/webhooks/", 40, SLASHED),
            Token.of("a Stripe key", "sk_live_", 16, ALPHANUMERIC),
            Token.of("a Stripe key", "rk_live_", 16, ALPHANUMERIC),
            Token.of("a Stripe key", "sk_test_", 16, ALPHANUMERIC),
            Token.of("a Stripe key", "rk_test_", 16, ALPHANUMERIC),
            Token.of("a webhook's signing secret", "whsec_", 24, BASE64),
            Token.of("an npm token", "npm_", 36, ALPHANUMERIC),
            Token.of("a PyPI token", "pypi-AgE", 32, URL_SAFE),
            Token.of("a RubyGems key", "rubygems_", 48, HEX),
            Token.of("a Docker Hub token", "dckr_pat_", 20, URL_SAFE),
            Token.of("a Docker Hub token", "dckr_oat_", 20, URL_SAFE),
            Token.of("an Artifactory key", "AKCp", 60, ALPHANUMERIC),
            Token.of("a Vault token", "hvs.", 20, URL_SAFE),
            Token.of("a Vault token", "hvb.", 20, URL_SAFE),
            Token.of("a Doppler token", "dp.st.", 20, DOTTED),
            Token.of("a Doppler token", "dp.pt.", 20, DOTTED),
            Token.of("a DigitalOcean token", "dop_v1_", 64, HEX),
            Token.of("a DigitalOcean token", "doo_v1_", 64, HEX),
            Token.of("a Databricks token", "dapi", 32, HEX),
            Token.of("a Grafana token", "glsa_", 32, URL_SAFE),
            Token.of("a Grafana token", "glc_", 32, BASE64),
            Token.of("a Sentry token", "sntrys_", 40, SLASHED),
            Token.of("a Sentry token", "sntryu_", 64, HEX),
            Token.of("a New Relic key", "NRAK-", 27, CAPITALS),
            Token.of("a SendGrid key", "SG.", 60, DOTTED),
            Token.of("a Shopify token", "shpat_", 32, ALPHANUMERIC),
            Token.of("a Shopify token", "shpss_", 32, ALPHANUMERIC),
            Token.of("a Square token", "sq0atp-", 22, URL_SAFE),
            Token.of("a Square token", "sq0csp-", 43, URL_SAFE),
            Token.of("an Atlassian token", "ATATT3", 60, URL_SAFE),
            Token.of("a Linear key", "lin_api_", 32, ALPHANUMERIC),
            Token.of("a Postman key", "PMAK-", 32, URL_SAFE),
            Token.of("a PlanetScale token", "pscale_tkn_", 32, DOTTED),
            Token.of("a PlanetScale password", "pscale_pw_", 32, DOTTED),
            Token.of("a Supabase token", "sbp_", 40, HEX),
            Token.of("a Tailscale key", "tskey-", 16, URL_SAFE),
            Token.of("a Hugging Face token", "hf_", 34, ALPHANUMERIC),
            Token.of("an Anthropic key", "sk-ant-", 32, URL_SAFE),
            Token.of("an OpenAI key", "sk-proj-", 32, URL_SAFE),
            Token.of("an OpenAI key", "sk-svcacct-", 32, URL_SAFE),
            Token.of("an OpenAI key", "sk-", 40, ALPHANUMERIC),
            Token.of("an OpenRouter key", "sk-or-v1-", 32, HEX),
            Token.of("a 1Password service account token", "ops_eyJ", 100, URL_SAFE),
            Token.of("an age private key", "AGE-SECRET-KEY-1", 58, CAPITALS),
            Token.of("a private key", "PuTTY-User-Key-File-", 2, PRINTABLE));

    private static final List<List<Token>> BY_FIRST = byFirst();

    private static List<List<Token>> byFirst() {
        List<List<Token>> byFirst = new ArrayList<>();
        for (int c = 0; c < 128; c++) {
            int first = c;
            byFirst.add(ALL.stream()
                    .filter(token -> token.prefix.charAt(0) == first)
                    .toList());
        }
        return List.copyOf(byFirst);
    }

    private KnownTokens() {}

    /** The characters of these ranges, each given by its first and its last. */
    private static BitSet alphabet(String ranges) {
        BitSet alphabet = new BitSet(128);
        for (int i = 0; i < ranges.length(); i += 2) {
            alphabet.set(ranges.charAt(i), ranges.charAt(i + 1) + 1);
        }
        return alphabet;
    }

    /** What kind of token stands somewhere in the text, if one does. Looks at each character a bounded number of times. */
    static Optional<String> find(String text) {
        boolean inWord = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!inWord && c < 128) {
                for (Token token : BY_FIRST.get(c)) {
                    if (token.standsAt(text, i)) {
                        return Optional.of(token.kind);
                    }
                }
            }
            inWord = ALPHANUMERIC.get(c);
        }
        return hasJsonWebToken(text) ? Optional.of("a JSON Web Token") : Optional.empty();
    }

    /** Three parts in Base64, joined by dots, of which the first begins as an object in JSON does. */
    private static boolean hasJsonWebToken(String text) {
        int parts = 0;
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i < text.length() && URL_SAFE.get(text.charAt(i))) {
                continue;
            }
            int length = i - start;
            if (parts > 0) {
                parts = length >= 4 ? parts + 1 : 0;
            }
            if (parts == 0 && length >= 16 && text.startsWith("eyJ", start)) {
                parts = 1;
            }
            if (parts == 3) {
                return true;
            }
            if (i == text.length() || text.charAt(i) != '.') {
                parts = 0;
            }
            start = i + 1;
        }
        return false;
    }
}
