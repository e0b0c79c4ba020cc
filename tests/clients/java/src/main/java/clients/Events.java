package clients;

import static clients.Check.same;
import static clients.Emulator.connect;
import static clients.People.APP;
import static clients.People.marty;

import com.sinch.sdk.domains.conversation.api.v1.ContactsService;
import com.sinch.sdk.domains.conversation.api.v1.ConversationService;
import com.sinch.sdk.domains.conversation.api.v1.SinchEventsService;
import com.sinch.sdk.domains.conversation.models.v1.contacts.Contact;
import com.sinch.sdk.domains.conversation.models.v1.contacts.request.MergeContactRequest;
import com.sinch.sdk.domains.conversation.models.v1.eventdestinations.EventDestination;
import com.sinch.sdk.domains.conversation.models.v1.eventdestinations.EventDestinationTargetType;
import com.sinch.sdk.domains.conversation.models.v1.eventdestinations.EventDestinationTrigger;
import com.sinch.sdk.domains.conversation.models.v1.eventdestinations.request.EventDestinationCreateRequest;
import com.sinch.sdk.domains.conversation.models.v1.sinchevents.ConversationSinchEvent;
import com.sinch.sdk.domains.conversation.models.v1.sinchevents.contact.ContactCreateEvent;
import com.sinch.sdk.domains.conversation.models.v1.sinchevents.contact.ContactDeleteEvent;
import com.sinch.sdk.domains.conversation.models.v1.sinchevents.contact.ContactMergeEvent;
import com.sinch.sdk.domains.conversation.models.v1.sinchevents.contact.ContactUpdateEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Events: their signature and their contents. */
final class Events {
  private static final String SECRET = "CactusKnight_SurfsWaves";
  private static final String TIMESTAMP = "x-sinch-webhook-signature-timestamp";
  private static final List<EventDestinationTrigger> TRIGGERS =
      List.of(
          EventDestinationTrigger.CONTACT_CREATE,
          EventDestinationTrigger.CONTACT_UPDATE,
          EventDestinationTrigger.CONTACT_DELETE,
          EventDestinationTrigger.CONTACT_MERGE);

  private Events() {}

  static void register(Map<String, Check> checks) {
    checks.put("gets signed events and reads them", Events::getsAndReads);
    checks.put("refuses an event that was tampered with", Events::refuses);
  }

  private static void getsAndReads() throws Exception {
    ConversationService service = connect();
    ContactsService contacts = service.contacts();
    List<String> wanted = new ArrayList<>();
    List<String> told = new ArrayList<>();
    try (Receiver receiver = new Receiver()) {
      subscribe(service, receiver);
      Contact first = contacts.create(marty().setEmail("").build());
      contacts.update(first.getId(), Contact.builder().setDisplayName("Zoë ☎").build());
      Contact second = contacts.create(marty().build());
      Contact third = contacts.create(marty().build());
      Contact merged =
          contacts.mergeContact(
              first.getId(), MergeContactRequest.builder().setSourceId(second.getId()).build());
      contacts.delete(third.getId());
      wanted.add("created " + first.getId());
      wanted.add("created " + second.getId());
      wanted.add("created " + third.getId());
      wanted.add("deleted " + third.getId());
      wanted.add("merged " + second.getId() + " into " + first.getId() + " " + merged.getEmail());
      wanted.add("updated " + first.getId() + " Zoë ☎");
      for (Receiver.Event event : receiver.take(wanted.size())) {
        told.add(read(service.sinchEvents(), event));
      }
    }
    told.sort(null);
    wanted.sort(null);
    same(told, wanted);
  }

  private static void refuses() throws Exception {
    ConversationService service = connect();
    SinchEventsService events = service.sinchEvents();
    try (Receiver receiver = new Receiver()) {
      subscribe(service, receiver);
      service.contacts().create(marty().setDisplayName("Zoë ☎").build());
      Receiver.Event event = receiver.take(1).get(0);
      same(events.validateAuthenticationHeader(SECRET, event.headers, event.body), true);
      String other = event.body.replace("SMS", "MMS");
      same(events.validateAuthenticationHeader(SECRET, event.headers, other), false);
      same(events.validateAuthenticationHeader("another secret", event.headers, event.body), false);
      Map<String, String> later = new HashMap<>();
      event.headers.forEach(
          (name, value) -> later.put(name, name.equalsIgnoreCase(TIMESTAMP) ? "1" : value));
      same(events.validateAuthenticationHeader(SECRET, later, event.body), false);
    }
  }

  private static void subscribe(ConversationService service, Receiver receiver) {
    EventDestination destination =
        service
            .eventDestinations()
            .create(
                EventDestinationCreateRequest.builder()
                    .setAppId(APP)
                    .setTarget(receiver.address())
                    .setTargetType(EventDestinationTargetType.HTTP)
                    .setTriggers(TRIGGERS)
                    .setSecret(SECRET)
                    .build());
    same(destination.getTriggers(), TRIGGERS);
  }

  /** Checks the signature of an event, and returns what it tells. */
  private static String read(SinchEventsService events, Receiver.Event event) {
    same(events.validateAuthenticationHeader(SECRET, event.headers, event.body), true);
    ConversationSinchEvent told = events.parseEvent(event.body);
    same(told.getProjectId(), Emulator.PROJECT);
    Duration age = Duration.between(told.getAcceptedTime(), Instant.now()).abs();
    same(age.compareTo(Duration.ofMinutes(1)) < 0, true);
    if (told instanceof ContactCreateEvent) {
      return "created " + ((ContactCreateEvent) told).getNotification().getContact().getId();
    }
    if (told instanceof ContactDeleteEvent) {
      return "deleted " + ((ContactDeleteEvent) told).getNotification().getContact().getId();
    }
    if (told instanceof ContactMergeEvent) {
      var merge = ((ContactMergeEvent) told).getNotification();
      Contact preserved = merge.getPreservedContact();
      return String.format(
          "merged %s into %s %s",
          merge.getDeletedContact().getId(), preserved.getId(), preserved.getEmail());
    }
    Contact updated = ((ContactUpdateEvent) told).getNotification().getContact();
    return "updated " + updated.getId() + " " + updated.getDisplayName();
  }
}
