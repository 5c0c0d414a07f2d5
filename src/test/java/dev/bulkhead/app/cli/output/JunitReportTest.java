package dev.bulkhead.app.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.engine.report.Report;
import dev.bulkhead.engine.report.ReportedProblem;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/** Test results that every server reads, whatever names and messages hold. */
class JunitReportTest {
    private static final Path SCHEMA = Path.of("src/test/resources/schema/junit-10.xsd");
    private static final String HOSTILE = "a<b>&\"'\u0000\u001b[31m\n]]>\ud800\ufffe\u202e\u00e9\ud83d\ude00";

    @TestFactory
    Stream<DynamicTest> recordedReportsAreValid() throws IOException {
        try (Stream<Path> folders = Files.list(Path.of("src/test/resources/check"))) {
            return folders.sorted().toList().stream()
                    .map(folder -> DynamicTest.dynamicTest(
                            folder.getFileName().toString(),
                            () -> validate(Files.readString(folder.resolve("expected.junit.xml")))));
        }
    }

    @Test
    void anyTextIsValidXml() throws Exception {
        List<ReportedProblem> problems = List.of(new ReportedProblem(HOSTILE, 3, 7, HOSTILE));

        String xml = JunitReport.of(new Report("baseline", List.of(), 0, problems, problems), FailOn.DENY);
        validate(xml);
        Document document = parse(xml);

        assertThat(xml).matches("\\p{ASCII}*");
        String shown = "a<b>&\"'\\u0000\\u001b[31m\\u000a]]>\\ud800\\ufffe\\u202e\u00e9\ud83d\ude00";
        Element suite = (Element) document.getElementsByTagName("testsuite").item(0);
        assertThat(suite.getAttribute("name")).isEqualTo(shown);
        Element error = (Element) document.getElementsByTagName("error").item(0);
        assertThat(error.getAttribute("message")).isEqualTo(shown);
        assertThat(document.getElementsByTagName("system-err").item(0).getTextContent())
                .isEqualTo("warning: " + shown + ":3:7: " + shown);
    }

    @Test
    void twoProblemsOnALineAreTwoTests() throws Exception {
        ReportedProblem problem = new ReportedProblem("web.yaml", 3, 7, "no");

        Document document = parse(JunitReport.of(
                new Report("baseline", List.of(), 0, List.of(problem, problem), List.of()), FailOn.DENY));

        assertThat(document.getDocumentElement().getAttribute("errors")).isEqualTo("2");
        assertThat(((Element) document.getElementsByTagName("testcase").item(1)).getAttribute("name"))
                .isEqualTo("line 3 (2)");
        assertThat(((Element) document.getElementsByTagName("testcase").item(1)).getAttribute("classname"))
                .isEqualTo("bulkhead.web_yaml");
    }

    private static void validate(String xml) throws SAXException, IOException {
        Schema schema =
                SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI).newSchema(SCHEMA.toFile());
        schema.newValidator().validate(new StreamSource(new StringReader(xml)));
    }

    private static Document parse(String xml) throws ParserConfigurationException, SAXException, IOException {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }
}
