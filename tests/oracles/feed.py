"""Reads a calendar (RFC 5545) by the package icalendar, strictly, and prints what it found: the method, then a line an event."""

import json
import sys

import icalendar

calendar = icalendar.Calendar.from_ical(open(sys.argv[1], "rb").read())
faults = list(calendar.errors)
print(json.dumps({"method": str(calendar["METHOD"]), "version": str(calendar["VERSION"])}))
for event in calendar.walk("VEVENT"):
    faults += event.errors
    moment = lambda name: event.decoded(name).strftime("%Y-%m-%dT%H:%M:%S%z")
    print(json.dumps({
        "uid": str(event["UID"]),
        "sequence": int(event["SEQUENCE"]),
        "stamp": moment("DTSTAMP"),
        "start": moment("DTSTART"),
        "end": moment("DTEND"),
        "summary": str(event["SUMMARY"]),
        "categories": [str(one) for one in event["CATEGORIES"].cats],
        "status": str(event["STATUS"]),
        "description": str(event.get("DESCRIPTION", "")),
    }, ensure_ascii=False))
sys.exit("\n".join(map(str, faults)) or 0)
