//! What is to be traced: the requirements of MP125, MP106, MP139, MP155, MP230, MP092 and DP144, and the rows of the decided rules, in short.

use SmiStatus::{
    Commissioned, Decommissioned, InstalledNotCommissioned, Pending, Recovered, Recovery, Suspended,
    Whitelisted, Withdrawn,
};
use smi::domain::SmiStatus;

/// One thing to trace.
pub(super) struct Requirement {
    pub(super) id: &'static str,
    pub(super) says: &'static str,
    /// Another name under which rules and tests know it.
    pub(super) also: &'static str,
    /// The moves between SMI Statuses that it asks for.
    pub(super) moves: &'static [(SmiStatus, SmiStatus)],
    /// What is missing of it.
    pub(super) lacks: &'static str,
}

const fn req(id: &'static str, says: &'static str) -> Requirement {
    Requirement { id, says, also: "", moves: &[], lacks: "" }
}

const fn lacking(id: &'static str, says: &'static str, lacks: &'static str) -> Requirement {
    Requirement { lacks, ..req(id, says) }
}

const fn also(id: &'static str, says: &'static str, also: &'static str) -> Requirement {
    Requirement { also, ..req(id, says) }
}

const fn moves(
    id: &'static str,
    says: &'static str,
    moves: &'static [(SmiStatus, SmiStatus)],
) -> Requirement {
    Requirement { moves, ..req(id, says) }
}

/// A heading, and what stands under it.
pub(super) type Chapter = (&'static str, &'static [Requirement]);

pub(super) const CHAPTERS: &[Chapter] = &[
    ("MP125: correcting the ESME Variant", MP125),
    ("MP106: the unknown WAN Variant", MP106),
    ("MP139: validity of versions", MP139),
    ("MP155: hubs that are re-flashed, and CSPM-N3", MP155),
    ("MP230: large SMETS1 firmware", MP230),
    ("MP092: planned maintenance", MP092),
    ("DP144: who pays for privacy assessments", DP144),
    ("SMI.md 2: SMI Status", STATUS),
    ("SMI.md 3: every Service Request", EVERY),
    ("SMI.md 4: SR 8.4 Update Inventory", UPDATE),
    ("SMI.md 5: SR 12.2 Device Pre-notification", PRE_NOTIFICATION),
    ("SMI.md 6 to 8", REST),
];

const MP125: &[Requirement] = &[
    req("MP125-R1", "SR 12.2 carries the ESME Variant; the Device is recorded as Pending"),
    req("MP125-R2", "while Pending, only the pre-notifier amends or deletes the Device"),
    req(
        "MP125-R3",
        "the Responsible Supplier corrects the variant in Whitelisted, Installed Not Commissioned, Commissioned",
    ),
    req(
        "MP125-R4",
        "the Supplier responsible now, not the one that pre-notified; the former one is told nothing",
    ),
    req(
        "MP125-R5",
        "all other details change only while Pending; afterwards the Responsible Supplier changes only the status",
    ),
    req("MP125-R6", "SMETS2+ Devices only"),
    req("MP125-R7", "the variant is an ESME's alone, and one of the codes"),
    req("MP125-R8", "a correction changes no other field"),
    req("MP125-R9", "every DUIS version behaves alike"),
    req("MP125-R10", "the type text stands beside the code wherever a person reads it"),
    req("MP125-R11", "a warning where the variant disagrees with other evidence when firmware is planned"),
    req("MP125-R12", "after a change of Supplier the gaining Supplier is asked to confirm the variant"),
    req("MP125-R13", "Device Model errors go another way than SR 8.4"),
    req("MP125-R14", "service reports do not change"),
    req("MP125-D1", "the backlog: 719,000 ESME under a wrong variant"),
    req("MP125-D2", "a wrong variant is attributed to the two checkpoints before the SMI"),
    req("MP125-D3", "what the change costs"),
    req("MP125-Q1", "SIT: a variant change while Pending, Installed Not Commissioned and Commissioned"),
    req("MP125-Q2", "SIT: after a change of Supplier the new one corrects the variant"),
    req(
        "MP125-Q3",
        "UIT: the Responsible Supplier corrects it in Whitelisted, Installed Not Commissioned, Commissioned",
    ),
    req("MP125-T1", "the table of ESME Variants and their types"),
    req("MP125-T2", "who may do what through SR 8.4"),
];

