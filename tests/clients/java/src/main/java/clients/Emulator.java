package clients;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sinch.sdk.SinchClient;
import com.sinch.sdk.domains.conversation.api.v1.ConversationService;
import com.sinch.sdk.models.Configuration;
import com.sinch.sdk.models.ConversationContext;
import com.sinch.sdk.models.ConversationRegion;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;

/** The emulator that pytest serves: the SDK's client for it, and its own controls. */
final class Emulator {
  static final String PROJECT = "tinyfrog-jump-high-over-lilypadbasin";

  private static final String URL = System.getenv("SINCH_EMULATOR");
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  private Emulator() {}

  /** Makes a client of the SDK, with a token of its own. */
  static ConversationService connect() {
    return connect("keySecret");
  }

  static ConversationService connect(String keySecret) {
    Configuration configuration =
        Configuration.builder()
            .setOAuthUrl(URL + "/oauth2/token")
            .setProjectId(PROJECT)
            .setKeyId("keyId")
            .setKeySecret(keySecret)
            .setConversationContext(
                ConversationContext.builder().setUrl(URL).setRegion(ConversationRegion.EU).build())
            .build();
    return new SinchClient(configuration).conversation().v1();
  }

  /** Forgets contacts, webhooks, faults and counts. */
  static void reset() throws Exception {
    control("POST", "reset", "");
  }

  /** Puts faults in force, as JSON. */
  static void faults(String rules) throws Exception {
    control("PUT", "faults", rules);
  }

  /** Tells how often a kind of call was made. */
  static int requests(String kind) throws Exception {
    return control("GET", "stats", "").path("requests").path(kind).asInt();
  }

  private static JsonNode control(String method, String path, String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(URL + "/_emulator/" + path))
            .method(method, BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
    }
    return JSON.readTree(answer.body());
  }
}
