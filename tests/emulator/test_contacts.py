import re

import pytest

from emulator.client import CONTACTS, Emulator, error, person, sms

MESSENGER = {"channel": "MESSENGER", "identity": "+7968425018576406", "app_id": "01W4FFL35P4NC4K35CONVAPP001"}


class TestCreate:
    def test_every_field_is_rendered_and_unset_ones_are_empty(self, emulator: Emulator) -> None:
        created = emulator.create()

        assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{26}", created.pop("id"))
        assert created == {
            "channel_identities": [{"channel": "SMS", "identity": "12020000001", "app_id": ""}],
            "channel_priority": [],
            "display_name": "Unknown",
            "email": "",
            "external_id": "",
            "metadata": "",
            "language": "EN_US",
        }

    @pytest.mark.parametrize("channel", ["SMS", "MMS", "RCS", "WHATSAPP", "VIBERBM"])
    def test_phone_channels_lose_their_plus(self, emulator: Emulator, channel: str) -> None:
        created = emulator.create(channel_identities=[{"channel": channel, "identity": "+12025550001"}])

        assert created["channel_identities"][0]["identity"] == "12025550001"

    def test_other_channels_keep_theirs(self, emulator: Emulator) -> None:
        assert emulator.create(channel_identities=[MESSENGER])["channel_identities"] == [MESSENGER]

    def test_two_contacts_may_share_an_identity_and_an_external_id(self, emulator: Emulator) -> None:
        assert emulator.create(external_id="a")["id"] != emulator.create(external_id="a")["id"]

    def test_null_is_unset(self, emulator: Emulator) -> None:
        assert emulator.create(email=None, channel_priority=None)["email"] == ""

    def test_metadata_of_1024_characters_is_kept(self, emulator: Emulator) -> None:
        assert emulator.create(metadata="ü" * 1024)["metadata"] == "ü" * 1024

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"language": "XX"}, "contact: language is not a known language"),
            ({"language": ["EN"]}, "contact: language is not a known language"),
            ({"language": "UNSPECIFIED"}, "contact: language is not a known language"),
            ({"channel_identities": []}, "contact: channel_identities needs at least one item"),
            ({"channel_identities": ["x"]}, "contact.channel_identities[0]: is not an object"),
            (
                {"channel_identities": [sms("1"), {"channel": "FAX", "identity": "1"}]},
                "contact.channel_identities[1]: channel is not a known channel",
            ),
            (
                {"channel_identities": [{"channel": {}, "identity": "1"}]},
                "contact.channel_identities[0]: channel is not a known channel",
            ),
            ({"channel_identities": [sms("")]}, "contact.channel_identities[0]: identity is required"),
            (
                {"channel_identities": [{**MESSENGER, "app_id": ""}]},
                "contact.channel_identities[0]: app_id is required for MESSENGER",
            ),
            (
                {"channel_identities": [{**MESSENGER, "app_id": 1}]},
                "contact.channel_identities[0]: app_id is not a string",
            ),
            ({"channel_priority": ["FAX"]}, "contact: channel_priority is not a list of known channels"),
            ({"channel_priority": [[]]}, "contact: channel_priority is not a list of known channels"),
            ({"metadata": "x" * 1025}, "contact: metadata is longer than 1024 characters"),
            ({"email": 1}, "contact: email is not a string"),
        ],
    )
    def test_what_is_wrong_is_named(self, emulator: Emulator, changes: dict[str, object], message: str) -> None:
        assert error(emulator.call("POST", CONTACTS, person(**changes))) == (400, "INVALID_ARGUMENT", message)

    @pytest.mark.parametrize("field", ["language", "channel_identities"])
    def test_required_fields_are_required(self, emulator: Emulator, field: str) -> None:
        body = {name: value for name, value in person().items() if name != field}

        assert error(emulator.call("POST", CONTACTS, body))[2] == f"contact: {field} is required"

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"email": "\\ud800"}', b"[" * 100_000])
    def test_a_body_that_is_no_json_object_is_refused(self, emulator: Emulator, body: bytes) -> None:
        answer = emulator.call("POST", CONTACTS, data=body)

        assert error(answer)[:2] == (400, "INVALID_ARGUMENT")

    def test_a_body_without_its_content_type_is_refused(self, emulator: Emulator) -> None:
        answer = emulator.call("POST", CONTACTS, person(), headers={"Content-Type": "text/plain"})

        assert "Content-Type: application/json" in error(answer)[2]


