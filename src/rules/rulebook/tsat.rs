//! The TS Applicability Tables (HUBS.md section 3), and the one check that decisions make by them.

use super::table::rules;
use crate::domain::{Standing, closed_set};

rules! {
    MAY_INSTALL = "TSAT/e", "a Device that moves from Pending or Whitelisted to InstalledNotCommissioned or Commissioned may be installed on that day by the tables in force; asked where `rules.tsat` is `note` or `refuse`, and refused by `refuse` alone where the answer is `no`; SR 8.4 answers E080411, and SR 12.2 is only noted", E5 Assumed, Assumed "MP139-R2, MP139-R6; HUBS.md 5",
        "the operator, by an import of the tables whose period is longer, or by `rules.tsat`; for a hub of stock, by having it re-flashed to a version that may be installed";
}

closed_set!(
    /// A rule of the tables, by its letter.
    TsatRule, "a rule of the tables", {
        A => "TSAT/a",
        B => "TSAT/b",
        C => "TSAT/c",
        D => "TSAT/d",
        E => "TSAT/e",
        F => "TSAT/f",
        G => "TSAT/g",
        H => "TSAT/h",
        I => "TSAT/i",
        J => "TSAT/j",
        K => "TSAT/k",
        L => "TSAT/l",
        M => "TSAT/m",
        N => "TSAT/n",
        O => "TSAT/o",
        P => "TSAT/p",
    }
);

impl TsatRule {
    /// What it says.
    pub const fn says(self) -> &'static str {
        match self {
            Self::A => "the table as at a day is the version with the latest effective_from not after it",
            Self::B => {
                "a version is read from the end of its text, after an optional `v` or `V`, and compared as it is written"
            }
            Self::C => {
                "a row is found by specification, version and GBCS version; one of SMETS1 whatever GBCS version is recorded"
            }
            Self::D => {
                "the specification follows from the Device Type; a CAD, a SMETS1 hub, HCALCS or PPMID has none"
            }
            Self::E => {
                "it may be installed from install_from to install_to, both included; of SMETS1 for prepayment to ppm_install_to"
            }
            Self::F => "it may be maintained from maintain_from to maintain_to",
            Self::G => "its GBCS version may be in operation from operate_from to operate_to",
            Self::H => "`ND` is an open end; `n/a` is no test, answered `not_asked`",
            Self::I => {
                "without a row all three answers are `no_row`: not permitted, and told apart from `no`"
            }
            Self::J => "an Applicability Period that ended does not bar installing: a warning says so",
            Self::K => "an installation is judged by its London day, and by the version in force then",
            Self::L => "region, band and Party do not matter",
            Self::M => {
                "a change takes effect one Working Day after its decision, which can be referred for ten"
            }
            Self::N => {
                "a row with a later end date than in the version before is `extended`, and shows its security text"
            }
            Self::O => {
                "the way up from a row leads to the next row of its specification that may be maintained and operated longer"
            }
            Self::P => "a hub that is not installed cannot be updated over the air",
        }
    }

    /// The kind of source that it has.
    pub const fn standing(self) -> Standing {
        match self {
            Self::B | Self::J | Self::K => Standing::Assumed,
            Self::A
            | Self::C
            | Self::D
            | Self::E
            | Self::F
            | Self::G
            | Self::H
            | Self::I
            | Self::L
            | Self::M
            | Self::N
            | Self::O
            | Self::P => Standing::Seed,
        }
    }

    /// The source.
    pub const fn source(self) -> &'static str {
        match self {
            Self::A => "MP139-R8",
            Self::B => "F37, F38",
            Self::C => "MP139-R1",
            Self::D => "MP139-R1; SMETS1: ours",
            Self::E => "MP139-R2, MP139-R6; both ends included: O14",
            Self::F => "MP139-R3",
            Self::G => "MP139-R4, MP139-R7",
            Self::H => "MP139-R5",
            Self::I => "MP139-C13; told apart: ours",
            Self::J | Self::K => "O15",
            Self::L => "MP139-R11",
            Self::M => "MP139-R9, MP139-R10",
            Self::N => "MP139-R17",
            Self::O => "MP139-R14; the rule: ours",
            Self::P => "MP139-R12",
        }
    }
}
