"""Facts worth telling: the names of everything that the house records as having happened.

An event is written in the transaction that made it true. It is at once the audit line (who, when,
why) and the outbox: ``jobs/registry.py`` lists which jobs each name sets going. Payloads hold ids
and figures, no personal data.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Event(StrEnum):
    """Past-tense names, ``noun.deed``."""

    ACCOUNT_CREATED = "account.created"
    SIGNED_IN = "account.signed_in"
    SIGN_IN_FAILED = "account.sign_in_failed"
    PASSWORD_RESET_ASKED = "account.password_reset_asked"  # noqa: S105 - an event's name
    PASSWORD_CHANGED = "account.password_changed"  # noqa: S105 - an event's name
    SECOND_FACTOR_SET = "account.second_factor_set"
    INVITATION_SENT = "member.invitation_sent"
    INVITATION_ACCEPTED = "member.invitation_accepted"
    ADDRESS_CHANGED = "member.address_changed"
    MORE_TIME_PREFERRED = "member.more_time_preferred"
    CARD_KEPT = "member.card_kept"
    CARD_REMOVED = "member.card_removed"

    BRAND_CREATED = "brand.created"
    BRAND_CHANGED = "brand.changed"
    BRAND_USER_INVITED = "brand.user_invited"
    BRAND_INVITATION_RESENT = "brand.invitation_resent"
    BRAND_INVITATION_WITHDRAWN = "brand.invitation_withdrawn"
    BRAND_ROLE_CHANGED = "brand.role_changed"
    BRAND_USER_REMOVED = "brand.user_removed"
    KEY_MADE = "key.made"
    KEY_REPLACED = "key.replaced"
    KEY_REVOKED = "key.revoked"
    BRAND_READY = "brand.ready"
    BRAND_SUSPENDED = "brand.suspended"
    BRAND_RESUMED = "brand.resumed"
    BRAND_TERMINATED = "brand.terminated"
    BRAND_FILE_CHANGED = "brand.file_changed"
    GUARD_RAILS_CHANGED = "brand.guard_rails_changed"
    SUPPRESSION_CHANGED = "brand.suppression_changed"
    BANK_CHANGE_ASKED = "brand.bank_change_asked"
    BANK_CHANGE_CANCELLED = "brand.bank_change_cancelled"
    ANSWER_GIVEN = "checklist.answer_given"
    ANSWER_ACCEPTED = "checklist.answer_accepted"
    ANSWER_SENT_BACK = "checklist.answer_sent_back"
    ANSWER_WAIVED = "checklist.answer_waived"
    CHECKLIST_CHANGED = "checklist.changed"
    APPLICATION_RECEIVED = "application.received"
    APPLICATION_ACCEPTED = "application.accepted"
    APPLICATION_DECLINED = "application.declined"
    ENDPOINT_MADE = "endpoint.made"
    ENDPOINT_SIGNED_ANEW = "endpoint.signed_anew"
    ENDPOINT_REMOVED = "endpoint.removed"

    FILE_UPLOADED = "import.file_uploaded"
    SHEET_CHOSEN = "import.sheet_chosen"
    LIST_TURNED = "import.list_turned"
    IMPORT_RETRIED = "import.retried"
    IMPORT_READ = "import.read"
    IMPORT_FAILED = "import.failed"
    MAPPING_CONFIRMED = "import.mapping_confirmed"
    IMPORT_PREVIEWED = "import.previewed"
    IMPORT_CONFIRMED = "import.confirmed"
    IMPORT_ROWS_APPLIED = "import.rows_applied"
    IMPORT_FINISHED = "import.finished"
    IMPORT_CANCELLED = "import.cancelled"
    IMPORT_UNDO_ASKED = "import.undo_asked"
    IMPORT_UNDONE = "import.undone"
    COLLECTION_CREATED = "collection.created"
    COLLECTION_SUBMITTED = "collection.submitted"
    BRIEF_STATED = "collection.brief_stated"
    RRP_EVIDENCED = "collection.rrp_evidenced"
    STYLE_COMPLETED = "collection.style_completed"
    CONFIDENCE_ASKED = "collection.confidence_asked"
    CONFIDENCE_LIFTED = "collection.confidence_lifted"

    RIGHT_STATED = "collection.right_stated"
    RIGHT_ACCEPTED = "collection.right_accepted"
    RIGHT_REFUSED = "collection.right_refused"
    DEAL_PROPOSED = "deal.proposed"
    DEAL_COUNTERED = "deal.countered"
    CLAUSE_COMMENTED = "deal.clause_commented"
    DEAL_ACCEPTED = "deal.accepted"
    DEAL_DECLINED = "deal.declined"

    STOCK_COMMITTED = "stock.committed"
    STOCK_RECEIVED = "stock.received"
    STOCK_ACCEPTED = "stock.accepted"
    STOCK_CORRECTED = "stock.corrected"
    PURCHASE_ORDERED = "purchase.ordered"
    PURCHASE_CONFIRMED = "purchase.confirmed"
    PURCHASE_COUNTED = "purchase.counted"
    PURCHASE_CLOSED = "purchase.closed"

    STATEMENT_ISSUED = "statement.issued"
    PAYOUT_APPROVED = "payout.approved"
    PAYOUT_PAID = "payout.paid"
    CHARGE_PROPOSED = "charge.proposed"
    CHARGE_CONTESTED = "charge.contested"
    CHARGE_DECIDED = "charge.decided"
    EXIT_ASKED = "exit.asked"
    EXIT_CHOSEN = "exit.chosen"
    EXIT_RECORDED = "exit.recorded"
    EXIT_CORRECTED = "exit.corrected"
    SALE_DRAFTED = "sale.drafted"
    SALE_CHANGED = "sale.changed"
    SALE_ITEMS_CHANGED = "sale.items_changed"
    SALE_APPROVED_BY_BRAND = "sale.approved_by_brand"
    SALE_SCHEDULED = "sale.scheduled"
    SALE_UNSCHEDULED = "sale.unscheduled"
    SALE_OPENED = "sale.opened"
    SALE_PAUSED = "sale.paused"
    SALE_RESUMED = "sale.resumed"
    SALE_EXTENDED = "sale.extended"
    SALE_ENDED_EARLY = "sale.ended_early"
    SALE_CLOSED = "sale.closed"
    SALE_CANCELLED = "sale.cancelled"
    SALE_MISSED = "sale.missed"
    SALE_UNSOLD_FREED = "sale.unsold_freed"
    SALE_HOUR_PASSED = "sale.hour_passed"
    SALE_ROOM_SET = "sale.room_set"
    SALE_ROOM_WIDE = "sale.room_wide"
    SALE_PLACES_DRAWN = "sale.places_drawn"
    ITEM_STOPPED = "sale.item_stopped"
    ITEM_RESUMED = "sale.item_resumed"

    HOLD_RELEASED_BY_OPERATOR = "hold.released_by_operator"

    ORDER_PLACED = "order.placed"
    CHECKOUT_OPENED = "order.checkout_opened"
    CHECKOUT_REFUSED = "order.checkout_refused"
    ORDER_NOT_COLLECTED = "order.not_collected"
    ORDER_PAID = "order.paid"
    ORDER_PAID_LATE = "order.paid_late"
    ORDER_LAPSED = "order.lapsed"
    ORDER_CANCELLED = "order.cancelled"
    ORDER_PACKED = "order.packed"
    ORDER_SHIPPED = "order.shipped"
    ORDER_DELIVERED = "order.delivered"
    WITHDRAWAL_DECLARED = "order.withdrawal_declared"
    RETURN_RECEIVED = "order.return_received"
    REFUND_ASKED = "refund.asked"
    REFUND_SUCCEEDED = "refund.succeeded"
    REFUND_FAILED = "refund.failed"
    PAYMENT_EVENT_RECEIVED = "payment.event_received"
    PAYMENT_UNEXPLAINED = "payment.unexplained"
    PAYMENT_EXPLAINED = "payment.explained"
    DISPUTE_OPENED = "dispute.opened"
    DISPUTE_ENDED = "dispute.ended"

    MESSAGE_WRITTEN = "conversation.message_written"
    PROMISE_MADE = "promise.made"
    PROMISE_KEPT = "promise.kept"
    PROMISE_PASSED = "promise.passed"
    CLOSURE_STATED = "brand.closure_stated"
    CLOSURE_TAKEN_BACK = "brand.closure_taken_back"
    TOUCH_PLANNED = "brand.touch_planned"
    TOUCH_DONE = "brand.touch_done"
    TOUCH_DROPPED = "brand.touch_dropped"
    REPORT_TAKEN = "report.taken"
    MAIL_WRITTEN = "mail.written"
    LEGAL_PAGE_CHANGED = "legal.page_changed"
    JOB_RUN_AGAIN = "job.run_again"
    INVARIANT_BROKEN = "house.invariant_broken"


@dataclass(frozen=True, slots=True)
class Fact:
    """One event as a service hands it over.

    Its name, what it is about, and what a reader needs to know.
    """

    name: Event
    subject_type: str
    subject_id: int
    brand_id: int | None = None
    reason: str = ""
    data: dict[str, Any] = field(default_factory=dict)