class TestGetAndDelete:
    def test_a_contact_is_read_back_until_it_is_deleted(self, emulator: Emulator) -> None:
        created = emulator.create(display_name="Marty")

        assert emulator.get(created["id"]).json() == created
        assert emulator.call("DELETE", f"{CONTACTS}/{created['id']}").json() == {}
        assert error(emulator.get(created["id"])) == (404, "NOT_FOUND", "The contact was not found.")
        assert error(emulator.call("DELETE", f"{CONTACTS}/{created['id']}"))[:2] == (404, "NOT_FOUND")

    def test_a_contact_is_unknown_in_another_project(self, emulator: Emulator) -> None:
        created = emulator.create()

        assert emulator.call("GET", f"/v1/projects/other/contacts/{created['id']}").status_code == 404


class TestUpdate:
    def test_without_a_mask_only_named_fields_change(self, emulator: Emulator) -> None:
        created = emulator.create(email="a@example.org", display_name="Marty")

        updated = emulator.patch(
            created["id"],
            {"channel_identities": [MESSENGER, sms("+12015555555")], "channel_priority": ["MESSENGER"]},
        )

        identities = [MESSENGER, {"channel": "SMS", "identity": "12015555555", "app_id": ""}]
        assert updated.json() == created | {"channel_identities": identities, "channel_priority": ["MESSENGER"]}
        assert emulator.get(created["id"]).json() == updated.json()

    def test_a_mask_changes_what_it_names_and_clears_what_the_body_lacks(self, emulator: Emulator) -> None:
        created = emulator.create(email="a@example.org", metadata="m", external_id="x", display_name="Marty")

        updated = emulator.patch(
            created["id"], {"email": "b@example.org", "external_id": "y"}, "email,metadata,display_name"
        )

        assert updated.json() == created | {"email": "b@example.org", "metadata": "", "display_name": "Unknown"}

    def test_null_clears(self, emulator: Emulator) -> None:
        created = emulator.create(email="a@example.org", channel_priority=["SMS"])

        updated = emulator.patch(created["id"], {"email": None, "channel_priority": None}).json()

        assert (updated["email"], updated["channel_priority"]) == ("", [])

    def test_filters_find_what_a_contact_has_become(self, emulator: Emulator) -> None:
        created = emulator.create(external_id="old")

        emulator.patch(created["id"], {"external_id": "new", "channel_identities": [sms("+1999")]})

        assert emulator.find(external_id="new") == ["new"]
        assert emulator.find(external_id="old") == []
        assert emulator.find(channel="SMS", identity="1999") == ["new"]
        assert emulator.find(channel="SMS", identity="12020000001") == []

    def test_the_id_in_a_body_changes_nothing(self, emulator: Emulator) -> None:
        created = emulator.create()

        assert emulator.patch(created["id"], created | {"id": "another"}, "id,email").json() == created

    @pytest.mark.parametrize(
        ("body", "mask"),
        [
            ({"channel_identities": []}, None),
            ({"channel_identities": None}, None),
            ({"language": None}, None),
            ({}, "language"),
            ({}, "channel_identities.identity"),
            ({"nonsense": 1}, None),
        ],
    )
    def test_what_cannot_be_is_refused(self, emulator: Emulator, body: dict[str, object], mask: str | None) -> None:
        created = emulator.create()

        assert error(emulator.patch(created["id"], body, mask))[:2] == (400, "INVALID_ARGUMENT")
        assert emulator.get(created["id"]).json() == created

    def test_an_unknown_contact_cannot_be_updated(self, emulator: Emulator) -> None:
        assert error(emulator.patch("nobody", {"email": ""}))[:2] == (404, "NOT_FOUND")


