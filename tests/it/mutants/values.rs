//! Values at the borders of their types, some within, some without.

use super::Chance;

const EUIS: &[&str] = &[
    "00-00-00-00-00-00-00-00",
    "ff-FF-fF-Ff-00-99-aA-Bb",
    " 00-00-00-00-00-00-00-01\n",
    "\t\r00-00-00-00-00-00-00-01",
    "00-00-00-00-00-00-00",
    "00-00-00-00-00-00-00-00-00",
    "0000000000000000",
    "00:00:00:00:00:00:00:00",
    "0G-00-00-00-00-00-00-00",
    "00-00-00-00-00-00-00-0",
    "00-00-00-00-00-00-00-000",
    "00-00-00-00-00-00-00- 0",
    "00 -00-00-00-00-00-00-00",
    "\u{a0}00-00-00-00-00-00-00-00",
    "00-00-00-00-00-00-00-0\u{664}",
    "-00-00-00-00-00-00-00-00",
    "+1-00-00-00-00-00-00-00",
];

const COUNTERS: &[&str] = &[
    "0",
    "1",
    "9",
    "10",
    "00",
    "01",
    "-1",
    "+1",
    "",
    " 1",
    "1 ",
    "1.0",
    "1e3",
    "x",
    "9999999999999999999",
    "10000000000000000000",
    "18446744073709551609",
    "18446744073709551610",
    "18446744073709551615",
    "18446744073709551616",
    "18446744073709551620",
    "18446744073709560000",
    "19000000000000000000",
    "99999999999999999999",
    "100000000000000000000",
    "1844674407370955161",
    "1:1",
    "\u{661}",
];

const BOOLEANS: &[&str] = &[
    "true",
    "false",
    "1",
    "0",
    " true",
    "0\n",
    "True",
    "TRUE",
    "yes",
    "01",
    "",
    "true false",
    "+1",
    "\u{a0}1",
];

const COMMAND_VARIANTS: &[&str] = &[
    "1",
    "2",
    "9",
    "+8",
    "08",
    "+08",
    "000000000000000000000000000000000000008",
    " 8 ",
    "\n8\t",
    "0",
    "10",
    "-8",
    "+",
    "",
    "8.0",
    "8.",
    "++8",
    "+ 8",
    "eight",
    "1_",
    "\u{668}",
    "\u{ff18}",
    "8\u{a0}",
    "18446744073709551624",
];

const UPRNS: &[&str] = &[
    "1",
    "+1",
    "0001",
    "999999999999",
    "+000000999999999999",
    " 7\n",
    "1000000000000",
    "0",
    "-0",
    "+0",
    "000",
    "-1",
    "",
    " ",
    "+",
    "1.0",
    "1e3",
    "1 2",
    "1_0",
    "\u{ff11}",
    "\u{2003}1",
    "18446744073709551617",
    "99999999999999999999999999999999999999",
    "0000000000000000000000000000000000000000000000001",
];

const REFERENCES: &[&str] = &[
    "8.4", "8.2", "12.1", "12.2", " 8.4", "8.4 ", "8.4\n", "8.40", "08.4", "8", "8.", ".", "", "9.9",
    "8.4.1", "8.14", "8.14.1", "6.2", "6.2.10", "14.1", "1.1", "1.1.1", "+8.4", "8,4", "8.04", "13.1",
    "12.3", "8.1.2",
];

const VERSIONS: &[&str] = &[
    "5.0",
    "5",
    "5.",
    ".5",
    "+5.4",
    "-5.4",
    "005.400",
    " 5.4 ",
    "\n5.4\t",
    "0",
    "-0",
    "99999999999999999999",
    "1234567890.12345678901234",
    "",
    " ",
    ".",
    "+",
    "5.4.1",
    "5,4",
    "5e0",
    "0x5",
    "INF",
    "NaN",
    "v5",
    "5 4",
    "+-5",
    "5_4",
    "\u{665}.4",
    "\u{a0}5.4",
    "5.4\u{85}",
];

const TYPES: &[&str] = &[
    "ESME", "GSME", "GPF", "CHF", "HCALCS", "PPMID", "IHD", "CAD", "esme", "ESME ", " ESME", "", "ESMEGSME",
    "CHF\n",
];

const STATUSES: &[&str] = &[
    "Pending",
    "InstalledNotCommissioned",
    "Commissioned",
    "Withdrawn",
    "Whitelisted",
    "Decommissioned",
    "Suspended",
    "pending",
    "Pending ",
    "\nPending",
    "",
    "Recovered",
];

const VARIANTS: &[&str] = &[
    "A", "B", "C", "AD", "BD", "CD", "ADE", "BDE", "CDE", "ADF", "BDF", "CDF", "ADEF", "BDEF", "CDEF", "ADG",
    "ADEG", "AF", "BF", "CF", "AEF", "BEF", "CEF", "AG", "AEG", "BDG", "AE", "D", "a", "A ", " A", "",
    "CDEG", "EF", "\u{391}",
];

const LENGTHS: &[usize] = &[0, 1, 2, 5, 6, 7, 8, 9, 12, 13, 14, 19, 20, 21, 29, 30, 31, 60];

/// One character, however many bytes it takes, counts as one.
const CHARACTERS: &[char] = &[
    'x', '1', ' ', '\n', '\t', '\r', '&', '<', '>', '"', 'é', '\u{a0}', '\u{2028}', '\u{301}', '\u{fffd}',
    '😀',
];

/// A value for the element of that name.
pub(super) fn value(local: &str, chance: &mut Chance) -> String {
    let known = match local {
        "DeviceID" | "AssociatedGPFDeviceID" => EUIS,
        "RequestID" | "PrecedingServiceRequestID" => return request_id(chance),
        "FirstInSequence" => BOOLEANS,
        "CommandVariant" => COMMAND_VARIANTS,
        "ServiceReference" | "ServiceReferenceVariant" => REFERENCES,
        "UPRN" => UPRNS,
        "DeviceType" => TYPES,
        "UpdateDeviceStatusCH" | "UpdateDeviceStatusExceptCH" => STATUSES,
        "ESMEVariant" => VARIANTS,
        _ => return text(chance),
    };
    (*chance.pick(known)).to_owned()
}

/// A schemaVersion.
pub(super) fn version(chance: &mut Chance) -> String {
    (*chance.pick(VERSIONS)).to_owned()
}

fn request_id(chance: &mut Chance) -> String {
    match chance.below(3) {
        0 => format!("{}:00-00-00-00-00-00-00-00:1", chance.pick(EUIS)),
        1 => format!("00-00-00-00-00-00-00-00:{}:1", chance.pick(EUIS)),
        _ => format!("00-00-00-00-00-00-00-00:00-00-00-00-00-00-00-00:{}", chance.pick(COUNTERS)),
    }
}

fn text(chance: &mut Chance) -> String {
    let length = *chance.pick(LENGTHS);
    (0..length).map(|_| *chance.pick(CHARACTERS)).collect()
}
