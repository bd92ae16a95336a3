"""London's wall clock by Python's zoneinfo in the nights of all changes of the clocks from 2018 to 2037.

First each minute from six hours before to eight hours after a change: `utc`, the instant, the local time with its offset.
Then each minute that a clock on the wall could show from 19:00 to 10:00: `wall`, the time, and the instants at which it is shown,
none, one or two."""

import datetime
import zoneinfo

LONDON = zoneinfo.ZoneInfo("Europe/London")
UTC = datetime.timezone.utc
MINUTE = datetime.timedelta(minutes=1)


def instants(shown):
    """The instants at which the clock shows that: those that lead back to it."""
    candidates = (shown.replace(tzinfo=LONDON, fold=fold).astimezone(UTC) for fold in (0, 1))
    return sorted({at for at in candidates if at.astimezone(LONDON).replace(tzinfo=None) == shown})


for year in range(2018, 2038):
    for month in (3, 10):
        change = datetime.datetime(year, month, 31, 1, tzinfo=UTC)
        while change.weekday() != 6:
            change -= datetime.timedelta(days=1)
        for minutes in range(-360, 481):
            instant = change + minutes * MINUTE
            local = instant.astimezone(LONDON)
            print(f"utc {instant:%Y-%m-%dT%H:%M:%SZ} {local:%Y-%m-%dT%H:%M:%S%z}")
        for minutes in range(-360, 541):
            shown = change.replace(tzinfo=None) + minutes * MINUTE
            found = "".join(f" {at:%Y-%m-%dT%H:%M:%SZ}" for at in instants(shown))
            print(f"wall {shown:%Y-%m-%dT%H:%M}{found}")
