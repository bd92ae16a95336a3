//! The grounds of one line of a request: RF/a, c to i, k to n.

use std::collections::BTreeMap;

use super::{
    Circumstances,
    packages::{PackageCounts, package_of},
    reasons::Reasons,
    sites::serves,
};
use crate::domain::{
    Date, Eui64, FirmwareList, FirmwareVersion, HubModel, Packaging, PartySignifier, StockLocation,
    reflash::{HeldHub, ReasonLabel, RequestFacts, RequestLine, RequestedHub},
};

/// What the grounds of one line are looked at with.
pub(super) struct LineContext<'a> {
    pub(super) party: &'a PartySignifier,
    pub(super) facts: &'a RequestFacts,
    pub(super) site: Option<&'a StockLocation>,
    pub(super) first_lines: BTreeMap<Eui64, u32>,
    pub(super) packages: PackageCounts,
    pub(super) at: Circumstances<'a>,
}

/// Looks at every ground of a line. An empty value fails RF/a and no other, and of an unknown hub no more is asked.
pub(super) fn look_at(
    line: &RequestLine,
    hub: Option<&RequestedHub>,
    context: &LineContext<'_>,
    reasons: &mut Reasons<'_>,
) {
    data_complete(line, reasons);
    let (Some(chf), Some(hub)) = (line.chf, hub) else { return };
    if let Some(first) = context.first_lines.get(&chf).filter(|first| **first != line.line) {
        reasons.add(
            ReasonLabel::ListedTwice,
            Some(line),
            Some("chf_device_id"),
            format!("line {first} has it, too"),
        );
    }
    match &hub.hub {
        Err(why) => reasons.add(ReasonLabel::UnknownHub, Some(line), Some("chf_device_id"), why.as_str()),
        Ok(held) => known_hub(line, hub, held, context, reasons),
    }
}

fn data_complete(line: &RequestLine, reasons: &mut Reasons<'_>) {
    for (column, is_missing) in [
        ("chf_device_id", line.chf.is_none()),
        ("firmware_version", line.firmware_version.is_none()),
        ("device_manufacturer", line.manufacturer.is_none()),
        ("device_model", line.model.is_none()),
    ] {
        if is_missing {
            reasons.add(ReasonLabel::MissingData, Some(line), Some(column), format!("`{column}` is empty"));
        }
    }
}

/// The grounds of a hub that the SMI has, in the order of the rulebook.
fn known_hub(
    line: &RequestLine,
    hub: &RequestedHub,
    held: &HeldHub,
    context: &LineContext<'_>,
    reasons: &mut Reasons<'_>,
) {
    let mut fails = |label, saw: String| reasons.add(label, Some(line), None, saw);
    if !held.is_pending() {
        fails(ReasonLabel::NotPending, held.statuses());
    } else if let Some(status) = held.was_installed {
        fails(ReasonLabel::WasInstalled, format!("its history has {status}"));
    }
    if held.holder.as_ref() != Some(context.party) {
        fails(
            ReasonLabel::OtherUser,
            format!("its holder is {}, the Party is {}", held.holder_text(), context.party),
        );
    }
    if let Some(saw) = delivery_fault(hub, context) {
        fails(ReasonLabel::NotDelivered, saw);
    }
    if !context.site.is_some_and(|site| serves(site, held.region)) {
        fails(ReasonLabel::WrongCspOrFacility, saw_site(held, context));
    }
    if let Some(saw) = packaging_fault(line, hub, context) {
        fails(ReasonLabel::PackagingOrDamage, saw);
    }
    if let Some(saw) = difference(line, held) {
        fails(ReasonLabel::DataDiffers, saw);
    }
    if let Some((label, saw)) = firmware_fault(held, context) {
        fails(label, saw);
    }
    if let Some(order) = hub.open_order {
        fails(ReasonLabel::InAnotherOrder, format!("it is on {order}"));
    }
}

