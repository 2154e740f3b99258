"""Each rule of the checker, on notes that are written by hand: what it lets pass and what it does not."""

from __future__ import annotations

from dataclasses import replace

from tests.chaos.checker import Charge, Edge, Evidence, Window, World, findings
from tests.chaos.records import Book, Deed, Note, read

WORLD = World({"Knit": 2}, {"Knit": "winter"}, {"winter": Window(100.0, 1_000.0)})


def hold(who, number, *, at=200.0, until=800.0, units=1, asked_at=None):
    """Somebody was told to have units of the knit."""
    about = {"piece": "Knit", "units": units, "key": f"key of {number}"}
    said = {"hold": number, "until": until}
    return Note(who, Deed.HOLD, at - 1 if asked_at is None else asked_at, at, 201, about, said)


def look(order, state, *, at=300.0, units=1):
    """The owner of an order saw where it stands."""
    said = {"state": state, "lines": {"Knit": units}}
    return Note("owner", Deed.LOOK, at, at, 200, {"order": order}, said)


def letter(order):
    return Note("owner", Deed.LETTER, 400.0, 400.0, about={"order": order})


def audit(units):
    about = {"piece": "Knit", "units": units}
    return Note("auditor", Deed.AUDIT, 900.0, 900.0, 201, about, {"hold": 99, "until": 1_500.0})


def sentences(*notes, world=WORLD, **more):
    """What the checker says about these notes."""
    return [each.sentence for each in findings(Evidence(world, notes, **more))]


def test_as_many_in_hands_as_there_are_is_no_breach():
    assert sentences(hold("a", 1), hold("b", 2)) == []


def test_one_more_in_hands_than_there_is():
    found = sentences(hold("a", 1), hold("b", 2), hold("c", 3))

    assert found == ["3 units of Knit were in people's hands at once; there are 2"]


def test_the_same_hold_told_twice_is_one_hold():
    assert sentences(hold("a", 1), hold("a", 1, at=210.0), hold("b", 2)) == []


def test_what_has_ended_or_was_given_back_may_be_held_by_the_next():
    given_back = Note("b", Deed.RELEASE, 250.0, 251.0, about={"hold": 2})

    told = (hold("a", 1, until=240.0), hold("b", 2), given_back)

    assert sentences(*told, hold("c", 3, at=250.5), hold("d", 4, at=240.0)) == []


def test_a_renewal_counts_as_long_as_it_was_told():
    renewed = Note(
        "a", Deed.RENEW, 220.0, 221.0, about={"hold": 1}, said={"hold": 1, "until": 500.0}
    )

    found = sentences(hold("a", 1, until=240.0), renewed, hold("b", 2), hold("c", 3, at=300.0))

    assert found == ["3 units of Knit were in people's hands at once; there are 2"]


def test_more_told_to_be_paid_than_there_is():
    charges = tuple(Charge(order, 6_000) for order in ("o1", "o2"))

    found = sentences(
        look("o1", "paid", units=2), look("o2", "paid"), letter("o1"), letter("o2"), charges=charges
    )

    assert found == ["3 units of Knit are told to be paid; there are 2"]


def test_what_is_neither_paid_nor_to_be_had_is_a_ghost():
    charges = (Charge("o1", 6_000),)
    paid = (look("o1", "paid"), letter("o1"))
    asked = {"piece": "Knit", "units": 1}
    over = Note("auditor", Deed.AUDIT, 900.0, 900.0, 409, asked, {"no": "all_in_bags"})

    assert sentences(*paid, audit(1), over, charges=charges) == []
    assert sentences(*paid, over, charges=charges) == [
        "1 of 2 units of Knit are neither paid nor to be had"
    ]
    assert sentences(*paid, audit(2), over, charges=charges) == [
        "3 units of Knit are paid or to be had; there are 2"
    ]


def test_a_count_that_did_not_come_to_its_end_is_no_count():
    found = sentences(audit(1))

    assert found == ["nobody was told that nothing is left of Knit: it could not be counted"]


def test_a_payment_ends_in_goods_or_goes_back_whole():
    lapsed = look("o1", "lapsed")

    assert sentences(lapsed, charges=(Charge("o1", 6_000, 6_000),)) == []
    assert sentences(lapsed, charges=(Charge("o1", 6_000),)) == [
        "6000 were paid for order o1, which is lapsed"
    ]
    assert sentences(charges=(Charge("o1", 6_000),)) == [
        "6000 were paid for order o1, which is never seen"
    ]


