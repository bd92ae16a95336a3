//! Planned maintenance (SERVICE.md 3.3; MP092): what is asked of a window, of the windows of a month together, and of what is done with
//! them. They refuse no Service Request, so that no source has response codes for them, and all codes are ours. PM/l, PM/m, PM/o and PM/p
//! say how the others count and where they bind; nothing can break them.

use super::table::rules;

rules! {
    CONTENTS = "PM/a", "a window that is told has a title, the services that are disrupted, start and end, and the risk to the return of normal service, `none` where there is none", E100 Assumed, Seed "MP092-R16",
        "the maintenance planner, with the fields that are missing";
    PLANNED = "PM/b", "whether it is Planned Maintenance can be told: its disruption is stated, and `hubs_affected` where `communications` is yes. It is where the disruption is certain or a risk, and at least 100,000 hubs are affected where Devices behind hubs are concerned", E100 Assumed, Seed "MP092-R5, R6; MP092-C14; O20",
        "the maintenance planner, with `disruption` and `hubs_affected`";
    CATEGORY = "PM/c", "a window is not stated Low where High follows: from communications, install_commission, smets1_migrations, service_requests, stops_top_ups, user_changes without ssi, or something that it stops here", E100 Assumed, Seed "MP092-R1 to R4, R8, R25; MP092-C15, C19; O17",
        "the maintenance planner, with the category High, or with less that is disrupted";
    NIGHT = "PM/d", "it lies within one night: from 20:00 or later to 08:00 of the next London day or earlier", E100 Assumed, Seed "MP092-R9",
        "the maintenance planner, with other times; the Panel, by a derogation";
    HIGH_WINDOWS = "PM/e", "a month has at most two High windows", E100 Assumed, Seed "MP092-R10",
        "the maintenance planner, in another month; the Panel, by a derogation";
    HIGH_MINUTES = "PM/f", "the High windows of a month have at most 360 minutes together", E100 Assumed, Seed "MP092-R10",
        "the maintenance planner, with shorter windows; the Panel, by a derogation";
    LOW_WINDOWS = "PM/g", "a month has at most six Low windows", E100 Assumed, Seed "MP092-R11",
        "the maintenance planner, in another month; the Panel, by a derogation";
    LOW_MINUTES = "PM/h", "a Low window has at most 360 minutes", E100 Assumed, Seed "MP092-R11",
        "the maintenance planner, with a shorter window; the Panel, by a derogation";
    NO_OVERLAP = "PM/i", "no two windows overlap; one may begin when another ends", E100 Assumed, Assumed "O19; SERVICE.md 3.3",
        "the maintenance planner, with other times";
    IN_TIME = "PM/j", "the first schedule of a month is published at latest on the London day 20 Working Days before its first day; later it is marked late", I0 Assumed, Seed "MP092-R14",
        "the maintenance planner, earlier; each window of a late one has to meet PM/k";
    NOTICE = "PM/k", "a window that is added, moved, lengthened or made High after that is published at latest on the London day 10 (Low) or 20 (High) Working Days before the day of its start", E100 Assumed, Seed "MP092-R18, R19",
        "the maintenance planner, with a later window; the Panel, by a derogation";
    BEFORE_TRIAL = "PM/n", "before the trial: the windows of a month have at most 360 minutes together, those with `ssi` at most 240, and nothing is added to a month that is published", E100 Assumed, Seed "MP092-T1",
        "the maintenance planner, with shorter windows or in another month; the Panel, by a derogation";
    MIGRATION_NOTICE = "PM/q", "with `maintenance.migration_variant`, work on Migration Systems is published at latest 10 Working Days before the day of its start", E100 Assumed, Seed "MP092-R7",
        "the maintenance planner, with a later window; the Panel, by a derogation";
    AVOIDED = "PM/r", "what can be avoided is: work that affects consumers ends by 02:00, why disruption cannot be avoided is written down, no firmware is to be delivered on the day of a High window, and no case is open", I0 Assumed, Seed "MP092-R24, R13",
        "the maintenance planner; it is a warning, and publishing goes on";
    DIFFERS = "PM/s", "a revision of a month differs from the one before", E100 Assumed, Seed "MP092-R17, R18",
        "the maintenance planner, once something of the month is changed";
    ANNOUNCED = "PM/t", "what is announced has ten calendar days' notice, which is a warning, and lies ahead; an emergency may have no notice, and lie in the past", E100 Assumed, Seed "MP092-R21, R23",
        "the maintenance planner, earlier, or as an emergency";
    EXTENDED = "PM/u", "the end of a window that runs is moved to a whole minute ahead, at most 24 hours after its start", E100 Assumed, Seed "MP092-R22",
        "the maintenance planner, while the window runs";
    ENDED = "PM/v", "a window is closed with times in order that are not ahead", E100 Assumed, Seed "MP092-R31",
        "the maintenance planner, once the work is done";
    WITHDRAWABLE = "PM/w", "a window that is withdrawn has not begun; for each of its providers a case asks for a replacement", E100 Assumed, Seed "MP092-R29",
        "the maintenance planner, before it begins; then by closing it";
    REASONS = "PM/x", "a request of the Panel has reasons, and a case is closed with an outcome and a reason", E100 Assumed, Seed "MP092-R20, R26",
        "the Panel, with its reasons; the maintenance planner, with an outcome and a reason";
}
