"""The TS Applicability Tables, typed from the printed annex, and what they answer: a second reading, by other means.

One line an answer, for each version of the tables, each row, and each day on which something changes with the day before and after it:

    may VERSION|SPECIFICATION|VERSION|GBCS|DAY|PPM|install|maintain|operate|warning
    way VERSION|SPECIFICATION|VERSION|GBCS|deadline|target
    force DAY|VERSION
"""

import datetime

ONE_DAY = datetime.timedelta(days=1)

# Version, GBCS version, then the dates in the order of printing: Installation from and to (and to, for prepayment), Maintenance
# from and to, Applicability Period from and to.
SMETS1 = "1.2 n/a 18/12/12 05/12/18 15/03/19 18/12/12 ND n/a n/a"
SMETS2 = """
    2.0 1.1 30/09/16 27/04/21 30/09/16 ND 06/11/17 ND
    3.1 2.0 08/11/18 27/04/21 08/11/18 ND 28/10/18 ND
    3.1 2.1 08/11/18 27/04/21 08/11/18 ND 28/10/18 ND
    4.2 3.2 29/11/19 ND 29/11/19 ND 29/11/19 ND
"""
HUBS_BEFORE = """
    1.0 1.1 30/09/16 31/01/21 30/09/16 28/02/21 06/11/17 ND
    1.1 2.0 28/10/18 ND 28/10/18 ND 28/10/18 28/02/21
    1.1 2.1 28/10/18 30/04/21 28/10/18 31/05/21 28/10/18 ND
    1.3 3.2 29/11/19 ND 29/11/19 ND 29/11/19 ND
"""
HUBS_AFTER = """
    1.0 1.1 30/09/16 31/01/22 30/09/16 28/02/22 06/11/17 ND
    1.1 2.0 28/10/18 ND 28/10/18 ND 28/10/18 28/02/22
    1.1 2.1 28/10/18 30/04/22 28/10/18 31/05/22 28/10/18 ND
    1.3 3.2 29/11/19 ND 29/11/19 ND 29/11/19 ND
"""
METERS = [(f"SMETS1 {name}", SMETS1) for name in ("GSMSTS", "ESMSTS", "IHDTS")]
METERS += [(name, SMETS2) for name in ("GSMETS", "ESMETS", "IHDTS", "PPMIDTS", "HCALCSTS")]
VERSIONS = {
    "9.0": ("18/12/12", METERS + [("CHTS", HUBS_BEFORE)]),
    "MP139": ("21/01/21", METERS + [("CHTS", HUBS_AFTER)]),
}


def day(text):
    """None for an open end or a test that does not exist."""
    return None if text in ("ND", "n/a") else datetime.datetime.strptime(text, "%d/%m/%y").date()


class Row:
    def __init__(self, specification, line):
        self.version, self.gbcs, *texts = line.split()
        self.specification = specification
        self.key = f"{specification}|{self.version}|{self.gbcs}"
        if specification.startswith("SMETS1"):
            self.ppm_to = day(texts.pop(2))
        else:
            self.ppm_to = None
        self.asks_operate = texts[-1] != "n/a"
        dates = [day(text) for text in texts]
        self.install, self.maintain, self.operate = dates[0:2], dates[2:4], dates[4:6]

    def dates(self):
        all_of_them = [*self.install, self.ppm_to, *self.maintain, *self.operate]
        return {date for date in all_of_them if date}

    def ends(self):
        return [end for end in (self.maintain[1], self.operate[1]) if end]


def within(on, first, last):
    return "no" if on < first or (last and on > last) else "yes"


def answers(row, on, ppm):
    last = row.ppm_to if ppm and row.ppm_to else row.install[1]
    install = within(on, row.install[0], last)
    maintain = within(on, *row.maintain)
    operate = within(on, *row.operate) if row.asks_operate else "not_asked"
    over = row.operate[1]
    warning = f"AP ended {over}" if install == "yes" and over and on > over else ""
    return f"{install}|{maintain}|{operate}|{warning}"


def way(row, rows):
    """The deadline, and the first row of the specification behind it that ends later, or never."""
    if not row.ends():
        return "|"
    deadline = min(row.ends())
    number = lambda text: [int(part) for part in text.split(".")]
    behind = lambda other: (other.install[0], number(other.version), number(other.gbcs))
    for other in sorted((r for r in rows if r.specification == row.specification and r.gbcs != "n/a"), key=behind):
        if behind(other) > behind(row) and (not other.ends() or min(other.ends()) > deadline):
            return f"{deadline}|{other.version} {other.gbcs}"
    return f"{deadline}|"


starts = sorted((day(start), name) for name, (start, _) in VERSIONS.items())
for start, _ in starts:
    for on in (start - ONE_DAY, start, start + ONE_DAY):
        print(f"force {on}|{([''] + [name for first, name in starts if first <= on])[-1]}")
for name, (_, specifications) in VERSIONS.items():
    rows = [Row(which, line) for which, text in specifications for line in text.strip().split("\n")]
    changes = sorted({date for row in rows for date in row.dates()})
    days = sorted({on for date in changes for on in (date - ONE_DAY, date, date + ONE_DAY)})
    for row in rows:
        print(f"way {name}|{row.key}|{way(row, rows)}")
        for on in days:
            for ppm in (False, True):
                print(f"may {name}|{row.key}|{on}|{ppm}|{answers(row, on, ppm)}")
