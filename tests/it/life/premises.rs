//! A premises, what can be asked about its Devices, and what came of it.

use smi::{
    domain::{
        Body, Device, DeviceType, Eui64, HanLogChange, HubConnection, HubFaultReason, HubFaultReturn,
        HubFaultReturnType, HubInstall, HubInstallType, HubLocation, HubNoFaultReturn, HubNoFaultReturnType,
        Mpxns, Obstructions, PremiseType, RequestId, SmiStatus, UpdateHanDeviceLog, WebService,
        WhitelistEntry,
    },
    rules::event::DeviceEvent,
    service::EventOutcome,
    store::{self, Kind, ListedMessage},
};

use crate::support::{SUPPLIER, Smi, Told, bodies::pre_notification};

pub(super) const CHF: Eui64 = device_id(0xC0);
pub(super) const GPF: Eui64 = device_id(0xC1);
pub(super) const ESME: Eui64 = device_id(0xC2);
pub(super) const GSME: Eui64 = device_id(0xC3);
pub(super) const PPMID: Eui64 = device_id(0xC4);
pub(super) const IHD: Eui64 = device_id(0xC5);

pub(super) const MPAN: &str = "1012345678901";
pub(super) const MPRN: &str = "9100000001";
pub(super) const REGISTRATIONS: &str = "\
mpxn,role,user_id,effective_from,effective_to
1012345678901,IS,90-B3-D5-1F-30-01-00-00,2025-01-01,
9100000001,GS,90-B3-D5-1F-30-01-00-00,2025-01-01,
2000000000002,IS,90-B3-D5-1F-30-03-00-00,2025-01-01,
";

pub(super) const fn device_id(last: u8) -> Eui64 {
    Eui64::from_octets([0x00, 0xDB, 0x12, 0x34, 0x56, 0x78, 0x90, last])
}

pub(super) fn smi() -> Smi {
    with_registrations(Smi::new())
}

pub(super) fn with_registrations(smi: Smi) -> Smi {
    smi.import(Kind::Registrations, REGISTRATIONS);
    smi
}

pub(super) fn add_with(device_id: Eui64, mpxns: Mpxns) -> UpdateHanDeviceLog {
    let whitelist = WhitelistEntry {
        join_time: 3600.try_into().unwrap(),
        install_code: "00112233445566778899AABBCCDDEEFF".parse().unwrap(),
        mpxns,
    };
    UpdateHanDeviceLog { execution: None, device_id, change: HanLogChange::Add, whitelist: Some(whitelist) }
}

pub(super) fn add(device_id: Eui64, mpxn: Option<&str>) -> UpdateHanDeviceLog {
    add_with(device_id, Mpxns { import: mpxn.map(|mpxn| mpxn.parse().unwrap()), ..Mpxns::default() })
}

pub(super) const fn remove(device_id: Eui64) -> UpdateHanDeviceLog {
    UpdateHanDeviceLog { execution: None, device_id, change: HanLogChange::Remove, whitelist: None }
}

pub(super) fn install(device_id: Eui64, mpxn: &str) -> HubInstall {
    HubInstall {
        device_id,
        install_type: HubInstallType::New,
        at: "2026-06-01T12:00:00Z".parse().ok(),
        reference: None,
        mpxn: mpxn.parse().unwrap(),
        gis: None,
        aerial: false,
        location: HubLocation::ExternalWall,
        information: None,
    }
}

pub(super) const OBSTRUCTIONS: Obstructions =
    Obstructions { premises: PremiseType::Terraced, metal: true, connectivity: true, shared: false };

pub(super) fn fault_return(device_id: Eui64) -> Body {
    Body::HubFaultReturn(HubFaultReturn {
        device_id,
        return_type: HubFaultReturnType::AfterInstallation,
        at: None,
        reference: None,
        other_device: ESME,
        incident: None,
        connection: HubConnection::HotShoe,
        reason: HubFaultReason::SmWan,
        information: None,
    })
}

pub(super) fn no_fault_return(device_id: Eui64) -> Body {
    let return_type = HubNoFaultReturnType::General;
    Body::HubNoFaultReturn(HubNoFaultReturn {
        device_id,
        return_type,
        at: None,
        reference: None,
        incident: None,
        information: None,
    })
}

/// The code, and the rule that decided.
pub(super) type Decided = (String, String);

pub(super) fn decided(smi: &Smi, told: &Told, id: RequestId) -> Decided {
    let decisions = smi.decisions(id);
    (told.code.clone(), decisions.first().unwrap().rule.clone().unwrap())
}

pub(super) fn ask(smi: &Smi, sender: Eui64, body: Body) -> Decided {
    let request = smi.request(sender, body);
    let told = smi.post(&smi.signed(&request));
    decided(smi, &told, request.id)
}

pub(super) fn log_of(smi: &Smi, chf: Eui64, sender: Eui64, update: UpdateHanDeviceLog) -> Decided {
    let request = smi.request_to(chf, sender, Body::UpdateHanDeviceLog(update));
    let told = smi.post_to(WebService::SendCommand, &smi.signed(&request));
    decided(smi, &told, request.id)
}

pub(super) fn log(smi: &Smi, sender: Eui64, update: UpdateHanDeviceLog) -> Decided {
    log_of(smi, CHF, sender, update)
}

pub(super) fn by(code: &str, rule: &str) -> Decided {
    (code.to_owned(), rule.to_owned())
}

pub(super) fn event(smi: &Smi, device: Eui64, event: DeviceEvent) -> Result<usize, String> {
    match smi.service.device_event(device, event).unwrap() {
        EventOutcome::Applied(changes) => Ok(changes.len()),
        EventOutcome::Refused(reason) => Err(reason),
    }
}

pub(super) fn found(smi: &Smi, id: Eui64) -> Device {
    smi.read(|connection| store::find_device(connection, id)).unwrap()
}

pub(super) fn status(smi: &Smi, id: Eui64) -> Option<SmiStatus> {
    found(smi, id).status
}

pub(super) fn outbox(smi: &Smi) -> Vec<ListedMessage> {
    smi.read(|connection| store::outbox_page(connection, None, store::PageRequest::first(100))).rows
}

/// A premises where the Communications Hub is installed and nothing else happened.
pub(super) fn hub_installed() -> Smi {
    let smi = smi();
    pre_notify(&smi);
    assert_eq!(ask(&smi, SUPPLIER, Body::HubInstallSuccess(install(CHF, MPAN))), by("I99", "SR/15"));
    smi
}

pub(super) fn pre_notify(smi: &Smi) {
    let new = [
        (CHF, DeviceType::Chf, Some(GPF)),
        (ESME, DeviceType::Esme, None),
        (GSME, DeviceType::Gsme, None),
        (PPMID, DeviceType::Ppmid, None),
        (IHD, DeviceType::Ihd, None),
    ];
    for (id, device_type, gpf) in new {
        assert_eq!(smi.ask(SUPPLIER, pre_notification(id, device_type, gpf)).code, "I99");
    }
}
