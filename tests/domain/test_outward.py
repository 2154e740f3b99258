from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.domain import outward
from marketplace.domain.outward import AddressRefused, Place

INSIDE = (
    "127.0.0.1",
    "127.1.2.3",
    "0.0.0.0",  # noqa: S104 - looked at, not bound to
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "fd00:ec2::254",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001::1",
    "2001:db8::1",
    "localhost",
    "",
    "0x7f.1",
    "2130706433",
)
OUTSIDE = ("8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450:4007::200e")


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_not_public(address):
    assert not outward.is_public(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_of_the_open_internet_is(address):
    assert outward.is_public(address)


@given(st.ip_addresses(v=4))
def test_no_address_that_python_calls_private_is_public_in_any_disguise(address):
    if address.is_private or address.is_loopback or address.is_link_local:
        assert not outward.is_public(str(address))
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")
    translated = ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) + int(address))
    assert not outward.is_public(str(mapped))
    assert not outward.is_public(str(translated))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "unreadable"),
        ("https://", "unreadable"),
        ("https://[::1", "unreadable"),
        ("https://shop.example:port/", "unreadable"),
        ("https://shop.example/a b", "unreadable"),
        ("https://shop.example\\@inside/", "unreadable"),
        ("https://shop.example/\r\nHost: inside", "unreadable"),
        ("https://é.example/", "unreadable"),
        ("https://shop.example/" + "a" * 2_000, "unreadable"),
        ("http://shop.example/", "not_https"),
        ("ftp://shop.example/", "not_https"),
        ("file:///etc/passwd", "not_https"),
        ("shop.example", "not_https"),
        ("https://me:secret@shop.example/", "names_somebody"),
        ("https://@shop.example/", "names_somebody"),
        ("https://shop.example:22/", "port"),
        ("https://shop.example:6379/", "port"),
    ],
)
def test_an_address_that_has_not_the_form_is_refused(url, reason):
    with pytest.raises(AddressRefused) as no:
        outward.place_of(url)

    assert no.value.facts == {"reason": reason}


def test_an_address_is_taken_apart():
    assert outward.place_of("https://Shop.example/hooks?a=1#part") == Place(
        True, "shop.example", 443, "/hooks?a=1"
    )
    assert outward.place_of("https://shop.example:8443") == Place(True, "shop.example", 8443, "/")
    assert outward.place_of("https://[2606:4700::1111]:8443/").authority == "[2606:4700::1111]:8443"


def test_where_both_sides_are_ones_own_plain_http_will_do():
    found = outward.place_of("http://127.0.0.1:9000/hooks", anywhere=True)

    assert found == Place(False, "127.0.0.1", 9000, "/hooks")
    assert found.authority == "127.0.0.1:9000"