const MP230: &[Requirement] = &[
    req("MP230-T1", "the decision table: size and number of images, contact, response time"),
    req("MP230-R1", "SMETS1 Devices only"),
    req("MP230-R2", "over 750 kB and more than 500 images a User and day, both strict"),
    req(
        "MP230-R3",
        "a schedule is agreed with the Service Desk first; what is sent without one is accepted and marked",
    ),
    req("MP230-R4", "an ask names the size and the number of images"),
    req("MP230-R5", "each batch has a date and a size, and their sum is the total"),
    req("MP230-R6", "five days from the first image of each batch"),
    req("MP230-R7", "batches on consecutive days"),
    req("MP230-R8", "it attaches to SR 11.3, and SR 11.1 counts nothing"),
    req("MP230-R9", "the Response to SR 11.1 when all parts have come; only SR 11.3 starts the update"),
    req("MP230-R10", "an image in parts is as large as the whole"),
    req("MP230-R11", "12,000 images a day for all Users together"),
    req("MP230-R12", "a clash is settled by another day, or the other User is moved and told"),
    req("MP230-R13", "the reason of each allocation is kept, with a security mark"),
    req("MP230-R14", "all other firmware goes its normal way"),
    req("MP230-R15", "the Supplier splits, and what is not split is returned"),
    req("MP230-R16", "a warning where SR 11.1 would have failed by then"),
    req("MP230-R17", "placed load stays within the spare capacity of a day"),
    req("MP230-R18", "each batch counts in the report of response times"),
    req("MP230-R19", "a report of use by Supplier and day"),
    req("MP230-R20", "the clock can be switched off"),
    req("MP230-R21", "the threshold of Annex A"),
    lacking("MP230-R22", "a missed response time is excused", "superseded: nobody is excused"),
    req("MP230-D1", "the estate needs 56 days; who is in scope"),
    lacking("MP230-D2", "what the change costs", "nobody would ask the service for it"),
];

const MP155: &[Requirement] = &[
    req("MP155-R1", "a list of hubs is a request with an entry for each"),
    req("MP155-R2", "a hub to be re-flashed is Pending"),
    req("MP155-R3", "it was never installed"),
    req("MP155-R4", "accepted means exactly as asked, place and time"),
    req("MP155-R5", "a rejection has its reasons, and an amended request names the first"),
    req("MP155-R6", "the Party is told the outcome"),
    req("MP155-R8", "each order is one Work Order for the site of its hubs' regions"),
    req("MP155-R9", "hubs of Central and South need a purchase order before work begins"),
    req("MP155-R10", "no more hubs on a pallet or in a carton than may be, in their original packaging"),
    req("MP155-R11", "a label for each pallet, and for each carton and hub on none"),
    req("MP155-R12", "a late arrival is accepted, or refused with every open slot"),
    req("MP155-R13", "liability passes with the beginning or the end of unloading"),
    req("MP155-R14", "a delivery is checked: pallets, IDs, number"),
    req("MP155-R15", "it is accepted in whole, in part or not at all"),
    req("MP155-R16", "each hub gets the newest production firmware of its model"),
    req("MP155-R17", "the SSC guidance that was followed is kept"),
    req("MP155-R18", "a hub that fails has a report"),
    req("MP155-R19", "a failure is credited"),
    req("MP155-R20", "the end of the work: successes and failures add up, and a time in Working Hours"),
    req("MP155-R21", "the re-delivery is amended within a limit"),
    req("MP155-R22", "it goes back to the Party that asked"),
    req("MP155-R23", "each re-delivery has an Advanced Shipment Notification of its own"),
    req("MP155-R24", "nothing goes back before the SMI shows the new firmware"),
    lacking(
        "MP155-R25",
        "the CSP's asset records come first, then the SMI",
        "the SMI sees no asset record: that the CSP sends at all is taken for it; with SSMI the outcome on the order is asked for",
    ),
    req("MP155-R26", "option A: the CSP notifies over CSPM-N3, and the SMI takes over the firmware version"),
    req(
        "MP155-R27",
        "CSPM-N3: every parameter is mandatory, changed or not; else the message is refused whole",
    ),
    req("MP155-R28", "option B: a file of the DCC's on SSMI"),
    req("MP155-R29", "only Pending hubs are updated, each by itself; a refused one is unchanged"),
    req("MP155-R30", "a Party sees no difference between the options: no change to DUIS"),
    req("MP155-R31", "the charge of the Regulatory Year, and no other"),
    req("MP155-R32", "a price from its inputs, and what is left to socialise"),
    req("MP155-R33", "size alone is no ground"),
    req("MP155-R34", "units take as many hubs as they have places, and none when their check is overdue"),
    req("MP155-R36", "hubs that are not delivered yet are refused, or switched on"),
    req("MP155-R37", "hubs in stock by the age of their firmware"),
    req("MP155-T1", "an empty mandatory field is missing data, and named"),
    req("MP155-T2", "each ground gives its reason, and all that fail are told together"),
    req("MP155-T3", "what an authorisation holds: a slot, a delivery number, labels"),
    req("MP155-T4", "a delivery without its document is reported"),
    req("MP155-T5", "the illustrative bands of the charge"),
    req("MP155-T6", "assumptions: quotas and rooms of sites, no limit of time, forecasts that are due"),
    req("MP155-T7", "the states of an order: what does not lead onwards is refused"),
];

