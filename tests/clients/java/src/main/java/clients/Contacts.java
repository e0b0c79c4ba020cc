package clients;

import static clients.Check.same;
import static clients.Emulator.connect;
import static clients.People.APP;
import static clients.People.EMAIL;
import static clients.People.given;
import static clients.People.kept;
import static clients.People.like;
import static clients.People.marty;
import static clients.People.onMessenger;
import static com.sinch.sdk.domains.conversation.models.v1.ConversationChannel.MESSENGER;
import static com.sinch.sdk.domains.conversation.models.v1.ConversationChannel.MMS;
import static com.sinch.sdk.domains.conversation.models.v1.ConversationChannel.RCS;
import static com.sinch.sdk.domains.conversation.models.v1.ConversationChannel.SMS;

import com.sinch.sdk.domains.conversation.api.v1.ContactsService;
import com.sinch.sdk.domains.conversation.models.v1.ChannelIdentity;
import com.sinch.sdk.domains.conversation.models.v1.ChannelRecipientIdentity;
import com.sinch.sdk.domains.conversation.models.v1.contacts.Contact;
import com.sinch.sdk.domains.conversation.models.v1.contacts.ContactLanguage;
import com.sinch.sdk.domains.conversation.models.v1.contacts.request.ContactGetChannelProfileByChannelIdentityRequest;
import com.sinch.sdk.domains.conversation.models.v1.contacts.request.ContactGetChannelProfileByContactIdRequest;
import com.sinch.sdk.domains.conversation.models.v1.contacts.request.ContactsListQueryParameters;
import com.sinch.sdk.domains.conversation.models.v1.contacts.request.GetChannelProfileConversationChannel;
import com.sinch.sdk.domains.conversation.models.v1.contacts.request.IdentityConflictsListQueryParameters;
import com.sinch.sdk.domains.conversation.models.v1.contacts.request.MergeContactRequest;
import com.sinch.sdk.domains.conversation.models.v1.contacts.response.ContactsListResponse;
import com.sinch.sdk.domains.conversation.models.v1.contacts.response.IdentityConflicts;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The calls of contacts. */
final class Contacts {
  private Contacts() {}

  static void register(Map<String, Check> checks) {
    checks.put("creates a contact and reads it", Contacts::createsAndReads);
    checks.put("lists contacts over several pages, by itself and by hand", Contacts::lists);
    checks.put("finds contacts by external id and by number", Contacts::finds);
    checks.put("updates what it names", Contacts::updates);
    checks.put("deletes a contact", Contacts::deletes);
    checks.put("merges two contacts", Contacts::merges);
    checks.put("reads a channel profile by contact", Contacts::readsProfileByContact);
    checks.put("reads a channel profile by identity", Contacts::readsProfileByIdentity);
    checks.put("lists identity conflicts over several pages", Contacts::listsConflicts);
  }

  private static void createsAndReads() {
    ContactsService contacts = connect().contacts();
    Contact created = contacts.create(marty().build());
    same(contacts.get(created.getId()), created);
    same(created.getId().length(), 26);
    Contact wanted =
        Contact.builder()
            .setId(created.getId())
            .setChannelIdentities(List.of(kept(SMS, "12015555555")))
            .setChannelPriority(List.of())
            .setDisplayName("Marty McFly")
            .setEmail(EMAIL)
            .setExternalId("")
            .setLanguage(ContactLanguage.EN_US)
            .setMetadata("")
            .build();
    same(created, wanted);
  }

  private static void lists() {
    ContactsService contacts = connect().contacts();
    List<String> made = new ArrayList<>();
    for (int number = 0; number < 4; number++) {
      made.add(contacts.create(marty().setExternalId("p" + number).build()).getId());
    }
    List<List<String>> byHand = idsByPage(contacts.list(pageOf(2)));
    same(byHand.stream().map(List::size).collect(Collectors.toList()), List.of(2, 2, 0));
    same(sorted(flat(byHand)), sorted(made));
    same(sorted(ids(collected(contacts.list(pageOf(3)).iterator()))), sorted(made));
    same(contacts.list().getContent().size(), 4);
  }

  private static void finds() {
    ContactsService contacts = connect().contacts();
    Contact wanted = contacts.create(marty().setExternalId("marty & doc").build());
    contacts.create(marty().setChannelIdentities(List.of(given(SMS, "+1999"))).build());
    same(found(contacts, ContactsListQueryParameters.builder().setExternalId("marty & doc")), List.of(wanted));
    for (String number : List.of("+12015555555", "12015555555")) {
      var query = ContactsListQueryParameters.builder().setChannel(SMS).setIdentity(number);
      same(found(contacts, query), List.of(wanted));
    }
    same(found(contacts, ContactsListQueryParameters.builder().setExternalId("nobody")), List.of());
  }

