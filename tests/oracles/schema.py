"""Judges messages against a published schema.

Usage: schema.py SCHEMA DIRECTORY. Prints one line for each file of the directory: its name, the verdict (valid, invalid
or malformed), and the verdict as PyPI's xmlschema gave it.

The two differ where xmlschema is laxer than the XML Schema recommendation: it takes any Unicode whitespace for
whitespace, any Unicode digit and the underscore for a digit, and a decimal with spaces in it.
"""

import pathlib
import re
import sys
from xml.etree import ElementTree

import xmlschema

sys.set_int_max_str_digits(0)

WHITESPACE = " \t\r\n"
INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)
DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)", re.ASCII)
INTEGERS = {"CommandVariant", "UPRN", "JoinTimePeriod"}
COLLAPSING = INTEGERS | {
    "RequestID", "FirstInSequence", "PrecedingServiceRequestID", "DeviceID", "AssociatedGPFDeviceID", "OtherDeviceID",
    "AerialInstall", "MetalObstructionCheck", "ConnectivityObstructionCheck", "SharedObstructionCheck",
    "ExecutionDateTime", "InstallDateTime", "UserRefDateTime", "InstallCode", "FirmwareHash", "FirmwareImage",
}


def has_other_whitespace(text):
    """Whether Python would strip more than XML does."""
    return text.strip() != text.strip(WHITESPACE)


def is_strictly_valid(root):
    """What xmlschema leaves to be checked of a message that it finds valid."""
    if not DECIMAL.fullmatch(root.get("schemaVersion", "").strip(WHITESPACE)):
        return False
    for element in root.iter():
        text = element.text or ""
        name = element.tag.partition("}")[2]
        elements_only = len(element) or name == "UpdateDeviceDetails"
        if elements_only and any((piece or "").strip(WHITESPACE) for piece in [text, *(child.tail for child in element)]):
            return False
        if name in COLLAPSING and has_other_whitespace(text):
            return False
        if name in INTEGERS and not INTEGER.fullmatch(text.strip(WHITESPACE)):
            return False
    return True


def judge(schema, text):
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError:
        return "malformed", "malformed"
    try:
        valid = schema.is_valid(text)
    except (KeyError, OverflowError):  # an xsi:type that names nothing, a number beyond every bound
        valid = False
    strictly = valid and is_strictly_valid(root)
    return ("valid" if strictly else "invalid"), ("valid" if valid else "invalid")


def main():
    schema = xmlschema.XMLSchema10(sys.argv[1])
    for path in sorted(pathlib.Path(sys.argv[2]).iterdir()):
        print(path.name, *judge(schema, path.read_bytes().decode()))


main()
