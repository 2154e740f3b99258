"""Lists, pages and expansion as the official library uses them."""

import base64

import pytest
import stripe

from tests.local.stripe import shop


@pytest.fixture(scope="module")
def five(simulator):
    """A customer with five payments, oldest first."""
    api = shop.client(simulator.url).v1
    customer = api.customers.create({"email": "pages@example.com"})
    made = [
        api.payment_intents.create(shop.charge(1_000 + number, customer=customer.id))
        for number in range(5)
    ]
    return customer.id, [intent.id for intent in made]


def test_the_newest_come_first_and_more_is_announced(api, five):
    customer, ids = five

    page = api.payment_intents.list({"customer": customer, "limit": 2})

    assert [intent.id for intent in page.data] == [ids[4], ids[3]]
    assert page.has_more is True


def test_pages_are_turned_forwards_and_backwards(api, five):
    customer, ids = five

    after = api.payment_intents.list({"customer": customer, "limit": 2, "starting_after": ids[3]})
    before = api.payment_intents.list({"customer": customer, "limit": 2, "ending_before": ids[1]})

    assert [intent.id for intent in after.data] == [ids[2], ids[1]]
    assert [intent.id for intent in before.data] == [ids[3], ids[2]]
    assert (after.has_more, before.has_more) == (True, True)


def test_the_library_walks_every_page(api, five):
    customer, ids = five

    walked = api.payment_intents.list({"customer": customer, "limit": 2}).auto_paging_iter()

    assert [intent.id for intent in walked] == ids[::-1]


def test_a_page_turns_at_a_known_object_only(api, five):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.payment_intents.list({"starting_after": "pi_unknown"})

    assert (refusal.value.param, refusal.value.code) == ("starting_after", "resource_missing")


@pytest.mark.parametrize(("limit", "param"), [(0, "limit"), (101, "limit")])
def test_a_page_holds_one_to_a_hundred(api, limit, param):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.events.list({"limit": limit})

    assert refusal.value.param == param


def test_lists_are_expanded_below_data(api, five):
    customer, _ = five

    page = api.payment_intents.list(
        {"customer": customer, "limit": 1, "expand": ["data.latest_charge.balance_transaction"]}
    )

    assert page.data[0].latest_charge.balance_transaction.amount == 1_004


@pytest.mark.parametrize("path", ["metadata", "latest_charge.nothing", "a.b.c.d.e"])
def test_what_cannot_be_expanded_is_said(api, five, path):
    _, ids = five

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.payment_intents.retrieve(ids[0], {"expand": [path]})

    assert refusal.value.param == "expand"


def test_events_are_found_by_several_types(api, five):
    types = ["charge.succeeded", "customer.created"]

    found = api.events.list({"types": types, "limit": 100}).data

    assert {event.type for event in found} == set(types)


def test_an_unknown_object_is_missing_with_404(api):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.payment_intents.retrieve("pi_unknown")

    assert refusal.value.http_status == 404
    assert refusal.value.code == "resource_missing"
    assert refusal.value.user_message == "No such payment_intent: 'pi_unknown'"
    assert refusal.value.request_id.startswith("req_")


def test_an_endpoint_that_is_not_simulated_is_said_to_be_unknown(api):
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.payouts.list()

    assert "Unrecognized request URL (GET: /v1/payouts)" in refusal.value.user_message


def test_a_wrong_key_is_refused_and_not_repeated(simulator):
    api = shop.client(simulator.url, key="sk_test_somebody_else").v1

    with pytest.raises(stripe.AuthenticationError) as refusal:
        api.customers.list()

    assert refusal.value.http_status == 401
    assert refusal.value.user_message == "Invalid API Key provided: *****************else"


def test_the_key_may_come_as_a_name_without_a_password(simulator):
    for key, status in (("sk_test_simulator", 200), ("sk_test_other", 401)):
        token = base64.b64encode(f"{key}:".encode()).decode()

        assert (
            shop.browse(f"{simulator.url}/v1/balance", Authorization=f"Basic {token}").status
            == status
        )


def test_another_version_of_the_api_is_refused(simulator):
    older = stripe.StripeClient(
        "sk_test_simulator",
        base_addresses={"api": simulator.url},
        stripe_version="2024-06-20",
        max_network_retries=0,
    )

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        older.v1.customers.list()

    assert "Invalid Stripe API version: 2024-06-20" in refusal.value.user_message


def test_customers_are_made_changed_and_found_by_address(api):
    made = api.customers.create({"email": "élise@example.com", "metadata": {"member": "9"}})

    api.customers.update(made.id, {"name": "Élise Ñandú", "metadata": {"tier": "a"}})

    (found,) = api.customers.list({"email": "élise@example.com"}).data
    assert (found.id, found.name) == (made.id, "Élise Ñandú")
    assert found.metadata.to_dict() == {"member": "9", "tier": "a"}
