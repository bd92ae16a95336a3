//! Suspects one by one: the evidence, what it suggests, and who may correct them.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    Correctable, EsmeCount, VariantBasis, VariantFault,
    correctable::{Users, correctable},
    judgements::Judgements,
    pace::SearchPace,
};
use crate::{
    db::{Connection, Store},
    domain::{AuxiliaryLoad, Device, DeviceFacts, EsmeVariant, Eui64, EvidenceKind, EvidenceStrength},
    rules::variants::Judgement,
    store::{self, DeviceRange, SuspectFilter},
};

/// The ranges that one page looks at: it may have fewer suspects than were asked for, and more may follow.
const RANGES_OF_A_PAGE: usize = 25;
/// The suspects of which the engine is asked at a time who may correct them.
const ASKED_AT_ONCE: usize = 500;

/// Which suspects are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SuspectQuestion {
    /// Those that a User of this Party is the Responsible Supplier of, by its signifier.
    pub party: Option<String>,
    /// Those that evidence of these kinds names; all where there is none.
    pub evidence: Vec<EvidenceKind>,
    /// Those that this User may correct.
    pub correctable_by: Option<Eui64>,
}

/// A suspect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspect {
    /// The ESME.
    pub device: Device,
    /// The evidence that names it.
    pub kind: EvidenceKind,
    /// All evidence; ESMEs that are judged alike share it.
    pub judgement: Arc<Judgement>,
    /// Who may correct it.
    pub correctable: Correctable,
}

impl Suspect {
    /// The variant that the evidence suggests.
    pub fn suggested(&self) -> Option<EsmeVariant> {
        self.judgement.suggested()
    }

    /// The correction that this User may send: by strong evidence with a suggestion.
    pub fn correction_by(&self, user: Eui64) -> Option<EsmeVariant> {
        let is_strong = self.kind.strength() == EvidenceStrength::Strong;
        self.suggested().filter(|_| is_strong && self.correctable.by.contains(&user))
    }
}

/// The columns of a list of suspects.
pub const SUSPECT_COLUMNS: [&str; 13] = [
    "device_id",
    "device_manufacturer",
    "device_model",
    "firmware_version",
    "status",
    "esme_variant",
    "suggested",
    "evidence",
    "strength",
    "proof",
    "pre_notified_by",
    "correctable_by",
    "rule",
];

/// The values of a suspect, in the order of the columns.
pub fn suspect_cells(suspect: &Suspect) -> [String; 13] {
    let Suspect { device, kind, judgement, correctable } = suspect;
    let text = |value: Option<String>| value.unwrap_or_default();
    let details = &device.details;
    [
        device.id.to_string(),
        details.manufacturer.to_string(),
        details.model.to_string(),
        text(details.firmware_version.as_ref().map(ToString::to_string)),
        device.status_text().to_owned(),
        text(details.esme_variant.map(|variant| variant.to_string())),
        text(suspect.suggested().map(|variant| variant.to_string())),
        kind.to_string(),
        kind.strength().to_string(),
        judgement.proof(),
        text(device.pre_notified_by.map(|user| user.to_string())),
        correctable.text(),
        correctable.rule.clone(),
    ]
}

/// Passes on every suspect that fits, by ID. ESMEs are read range by range, as they stand when their range is read. `progress` is called
/// with each range's last Device. Returns how many fit.
///
/// # Errors
/// When the store fails, or what `each` says.
pub fn each_suspect(
    store: &Store,
    count: &EsmeCount,
    asked: &SuspectQuestion,
    basis: &VariantBasis<'_>,
    each: &mut dyn FnMut(&Suspect) -> Result<(), VariantFault>,
) -> Result<u64, VariantFault> {
    let Some(filter) = count.filter() else { return Ok(0) };
    let (mut judgements, mut listed, mut pace) = (Judgements::by(count), 0, SearchPace::start());
    for range in &count.ranges {
        let suspects = store.read(|connection| {
            of_range(connection, (&mut judgements, &filter, range), asked, usize::MAX, basis)
        })?;
        for suspect in &suspects {
            each(suspect)?;
            listed += 1;
        }
        if !range.is_last {
            pace.range_is_done(store)?;
        }
    }
    Ok(listed)
}

/// A page of suspects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuspectPage {
    /// The suspects, by ID.
    pub suspects: Vec<Suspect>,
    /// The Device that the next page goes on behind; absent on the last page.
    pub next: Option<Eui64>,
}