class TestMerge:
    def test_a_destination_gains_what_it_lacks(self, emulator: Emulator) -> None:
        mms = {"channel": "MMS", "identity": "12016666666", "app_id": ""}
        source = emulator.create(
            channel_identities=[{**MESSENGER, "identity": "1"}, sms("12015555555")],
            email="time.traveler@delorean.com",
            external_id="marty",
            display_name="Marty",
        )
        destination = emulator.create(
            channel_identities=[MESSENGER, mms],
            channel_priority=["MMS", "MESSENGER"],
            display_name="Pika pika",
            email="pikachu@poke.mon",
        )

        merged = emulator.call("POST", f"{CONTACTS}/{destination['id']}:merge", {"source_id": source["id"]}).json()

        assert merged == destination | {
            "channel_identities": [MESSENGER, mms, {"channel": "SMS", "identity": "12015555555", "app_id": ""}],
            "external_id": "marty",
        }
        assert emulator.get(destination["id"]).json() == merged
        assert emulator.get(source["id"]).status_code == 404
        assert emulator.find(channel="SMS", identity="12015555555") == ["marty"]

    def test_the_nameless_get_a_name_and_moved_priorities_go_last(self, emulator: Emulator) -> None:
        source = emulator.create(channel_priority=["SMS"], display_name="Marty")
        destination = emulator.create(channel_identities=[MESSENGER], channel_priority=["MESSENGER"])
        body = {"source_id": source["id"], "strategy": "MERGE"}

        merged = emulator.call("POST", f"{CONTACTS}/{destination['id']}:merge", body).json()

        assert (merged["display_name"], merged["channel_priority"]) == ("Marty", ["MESSENGER", "SMS"])

    def test_a_merge_needs_a_source(self, emulator: Emulator) -> None:
        path = f"{CONTACTS}/{emulator.create()['id']}:merge"
        for body in ({}, {"source_id": ""}, {"source_id": None}, {"source_id": 7}):
            assert error(emulator.call("POST", path, body)) == (400, "INVALID_ARGUMENT", "source_id is required")

    def test_what_cannot_be_merged_is_refused(self, emulator: Emulator) -> None:
        path = f"{CONTACTS}/{emulator.create()['id']}:merge"
        own_id = path.rsplit("/", maxsplit=1)[-1].removesuffix(":merge")

        assert error(emulator.call("POST", path, {"source_id": "nobody"}))[:2] == (404, "NOT_FOUND")
        assert error(emulator.call("POST", path, {"source_id": own_id}))[:2] == (400, "INVALID_ARGUMENT")
        assert error(emulator.call("POST", path, {"source_id": "x", "strategy": "GUESS"}))[0] == 400
        assert emulator.call("POST", f"{CONTACTS}/nobody:merge", {"source_id": own_id}).status_code == 404


class TestChannelProfile:
    def ask(self, emulator: Emulator, recipient: object, channel: str = "MESSENGER") -> tuple[int, object]:
        body = {"app_id": "app", "channel": channel, "recipient": recipient}
        answer = emulator.call("POST", f"{CONTACTS}:getChannelProfile", body)
        return answer.status_code, answer.json().get("profile_name")

    def test_a_profile_is_found_by_contact_and_by_identity(self, emulator: Emulator) -> None:
        created = emulator.create(channel_identities=[MESSENGER], display_name="Marty McFly FB")
        by_identity = {"identified_by": {"channel_identities": [{**MESSENGER, "identity": "nobody"}, MESSENGER]}}

        assert self.ask(emulator, {"contact_id": created["id"]}) == (200, "Marty McFly FB")
        assert self.ask(emulator, by_identity) == (200, "Marty McFly FB")

    @pytest.mark.parametrize("recipient", [{"contact_id": "nobody"}, {"identified_by": {}}])
    def test_nobody_has_no_profile(self, emulator: Emulator, recipient: object) -> None:
        assert self.ask(emulator, recipient)[0] == 404

    def test_malformed_questions_are_refused(self, emulator: Emulator) -> None:
        assert self.ask(emulator, {"contact_id": "x"}, channel="SMS")[0] == 400
        assert self.ask(emulator, {"contact_id": "x"}, channel={})[0] == 400
        assert self.ask(emulator, None)[0] == 400
        assert self.ask(emulator, {})[0] == 400
        for identities in ([{}], [{"channel": "LINE"}], "MESSENGER"):
            assert self.ask(emulator, {"identified_by": {"channel_identities": identities}})[0] == 400


class TestIdentityConflicts:
    def test_shared_phone_numbers_are_listed_page_by_page(self, emulator: Emulator) -> None:
        shared = [
            [
                emulator.create(channel_identities=[{"channel": channel, "identity": f"1202555{number:04d}"}])["id"]
                for channel in ("SMS", "RCS")
            ]
            for number in range(3)
        ]
        emulator.create(channel_identities=[sms("1999"), {"channel": "MMS", "identity": "1999"}])
        for _ in range(2):
            emulator.create(channel_identities=[{"channel": "WHATSAPP", "identity": "1777"}])

        path = f"{CONTACTS}:identityConflicts"
        first = emulator.call("GET", path, params={"page_size": 2}).json()
        last = emulator.call("GET", path, params={"page_token": first["next_page_token"]}).json()

        assert [*first["conflicts"], *last["conflicts"]] == [
            {"identity": f"1202555{number:04d}", "channels": ["RCS", "SMS"], "contact_ids": sorted(ids)}
            for number, ids in enumerate(shared)
        ]
        assert len(first["conflicts"]) == 2
        assert last["next_page_token"] == ""
