package dev.bulkhead.app.admission.json;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;

/** Whatever bytes come, they are read as Jackson reads them, or refused for a reason. */
class ReviewReaderFuzzTest {
    @FuzzTest(maxDuration = "15s")
    void readsAsJacksonDoes(byte[] body) throws IOException {
        ReaderAgreement.check(body, ReaderAgreement.byJackson(body));
    }
}
