mod sr_12_1;
mod sr_12_2;
mod sr_8_2;
mod sr_8_4;
mod tsat;

use super::*;
use crate::{
    domain::{
        Account, Body, Case, Change, ChangedDetails, CodeOverrides, CommandVariant, ConnectivityLikelihood,
        Coverage, CoverageSource, CplFacts, CplStatus, CspRegion, CspRelease, Decision, Device, DeviceChange,
        DeviceDetails, DeviceFacts, DevicePrenotification, DeviceType, EsmeVariant, Eui64, InventoryChange,
        InventoryEntry, MpxnKind, NewDeviceFacts, Now, Payload, PremisesKey, ReadInventory, RegionFacts,
        Request, RequestId, RequestIdUse, ResponseCode, Responsibility, Role, SchemaVersion, ServiceRequest,
        SmiStatus, StatusCh, StatusExceptCh, Timestamp, Trace, UpdateInventory, User, UserStatus,
        WanTechnology, WebService, parse_date,
    },
    rules::rulebook,
};

const DCC: Eui64 = Eui64::from_octets([9; 8]);
const SENDER: Eui64 = Eui64::from_octets([1; 8]);
const OTHER: Eui64 = Eui64::from_octets([2; 8]);
const DEVICE: Eui64 = Eui64::from_octets([3; 8]);
const GPF: Eui64 = Eui64::from_octets([4; 8]);
const NOW: Now = Now(Timestamp::UNIX_EPOCH);

fn decide_as(body: Body, case: Case<'_>, settings: RuleSettings) -> Decision {
    let variant = body.service().as_str().parse().unwrap();
    let request = Request {
        schema_version: SchemaVersion::newest(),
        id: RequestId { originator: SENDER, target: DCC, counter: 0 },
        command_variant: CommandVariant::NON_DEVICE,
        variant,
        body,
    };
    let user = User {
        id: SENDER,
        party_signifier: String::new(),
        party_name: String::new(),
        roles: vec![Role::IS],
        status: UserStatus::Active,
        receive_response_url: None,
        answer_version: None,
    };
    let account =
        Account { request_id: RequestIdUse::New, user: Some(user), counts_as_import_supplier: false };
    let mut trace = Trace::new(CodeOverrides::default());
    let authorised = access::authorise(&request, WebService::NonDevice, DCC, &account, &mut trace).unwrap();
    decide(&authorised, &case, NOW, settings, trace)
}

fn decide_on(body: Body, case: Case<'_>) -> Decision {
    decide_as(body, case, RuleSettings::default())
}

/// The code, the rule that decided, and whether anything changes.
fn summary(decision: &Decision) -> (&'static str, &'static str, bool) {
    (decision.code.as_str(), decision.decided_by().unwrap().id, !decision.changes.is_empty())
}

fn details(variant: Option<EsmeVariant>) -> DeviceDetails {
    DeviceDetails {
        manufacturer: "AB01".parse().unwrap(),
        model: "010A030B".parse().unwrap(),
        smets_chts_version: Some("SMETS V1.58".parse().unwrap()),
        firmware_version: Some("0002012F".parse().unwrap()),
        esme_variant: variant,
    }
}

fn device(device_type: DeviceType, status: Option<SmiStatus>) -> Device {
    let variant = (device_type == DeviceType::Esme).then_some(EsmeVariant::A);
    Device { status, ..Device::pre_notified(DEVICE, device_type, details(variant), SENDER) }
}

fn facts(device: Device) -> DeviceFacts {
    DeviceFacts {
        device,
        gpf: None,
        responsible: Vec::new(),
        responsible_for_new_mpxn: Vec::new(),
        resulting_model: CplFacts::NotLoaded,
        validity: None,
    }
}

fn responsible(user: Eui64) -> Vec<Responsibility> {
    let mpxn = "1012345678901".parse().unwrap();
    vec![Responsibility { user, role: Role::IS, mpxn, since: Timestamp::UNIX_EPOCH }]
}

fn update(change: InventoryChange, facts: DeviceFacts) -> Decision {
    update_as(change, Some(facts), RuleSettings::default())
}

fn update_as(change: InventoryChange, facts: Option<DeviceFacts>, settings: RuleSettings) -> Decision {
    let update = UpdateInventory { device_id: DEVICE, change };
    let case = Case::UpdateInventory(&update, facts.map(Box::new));
    decide_as(Body::UpdateInventory(update.clone()), case, settings)
}

#[test]
fn sr_12_an_unknown_device_is_refused() {
    let decision = update_as(InventoryChange::Delete, None, RuleSettings::default());
    assert_eq!(summary(&decision), ("E19", "SR/12", false));
}

#[test]
fn own_rules_carry_the_name_of_their_service_request() {
    for service in ServiceRequest::ALL {
        // What SR 11.3 counts is a rule of delivery schedules.
        let others = rulebook::own_rules(*service).iter().filter(|rule| rule.id != "FW/e");
        let named = others.map(|rule| rule.id).collect::<Vec<_>>();
        assert!(named.iter().all(|id| id.starts_with(&format!("SR{service}/"))), "{named:?}");
    }
}
