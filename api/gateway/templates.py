"""The address where an agency takes the table that it fills in and sends back."""

import asyncio

from fastapi import Request
from starlette.responses import Response

from iochub.api.gateway.acceptance import Gateway
from iochub.api.gateway.admission import admit, feed_for, with_allowance
from iochub.api.gateway.pushing import Serve
from iochub.api.problems import Fault, Problem
from iochub.ingest.reasons import message_for
from iochub.ingest.reports.template import TYPES, template
from iochub.ingest.unit_map import PROVINCE
from iochub.ingest.units import Units
from iochub.text import Text

FEED = "reports"
MOST_UNITS = 30
"""A district and its communes; who reports for more asks again."""


def reports_template(gateway: Gateway) -> Serve:
    """Write the template of a period for some units, as a workbook or as CSV."""

    async def serve(request: Request) -> Response:
        key, allowance = admit(gateway, request)
        feed_for(gateway, key, FEED)
        asked = request.query_params
        form, period = asked.get("format", "xlsx"), asked.get("period", "")
        places = asked.getlist("unit") or [PROVINCE]
        if form not in TYPES:
            raise _unusable("format", Text("xlsx hoặc csv.", "xlsx or csv."))
        if len(places) > MOST_UNITS:
            raise _unusable("unit", Text(f"Nhiều nhất {MOST_UNITS} đơn vị.", f"At most {MOST_UNITS} units."))
        try:
            table = await asyncio.to_thread(template, form, period, Units.load(), places)
        except ValueError as broken:
            name = "unit" if str(broken) == "unknown_unit" else "period"
            raise _unusable(name, message_for(f"{broken}:{name}", name)) from None
        answer = Response(table, media_type=TYPES[form])
        answer.headers["Content-Disposition"] = f'attachment; filename="reports.{form}"'
        return with_allowance(answer, allowance)

    return serve


def _unusable(name: str, words: Text) -> Problem:
    return Problem(
        422,
        "invalid_parameters",
        Text("Một số tham số không hợp lệ.", "Some parameters are not valid."),
        [Fault(name, words)],
    )