const MP106: &[Requirement] = &[
    req("MP106-R1", "SR 12.1 returns an availability date and a WAN Variant"),
    req("MP106-R2", "a date may come without a confirmed variant, which then is one space"),
    req("MP106-R3", "that space reads: unknown"),
    req("MP106-R4", "on the wire it stays one space, where the operator sets the published format"),
    req("MP106-R5", "only Central and South have it, never North"),
    req("MP106-R6", "variants belong to regions; North's old and new names map one to one"),
    req("MP106-R7", "`No Coverage Intended` is an answer of its own, of any region"),
    req("MP106-R8", "one space, none, two and an absent field are told apart: nothing is trimmed"),
    req("MP106-R9", "`Special Installation Mesh` is a value"),
    lacking(
        "MP106-R10",
        "coverage by postcode, premises or postcode district; one extract a region",
        "extracts speak for postcode districts; DUIS has no question about one",
    ),
    req("MP106-R11", "the word `Unknown` instead of the space, as an option"),
    req("MP106-R12", "the guidance note stands under the table of variants"),
    req("MP106-T1", "the table of WAN Variants"),
    req("MP106-T2", "the attribute commsHubVariant and its values"),
    req("MP106-D1", "the space came with MP081"),
    req("MP106-D2", "what the change costs"),
];

const MP139: &[Requirement] = &[
    req("MP139-T1", "which version of a specification stands in which SMETS document"),
    req("MP139-T2", "the table of SMETS1 GSMSTS"),
    req("MP139-T3", "the table of SMETS1 ESMSTS"),
    req("MP139-T4", "the table of SMETS1 IHDTS"),
    req("MP139-T5", "the table of GSMETS with GBCS"),
    req("MP139-T6", "the table of ESMETS with GBCS"),
    req("MP139-T7", "the table of IHDTS with GBCS"),
    req("MP139-T8", "the table of PPMIDTS with GBCS"),
    req("MP139-T9", "the table of HCALCSTS with GBCS"),
    req("MP139-T10", "the table of CHTS before MP139"),
    req("MP139-T11", "the table of CHTS after MP139: five end dates move by a year"),
    req("MP139-T12", "the moved dates agree three ways, and the text as printed is kept"),
    lacking(
        "MP139-T13",
        "the CPA document that counts for GBCS 1.0 to 3.2",
        "which Sub-Version is the newest: no list is at hand, the rule is printed as a note",
    ),
    req("MP139-T14", "footnote 1 at the heading, no other, and a note on versions left out"),
    req("MP139-R1", "rows by specification, version and GBCS version"),
    req("MP139-R2", "a Device is installed inside its Installation Validity Period"),
    req("MP139-R3", "a Device is maintained inside its Maintenance Validity Period"),
    req("MP139-R4", "hubs whose Applicability Period has ended are listed"),
    req("MP139-R5", "not determined is an open end, not applicable is no test"),
    req("MP139-R6", "SMETS1 has an end of installation for prepayment"),
    req("MP139-R7", "maintained, but no longer installed"),
    req("MP139-R8", "every version is kept, and answers as at its days"),
    req("MP139-R9", "a change takes effect one Working Day after its decision"),
    req("MP139-R10", "it can be referred for ten Working Days; a back-out brings the old rows back"),
    req("MP139-R11", "region does not matter"),
    req("MP139-R12", "a hub in stock cannot be updated over the air"),
    req("MP139-R13", "a late install stays possible, and is reported as not compliant"),
    req("MP139-R14", "the way up from each row, with its deadline"),
    req("MP139-R15", "stock at risk within a number of days"),
    req("MP139-R16", "a review lists the rows that end before the next one"),
    req("MP139-R17", "an extended row is marked, with the state of its security assessment"),
    req("MP139-R18", "tested-ok, tested-failed or not-tested for a pair of versions"),
    req("MP139-D1", "pounds at risk"),
    req("MP139-D2", "when firmware is available, against the deadline"),
    lacking("MP139-D3", "what the change costs", "left out: who runs stock does not ask for it"),
];

