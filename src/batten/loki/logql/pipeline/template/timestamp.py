"""Times in templates, written by Go's layouts."""

import re
import time
from datetime import UTC, datetime

_LAYOUT = re.compile(
    r"January|Jan|Monday|Mon|MST|2006|-07:00|-0700|-07|Z07:00|Z0700|01|02|03|04|05|06|002|15|PM|pm"
    r"|[.,]0+(?![0-9])|[.,]9+(?![0-9])|_2|1|2|3|4|5"
)
_STRFTIME = {
    "January": "%B",
    "Jan": "%b",
    "Monday": "%A",
    "Mon": "%a",
    "MST": "UTC",
    "2006": "%Y",
    "01": "%m",
    "02": "%d",
    "03": "%I",
    "04": "%M",
    "05": "%S",
    "06": "%y",
    "002": "%j",
    "15": "%H",
    "PM": "%p",
    "-07:00": "+00:00",
    "-0700": "+0000",
    "-07": "+00",
    "Z07:00": "Z",
    "Z0700": "Z",
}


class Timestamp:
    """Nanoseconds since the epoch, shown in UTC."""

    def __init__(self, ns: int) -> None:
        self.ns = ns

    @classmethod
    def now(cls) -> "Timestamp":
        """This moment."""
        return cls(time.time_ns())

    @classmethod
    def from_unix(cls, text: str) -> "Timestamp":
        """A time from days, seconds, or thousandths of these, told apart by their digits."""
        scale = {5: 86_400 * 10**9, 10: 10**9, 13: 10**6, 16: 10**3, 19: 1}.get(len(text))
        if scale is None or not text.isdigit():
            raise ValueError(f"unable to parse time '{text}'")
        return cls(int(text) * scale)

    def format(self, layout: str) -> str:
        """The time by a layout such as `2006-01-02T15:04:05.000`."""
        moment = datetime.fromtimestamp(self.ns // 10**9, UTC)

        def written(found: re.Match[str]) -> str:
            word = found[0]
            if word[0] in ".,":
                digits = f"{self.ns % 10**9:09d}"[: len(word) - 1]
                if word[1] == "0":
                    return word[0] + digits
                return (word[0] + digits.rstrip("0")).removesuffix(word[0]) if int(digits) else ""
            if word in _STRFTIME:
                return moment.strftime(_STRFTIME[word])
            number = {
                "1": moment.month,
                "2": moment.day,
                "_2": f"{moment.day:2d}",
                "3": moment.hour % 12 or 12,
                "4": moment.minute,
                "5": moment.second,
                "pm": "am" if moment.hour < 12 else "pm",
            }[word]
            return str(number)

        return _LAYOUT.sub(written, layout)

    def __str__(self) -> str:
        return self.format("2006-01-02 15:04:05.999999999 -0700 MST")
