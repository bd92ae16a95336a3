//! What the answered requests must have left in the store, and what there is: plain rows, read by SQL, so that no code
//! of the service has a say in it.

use std::{
    collections::{BTreeMap, BTreeSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use diesel::{
    QueryableByName, RunQueryDsl as _, sql_query,
    sql_types::{Binary, Text},
};
use smi::{
    db::{Connection, Store, StoreFault},
    domain::{EsmeVariant, Eui64, RequestId},
};

/// What a request does to its Device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Nothing,
    Joined(EsmeVariant),
    Variant(EsmeVariant),
    Left,
}

/// A request that was answered.
#[derive(Clone, Debug)]
pub(super) struct Answered {
    pub(super) id: RequestId,
    pub(super) device: Eui64,
    pub(super) code: String,
    pub(super) effect: Effect,
    pub(super) answer: Digest,
    /// How often it was sent until it was answered.
    pub(super) sends: usize,
}

impl Answered {
    /// Refused because its RequestID was used: that is decided each time, and remembered never.
    fn is_used_again(&self) -> bool {
        self.code == "E100"
    }
}

/// What tells one answer from another, in little room: a long run has hundreds of thousands.
pub(super) type Digest = u64;

pub(super) fn digest(answer: &[u8]) -> Digest {
    let mut hasher = DefaultHasher::new();
    answer.hash(&mut hasher);
    hasher.finish()
}

/// A Device's status, its variant, and all else that is known of it.
type DeviceRow = [String; 3];
/// From, to, and the request that did it.
type Move = [String; 3];

/// The rows of a store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rows {
    pub(super) devices: BTreeMap<String, DeviceRow>,
    /// By Device, in the order they were written.
    pub(super) history: BTreeMap<String, Vec<Move>>,
    /// Request and code, in the order they were decided.
    pub(super) decisions: Vec<(String, String)>,
    pub(super) answers: BTreeMap<String, Digest>,
    /// Tables that no request of the harness may touch.
    pub(super) others: Vec<[String; 4]>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    a: String,
    #[diesel(sql_type = Text)]
    b: String,
    #[diesel(sql_type = Text)]
    c: String,
    #[diesel(sql_type = Text)]
    d: String,
}

#[derive(QueryableByName)]
struct AnswerRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Binary)]
    answer: Vec<u8>,
}

const DEVICES: &str = "SELECT device_id AS a, COALESCE(status, '') AS b, COALESCE(esme_variant, '') AS c, \
    device_type || ' ' || device_manufacturer || ' ' || device_model || ' ' || COALESCE(firmware_version, '') \
    || ' ' || COALESCE(pre_notified_by, '') || ' ' || COALESCE(import_mpxn, '') || ' ' \
    || COALESCE(chf_device_id, '') AS d FROM devices";
const HISTORY: &str = "SELECT device_id AS a, COALESCE(from_status, '') AS b, COALESCE(to_status, '') AS c, \
    COALESCE(request_id, '') AS d FROM status_history ORDER BY id";
const DECISIONS: &str = "SELECT request_id AS a, code AS b, user_id AS c, COALESCE(device_id, '') AS d FROM decisions ORDER BY id";
/// As many answers as are read at once.
const BATCH: usize = 1_000;
const OTHERS: [&str; 7] = [
    "SELECT user_id AS a, roles AS b, status AS c, party_name AS d FROM users ORDER BY 1",
    "SELECT mpxn AS a, role AS b, user_id AS c, effective_from AS d FROM registrations ORDER BY 1, 2, 4",
    "SELECT user_id AS a, kind AS b, created_at AS c, COALESCE(device_id, '') AS d FROM outbox ORDER BY id",
    "SELECT device_id AS a, request_id AS b, change AS c, chf_device_id AS d FROM awaited ORDER BY 1",
    "SELECT device_id AS a, mpxn AS b, user_id AS c, effective_from AS d FROM supplier_notices ORDER BY 1, 2, 3, 4",
    "SELECT csp_region AS a, postcode AS b, wan_technology AS c, '' AS d FROM coverage ORDER BY id",
    "SELECT device_manufacturer AS a, device_model AS b, device_type AS c, firmware_version AS d FROM cpl ORDER BY 1, 2, 3, 4",
];

fn rows(connection: &mut Connection, query: &str) -> Result<Vec<[String; 4]>, StoreFault> {
    let rows = sql_query(query).load::<Row>(connection)?;
    Ok(rows.into_iter().map(|Row { a, b, c, d }| [a, b, c, d]).collect())
}

fn next_answers(connection: &mut Connection, last: Option<&String>) -> Result<Vec<AnswerRow>, StoreFault> {
    // A RequestID needs no quoting.
    let last = last.map_or("", String::as_str);
    let query = format!(
        "SELECT request_id AS id, answer FROM requests WHERE request_id > '{last}' ORDER BY 1 LIMIT {BATCH}"
    );
    Ok(sql_query(query).load(connection)?)
}

