package clients;

import static clients.Check.same;
import static clients.Emulator.connect;
import static clients.Emulator.faults;
import static clients.Emulator.requests;
import static clients.People.marty;
import static com.sinch.sdk.domains.conversation.models.v1.ConversationChannel.SMS;

import com.sinch.sdk.core.exceptions.ApiAuthException;
import com.sinch.sdk.core.exceptions.ApiException;
import com.sinch.sdk.domains.conversation.api.v1.ContactsService;
import com.sinch.sdk.domains.conversation.models.v1.contacts.Contact;
import com.sinch.sdk.domains.conversation.models.v1.contacts.request.ContactCreateRequest;
import com.sinch.sdk.domains.conversation.models.v1.contacts.request.ContactsListQueryParameters;
import java.util.List;
import java.util.Map;

/** What goes wrong, and tokens. */
final class Refusals {
  private Refusals() {}

  static void register(Map<String, Check> checks) {
    checks.put("is told 404 of a contact that is not there", Refusals::notThere);
    checks.put("is told 400 of a contact that is not valid", Refusals::notValid);
    checks.put("is told 401 of a wrong key", Refusals::wrongKey);
    checks.put("is told 401 of a token that is refused again", Refusals::refusedAgain);
    checks.put("is told 403 of a call that is not permitted", Refusals::notPermitted);
    checks.put("renews a token that has expired", Refusals::renews);
    checks.put("asks again where the token endpoint throttles", Refusals::asksAgain);
  }

  private static void notThere() {
    ContactsService contacts = connect().contacts();
    String said = "NOT_FOUND: The contact was not found.";
    refused(() -> contacts.get("nobody"), 404, said);
    refused(() -> contacts.delete("nobody"), 404, said);
    Contact change = Contact.builder().setEmail("a@example.com").build();
    refused(() -> contacts.update("nobody", change), 404, said);
  }

  private static void notValid() {
    ContactsService contacts = connect().contacts();
    ContactCreateRequest request = marty().setMetadata("m".repeat(1025)).build();
    String said = "INVALID_ARGUMENT: contact: metadata is longer than 1024 characters";
    refused(() -> contacts.create(request), 400, said);
    var half = ContactsListQueryParameters.builder().setChannel(SMS).build();
    refused(() -> contacts.list(half), 400, "INVALID_ARGUMENT: channel and identity come together");
  }

  private static void wrongKey() throws Exception {
    ContactsService contacts = connect("wrong").contacts();
    ApiException refusal = refusal(() -> contacts.get("nobody"));
    while (!(refusal instanceof ApiAuthException)) {
      refusal = (ApiException) refusal.getCause();
    }
    same(refusal.getCode(), 401);
    same(refusal.getMessage(), "Token refresh failed with HTTP 401");
    same(requests("get"), 0);
  }

  private static void refusedAgain() throws Exception {
    ContactsService contacts = connect().contacts();
    faults("[{\"kind\": \"expire_token\", \"times\": null}]");
    refused(() -> contacts.get("nobody"), 401, "UNAUTHENTICATED: The token is expired.");
    same(List.of(requests("token"), requests("get")), List.of(2, 2));
  }

  private static void notPermitted() throws Exception {
    ContactsService contacts = connect().contacts();
    faults("[{\"kind\": \"error_before\", \"operation\": \"get\", \"status\": 403}]");
    refused(() -> contacts.get("nobody"), 403, "INTERNAL_ERROR: Internal error.");
  }

  private static void renews() throws Exception {
    ContactsService contacts = connect().contacts();
    Contact created = contacts.create(marty().build());
    faults("[{\"kind\": \"expire_token\"}]");
    same(contacts.get(created.getId()), created);
    same(List.of(requests("token"), requests("get")), List.of(2, 2));
  }

  private static void asksAgain() throws Exception {
    faults("[{\"kind\": \"throttle\", \"operation\": \"token\", \"retry_after\": 0}]");
    connect().contacts().create(marty().build());
    same(List.of(requests("token"), requests("create")), List.of(2, 1));
  }

  /** Sees that a call fails with the SDK's own error, of this code and message. */
  private static void refused(Check call, int code, String message) {
    ApiException refusal = refusal(call);
    same(refusal.getCode(), code);
    same(refusal.getMessage(), message);
  }

  private static ApiException refusal(Check call) {
    try {
      call.run();
    } catch (ApiException refusal) {
      return refusal;
    } catch (Exception other) {
      throw new AssertionError("not the SDK's own error", other);
    }
    throw new AssertionError("nothing was refused");
  }
}
