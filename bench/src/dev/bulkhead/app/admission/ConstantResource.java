package dev.bulkhead.app.admission;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import java.io.IOException;

/** The same constant, as it is usually written on this platform: a resource. Not part of the product. */
@Path("/constant-resource")
public class ConstantResource {
    private final byte[] answer;

    ConstantResource() throws IOException {
        this.answer = Samples.reviews()
                .answer(AdmissionService.Path.VALIDATE, Samples.hardened(), Samples::builtIn)
                .body();
    }

    @POST
    @Consumes("application/json")
    @Produces("application/json")
    public byte[] answer(byte[] review) {
        return answer;
    }
}