const MP092: &[Requirement] = &[
    req("MP092-T1", "the limits before, in the trial and after"),
    req("MP092-T2", "the old calculator's figure, advisory"),
    req("MP092-R1", "every Planned Maintenance has a category"),
    req("MP092-R2", "High: end-to-end communications, install and commission, SMETS1 migrations"),
    req("MP092-R3", "Low: other services"),
    req("MP092-R4", "Low makes Users change nothing, but for the SSI"),
    req("MP092-R5", "a Material Risk counts as disruption"),
    req("MP092-R6", "behind hubs it is planned from 100,000 hubs on"),
    req("MP092-R7", "work on Migration Systems is planned 10 Working Days before, where that variant holds"),
    req("MP092-R8", "what keeps Users from sending or receiving Service Requests is High"),
    req("MP092-R9", "work from 20:00 to 08:00 alone"),
    req("MP092-R10", "two High windows a month, six hours together"),
    req("MP092-R11", "six Low windows a month, six hours each"),
    req("MP092-R12", "a derogation lets a breach pass, and is named"),
    req("MP092-R13", "why disruption cannot be avoided is recorded"),
    req("MP092-R14", "a month is published 20 Working Days before it, else late"),
    req("MP092-R15", "each recipient group has a record"),
    req("MP092-R16", "what a schedule says of each activity"),
    req("MP092-R17", "the notice lists each window with its category"),
    req("MP092-R18", "added windows: 10 Working Days before for Low, 20 for High"),
    req("MP092-R19", "limits count scheduled and added windows together"),
    req("MP092-R20", "the Panel asks for another time with reasons, and an outcome follows"),
    req("MP092-R21", "unplanned work is told with the same fields, and the time since it was known"),
    req("MP092-R22", "an overrun is told with the difference"),
    req("MP092-R23", "emergencies have no notice, and may be told afterwards"),
    req("MP092-R24", "work that affects consumers ends by 02:00, else a warning"),
    req("MP092-R25", "Low does not stop top-ups"),
    req("MP092-R26", "everybody sees the forward schedule, and may challenge a category"),
    req("MP092-R27", "each item of PM10 has its category"),
    req("MP092-R28", "18 months ahead, with the High slots marked"),
    req("MP092-R29", "a withdrawn slot asks for a replacement for each provider"),
    req("MP092-R30", "other environments have no limits"),
    req("MP092-R31", "unexpected disruption is recorded and listed"),
    req("MP092-R32", "metrics of changes against their targets"),
    req("MP092-D2", "how many changes there were, and how many failed: figures of a fixture"),
    req("MP092-D1", "derogations for SMETS1 systems by SEC Subsidiary Documents"),
];

const DP144: &[Requirement] = &[
    req("DP144-R1", "an Other User is neither a Supplier nor a Network Party"),
    req(
        "DP144-R2",
        "an assessment is kept with auditor, User, kind, dates and findings; another name keeps the history",
    ),
    req("DP144-R3", "baseline: a random sample is paid by all"),
    req("DP144-R4", "another assessment is paid by the Other User"),
    req("DP144-R5", "proposed: the Other User pays for a random sample, too"),
    req("DP144-R6", "proposed: one that the SEC Panel asked for stays with all"),
    req("DP144-R7", "it is raised once where Service Requests pass a threshold"),
    req("DP144-R8", "only reasonable costs are recovered"),
    req("DP144-R9", "who was not assessed in a year is listed"),
    req("DP144-R10", "number and cost by Other User and year under both sets of rules, with equal totals"),
    req("DP144-D1", "costs of 25,000 to 53,000 pounds"),
];