impl Rows {
    /// All of them, at one moment.
    pub(super) fn of(store: &Store) -> Self {
        store.read(Self::read).unwrap()
    }

    fn read(connection: &mut Connection) -> Result<Self, StoreFault> {
        let mut found = Self::default();
        for [device, status, variant, rest] in rows(connection, DEVICES)? {
            found.devices.insert(device, [status, variant, rest]);
        }
        for [device, from, to, request] in rows(connection, HISTORY)? {
            found.history.entry(device).or_default().push([from, to, request]);
        }
        for [request, code, ..] in rows(connection, DECISIONS)? {
            found.decisions.push((request, code));
        }
        while let batch = next_answers(connection, found.answers.keys().next_back())?
            && !batch.is_empty()
        {
            found.answers.extend(batch.into_iter().map(|AnswerRow { id, answer }| (id, digest(&answer))));
        }
        for query in OTHERS {
            found.others.extend(rows(connection, query)?);
        }
        Ok(found)
    }

    /// What a store must hold that held `self` before these requests were answered; their order on one Device is
    /// that of the decisions of `found`.
    fn after(&self, answered: &[Answered], found: &Self) -> Self {
        let mut expected = self.clone();
        let decided = found.decisions.iter().enumerate();
        let place = decided.map(|(place, (id, code))| ((id.as_str(), code.as_str()), place));
        let place = place.collect::<BTreeMap<_, _>>();
        let mut ordered = answered.iter().map(|one| (one.id.to_string(), one)).collect::<Vec<_>>();
        ordered.sort_by_key(|(id, one)| place.get(&(id.as_str(), one.code.as_str())).copied());
        for (id, one) in ordered {
            expected.apply(&id, one);
        }
        expected
    }

    fn apply(&mut self, id: &str, one: &Answered) {
        let device = one.device.to_string();
        let mut moved = |from: &str, to: &str| {
            let moved = [from.to_owned(), to.to_owned(), id.to_owned()];
            self.history.entry(device.clone()).or_default().push(moved);
        };
        match one.effect {
            Effect::Nothing => {}
            Effect::Joined(variant) => {
                moved("", "Pending");
                let rest = format!("ESME Acme M1 01020304 {}  ", one.id.originator);
                self.devices.insert(device, ["Pending".to_owned(), variant.to_string(), rest]);
            }
            Effect::Variant(variant) => {
                if let Some([_, stands, _]) = self.devices.get_mut(&device) {
                    *stands = variant.to_string();
                }
            }
            Effect::Left => {
                moved("Pending", "");
                self.devices.remove(&device);
            }
        }
        self.decisions.push((id.to_owned(), one.code.clone()));
        if !one.is_used_again() {
            self.answers.insert(id.to_owned(), one.answer);
        }
    }
}

/// All that is wrong with a store that held `before` and answered these requests since.
pub(super) fn complaints(before: &Rows, answered: &[Answered], found: &Rows) -> Vec<String> {
    let expected = before.after(answered, found);
    let mut wrong = Vec::new();
    differences("device", &expected.devices, &found.devices, &mut wrong);
    differences("history of device", &expected.history, &found.history, &mut wrong);
    differences("answer to", &expected.answers, &found.answers, &mut wrong);
    differences("decisions on", &counted(&expected), &counted(found), &mut wrong);
    wrong.retain(|complaint| !is_used_again(complaint, answered, found));
    if expected.others != found.others {
        wrong.push("a table changed that nobody asked to change".to_owned());
    }
    wrong
}

fn counted(rows: &Rows) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for (id, code) in &rows.decisions {
        *counted.entry(format!("{id} {code}")).or_default() += 1;
    }
    counted
}

/// Another message under a used RequestID leaves a decision each time it is sent, and at least one: of all such messages under
/// that RequestID.
fn is_used_again(complaint: &str, answered: &[Answered], found: &Rows) -> bool {
    answered.iter().filter(|one| one.is_used_again()).any(|one| {
        let others = answered.iter().filter(|other| other.is_used_again() && other.id == one.id);
        let sends = others.map(|other| other.sends).collect::<Vec<_>>();
        let decided = (one.id.to_string(), one.code.clone());
        let times = found.decisions.iter().filter(|decision| **decision == decided).count();
        complaint.starts_with(&format!("decisions on {} {}:", one.id, one.code))
            && (sends.len()..=sends.iter().sum()).contains(&times)
    })
}

fn differences<T: PartialEq + std::fmt::Debug>(
    what: &str,
    expected: &BTreeMap<String, T>,
    found: &BTreeMap<String, T>,
    wrong: &mut Vec<String>,
) {
    for key in expected.keys().chain(found.keys()).collect::<BTreeSet<_>>() {
        let (should, is) = (expected.get(key), found.get(key));
        if should != is {
            let shown = |rows: Option<&T>| {
                let text = rows.map_or_else(|| "none".to_owned(), |rows| format!("{rows:?}"));
                text.chars().take(300).collect::<String>()
            };
            wrong.push(format!("{what} {key}: should be {}, is {}", shown(should), shown(is)));
        }
    }
}
