"""Every job on one page: what each event sets going, and what the clock asks for by itself."""

from __future__ import annotations

from jobs import (
    accounts,
    admissions,
    closures,
    contacts,
    conversations,
    deals,
    exits,
    holds,
    house,
    imports,
    machines,
    payments,
    photographs,
    promises,
    purchases,
    reminders,
    reports,
    settlements,
    stock,
    waits,
)
from jobs.job import Job, Periodic
from marketplace.domain.events import Event
from marketplace.queries.job_console import Listed

EVENTS: dict[Event, tuple[Job, ...]] = {
    Event.FILE_UPLOADED: (imports.READ,),
    Event.SHEET_CHOSEN: (imports.READ,),
    Event.LIST_TURNED: (imports.READ,),
    Event.IMPORT_RETRIED: (imports.READ,),
    Event.MAPPING_CONFIRMED: (imports.JUDGE,),
    Event.IMPORT_CONFIRMED: (imports.APPLY,),
    Event.IMPORT_ROWS_APPLIED: (imports.DRAW,),
    Event.DEAL_PROPOSED: (deals.TELL,),
    Event.DEAL_COUNTERED: (deals.TELL,),
    Event.DEAL_ACCEPTED: (deals.PRINT, deals.TELL),
    Event.PURCHASE_ORDERED: (purchases.TELL,),
    Event.STATEMENT_ISSUED: (settlements.PRINT, settlements.TELL_STATEMENT, machines.WRITE),
    Event.PAYOUT_APPROVED: (settlements.WRITE_TRANSFER,),
    Event.PAYOUT_PAID: (settlements.TELL_PAYOUT, machines.WRITE),
    Event.CHARGE_PROPOSED: (settlements.TELL_CHARGE,),
    Event.CHARGE_DECIDED: (settlements.TELL_CHARGE,),
    Event.EXIT_ASKED: (exits.TELL_ASKED,),
    Event.EXIT_RECORDED: (exits.PRINT, exits.TELL_RECORDED),
    Event.EXIT_CORRECTED: (exits.PRINT, exits.TELL_RECORDED),
    Event.IMPORT_UNDO_ASKED: (imports.TAKE_BACK,),
    Event.GUARD_RAILS_CHANGED: (photographs.MARK,),
    Event.IMPORT_FINISHED: (photographs.MARK,),
    Event.CLOSURE_STATED: (closures.PUT_OFF,),
    Event.SALE_OPENED: (machines.WRITE,),
    Event.SALE_CLOSED: (reports.TAKE_CLOSING, machines.WRITE),
    Event.STOCK_COMMITTED: (stock.PLACE_RELEASED,),
    Event.STOCK_ACCEPTED: (stock.PLACE_RELEASED,),
    Event.STOCK_CORRECTED: (stock.PLACE_RELEASED,),
    Event.ORDER_SHIPPED: (machines.WRITE,),
    Event.MESSAGE_WRITTEN: (conversations.TELL, machines.WRITE),
    Event.PAYMENT_EVENT_RECEIVED: (payments.HANDLE_MESSAGE,),
    Event.ORDER_LAPSED: (payments.END_SESSIONS,),
    Event.ORDER_CANCELLED: (payments.END_SESSIONS,),
    Event.REFUND_ASKED: (payments.SEND_REFUND,),
}

PERIODIC: tuple[Periodic, ...] = (
    Periodic(contacts.SEND_LETTERS, 2),
    Periodic(reminders.WRITE, 10),
    Periodic(admissions.TEND, 2),
    Periodic(reports.TAKE_HOURLY, 30),
    Periodic(reports.TAKE_LATE_CLOSING, 60),
    Periodic(reports.TAKE_LATER, 3_600),
    Periodic(payments.OPEN_WAITING, 1),
    Periodic(payments.RECONCILE, 30),
    Periodic(payments.LAPSE_ORDERS, 5),
    Periodic(payments.TEND_CARDS, 30),
    Periodic(holds.SWEEP, 15),
    Periodic(waits.PASS_ON, 2),
    Periodic(photographs.MARK, 10),
    Periodic(stock.FREE_UNSOLD, 300),
    Periodic(purchases.ORDER_SOLD, 60),
    Periodic(settlements.ISSUE, 300),
    Periodic(settlements.END_CHARGES, 600),
    Periodic(exits.ASK, 3_600),
    Periodic(exits.REMIND, 3_600),
    Periodic(exits.KEEP_PROMISES, 300),
    Periodic(deals.REMIND, 3_600),
    Periodic(promises.WATCH, 60),
    Periodic(accounts.RETURN_INVITATIONS, 3_600),
    Periodic(accounts.FORGET, 86_400),
    Periodic(machines.SEND, 2),
    Periodic(machines.WATCH_STOCK, 30),
    Periodic(machines.FORGET, 3_600),
    Periodic(house.CHECK_BOOKS, 900),
    Periodic(house.FORGET_RUNS, 3_600),
    Periodic(house.FORGET_PAST, 86_400),
)

JOBS: dict[str, Job] = {
    job.name: job
    for job in (
        *(job for jobs in EVENTS.values() for job in jobs),
        *(periodic.job for periodic in PERIODIC),
    )
}
LEASES: dict[str, int] = {name: job.lease_seconds for name, job in JOBS.items()}
SUBSCRIBERS: dict[str, tuple[str, ...]] = {
    str(event): tuple(job.name for job in jobs) for event, jobs in EVENTS.items()
}
TOGETHER = frozenset(job.name for job in JOBS.values() if job.together)
PERIODS: dict[str, int] = {periodic.job.name: periodic.seconds for periodic in PERIODIC}


def listed() -> tuple[Listed, ...]:
    """Every job as the operators see it: by name, with what sets it going."""
    return tuple(
        Listed(
            name=name,
            words=job.words,
            queue=job.queue,
            seconds=PERIODS.get(name),
            after=tuple(event for event, jobs in SUBSCRIBERS.items() if name in jobs),
        )
        for name, job in sorted(JOBS.items())
    )