const STATUS: &[Requirement] = &[
    also("SMI.md 2/1", "a Device joins as Pending", "MP125-R1"),
    moves("SMI.md 2/2", "Pending to Whitelisted", &[(Pending, Whitelisted)]),
    moves("SMI.md 2/3", "Whitelisted to Pending", &[(Whitelisted, Pending)]),
    moves(
        "SMI.md 2/4",
        "Pending, Whitelisted to InstalledNotCommissioned",
        &[(Pending, InstalledNotCommissioned), (Whitelisted, InstalledNotCommissioned)],
    ),
    moves("SMI.md 2/5", "InstalledNotCommissioned to Pending", &[(InstalledNotCommissioned, Pending)]),
    moves(
        "SMI.md 2/6",
        "InstalledNotCommissioned, Whitelisted to Commissioned",
        &[(InstalledNotCommissioned, Commissioned), (Whitelisted, Commissioned)],
    ),
    moves(
        "SMI.md 2/7",
        "Whitelisted, InstalledNotCommissioned, Commissioned to Decommissioned",
        &[
            (Whitelisted, Decommissioned),
            (InstalledNotCommissioned, Decommissioned),
            (Commissioned, Decommissioned),
        ],
    ),
    moves("SMI.md 2/8", "Commissioned to Withdrawn", &[(Commissioned, Withdrawn)]),
    moves(
        "SMI.md 2/9",
        "Suspended with its Device Model, and back to where it was",
        &[
            (Whitelisted, Suspended),
            (InstalledNotCommissioned, Suspended),
            (Commissioned, Suspended),
            (Suspended, Whitelisted),
            (Suspended, InstalledNotCommissioned),
            (Suspended, Commissioned),
        ],
    ),
    moves(
        "SMI.md 2/10",
        "Commissioned to Recovery, Recovered, Commissioned",
        &[(Commissioned, Recovery), (Recovery, Recovered), (Recovered, Commissioned)],
    ),
    moves(
        "SMI.md 2/12",
        "Pending to Decommissioned: a hub that goes back from stock, with the reason",
        &[(Pending, Decommissioned)],
    ),
    also("SMI.md 2/11", "a Pending Device is removed, its history kept", "SMI.md 4/l"),
];

const EVERY: &[Requirement] = &[
    req("SMI.md 3/1", "POST, XML, size within the limit"),
    req("SMI.md 3/2", "well-formed UTF-8 XML without DOCTYPE"),
    req("SMI.md 3/3", "valid to the letter; a Service Request not answered here is named"),
    req("SMI.md 3/4", "one signature over the whole document, by the originator"),
    req("SMI.md 3/5", "the target is the DCC for a non-device request"),
    req("SMI.md 3/6", "the RequestID is new; the same message again gets the first answer"),
    req("SMI.md 3/7", "the web service suits the request type"),
    req("SMI.md 3/8", "the Command Variant suits it"),
    req("SMI.md 3/9", "the User exists, with a role"),
    req("SMI.md 3/10", "the User is Active"),
    req("SMI.md 3/11", "one of its roles may send it"),
    req("SMI.md 3/12", "the Device exists"),
    req("SMI.md 3/13", "the request suits the Device Type"),
    req("SMI.md 3/14", "the User's role is authorised for the Device now"),
    req("SMI.md 3/15", "the SMI Status suits the request"),
    also("SMI.md 3/16", "then the checks of its own", "SMI.md 4/a"),
];

const UPDATE: &[Requirement] = &[
    req("SMI.md 4/a", "names at least one detail"),
    req("SMI.md 4/b", "the variant is an ESME's alone"),
    req("SMI.md 4/c", "while Pending or of Type 2: the pre-notifier"),
    req("SMI.md 4/d", "after Pending no other detail"),
    req("SMI.md 4/e", "the variant in Whitelisted, InstalledNotCommissioned, Commissioned"),
    req("SMI.md 4/f", "not a SMETS1 Device"),
    req("SMI.md 4/g", "by the Responsible Supplier"),
    req("SMI.md 4/h", "the resulting model is on the Central Products List"),
    req("SMI.md 4/i", "the status element suits the Device Type"),
    req("SMI.md 4/j", "who changes the status"),
    req("SMI.md 4/k", "the move stands in section 2"),
    req("SMI.md 4/l", "who deletes, and when"),
    req("SMI.md 4/m", "which MPxN, by whom, and when"),
];

const PRE_NOTIFICATION: &[Requirement] = &[
    req("SMI.md 5/a", "the IDs are not in the SMI"),
    req("SMI.md 5/b", "the variant is there for an ESME alone"),
    req("SMI.md 5/c", "versions are there, save for Type 2"),
    req("SMI.md 5/d", "the model is Active on the Central Products List"),
    req("SMI.md 5/e", "the GPF is there for a CHF alone"),
];

const REST: &[Requirement] = &[
    req("SMI.md 6", "SR 8.2 Read Inventory: the whole premises, at most 17"),
    req("SMI.md 7", "SR 12.1 Request WAN Matrix: what each CSP Region says"),
    req("SMI.md 8", "answers explain themselves; what if"),
];