def test_part_of_a_payment_that_went_back_is_told():
    found = sentences(look("o1", "refunded"), charges=(Charge("o1", 6_000, 600),))

    assert "600 of 6000 went back for order o1" in found


def test_two_payments_of_one_order_are_one_too_many_unless_one_went_back():
    told = (look("o1", "paid"), letter("o1"))
    one = Charge("o1", 6_000)

    assert sentences(*told, charges=(one, replace(one, refunded_minor=6_000))) == []
    assert sentences(*told, charges=(one, one)) == ["order o1 was paid 2 times and keeps all of it"]


def test_nobody_is_told_to_have_paid_who_has_not():
    assert sentences(look("o1", "paid"), letter("o1")) == [
        "order o1 is told to be paid, and nothing was paid for it"
    ]


def test_a_paid_order_stays_paid():
    refunded = Charge("o1", 6_000, 6_000)

    found = sentences(look("o1", "paid"), look("o1", "lapsed", at=310.0), charges=(refunded,))

    assert found == ["order o1 was told to be paid and is lapsed now"]


def test_the_books_hold_what_the_payment_service_holds():
    back = Charge("o1", 6_000, 6_000)
    lapsed = look("o1", "lapsed")

    assert sentences(lapsed, charges=(back,), booked_minor=0) == []
    assert sentences(lapsed, charges=(back,), booked_minor=6_000) == [
        "the books say 6000, the payment service 0"
    ]


def test_a_yes_before_the_hour_and_a_no_after_it_are_told():
    refused = {"no": "sale_not_open"}
    about = {"piece": "Knit", "units": 1, "key": "k"}
    late = Note("b", Deed.HOLD, 101.5, 101.6, 409, about, refused)
    in_time = Note("c", Deed.HOLD, 99.9, 100.4, 409, about, refused)

    found = sentences(hold("a", 1, at=99.0), late, in_time)

    assert found == [
        "a held Knit 1.000 s before its sale opened",
        "b was told 1.500 s after the hour that Knit is not open",
    ]


def test_a_yes_to_who_first_asked_after_the_close_is_told():
    answered_again = hold("a", 1, at=1_001.0, until=1_400.0, asked_at=1_000.5)
    asked_before = hold("a", 1, at=1_000.1, until=1_400.0, asked_at=999.9)

    assert sentences(answered_again, asked_before) == []
    assert sentences(answered_again) == ["a held Knit 0.500 s after its sale closed"]


def test_an_edge_is_recorded_once_and_not_early():
    opened = Edge("winter", "opened", 100.0, 100.2)
    early = Edge("winter", "closed", 1_000.0, 999.0)

    assert sentences(edges=(opened,), edges_until=500.0) == []
    assert sentences(edges=(opened, opened, early), edges_until=2_000.0) == [
        "that sale winter opened is recorded 2 times",
        "that sale winter closed is recorded 1.000 s early",
    ]
    assert sentences(edges=(opened,), edges_until=2_000.0) == [
        "that sale winter closed is recorded 0 times"
    ]


def test_a_paid_order_has_one_letter_and_no_other_has_any():
    charges = (Charge("o1", 6_000),)

    assert sentences(look("o1", "paid"), charges=charges) == [
        "0 letters say that order o1 is paid; 1 should"
    ]
    assert sentences(look("o1", "paid"), letter("o1"), letter("o1"), charges=charges) == [
        "2 letters say that order o1 is paid; 1 should"
    ]
    assert sentences(letter("o2")) == ["1 letters say that order o2 is paid; 0 should"]


def test_announcements_and_reports_come_once():
    world = replace(
        WORLD, reminded=frozenset({("a", "winter")}), reported=frozenset({("brand", "winter")})
    )
    told = Note("a", Deed.LETTER, 90.0, 90.0, about={"sale": "winter", "kind": "announcement"})
    report = Note(
        "brand", Deed.LETTER, 1_001.0, 1_001.0, about={"sale": "winter", "kind": "report"}
    )

    assert sentences(told, report, world=world) == []
    again = replace(report, about={**report.about, "number": 2})
    assert sentences(told, report, again, world=world) == []
    assert sentences(told, told, world=world) == [
        "a had 2 times the same announcement of sale winter",
        "brand had no report of sale winter",
    ]


def test_what_is_written_down_is_read_again(tmp_path):
    notes = [hold("a", 1), look("o1", "paid")]
    book = Book(tmp_path / "notes.jsonl")

    for note in notes:
        book.write(note)
    book.close()

    assert read(tmp_path / "notes.jsonl") == notes
