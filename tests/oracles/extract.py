"""Extracts the published schema of DUIS 5.1 that Smart DCC's signing tool carries. It may not be part of this tree: it is Smart DCC's.

Usage: extract.py JAR DIRECTORY. Two things are changed, as libxml2 could not use the schema otherwise: file names with
spaces, which it does not find again, and the type of a certificate's serial number, as its integers have 24 digits and
such a number has up to 49.
"""

import pathlib
import sys
import zipfile

NAMES = {
    "DUIS Schema V5.1.xsd": "duis-5.1.xsd",
    "MMC Schema V5.1.xsd": "mmc-5.1.xsd",
    "xmldsig-core-schema.xsd": "xmldsig-core-schema.xsd",
}
CHANGES = [('"MMC Schema V5.1.xsd"', '"mmc-5.1.xsd"'), ('"X509SerialNumber" type="integer"', '"X509SerialNumber" type="string"')]


def main():
    jar, directory = sys.argv[1:]
    folder = pathlib.Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    made = 0
    with zipfile.ZipFile(jar) as tool:
        for name, ours in NAMES.items():
            text = tool.read(name).decode()
            for before, after in CHANGES:
                made += text.count(before)
                text = text.replace(before, after)
            (folder / ours).write_text(text)
    if made != len(CHANGES):
        sys.exit(f"tests/oracles/extract.py: {made} changes of {len(CHANGES)}: the tool carries another schema")


main()
