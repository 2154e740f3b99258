"""Events in words, as the trail of a thing tells them; one line for each name an event can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.domain.doors import Door
from marketplace.domain.events import Event
from marketplace.words import lazy

if TYPE_CHECKING:
    from marketplace.words import Lazy

DEEDS: dict[Event, Lazy] = {
    Event.ACCOUNT_CREATED: lazy("Account opened"),
    Event.SIGNED_IN: lazy("Signed in"),
    Event.SIGN_IN_FAILED: lazy("Sign-in failed"),
    Event.PASSWORD_RESET_ASKED: lazy("New password asked for"),
    Event.PASSWORD_CHANGED: lazy("Password changed"),
    Event.SECOND_FACTOR_SET: lazy("Second step set up"),
    Event.INVITATION_SENT: lazy("Invitation sent"),
    Event.INVITATION_ACCEPTED: lazy("Invitation accepted"),
    Event.ADDRESS_CHANGED: lazy("Address changed"),
    Event.MORE_TIME_PREFERRED: lazy("Longer holds chosen"),
    Event.FILE_UPLOADED: lazy("File sent"),
    Event.SHEET_CHOSEN: lazy("Sheet chosen"),
    Event.IMPORT_RETRIED: lazy("File read again"),
    Event.IMPORT_READ: lazy("File read"),
    Event.IMPORT_FAILED: lazy("File not read"),
    Event.MAPPING_CONFIRMED: lazy("Columns confirmed"),
    Event.IMPORT_PREVIEWED: lazy("File checked"),
    Event.IMPORT_CONFIRMED: lazy("File let in"),
    Event.IMPORT_ROWS_APPLIED: lazy("Rows in the collection"),
    Event.IMPORT_UNDO_ASKED: lazy("File is to be taken back"),
    Event.IMPORT_UNDONE: lazy("File taken back"),
    Event.IMPORT_FINISHED: lazy("File in the collection"),
    Event.IMPORT_CANCELLED: lazy("File put aside"),
    Event.BRAND_CREATED: lazy("Brand created"),
    Event.BRAND_CHANGED: lazy("Brand changed"),
    Event.BRAND_USER_INVITED: lazy("Person invited"),
    Event.BRAND_INVITATION_RESENT: lazy("Invitation sent again"),
    Event.BRAND_INVITATION_WITHDRAWN: lazy("Invitation withdrawn"),
    Event.BRAND_ROLE_CHANGED: lazy("Role changed"),
    Event.BRAND_USER_REMOVED: lazy("Person let go"),
    Event.KEY_MADE: lazy("Key for machines made"),
    Event.KEY_REPLACED: lazy("Key for machines replaced"),
    Event.KEY_REVOKED: lazy("Key for machines revoked"),
    Event.BRAND_READY: lazy("Brand ready to begin"),
    Event.BRAND_SUSPENDED: lazy("Brand suspended"),
    Event.BRAND_RESUMED: lazy("Brand taken up again"),
    Event.BRAND_TERMINATED: lazy("Work with the brand ended"),
    Event.BRAND_FILE_CHANGED: lazy("Company file changed"),
    Event.BANK_CHANGE_ASKED: lazy("Other bank details asked for"),
    Event.BANK_CHANGE_CANCELLED: lazy("Change of bank details cancelled"),
    Event.ANSWER_GIVEN: lazy("Item of the list given"),
    Event.ANSWER_ACCEPTED: lazy("Item of the list accepted"),
    Event.ANSWER_SENT_BACK: lazy("Item of the list sent back"),
    Event.ANSWER_WAIVED: lazy("Item of the list waived"),
    Event.CHECKLIST_CHANGED: lazy("List changed"),
    Event.APPLICATION_RECEIVED: lazy("Application received"),
    Event.APPLICATION_ACCEPTED: lazy("Application accepted"),
    Event.APPLICATION_DECLINED: lazy("Application declined"),
    Event.COLLECTION_CREATED: lazy("Collection created"),
    Event.COLLECTION_SUBMITTED: lazy("Collection submitted"),
    Event.BRIEF_STATED: lazy("Brief stated"),
    Event.RRP_EVIDENCED: lazy("Evidence for public prices added"),
    Event.STYLE_COMPLETED: lazy("Style completed"),
    Event.RIGHT_STATED: lazy("Right to sell proved"),
    Event.RIGHT_ACCEPTED: lazy("Proof of the right to sell accepted"),
    Event.RIGHT_REFUSED: lazy("Proof of the right to sell not accepted"),
    Event.DEAL_PROPOSED: lazy("Deal proposed"),
    Event.DEAL_COUNTERED: lazy("Deal countered"),
    Event.CLAUSE_COMMENTED: lazy("Clause commented on"),
    Event.DEAL_ACCEPTED: lazy("Deal accepted"),
    Event.DEAL_DECLINED: lazy("Deal declined"),
    Event.STOCK_COMMITTED: lazy("Stock committed"),
    Event.STOCK_RECEIVED: lazy("Goods received"),
    Event.STOCK_ACCEPTED: lazy("Goods received and accepted"),
    Event.STOCK_CORRECTED: lazy("Count corrected"),
    Event.SALE_DRAFTED: lazy("Sale drafted"),
    Event.SALE_CHANGED: lazy("Plan changed"),
    Event.SALE_ITEMS_CHANGED: lazy("Items changed"),
    Event.SALE_APPROVED_BY_BRAND: lazy("Approved by the brand"),
    Event.SALE_SCHEDULED: lazy("Scheduled"),
    Event.SALE_UNSCHEDULED: lazy("Taken back to a draft"),
    Event.SALE_OPENED: lazy("Opened"),
    Event.SALE_PAUSED: lazy("Paused"),
    Event.SALE_RESUMED: lazy("Resumed"),
    Event.SALE_EXTENDED: lazy("Extended"),
    Event.SALE_ENDED_EARLY: lazy("Ended early"),
    Event.SALE_CLOSED: lazy("Closed"),
    Event.SALE_CANCELLED: lazy("Cancelled"),
    Event.SALE_UNSOLD_FREED: lazy("Unsold units freed"),
    Event.SALE_MISSED: lazy("Opening not announced in time"),
    Event.SALE_HOUR_PASSED: lazy("An hour of the sale passed"),
    Event.ITEM_STOPPED: lazy("Item stopped"),
    Event.ITEM_RESUMED: lazy("Item resumed"),
    Event.HOLD_RELEASED_BY_OPERATOR: lazy("Hold released"),
    Event.ORDER_PLACED: lazy("Order placed"),
    Event.CHECKOUT_OPENED: lazy("Payment begun"),
    Event.CHECKOUT_REFUSED: lazy("Payment page refused"),
    Event.ORDER_PAID: lazy("Paid"),
    Event.ORDER_PAID_LATE: lazy("Paid late"),
    Event.ORDER_LAPSED: lazy("Not paid in time"),
    Event.ORDER_CANCELLED: lazy("Order cancelled"),
    Event.ORDER_PACKED: lazy("Packed"),
    Event.ORDER_SHIPPED: lazy("Shipped"),
    Event.ORDER_DELIVERED: lazy("Delivered"),
    Event.WITHDRAWAL_DECLARED: lazy("Withdrawal declared"),
    Event.RETURN_RECEIVED: lazy("Return received"),
    Event.REFUND_ASKED: lazy("Refund begun"),
    Event.REFUND_SUCCEEDED: lazy("Refunded"),
    Event.REFUND_FAILED: lazy("Refund failed"),
    Event.PAYMENT_EVENT_RECEIVED: lazy("Message of the payment service received"),
    Event.PAYMENT_UNEXPLAINED: lazy("Payment that nobody can explain"),
    Event.PAYMENT_EXPLAINED: lazy("Payment explained"),
    Event.MESSAGE_WRITTEN: lazy("Message written"),
    Event.PROMISE_MADE: lazy("Promise made"),
    Event.PROMISE_KEPT: lazy("Promise kept"),
    Event.REPORT_TAKEN: lazy("Report taken"),
    Event.MAIL_WRITTEN: lazy("E-mail written"),
    Event.LEGAL_PAGE_CHANGED: lazy("Legal page changed"),
    Event.JOB_RUN_AGAIN: lazy("Job run again"),
    Event.INVARIANT_BROKEN: lazy("Books that do not agree"),
}
"""Every event as a person reads it."""

FACTS: dict[str, Lazy] = {
    "accepted": lazy("Accepted"),
    "bank_details": lazy("Bank details"),
    "changed": lazy("Changed"),
    "clause": lazy("Clause"),
    "right": lazy("Proof of the right to sell"),
    "checklist_item": lazy("Item of the list"),
    "due_at": lazy("Due"),
    "evidence": lazy("Evidence"),
    "facts": lazy("Further facts"),
    "generation": lazy("Times scheduled"),
    "hold": lazy("Hold"),
    "invariant": lazy("Check"),
    "item": lazy("Item"),
    "items": lazy("Items"),
    "job": lazy("Job"),
    "kind": lazy("Kind"),
    "late": lazy("Late"),
    "late_ms": lazy("Late by milliseconds"),
    "lots": lazy("Lots"),
    "message": lazy("Message"),
    "number": lazy("Version"),
    "opens_at": lazy("Opens"),
    "order_id": lazy("Order"),
    "planned_for": lazy("Planned for"),
    "payment_id": lazy("Payment"),
    "received": lazy("Received"),
    "rejected": lazy("Rejected"),
    "role": lazy("Side"),
    "role_now": lazy("Role"),
    "role_was": lazy("Role before"),
    "sale_id": lazy("Sale"),
    "sale_ids": lazy("Sales"),
    "sha256": lazy("Seal"),
    "thread": lazy("Conversation"),
    "units": lazy("Units"),
    "prefix": lazy("Begins with"),
    "variants": lazy("Variants"),
    "version": lazy("Version"),
    "visibility": lazy("Who reads it"),
    "wanted": lazy("Five minutes more"),
    "warned": lazy("Warnings"),
    "withdrawal_id": lazy("Withdrawal"),
}
"""What an event's facts are called in a trail."""

