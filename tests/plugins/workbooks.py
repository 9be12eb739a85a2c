"""Workbooks of reports, as a spreadsheet program saves them."""

import io

from openpyxl import Workbook

HEAD = ["indicator", "unit", "period", "value", "note"]


def workbook(*rows: list[object], shown_as: dict[str, str] | None = None) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    for cell, shown in (shown_as or {}).items():
        sheet[cell].number_format = shown
    return saved(book)


def saved(book: Workbook) -> bytes:
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
