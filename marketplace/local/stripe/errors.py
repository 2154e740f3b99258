"""How Stripe says no: one exception that carries the status and the ``error`` object."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]


class ApiError(Exception):
    """An answer that is an error, in Stripe's shape.

    ``began`` tells whether the endpoint had begun to act: only such answers are saved under an
    idempotency key (docs.stripe.com/api/idempotent_requests). ``keeps`` tells whether what was
    written so far stays: a declined card leaves a failed charge, an impossible refund leaves
    nothing.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str = "",
        param: str = "",
        began: bool = True,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.began = began
        self.keeps = False
        self.headers: dict[str, str] = {}
        self.body: Record = {"message": message, "type": kind}
        if code:
            self.body["code"] = code
            self.body["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
        if param:
            self.body["param"] = param


def invalid(message: str, *, param: str = "", code: str = "") -> ApiError:
    """Parameters that cannot be understood: refused before the endpoint begins."""
    return ApiError(400, message, param=param, code=code, began=False)


def refused(message: str, *, param: str = "", code: str = "") -> ApiError:
    """A request that is well formed but impossible in the object's present state."""
    return ApiError(400, message, param=param, code=code)


def missing(kind: str, name: str, *, param: str = "id") -> ApiError:
    """No such object: 404 when the path names it (``id``), 400 when a parameter does."""
    message = f"No such {kind.replace('.', ' ')}: '{name}'"
    status = 404 if param == "id" else 400
    return ApiError(status, message, param=param, code="resource_missing")


def unauthorised(key: str | None) -> ApiError:
    """No key, or not ours; only the last four characters of a wrong key are repeated."""
    if not key:
        return ApiError(
            401,
            "You did not provide an API key. You need to provide your API key in the "
            "Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
            began=False,
        )
    hidden = f"{'*' * max(0, len(key) - 4)}{key[-4:]}"
    return ApiError(401, f"Invalid API Key provided: {hidden}", began=False)


def too_many(reason: str) -> ApiError:
    """More requests than a limiter lets through; ``reason`` is Stripe's own word for which one."""
    error = ApiError(
        429,
        "Request rate limit exceeded. You can learn more about rate limits here "
        "https://stripe.com/docs/rate-limits.",
        code="rate_limit",
        began=False,
    )
    error.headers["Stripe-Rate-Limited-Reason"] = reason
    return error


def trouble() -> ApiError:
    """Stripe's own failure."""
    message = "An unknown error occurred. If the error persists, contact Stripe support."
    error = ApiError(500, message, kind="api_error")
    error.headers["Stripe-Should-Retry"] = "false"
    return error
