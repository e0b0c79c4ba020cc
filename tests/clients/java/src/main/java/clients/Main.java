package clients;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Runs each check against an emulator that is empty, and notes in a line of JSON its name, and why it failed. The notes
 * go to a file: the SDK may log to the standard output.
 */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) throws Exception {
    Map<String, Check> checks = new LinkedHashMap<>();
    Contacts.register(checks);
    Refusals.register(checks);
    Events.register(checks);
    ObjectMapper json = new ObjectMapper();
    Path notes = Path.of(System.getenv("SINCH_OUTCOMES"));
    try (PrintWriter noted = new PrintWriter(Files.newBufferedWriter(notes, StandardCharsets.UTF_8))) {
      for (Map.Entry<String, Check> check : checks.entrySet()) {
        Emulator.reset();
        Map<String, String> outcome = new HashMap<>();
        outcome.put("check", check.getKey());
        outcome.put("failure", failureOf(check.getValue()));
        noted.println(json.writeValueAsString(outcome));
      }
    }
    System.exit(0);
  }

  private static String failureOf(Check check) {
    try {
      check.run();
      return null;
    } catch (Exception | AssertionError failure) {
      StringWriter trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace));
      return trace.toString();
    }
  }
}
