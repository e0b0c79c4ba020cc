package clients;

import static com.sinch.sdk.domains.conversation.models.v1.ConversationChannel.MESSENGER;
import static com.sinch.sdk.domains.conversation.models.v1.ConversationChannel.SMS;

import com.sinch.sdk.domains.conversation.models.v1.ChannelIdentity;
import com.sinch.sdk.domains.conversation.models.v1.ConversationChannel;
import com.sinch.sdk.domains.conversation.models.v1.contacts.Contact;
import com.sinch.sdk.domains.conversation.models.v1.contacts.ContactLanguage;
import com.sinch.sdk.domains.conversation.models.v1.contacts.request.ContactCreateRequest;
import java.util.List;

/** Who is created. */
final class People {
  static final String APP = "01W4FFL35P4NC4K35CONVAPP001";
  static final String EMAIL = "time.traveler@delorean.com";

  private People() {}

  /** Begins a creation of Marty, whose fields may be laid over. */
  static ContactCreateRequest.Builder marty() {
    return ContactCreateRequest.builder()
        .setChannelIdentities(List.of(given(SMS, "+12015555555")))
        .setLanguage(ContactLanguage.EN_US)
        .setDisplayName("Marty McFly")
        .setEmail(EMAIL);
  }

  /** Names an identity as a request does. */
  static ChannelIdentity given(ConversationChannel channel, String identity) {
    return ChannelIdentity.builder().setChannel(channel).setIdentity(identity).build();
  }

  /** Names an identity as an answer does. */
  static ChannelIdentity kept(ConversationChannel channel, String identity) {
    return ChannelIdentity.builder().setChannel(channel).setIdentity(identity).setAppId("").build();
  }

  static ChannelIdentity onMessenger() {
    return ChannelIdentity.builder()
        .setChannel(MESSENGER)
        .setIdentity("7968425018576406")
        .setAppId(APP)
        .build();
  }

  /** Begins a contact with all fields of another, of which some may be laid over. */
  static Contact.Builder like(Contact contact) {
    return Contact.builder()
        .setId(contact.getId())
        .setChannelIdentities(contact.getChannelIdentities())
        .setChannelPriority(contact.getChannelPriority())
        .setDisplayName(contact.getDisplayName())
        .setEmail(contact.getEmail())
        .setExternalId(contact.getExternalId())
        .setLanguage(contact.getLanguage())
        .setMetadata(contact.getMetadata());
  }
}
