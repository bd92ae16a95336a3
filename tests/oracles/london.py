"""London's wall clock by Python's zoneinfo, each minute from two hours before to two hours after every change of the clocks
from 2018 to 2037: the instant, then the local time with its offset."""

import datetime
import zoneinfo

LONDON = zoneinfo.ZoneInfo("Europe/London")
MINUTE = datetime.timedelta(minutes=1)

for year in range(2018, 2038):
    for month in (3, 10):
        change = datetime.datetime(year, month, 31, 1, tzinfo=datetime.timezone.utc)
        while change.weekday() != 6:
            change -= datetime.timedelta(days=1)
        for minutes in range(-120, 121):
            instant = change + minutes * MINUTE
            local = instant.astimezone(LONDON)
            print(f"{instant:%Y-%m-%dT%H:%M:%SZ} {local:%Y-%m-%dT%H:%M:%S%z}")