/// Loads a page of the suspects that fit: those behind that Device.
///
/// # Errors
/// When the store fails.
pub fn suspect_page(
    store: &Store,
    count: &EsmeCount,
    asked: &SuspectQuestion,
    basis: &VariantBasis<'_>,
    (mut after, limit): (Option<Eui64>, u16),
) -> Result<SuspectPage, VariantFault> {
    let mut page = SuspectPage { suspects: Vec::new(), next: None };
    let Some(filter) = count.filter() else { return Ok(page) };
    let (limit, mut judgements) = (usize::from(limit), Judgements::by(count));
    for _ in 0..RANGES_OF_A_PAGE {
        let more = limit + 1 - page.suspects.len();
        let (range, suspects) = store.read(|connection| {
            let range = store::next_range(connection, after)?;
            let suspects = of_range(connection, (&mut judgements, &filter, &range), asked, more, basis)?;
            Ok::<_, VariantFault>((range, suspects))
        })?;
        page.suspects.extend(suspects);
        if page.suspects.len() > limit {
            page.suspects.truncate(limit);
            page.next = page.suspects.last().map(|suspect| suspect.device.id);
            return Ok(page);
        }
        if range.is_last {
            return Ok(page);
        }
        after = range.end;
    }
    page.next = after;
    Ok(page)
}

/// The suspects of a range that fit: so many of them at least, or all.
fn of_range(
    connection: &mut Connection,
    (judgements, filter, range): (&mut Judgements<'_>, &SuspectFilter, &DeviceRange),
    asked: &SuspectQuestion,
    wanted: usize,
    basis: &VariantBasis<'_>,
) -> Result<Vec<Suspect>, VariantFault> {
    let now = basis.clock.now();
    let judged = judged(connection, (judgements, filter, range), &asked.evidence)?;
    if judged.is_empty() {
        return Ok(Vec::new());
    }
    let users = store::all_users(connection)?;
    let users = users.into_iter().map(|user| (user.id, user)).collect::<Users>();
    let (mut suspects, mut judged) = (Vec::new(), judged.into_iter());
    while suspects.len() < wanted {
        let (esmes, judgements): (Vec<_>, Vec<_>) = judged.by_ref().take(ASKED_AT_ONCE).unzip();
        if esmes.is_empty() {
            break;
        }
        let facts = store::esme_facts(connection, esmes, now)?;
        for (facts, (kind, judgement)) in facts.into_iter().zip(judgements) {
            if !is_of_party(&facts, asked.party.as_deref(), &users) {
                continue;
            }
            let correctable = correctable(&facts, &judgement, &users, now, basis)?;
            if asked.correctable_by.is_none_or(|user| correctable.by.contains(&user)) {
                suspects.push(Suspect { device: facts.device, kind, judgement, correctable });
            }
        }
    }
    Ok(suspects)
}

/// An ESME with the evidence that names it, and all of it.
type JudgedEsme = (Device, (EvidenceKind, Arc<Judgement>));

/// The ESMEs of a range that are suspects, each with the evidence that names it.
fn judged(
    connection: &mut Connection,
    (judgements, filter, range): (&mut Judgements<'_>, &SuspectFilter, &DeviceRange),
    kinds: &[EvidenceKind],
) -> Result<Vec<JudgedEsme>, VariantFault> {
    let esmes = store::esmes_of_range(connection, range, filter)?;
    let hubs = esmes.iter().filter_map(|esme| esme.chf).filter(|_| filter.with_hcalcs);
    let loads = store::auxiliary_loads(connection, &hubs.collect::<BTreeSet<_>>())?;
    let judge = |esme: Device| {
        let load = esme.chf.and_then(|hub| loads.get(&hub));
        let load = load.map_or(AuxiliaryLoad::None, |hcalcs| AuxiliaryLoad::Device(*hcalcs));
        let judgement = judgements.of(&esme, load)?;
        let kind = judgement.kind().filter(|kind| kinds.is_empty() || kinds.contains(kind))?;
        Some((esme, (kind, judgement)))
    };
    Ok(esmes.into_iter().filter_map(judge).collect())
}

/// Whether a User of the Party is the Responsible Supplier.
fn is_of_party(facts: &DeviceFacts, party: Option<&str>, users: &Users) -> bool {
    let Some(party) = party else { return true };
    let mut suppliers = facts.responsible.iter().filter_map(|supplier| users.get(&supplier.user));
    suppliers.any(|user| user.party_signifier == party)
}
