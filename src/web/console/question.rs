//! What-if questions as fields of an address.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    page_error::{PageError, PageResult},
    query::Parameters,
};
use crate::{
    domain::{CplFacts, DeviceType, SmiStatus},
    rules::what_if::{ChangeKind, Relation, WhatIf, cpl_places, parse_cpl},
    service::PartialQuestion,
};

/// The address of the page.
pub(super) const PATH: &str = "/what-if";
/// The parameters of the address.
pub(super) const KNOWN: [&str; 6] = ["device_type", "status", "sender", "change", "smets1", "cpl"];

/// What a change asks for.
pub(super) fn change_text(change: ChangeKind) -> String {
    match change {
        ChangeKind::Variant => "ESME Variant alone".to_owned(),
        ChangeKind::Model => "Device Model alone".to_owned(),
        ChangeKind::Details => "Device Model and ESME Variant at once".to_owned(),
        ChangeKind::NoDetail => "UpdateDeviceDetails without a detail".to_owned(),
        ChangeKind::StatusExceptCh(to) => format!("UpdateDeviceStatusExceptCH to {to}"),
        ChangeKind::StatusCh(to) => format!("UpdateDeviceStatusCH to {to}"),
        ChangeKind::Delete => "DeleteDevice".to_owned(),
        ChangeKind::Mpxn => "UpdateMPxN, the Import MPxN".to_owned(),
    }
}

const fn relation_text(relation: Relation) -> &'static str {
    match relation {
        Relation::PreNotifier => "its pre-notifier",
        Relation::Responsible => "its Responsible Supplier",
        Relation::Both => "both in one",
        Relation::Neither => "neither",
    }
}

/// The name of a place on the Central Products List.
fn cpl_name(place: CplFacts) -> Option<String> {
    cpl_places().find(|(_, facts)| *facts == place).map(|(name, _)| name)
}

/// The address that asks a question; what is not known is left to choose.
pub(super) fn address_of(question: &PartialQuestion) -> String {
    let PartialQuestion { device_type, status, sender, change, smets1, resulting_model } = question;
    let values = [
        device_type.map(|device_type| device_type.to_string()),
        status.map(|status| status.to_string()),
        sender.map(|sender| sender.to_string()),
        change.map(|change| change.to_string()),
        smets1.then(|| "yes".to_owned()),
        resulting_model.and_then(cpl_name),
    ];
    let pair = |(name, value): (&str, Option<String>)| {
        Some(format!("{name}={}", utf8_percent_encode(&value?, NON_ALPHANUMERIC)))
    };
    let pairs = KNOWN.into_iter().zip(values).filter_map(pair).collect::<Vec<_>>();
    if pairs.is_empty() { PATH.to_owned() } else { format!("{PATH}?{}", pairs.join("&")) }
}

/// A field of the form, with its choices.
#[derive(Clone, Debug)]
pub(super) struct ChoiceField {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) choices: Vec<Choice>,
}

/// A value that may be chosen.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) text: String,
    pub(super) is_chosen: bool,
}

/// The fields of the form, with what the address says.
pub(super) fn fields(asked: &Parameters) -> Vec<ChoiceField> {
    let field = |name: &'static str, label, choices: Vec<(String, String)>| {
        let chosen = asked.text(name).unwrap_or_default();
        let choices =
            choices.into_iter().map(|(value, text)| Choice { is_chosen: value == chosen, value, text });
        ChoiceField { name, label, choices: choices.collect() }
    };
    let plain = |text: &str| (text.to_owned(), text.to_owned());
    let first = |text: &str| std::iter::once((String::new(), text.to_owned()));
    let types = DeviceType::ALL.iter().map(|device_type| plain(device_type.as_str()));
    let statuses = SmiStatus::ALL.iter().map(|status| plain(status.as_str()));
    let relations =
        Relation::ALL.iter().map(|relation| (relation.to_string(), relation_text(*relation).to_owned()));
    let changes = ChangeKind::all().map(|change| (change.to_string(), change_text(change)));
    let cpl = cpl_places().filter(|(_, facts)| *facts != CplFacts::NotLoaded).map(|(name, _)| plain(&name));
    vec![
        field("device_type", "Device Type", first("choose").chain(types).collect()),
        field("status", "SMI Status", first("none, as of an IHD or a CAD").chain(statuses).collect()),
        field("sender", "The sender is", first("choose").chain(relations).collect()),
        field("change", "The change", first("choose").chain(changes).collect()),
        field(
            "cpl",
            "The resulting Device Model on the Central Products List",
            first("no list is loaded").chain(cpl).collect(),
        ),
    ]
}

/// What an address asks.
pub(super) struct ReadQuestion {
    /// The question, where all of it is said and there can be such a Device.
    pub(super) question: Option<WhatIf>,
    /// What is still to be chosen.
    pub(super) missing: Vec<&'static str>,
    /// The fields that are wrong, each with the values allowed.
    pub(super) faults: Vec<PageError>,
}

/// Reads the question of an address. Each wrong field is named, not the first alone.
pub(super) fn read(asked: &Parameters) -> ReadQuestion {
    let mut faults = Vec::new();
    let device_type = kept(asked.value::<DeviceType>("device_type"), &mut faults);
    let status = kept(asked.value::<SmiStatus>("status"), &mut faults);
    let sender = kept(asked.value::<Relation>("sender"), &mut faults);
    let change = kept(asked.value::<ChangeKind>("change"), &mut faults);
    let yes = |text: &str| if text == "yes" { Ok(()) } else { Err("takes `yes`, or is left out") };
    let smets1 = kept(asked.value_by("smets1", yes), &mut faults).is_some();
    let cpl = kept(asked.value_by("cpl", parse_cpl), &mut faults);
    let is_given = asked.has_filters("");
    let missing = [
        ("the Device Type", device_type.is_none()),
        ("the sender", sender.is_none()),
        ("the change", change.is_none()),
    ];
    let missing = missing.into_iter().filter(|(_, is_missing)| *is_missing && is_given && faults.is_empty());
    let missing = missing.map(|(name, _)| name).collect::<Vec<_>>();
    let question = device_type.zip(sender).zip(change).filter(|_| faults.is_empty());
    let question =
        question.map(|((device_type, sender), change)| WhatIf::new(device_type, status, sender, change));
    let question = match question {
        None => None,
        Some(Ok(mut question)) => {
            question.smets1 = smets1;
            question.resulting_model = cpl.unwrap_or(question.resulting_model);
            Some(question)
        }
        Some(Err(reason)) => {
            let statuses = SmiStatus::ALL.iter().map(|status| status.as_str()).collect::<Vec<_>>();
            let allowed = match status {
                Some(_) => "; leave it empty".to_owned(),
                None => format!(" of {}", statuses.join(", ")),
            };
            faults.push(PageError::parameter("status", format!("{reason}{allowed}")));
            None
        }
    };
    ReadQuestion { question, missing, faults }
}

fn kept<T>(read: PageResult<Option<T>>, faults: &mut Vec<PageError>) -> Option<T> {
    read.unwrap_or_else(|fault| {
        faults.push(fault);
        None
    })
}
