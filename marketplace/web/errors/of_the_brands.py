"""Answers to what is asked about files, collections and deals.

A status and a sentence for each code.
"""

from __future__ import annotations

from marketplace.words import Lazy, lazy

CONFLICT, UNFIT = 409, 422

ANSWERS: dict[str, tuple[int, Lazy]] = {
    # Files
    "file_unreadable": (
        UNFIT,
        lazy(
            "The file cannot be read, and nothing was changed. Save it again as .xlsx or as CSV "
            "UTF-8 and send it."
        ),
    ),
    "file_unreadable.extension": (
        UNFIT,
        lazy("%(name)s has an ending that is not read here. Send a .csv or an .xlsx file."),
    ),
    "file_unreadable.empty": (
        UNFIT,
        lazy("%(name)s is empty. Send the file that holds your rows."),
    ),
    "file_unreadable.too_large": (
        UNFIT,
        lazy("%(name)s is larger than %(most)s. Send it in several files, or make it smaller."),
    ),
    "file_unreadable.not_zip": (
        UNFIT,
        lazy("%(name)s is no ZIP file. Put the photographs into one and send it."),
    ),
    "file_unreadable.mapping_field": (
        UNFIT,
        lazy(
            "%(field)s is not the name of a field. Open the page again and choose one from its list."
        ),
    ),
    "file_unreadable.mapping_column": (
        UNFIT,
        lazy("There is no column named %(column)s in the file. Choose one of those it has."),
    ),
    "file_unreadable.mapping_twice": (
        UNFIT,
        lazy(
            "Two columns are taken for the same thing. Only one of them can be; leave the other out."
        ),
    ),
    "too_many_imports": (
        CONFLICT,
        lazy("You have %(most)s files under way. Finish or cancel one of them first."),
    ),
    "collection_changed": (
        CONFLICT,
        lazy("Another file changed the collection meanwhile. Read this one again."),
    ),
    # Collections
    "rows_refused": (
        UNFIT,
        lazy(
            "%(count)s rows are still wrong, so nothing was let in. Mend them in your file and send it again, "
            "or choose to let the sound rows in."
        ),
    ),
    "import_not_latest": (
        CONFLICT,
        lazy("A later file came into this collection. Take that one back first."),
    ),
    "collection_frozen": (
        CONFLICT,
        lazy(
            "This collection is agreed on and no longer changes. Make a new one for further goods."
        ),
    ),
    "collection_not_submitted": (
        CONFLICT,
        lazy("The brand has not submitted this collection yet: there is nothing to answer."),
    ),
    "brief_incomplete": (
        CONFLICT,
        lazy("The collection cannot be submitted yet. See below what is still missing."),
    ),
    "brief_refused": (
        UNFIT,
        lazy("The brief cannot be kept as it is. Nothing was changed; correct what is marked."),
    ),
    "brief_refused.deadline_has_passed": (
        UNFIT,
        lazy("This day has passed. Choose one that lies ahead."),
    ),
    "evidence_refused": (
        UNFIT,
        lazy("This evidence cannot be kept. Nothing was changed; correct what is marked."),
    ),
    "evidence_refused.no_place": (
        UNFIT,
        lazy("The evidence names no place. Say where the price could be seen."),
    ),
    "evidence_refused.in_the_future": (
        UNFIT,
        lazy("This day lies ahead. Choose the day on which the price was seen."),
    ),
    "evidence_refused.too_old": (
        UNFIT,
        lazy("A price seen more than a year ago says nothing about today. Name a later day."),
    ),
    "evidence_refused.kind_of_file": (
        UNFIT,
        lazy(
            "This kind of file is not kept as evidence. Send a PDF or a picture (PNG, JPEG, WebP)."
        ),
    ),
    "evidence_refused.size_of_file": (
        UNFIT,
        lazy("The file is empty or larger than 10 MiB, and was not kept. Send a smaller one."),
    ),
    "fact_refused": (UNFIT, lazy("This cannot be taken as it is. Correct it and send it again.")),
    "fact_refused.blank": (UNFIT, lazy("This is blank. Fill it in.")),
    "fact_refused.country_unknown": (
        UNFIT,
        lazy("No country of this name is known. Use the ISO code of two letters, such as PT."),
    ),
    "fact_refused.condition_unknown": (
        UNFIT,
        lazy("This condition is not known. Choose one of those offered."),
    ),
    "fact_refused.composition_without_percentages": (
        UNFIT,
        lazy("The shares are missing. Name each fibre with its share, such as 80% wool, 20% silk."),
    ),
    "fact_refused.composition_sum": (
        UNFIT,
        lazy("The shares add to %(total)s%. Correct them: each part of a piece adds to 100%."),
    ),
    # The right to sell
    "right_refused": (
        UNFIT,
        lazy("This proof cannot be taken as it is. Nothing was sent; correct what is marked."),
    ),
    "right_refused.right_missing": (UNFIT, lazy("The proof needs this. Fill it in.")),
    "right_refused.right_of_none": (
        UNFIT,
        lazy("No lot was named. Write beside at least one until when the document holds for it."),
    ),
    "right_refused.right_of_too_many": (
        UNFIT,
        lazy("One document proves %(most)s lots at once. Send it again for the others."),
    ),
    "right_refused.right_lapsed": (
        UNFIT,
        lazy("This right has lapsed. Send a proof that still holds."),
    ),
    "right_refused.kind_of_file": (
        UNFIT,
        lazy("Proofs are kept as PDF or as a picture (PNG, JPEG, WebP). Send one of these."),
    ),
    "right_refused.size_of_file": (
        UNFIT,
        lazy("The file is empty or larger than 10 MiB. Send a smaller one."),
    ),
    # Deals
    "mode_not_offered": (
        UNFIT,
        lazy(
            "The house does not carry out this contract yet. Consignment and conditional deals are carried out in full."
        ),
    ),
    "more_than_ordered": (
        UNFIT,
        lazy("%(sku)s: the order names %(most)s. Confirm that many or fewer."),
    ),
    "ship_day_refused": (
        UNFIT,
        lazy("The goods leave between today and %(latest)s. Choose a day of these."),
    ),
    "goods_arrived": (
        CONFLICT,
        lazy(
            "Goods of this order have arrived already, so the count decides. Nothing was changed."
        ),
    ),
    "deal_exists": (
        CONFLICT,
        lazy("There is a deal about this collection already. Answer its newest version."),
    ),
    "deal_not_accepted": (
        CONFLICT,
        lazy("The deal is not accepted by both sides. Bring the talks to an end first."),
    ),
    "hard_stop": (
        CONFLICT,
        lazy("Your hard stop leaves %(most)s further units of this variant. Release fewer."),
    ),
    "figures_not_shared": (
        CONFLICT,
        lazy(
            "Your deal shows the figures once the sale has closed, on %(closes_at)s. Come back "
            "then, or ask the house in the conversation of the sale."
        ),
    ),
    "own_proposal": (
        CONFLICT,
        lazy("This proposal is your own side's. Only the other side can accept it."),
    ),
    "proposal_superseded": (
        CONFLICT,
        lazy("Version %(latest)s has been proposed meanwhile. Read it, then answer."),
    ),
    "proposal_expired": (
        CONFLICT,
        lazy("This proposal lapsed on %(expires_at)s. Propose it again, or ask for it."),
    ),
    "terms_refused": (
        UNFIT,
        lazy(
            "These terms cannot be proposed as they are. Nothing was sent; correct what is marked."
        ),
    ),
    "terms_refused.no_lines": (
        UNFIT,
        lazy("The terms name no goods. Name at least one variant with its units."),
    ),
    "terms_refused.no_units": (
        UNFIT,
        lazy("No variant has units. Give at least one of them some."),
    ),
    "terms_refused.no_territory": (
        UNFIT,
        lazy("The terms name no territory. Choose at least one."),
    ),
    "terms_refused.currency_unknown": (
        UNFIT,
        lazy("The house does not count in this currency. Choose one of those offered."),
    ),
    "terms_refused.currency_of_collection": (
        UNFIT,
        lazy("The collection counts in another currency than these terms. Use the collection's."),
    ),
    "terms_refused.currency_of_territory": (
        UNFIT,
        lazy(
            "Members of %(territory)s pay in another currency than this collection's. Leave the "
            "territory out, or make a collection in its currency."
        ),
    ),
    "terms_refused.payment_days_range": (
        UNFIT,
        lazy(
            "Payment takes at least 1 and at most %(most)s days: the law sets the end. Choose a "
            "number between the two."
        ),
    ),
    "terms_refused.unit_cost_missing": (
        UNFIT,
        lazy("Paid by unit cost, every line needs its unit cost. Fill it in where it is missing."),
    ),
    "terms_refused.commission_range": (
        UNFIT,
        lazy("The house keeps at most 75% of a sale. Choose a smaller share."),
    ),
    "terms_refused.unknown_variant": (
        UNFIT,
        lazy("One of the lines is not part of this collection any more. Open the page again."),
    ),
    "terms_refused.more_than_offered": (
        UNFIT,
        lazy("Only %(offered)s units of this variant are offered now. Ask for no more than that."),
    ),
    "terms_refused.below_brands_floor": (
        UNFIT,
        lazy(
            "The brand's own floor is higher. Keep to it, or ask the brand: it alone can lower it."
        ),
    ),
    "terms_refused.tiers_without_commission": (
        UNFIT,
        lazy("Tiers lower a commission, and a unit cost has none. Choose one of the two."),
    ),
    "terms_refused.tiers_too_many": (
        UNFIT,
        lazy("There are at most %(most)s tiers. Leave some out."),
    ),
    "terms_refused.tiers_order": (
        UNFIT,
        lazy("Each tier begins above the one before it and under 100%. Put them in rising order."),
    ),
    "terms_refused.tiers_rise": (
        UNFIT,
        lazy(
            "A later tier takes no more than the one before it, so that the brand never receives "
            "less because more was sold. Lower its commission."
        ),
    ),
    "terms_refused.reserve_range": (
        UNFIT,
        lazy("At most 30% of what is due may wait for returns. Choose a smaller share."),
    ),
    "terms_refused.charge_twice": (
        UNFIT,
        lazy("The tariff names one reason twice. Name each once."),
    ),
    "terms_refused.charge_range": (
        UNFIT,
        lazy(
            "A charge covers the work that a fault makes, at most 500.00 a unit. Choose a smaller "
            "amount, or leave it blank: then nothing is charged."
        ),
    ),
    "terms_refused.hard_stop_range": (
        UNFIT,
        lazy(
            "The hard stop lies between the units committed, %(least)s, and those offered, "
            "%(offered)s. Choose a number between the two, or leave it blank."
        ),
    ),
    "terms_refused.target_below_floor": (
        UNFIT,
        lazy("The target price is under the floor. Raise it, or lower the floor."),
    ),
    "terms_refused.delivered_after_order": (
        UNFIT,
        lazy(
            "In a conditional deal the goods are delivered after the sale, when they are ordered. Leave"
            " the day of delivery empty."
        ),
    ),
    "terms_refused.deliver_by_range": (
        UNFIT,
        lazy(
            "The goods arrive after today and before every unit has left, %(exit_on)s. Choose a "
            "day between the two."
        ),
    ),
    "terms_refused.day_has_passed": (
        UNFIT,
        lazy("This day has passed. Choose one that lies ahead."),
    ),
    "terms_refused.photographs_order": (
        UNFIT,
        lazy(
            "The photographs could never be shown: their last day would be %(last)s. Choose that day or an earlier one."
        ),
    ),
    "terms_refused.blackouts_too_many": (
        UNFIT,
        lazy("There are at most %(most)s spans of days without a sale. Join or leave out some."),
    ),
    "terms_refused.blackout_order": (
        UNFIT,
        lazy("The last day of a span comes before its first. Turn them round."),
    ),
    "terms_refused.exclusivity_range": (
        UNFIT,
        lazy(
            "An exclusivity ends within half a year: it needs a last day after today and by "
            "%(latest)s. Choose one, or leave the deal open to other sellers."
        ),
    ),
    "terms_refused.point_unanswered": (
        UNFIT,
        lazy("The brand named this in its brief. Answer it in a sentence or two."),
    ),
    "terms_refused.deadline_unanswered": (
        UNFIT,
        lazy(
            "The brand asked for every unit out by %(deadline)s, and this proposal is later. Say "
            "why, or choose an earlier day."
        ),
    ),
    "terms_refused.exit_has_passed": (
        UNFIT,
        lazy("This day has passed. Choose one that lies ahead."),
    ),
}