/// Why a hub does not count as delivered (RF/h).
fn delivery_fault(hub: &RequestedHub, context: &LineContext<'_>) -> Option<String> {
    if context.at.settings.supply_chain {
        return None;
    }
    let today = context.at.today;
    match hub.stock.as_ref().map(|row| row.delivered_on) {
        None => Some("it has no stock row".to_owned()),
        Some(None) => Some("its stock row has no day of delivery".to_owned()),
        Some(Some(on)) if on > today => Some(format!("it is delivered on {on}, today is {today}")),
        Some(Some(_)) => None,
    }
}

fn saw_site(held: &HeldHub, context: &LineContext<'_>) -> String {
    let region = held.region.map_or("none", |region| region.as_str());
    match context.site {
        Some(site) => {
            let served =
                site.site().map(|site| site.regions.iter().map(|region| region.as_str()).collect::<Vec<_>>());
            let served =
                served.filter(|served| !served.is_empty()).map_or("none".to_owned(), |all| all.join(", "));
            format!("its CSP Region is {region}; {} serves {served}", site.id)
        }
        None => format!("its CSP Region is {region}; there is no site for the order"),
    }
}

/// What is wrong with the packaging (RF/k). Without a stock row nothing is known of it.
fn packaging_fault(line: &RequestLine, hub: &RequestedHub, context: &LineContext<'_>) -> Option<String> {
    let row = hub.stock.as_ref()?;
    let packaging =
        (row.packaging != Packaging::Sealed).then(|| format!("its packaging is {}", row.packaging));
    let limits = context.packages.fault(&package_of(line, Some(hub)), context.at);
    let faults = packaging.into_iter().chain(limits).collect::<Vec<_>>();
    (!faults.is_empty()).then(|| faults.join("; "))
}

/// What differs from the SMI (RF/l). What is empty is missing, and differs from nothing.
fn difference(line: &RequestLine, held: &HeldHub) -> Option<String> {
    let firmware = line.firmware_version.as_ref().filter(|told| held.firmware_version.as_ref() != Some(told));
    let firmware = firmware.map(|told| {
        let known = held.firmware_version.as_ref().map_or("none", FirmwareVersion::as_str);
        format!("firmware_version {told}, in the SMI {known}")
    });
    let HubModel { manufacturer, model } = &held.model;
    let of_manufacturer = line.manufacturer.as_ref().filter(|told| *told != manufacturer);
    let of_manufacturer =
        of_manufacturer.map(|told| format!("device_manufacturer {told}, in the SMI {manufacturer}"));
    let of_model = line.model.as_ref().filter(|told| *told != model);
    let of_model = of_model.map(|told| format!("device_model {told}, in the SMI {model}"));
    let differences = firmware.into_iter().chain(of_manufacturer).chain(of_model).collect::<Vec<_>>();
    (!differences.is_empty()).then(|| differences.join("; "))
}

/// Why there is no firmware to re-flash the hub to (RF/m).
fn firmware_fault(held: &HeldHub, context: &LineContext<'_>) -> Option<(ReasonLabel, String)> {
    let HubModel { manufacturer, model } = &held.model;
    match newer_firmware(&context.facts.firmware, held, context.at.today) {
        Newer::NoneListed => {
            let saw = format!("no firmware of {manufacturer} {model} is in production");
            Some((ReasonLabel::NoFirmware, saw))
        }
        Newer::No => {
            let own = held.firmware_version.as_ref().map_or("none", FirmwareVersion::as_str);
            Some((ReasonLabel::AlreadyLatest, format!("none in production is newer than its own, {own}")))
        }
        Newer::Yes => None,
    }
}

enum Newer {
    NoneListed,
    No,
    Yes,
}

/// Whether a firmware in production is newer than the hub's own: by when both came into production. Of one that is not listed nobody
/// knows its age, so that any other counts as newer (ours).
fn newer_firmware(list: &FirmwareList, held: &HeldHub, today: Date) -> Newer {
    let Some(newest) = list.newest(&held.model, today) else { return Newer::NoneListed };
    let own = list
        .versions(&held.model)
        .iter()
        .find(|known| Some(&known.firmware) == held.firmware_version.as_ref());
    let is_newer = own.is_none_or(|own| newest.production_from > own.production_from);
    if is_newer { Newer::Yes } else { Newer::No }
}
