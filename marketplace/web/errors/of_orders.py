"""Answers to what is asked about orders, payments, returns and the runs of jobs: a status and a sentence for each."""

from __future__ import annotations

from marketplace.words import Lazy, lazy

CONFLICT, UNFIT, WAIT, BUSY = 409, 422, 429, 503

ANSWERS: dict[str, tuple[int, Lazy]] = {
    # Wait lists
    "free_now": (
        CONFLICT,
        lazy(
            "One of the sizes you named is free at this moment: hold it, before somebody else does."
        ),
    ),
    "too_many_lines": (
        CONFLICT,
        lazy(
            "You are on %(most)s wait lists of this sale, which is as many as one member can be on. Leave one to"
            " join another."
        ),
    ),
    # Checkout
    "bag_empty": (
        CONFLICT,
        lazy(
            "Nothing is held for you any more, so there is nothing to pay. What is still free can "
            "be held again."
        ),
    ),
    "bag_changed": (
        CONFLICT,
        lazy(
            "Your bag is another than the one you saw. Nothing was ordered or charged; look at it and press once more."
        ),
    ),
    "card_missing": (
        CONFLICT,
        lazy(
            "There is no saved card that can be charged. Nothing was ordered; pay in another way or save a card."
        ),
    ),
    "too_many_cards": (
        WAIT,
        lazy(
            "You have begun to enter many cards today, so this page was not opened. Try again tomorrow."
        ),
    ),
    "payment_under_way": (
        CONFLICT,
        lazy(
            "Your bank is being asked at this moment. Once it has answered, the order's page shows what can be done."
        ),
    ),
    "address_missing": (
        UNFIT,
        lazy("The parcel has no address yet. Say where it shall go, then pay."),
    ),
    "territory_mismatch": (
        UNFIT,
        lazy(
            "This sale does not deliver to the country of this address. Nothing was charged; choose"
            " another address."
        ),
    ),
    "still_waiting": (
        CONFLICT,
        lazy(
            "This sale has a waiting room, and it is not your turn yet. Its page shows your place; nothing was held."
        ),
    ),
    "reminder_too_late": (
        CONFLICT,
        lazy(
            "This sale is not about to open any more, so there is nothing to be reminded of. See what is open today."
        ),
    ),
    "too_many_orders": (
        WAIT,
        lazy(
            "You have begun many payments within an hour, so this one was not begun. Wait a little;"
            " your holds keep their time."
        ),
    ),
    "order_ended": (
        CONFLICT,
        lazy("This order no longer waits for a payment. Nothing was charged. Look at your bag."),
    ),
    "payment_trouble": (
        BUSY,
        lazy("The payment service does not answer. Nothing was charged. Try again in a moment."),
    ),
    # Changing one's mind
    "order_already_packed": (
        CONFLICT,
        lazy(
            "The order is packed already and cannot be cancelled any more. You can withdraw from it instead."
        ),
    ),
    "goods_awaited": (
        CONFLICT,
        lazy(
            "The goods of this order have not come from the brand yet. Pack it once they are counted and accepted."
        ),
    ),
    "withdrawal_over": (
        CONFLICT,
        lazy(
            "The fourteen days to change your mind ended on %(ended_at)s. If a piece is faulty, the"
            " legal guarantee still holds: write to us on the order's page."
        ),
    ),
    "nothing_to_withdraw": (
        CONFLICT,
        lazy(
            "There is nothing to withdraw from: the order is not packed yet, or it has ended. Its "
            "page shows what can be done."
        ),
    ),
    # Refunds
    "refund_too_large": (
        UNFIT,
        lazy("That is more than is left to give back. Nothing was sent; choose at most %(most)s."),
    ),
    "refund_not_failed": (
        CONFLICT,
        lazy(
            "This refund has not failed, so it is not sent again. Its order shows where it stands."
        ),
    ),
    # Jobs
    "run_not_failed": (
        CONFLICT,
        lazy(
            "This run waits for its turn or is done already. Nothing was changed, and nothing needs"
            " to be done."
        ),
    ),
}
