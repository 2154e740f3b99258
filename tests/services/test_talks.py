"""Talks between a brand and the house: about anything, with files, and letters to those they wait for."""

from __future__ import annotations

import pytest

from marketplace.db.brands import Brand
from marketplace.domain.attachments import AttachmentRefused
from marketplace.domain.conversations import Subject, Visibility
from marketplace.domain.refusals import NotFound
from marketplace.queries import brand_talks
from marketplace.queries import conversations as asked
from marketplace.services import conversations
from marketplace.toolbox import Upload
from tests import factories, sale_scenes


@pytest.fixture
def at(database):
    """A desk whose operator is the brand's account manager."""
    with database.session() as session:
        found = sale_scenes.desk(session)
        session.get_one(Brand, found.brand_id).account_manager_id = found.operator_id
    return found


@pytest.fixture
def pdf(tmp_path):
    path = tmp_path / "sent"
    path.write_bytes(b"%PDF-1.7 the terms")
    return Upload("C:\\desk\\terms.pdf", path)


def say(at_door, at, key, *, body="Hello", subject=Subject.COLLECTION, **more):
    about = {Subject.COLLECTION: at.collection_id, Subject.BRAND: at.brand_id}[subject]
    return conversations.write(
        at_door, subject=subject, subject_id=about, body=body, key=key, **more
    )


def read(at_door, at, subject=Subject.COLLECTION):
    about = {Subject.COLLECTION: at.collection_id, Subject.BRAND: at.brand_id}[subject]
    newest = asked.thread(at_door, subject=subject, subject_id=about).said[-1].message_id
    conversations.mark_read(at_door, subject=subject, subject_id=about, message_id=newest)


def told(database):
    """To whom letters were written."""
    return [
        account
        for (account,) in database.rows(
            "SELECT account_id FROM letters WHERE kind = 'message_waits' ORDER BY id"
        )
    ]


def test_a_collection_and_everything_else_have_a_thread_each(at, tools, database):
    say(at.brand(tools), at, "k1")
    say(at.brand(tools), at, "k2", subject=Subject.BRAND)

    assert database.rows("SELECT subject, brand_id, host_id FROM threads ORDER BY id") == [
        ("collection", at.brand_id, at.operator_id),
        ("brand", at.brand_id, at.operator_id),
    ]


def test_a_file_goes_with_the_message_and_both_sides_have_it(at, tools, pdf):
    say(at.brand(tools), at, "k1", files=(pdf,))

    for at_door in (at.brand(tools), at.operator(tools)):
        (said,) = asked.thread(
            at_door, subject=Subject.COLLECTION, subject_id=at.collection_id
        ).said
        (file,) = said.files
        assert (file.name, file.size_bytes) == ("terms.pdf", 18)
        assert asked.file(at_door, file_id=file.file_id) == ("terms.pdf", b"%PDF-1.7 the terms")


def test_a_file_of_another_brand_and_of_a_note_of_the_house_is_not_there(at, tools, pdf, database):
    with database.session() as session:
        other = sale_scenes.desk(session)
    say(at.brand(tools), at, "k1", files=(pdf,))
    say(at.operator(tools), at, "k2", files=(pdf,), visibility=Visibility.STAFF)
    sent, noted = (number for (number,) in database.rows("SELECT file_id FROM message_files"))

    for at_door, number in ((other.brand(tools), sent), (at.brand(tools), noted)):
        with pytest.raises(NotFound):
            asked.file(at_door, file_id=number)
    assert asked.file(at.operator(tools), file_id=noted)[0] == "terms.pdf"


def test_a_file_that_is_something_else_keeps_the_message_back(at, tools, database, tmp_path):
    wrong = Upload("terms.pdf", tmp_path / "wrong")
    wrong.path.write_bytes(b"MZ\0")

    with pytest.raises(AttachmentRefused):
        say(at.brand(tools), at, "k1", files=(wrong,))

    assert database.value("SELECT count(*) FROM messages") == 0
    assert database.value("SELECT count(*) FROM stored_files WHERE filename = 'terms.pdf'") == 0


def test_the_account_manager_gets_one_letter_for_all_that_is_unread(at, tools, database):
    first, second = (say(at.brand(tools), at, key) for key in ("k1", "k2"))
    for written in (first, second, second):
        conversations.tell(tools, message_id=written.message_id)
    assert told(database) == [at.operator_id]

    read(at.operator(tools), at)
    conversations.tell(tools, message_id=second.message_id)
    assert told(database) == [at.operator_id]

    third = say(at.brand(tools), at, "k3")
    conversations.tell(tools, message_id=third.message_id)
    assert told(database) == [at.operator_id, at.operator_id]


def test_a_question_reaches_somebody_when_the_account_manager_has_left(at, tools, database):
    with database.session() as session:
        colleague = factories.operator(session)
    database.run("UPDATE accounts SET state = 'disabled' WHERE id = :id", id=at.operator_id)
    written = say(at.brand(tools), at, "k1")

    conversations.tell(tools, message_id=written.message_id)

    assert at.operator_id not in told(database)
    assert colleague.id in told(database)


def test_an_answer_is_told_to_who_asked_and_a_note_to_nobody(at, tools, database):
    say(at.brand(tools), at, "k1")
    note = say(at.operator(tools), at, "k2", visibility=Visibility.STAFF)
    answer = say(at.operator(tools), at, "k3")

    conversations.tell(tools, message_id=note.message_id)
    assert told(database) == []
    conversations.tell(tools, message_id=answer.message_id)
    assert told(database) == [at.brand_account_id]


def test_what_is_new_is_counted_until_it_is_read(at, tools):
    say(at.brand(tools), at, "k1")
    say(at.operator(tools), at, "k2")
    say(at.operator(tools), at, "k3", visibility=Visibility.STAFF)
    at_door = at.brand(tools)

    assert brand_talks.news(at_door) == 1
    (line,) = brand_talks.listed(at_door, brand_id=at.brand_id).lines
    assert (line.unread, line.messages, line.waits_since) == (1, 2, None)
    (line,) = asked.inbox(at.operator(tools)).threads
    assert line.unread == 1

    read(at_door, at)

    assert brand_talks.news(at_door) == 0


def test_another_brands_threads_are_neither_listed_nor_marked(at, tools, database):
    with database.session() as session:
        other = sale_scenes.desk(session)
    written = say(at.brand(tools), at, "k1")

    assert brand_talks.listed(other.brand(tools), brand_id=at.brand_id).lines == ()
    conversations.mark_read(
        other.brand(tools),
        subject=Subject.COLLECTION,
        subject_id=at.collection_id,
        message_id=written.message_id,
    )
    assert database.value("SELECT count(*) FROM thread_reads") == 0
    with pytest.raises(NotFound):
        say(other.brand(tools), at, "k2")
