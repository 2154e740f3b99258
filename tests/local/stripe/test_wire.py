"""The form encoding of the official library, and the server beneath everything."""

import contextlib
import socket
from urllib.parse import urlencode, urlsplit

import hypothesis.strategies as st
import pytest
from hypothesis import given
from stripe._encode import _api_encode

from marketplace.local.stripe import forms
from marketplace.local.stripe.errors import ApiError

NAMES = st.text("abcdefgh_", min_size=1, max_size=8)
LEAVES = st.text("aZ09 _-+&=%[]?#/\\\"'\n\t\x00é€😀", max_size=12)
TREES = st.dictionaries(
    NAMES,
    st.recursive(
        LEAVES,
        lambda inner: (
            st.dictionaries(NAMES, inner, min_size=1, max_size=3)
            | st.lists(inner, min_size=1, max_size=3)
        ),
        max_leaves=12,
    ),
    max_size=4,
)


def as_hashes(value):
    if isinstance(value, list):
        return {str(place): as_hashes(each) for place, each in enumerate(value)}
    if isinstance(value, dict):
        return {name: as_hashes(each) for name, each in value.items()}
    return value


@given(tree=TREES)
def test_whatever_the_library_encodes_is_read_back(tree):
    encoded = urlencode(list(_api_encode(tree)))

    assert forms.decode(encoded.encode()) == as_hashes(tree)


@given(body=st.binary(max_size=200))
def test_no_body_breaks_the_reader(body):
    with contextlib.suppress(ApiError):
        assert isinstance(forms.decode(body), dict)


@pytest.mark.parametrize("body", [b"a=1&a[b]=2", b"a[b]=2&a[b][c]=3"])
def test_a_parameter_is_either_a_value_or_a_hash(body):
    with pytest.raises(ApiError) as refusal:
        forms.decode(body)

    assert refusal.value.began is False


@pytest.mark.parametrize(
    ("present", "change", "after"),
    [
        ({"a": "1"}, {"b": "2"}, {"a": "1", "b": "2"}),
        ({"a": "1", "b": "2"}, {"a": ""}, {"b": "2"}),
        ({"a": "1"}, None, {}),
        ({}, {"12": "0"}, {"12": "0"}),
    ],
)
def test_metadata_is_merged(present, change, after):
    assert forms.merged(present, change) == after


@pytest.mark.parametrize(
    ("sent", "first_line"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"HTTP/1.1 404 Not Found"),
        (b"nonsense\r\n\r\n", b"HTTP/1.1 400 Bad Request"),
        (b"GET / HTTP/1.1\r\nno colon\r\n\r\n", b"HTTP/1.1 400 Bad Request"),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", b"HTTP/1.1 400 Bad Request"),
        (
            b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            b"HTTP/1.1 400 Bad Request",
        ),
        (
            b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"HTTP/1.1 411 Length Required",
        ),
        (
            b"POST / HTTP/1.1\r\nContent-Length: 2000000\r\n\r\n",
            b"HTTP/1.1 413 Request Entity Too Large",
        ),
        (
            b"GET / HTTP/1.1\r\nLong: " + b"x" * 20_000 + b"\r\n\r\n",
            b"HTTP/1.1 431 Request Header Fields Too Large",
        ),
    ],
)
def test_the_server_answers_what_is_a_request_and_refuses_what_is_none(simulator, sent, first_line):
    assert spoken(simulator, sent).split(b"\r\n")[0] == first_line


def test_half_a_request_is_not_acted_on(simulator):
    before = len(simulator.objects("customer"))
    head = b"POST /v1/customers HTTP/1.1\r\nAuthorization: Bearer sk_test_simulator\r\n"

    answer = spoken(simulator, head + b"Content-Length: 30\r\n\r\nname=El")

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert len(simulator.objects("customer")) == before


def test_two_requests_on_one_connection_get_two_answers(simulator):
    ask = b"GET /assets/pay.css HTTP/1.1\r\nHost: x\r\n\r\n"

    answers = spoken(simulator, ask + ask.replace(b"Host: x", b"Connection: close"))

    assert answers.count(b"HTTP/1.1 200 OK") == 2


def spoken(simulator, sent):
    """Everything the server says to these bytes, once our side has said all it will say."""
    parts = urlsplit(simulator.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        said = b""
        try:
            while more := connection.recv(65_536):
                said += more
        except ConnectionResetError:
            pass
        return said
