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
    "12.3", "8.1.2", "8.3", "8.11", "8.14.2", "8.14.3", "8.14.4", "8.14.5",
];

const DATE_TIMES: &[&str] = &[
    "2026-01-31T09:30:00",
    "2026-01-31T09:30:00Z",
    " 2026-01-31T09:30:00.123456789Z\n",
    "2024-02-29T23:59:59+14:00",
    "2026-01-31T09:30:00-00:00",
    "12026-01-31T00:00:00Z",
    "-0044-03-15T00:00:00Z",
    "2026-02-29T09:30:00Z",
    "2026-04-31T09:30:00Z",
    "2026-13-01T09:30:00Z",
    "2026-01-00T09:30:00Z",
    "2026-01-31",
    "2026-01-31T09:30",
    "2026-01-31T09:30Z",
    "2026-1-31T09:30:00Z",
    "26-01-31T09:30:00Z",
    "2026-01-31T25:00:00Z",
    "2026-01-31T24:00:00Z",
    "2026-01-31T24:00:01Z",
    "2026-01-31T09:60:00Z",
    "2026-01-31T09:30:60Z",
    "2026-01-31T09:30:00.Z",
    "2026-01-31T09:30:00z",
    "2026-01-31t09:30:00Z",
    "2026-01-31 09:30:00Z",
    "2026-01-31T09:30:00+14:01",
    "2026-01-31T09:30:00+15:00",
    "2026-01-31T09:30:00+01:60",
    "2026-01-31T09:30:00+1:00",
    "2026-01-31T09:30:00 Z",
    "+2026-01-31T09:30:00Z",
    "",
    "now",
];

const JOIN_TIMES: &[&str] = &[
    "1",
    "3600",
    "+3600",
    "003600",
    " 60\n",
    "3601",
    "0",
    "-1",
    "",
    "+",
    "60.0",
    "1e3",
    "65537",
    "18446744073709551617",
];

const INSTALL_CODES: &[&str] = &[
    "001122334455",
    "aAbBcCdDeEfF",
    " 001122334455\n",
    "00112233445566778899AABBCCDDEEFF",
    "0011223344",
    "00112233445",
    "0011223344556",
    "00112233445566778899AABBCCDDEEFF00",
    "00112233445G",
    "0x1122334455",
    "00 11 22 33 44 55",
    "",
];

const FIRMWARE_HASHES: &[&str] = &[
    "00112233445566778899aAbBcCdDeEfF00112233445566778899aAbBcCdDeEfF",
    " 00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF\n",
    "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEE",
    "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF00",
    "00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFG",
    "00112233445566778899AABBCCDDEEFF 00112233445566778899AABBCCDDEEFF",
    "",
];

const FIRMWARE_IMAGES: &[&str] = &[
    "",
    " ",
    "AA==",
    "AAA=",
    "AAAA",
    "AAAAAA==",
    " AAAA\n",
    "AA AA",
    "A A A A",
    "AA =",
    "AA\n==",
    "AB==",
    "AAB=",
    "A===",
    "AA=",
    "AAA",
    "AA==AAAA",
    "AA==AA==",
    "AAA*",
    "AA-_",
    "=",
    "\u{a0}AAAA",
];

const DEVICE_ID_LISTS: &[&str] = &[
    "00-00-00-00-00-00-00-00",
    "ff-FF-fF-Ff-00-99-aA-Bb,00-00-00-00-00-00-00-00,00-00-00-00-00-00-00-00",
    "00-00-00-00-00-00-00-00,",
    ",00-00-00-00-00-00-00-00",
    "00-00-00-00-00-00-00-00, 00-00-00-00-00-00-00-00",
    " 00-00-00-00-00-00-00-00",
    "00-00-00-00-00-00-00-00\n",
    "00-00-00-00-00-00-00-00;00-00-00-00-00-00-00-00",
    "00-00-00-00-00-00-00",
    ",",
    "",
];

const REQUEST_TYPES: &[&str] = &["Add", "Remove", "add", "Add ", " Remove", "", "Replace"];

const HUB_WORDS: &[&str] = &[
    "New CHF Install",
    "Replacement CHF Install",
    "CHF Install - no SM WAN",
    "Outside Premises",
    "Indoors on external wall",
    "Basement or Cellar",
    "Detached / Semi Detached",
    "Low Rise Apartment (MDU <= 5 floors)",
    "High Rise Apartment (MDU > 5 floors)",
    "Fault identified prior to installation",
    "No Fault Return (general)",
    "No Fault Return (non-dom opt out)",
    "No Fault Return (dual supplier HAN variant replacement)",
    "No Fault Return (SM WAN variant replacement requested by DCC)",
    "Cradle",
    "ESME",
    "Damaged case",
    "Damaged Connector",
    "Illegal interference or missing seals",
    "Environmental conditions exceeded",
    "SM WAN Fault",
    "SMHAN Interface Fault",
    "Aerial fault",
    "Manufacturing defect",
    "Cradle ",
    " Terraced",
    "deep indoors",
    "New  CHF Install",
    "",
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

const LENGTHS: &[usize] =
    &[0, 1, 2, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 19, 20, 21, 25, 26, 29, 30, 31, 60, 200, 201];

/// One character, however many bytes it takes, counts as one.
const CHARACTERS: &[char] = &[
    'x', '1', ' ', '\n', '\t', '\r', '&', '<', '>', '"', 'é', '\u{a0}', '\u{2028}', '\u{301}', '\u{fffd}',
    '😀',
];

/// A value for the element of that name.
pub(super) fn value(local: &str, chance: &mut Chance) -> String {
    let known = match local {
        "DeviceID" | "AssociatedGPFDeviceID" | "OtherDeviceID" => EUIS,
        "RequestID" | "PrecedingServiceRequestID" => return request_id(chance),
        "FirstInSequence"
        | "AerialInstall"
        | "MetalObstructionCheck"
        | "ConnectivityObstructionCheck"
        | "SharedObstructionCheck" => BOOLEANS,
        "ExecutionDateTime" | "InstallDateTime" | "UserRefDateTime" => DATE_TIMES,
        "JoinTimePeriod" => JOIN_TIMES,
        "InstallCode" => INSTALL_CODES,
        "FirmwareHash" => FIRMWARE_HASHES,
        "FirmwareImage" => FIRMWARE_IMAGES,
        "DeviceIDList" => DEVICE_ID_LISTS,
        "RequestType" => REQUEST_TYPES,
        "CHFInstallType"
        | "CHFLocation"
        | "PremiseType"
        | "CHFFaultReturnType"
        | "CHFNoFaultReturnType"
        | "CHFConnectionMethod"
        | "CHFFaultReason" => HUB_WORDS,
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
