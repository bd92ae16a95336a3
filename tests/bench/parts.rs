//! What the stages of an SR 8.4 work on: always the same.

use smi::{
    domain::{
        Account, Body, Case, CodeOverrides, Decision, Device, DeviceDetails, DeviceFacts, DeviceType,
        EsmeVariant, Eui64, Facts, Mpxns, Now, Request, RequestIdUse, Responsibility, Role, SmiStatus, Trace,
        User, UserStatus, WebService,
    },
    duis::signature::pki,
    rules::{self, RuleSettings, access},
};

/// A signed SR 8.4: made once by `smi sign` with a test PKI of that day, whose keys nobody has.
pub(crate) const MESSAGE: &[u8] = include_bytes!("8.4-signed.xml");

pub(crate) const SUPPLIER: Eui64 = pki::USERS[0].1;

pub(crate) fn now() -> Now {
    Now("2026-06-01T12:00:00Z".parse().unwrap())
}

/// A Commissioned ESME of variant AD, and the Supplier that may correct it.
pub(crate) fn facts(request: &Request) -> Facts<'_> {
    let update = if let Body::UpdateInventory(update) = &request.body { Some(update) } else { None };
    let user = User {
        id: SUPPLIER,
        party_signifier: "SUPA".to_owned(),
        party_name: "A Supplier".to_owned(),
        roles: vec![Role::IS, Role::GS],
        status: UserStatus::Active,
        receive_response_url: None,
        answer_version: None,
    };
    let details = DeviceDetails {
        manufacturer: "Sample Meters".parse().unwrap(),
        model: "SM-E1".parse().unwrap(),
        smets_chts_version: Some("SMETS2 V5.1".parse().unwrap()),
        firmware_version: Some("01020304".parse().unwrap()),
        esme_variant: Some(EsmeVariant::Ad),
    };
    let id = "00-DB-12-34-56-78-90-A2".parse().unwrap();
    let mpxns = Mpxns { import: Some("2000000000015".parse().unwrap()), ..Mpxns::default() };
    let responsible = Responsibility {
        user: SUPPLIER,
        role: Role::IS,
        mpxn: "2000000000015".parse().unwrap(),
        since: "2024-04-01T00:00:00Z".parse().unwrap(),
    };
    let device = Device {
        status: Some(SmiStatus::Commissioned),
        mpxns,
        ..Device::pre_notified(id, DeviceType::Esme, details, SUPPLIER)
    };
    let device = DeviceFacts {
        device,
        gpf: None,
        responsible: vec![responsible],
        responsible_for_new_mpxn: Vec::new(),
        resulting_model: smi::domain::CplFacts::NotLoaded,
        validity: None,
    };
    Facts {
        account: Account {
            request_id: RequestIdUse::New,
            user: Some(user),
            counts_as_import_supplier: false,
        },
        case: Case::UpdateInventory(update.unwrap(), Some(Box::new(device))),
    }
}

/// Access and rules, as the pipeline asks them.
pub(crate) fn decide(request: &Request, facts: &Facts<'_>, now: Now) -> Decision {
    let mut trace = Trace::new(CodeOverrides::default());
    match access::authorise(request, WebService::NonDevice, pki::DCC, &facts.account, &mut trace) {
        Ok(authorised) => rules::decide(&authorised, &facts.case, now, RuleSettings::default(), trace),
        Err(refusal) => Decision::refuse(trace, refusal),
    }
}