VALUES: dict[str, Lazy] = {
    "commercial": lazy("Commercial"),
    "content": lazy("Content"),
    "finance": lazy("Finance"),
    "owner": lazy("Owner"),
    "viewer": lazy("Viewer"),
    "all": lazy("Everybody in this conversation"),
    "brand": lazy("The brand"),
    "closing": lazy("At the close"),
    "composition": lazy("Composition"),
    "condition": lazy("Condition"),
    "description": lazy("Description"),
    "hourly": lazy("Hourly"),
    "manufacturer": lazy("Manufacturer"),
    "member": lazy("Member"),
    "name": lazy("Name"),
    "not_textile": lazy("This is no textile: it owes no composition"),
    "operator": lazy("The house"),
    "origin": lazy("Country of origin"),
    "sale_ended": lazy("The sale has ended"),
    "side": lazy("Read by your side alone."),
    "staff": lazy("The house alone"),
}
"""The program's own words among the values of facts, as a person reads them."""

ACTORS: dict[Door, Lazy] = {
    Door.MEMBER: lazy("member"),
    Door.BRAND: lazy("brand"),
    Door.OPERATOR: lazy("house"),
    Door.WORKER: lazy("by itself"),
    Door.HALLWAY: lazy("entrance"),
}

_BY_NAME = {str(event): words for event, words in DEEDS.items()}


def said(name: str) -> str:
    """What happened, in the reader's language; of an event that the house no longer knows, its name."""
    return str(_BY_NAME.get(name, name))


def fact(name: str) -> str:
    """What a fact of an event is called, in the reader's language; of one without a word, its name."""
    return str(FACTS.get(name, name))


def value(said: str) -> str:
    """A fact's value, in the reader's language where it is made of the program's own words."""
    return ", ".join(str(VALUES.get(each, each)) for each in said.split(", "))