  private static void updates() {
    ContactsService contacts = connect().contacts();
    Contact created = contacts.create(marty().build());
    List<ChannelIdentity> identities = List.of(onMessenger(), kept(SMS, "12015555555"));
    Contact updated =
        contacts.update(
            created.getId(),
            Contact.builder()
                .setChannelIdentities(identities)
                .setChannelPriority(List.of(MESSENGER))
                .build());
    Contact wanted =
        like(created).setChannelIdentities(identities).setChannelPriority(List.of(MESSENGER)).build();
    same(updated, wanted);
    same(contacts.get(created.getId()), wanted);
  }

  private static void deletes() {
    ContactsService contacts = connect().contacts();
    Contact gone = contacts.create(marty().build());
    Contact kept = contacts.create(marty().build());
    contacts.delete(gone.getId());
    same(collected(contacts.list().iterator()), List.of(kept));
  }

  private static void merges() {
    ContactsService contacts = connect().contacts();
    Contact source = contacts.create(marty().build());
    Contact destination =
        contacts.create(
            marty()
                .setChannelIdentities(List.of(onMessenger(), given(MMS, "+12016666666")))
                .setChannelPriority(List.of(MMS, MESSENGER))
                .setDisplayName("Pika pika")
                .setEmail("")
                .build());
    Contact merged =
        contacts.mergeContact(
            destination.getId(), MergeContactRequest.builder().setSourceId(source.getId()).build());
    same(
        merged,
        like(destination)
            .setChannelIdentities(
                List.of(onMessenger(), kept(MMS, "12016666666"), kept(SMS, "12015555555")))
            .setEmail(EMAIL)
            .build());
    same(collected(contacts.list().iterator()), List.of(merged));
  }

  private static void readsProfileByContact() {
    ContactsService contacts = connect().contacts();
    Contact contact = contacts.create(marty().setChannelIdentities(List.of(onMessenger())).build());
    var request =
        ContactGetChannelProfileByContactIdRequest.builder()
            .setChannel(GetChannelProfileConversationChannel.MESSENGER)
            .setAppId(APP)
            .setContactId(contact.getId())
            .build();
    same(contacts.getChannelProfileByContactId(request).getProfileName(), "Marty McFly");
  }

  private static void readsProfileByIdentity() {
    ContactsService contacts = connect().contacts();
    contacts.create(marty().setChannelIdentities(List.of(onMessenger())).build());
    var request =
        ContactGetChannelProfileByChannelIdentityRequest.builder()
            .setChannel(GetChannelProfileConversationChannel.MESSENGER)
            .setAppId(APP)
            .setChannelIdentities(
                List.of(
                    ChannelRecipientIdentity.builder()
                        .setChannel(MESSENGER)
                        .setIdentity(onMessenger().getIdentity())
                        .build()))
            .build();
    same(contacts.getChannelProfileByChannelIdentity(request).getProfileName(), "Marty McFly");
  }

  private static void listsConflicts() {
    ContactsService contacts = connect().contacts();
    List<String> ids = new ArrayList<>();
    for (ChannelIdentity identity :
        List.of(given(SMS, "+1201"), given(RCS, "+1201"), given(SMS, "+1202"), given(SMS, "+1202"))) {
      ids.add(contacts.create(marty().setChannelIdentities(List.of(identity)).build()).getId());
    }
    var query = IdentityConflictsListQueryParameters.builder().setPageSize(1).build();
    List<IdentityConflicts> conflicts =
        collected(contacts.listIdentityConflicts(query).iterator());
    same(
        conflicts,
        List.of(
            IdentityConflicts.builder()
                .setIdentity("1201")
                .setChannels(List.of(RCS, SMS))
                .setContactIds(sorted(ids.subList(0, 2)))
                .build(),
            IdentityConflicts.builder()
                .setIdentity("1202")
                .setChannels(List.of(SMS))
                .setContactIds(sorted(ids.subList(2, 4)))
                .build()));
  }

  private static ContactsListQueryParameters pageOf(int size) {
    return ContactsListQueryParameters.builder().setPageSize(size).build();
  }

  private static List<Contact> found(
      ContactsService contacts, ContactsListQueryParameters.Builder query) {
    return collected(contacts.list(query.build()).iterator());
  }

  /** Follows a list by hand, and returns the ids of each page. */
  private static List<List<String>> idsByPage(ContactsListResponse first) {
    List<List<String>> pages = new ArrayList<>();
    for (ContactsListResponse page = first; ; page = page.nextPage()) {
      pages.add(ids(List.copyOf(page.getContent())));
      if (!page.hasNextPage()) {
        return pages;
      }
    }
  }

  private static List<String> ids(List<Contact> contacts) {
    return contacts.stream().map(Contact::getId).collect(Collectors.toList());
  }

  private static List<String> flat(List<List<String>> pages) {
    return pages.stream().flatMap(List::stream).collect(Collectors.toList());
  }

  private static List<String> sorted(List<String> texts) {
    return texts.stream().sorted().collect(Collectors.toList());
  }

  private static <T> List<T> collected(Iterator<T> iterator) {
    List<T> items = new ArrayList<>();
    iterator.forEachRemaining(items::add);
    return items;
  }
}
