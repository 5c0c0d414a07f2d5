package dev.bulkhead.app.console.access;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who may use the console, and what each person sees. Any thread may call it; but for {@link #refusal} it may wait. */
public interface ConsoleAccess {
    /** Why a request is refused by its head alone, for every client. Does not wait. */
    Optional<Access.Refused> refusal(ClientRequest request);

    /** Whether a request may belong to a session, so that a large body is read. Does not wait. */
    boolean isPlausible(ClientRequest request);

    /** Who sends a request. */
    Access of(ClientRequest request);

    /** Whether it is by a token in a header that says who sends a request; no browser adds one to what another site sends. */
    boolean isByToken(ClientRequest request);

    /** Signs in with what the form of the sign-in page sends. */
    Access signIn(ClientRequest request, Map<String, List<String>> form);

    /** Ends the session of a request. */
    Access signOut(ClientRequest request);

    /** Whether a form was made for this viewer. */
    boolean isOwnForm(ClientRequest request, Map<String, List<String>> form);
}
