//! The rules of SR 11.1 and SR 11.3 both ways.

use std::sync::Arc;

use smi::{
    domain::{
        Account, ActivateFirmware, ActivateFirmwareFacts, AwaitedActivation, Body, Case, Change,
        CodeOverrides, CommandVariant, CplFacts, Device, DeviceFacts, DeviceType, Facts, FirmwareChange,
        FirmwareDay, FirmwareHash, FirmwareImage, ImageRecipient, ImageRecipients, ImageSize, ImageSource,
        Now, PartSet, RegisteredImage, RequestIdUse, ServiceRequest, SmiStatus, UpdateFirmware,
        UpdateFirmwareFacts, WebService,
    },
    rules::{
        RuleSettings,
        event::{self, DeviceEvent, EventFacts},
    },
};

use super::proven::{Seen, decide, facts, on, request, user};
use crate::support::METER;

const IMAGE: FirmwareHash = FirmwareHash::from_octets([1; 32]);
const WHOLE: FirmwareHash = FirmwareHash::from_octets([2; 32]);

fn now() -> Now {
    Now("2026-06-01T12:00:00Z".parse().unwrap())
}

fn registered(bytes: u32, part_of: Option<FirmwareHash>) -> RegisteredImage {
    RegisteredImage {
        hash: IMAGE,
        size: ImageSize::new(bytes).unwrap(),
        version: "0A000001".parse().unwrap(),
        model: None,
        part_of,
        name: None,
        source: ImageSource::File,
        registered_at: now().0,
    }
}

pub(super) fn sr_11_1(seen: &mut Seen) {
    let meter = facts(DeviceType::Esme, Some(SmiStatus::Commissioned), true).device;
    let mut some = ImageRecipients::default();
    some.accept(&meter);
    let mut none = ImageRecipients::default();
    none.warn(METER, ImageRecipient::Invalid);
    let (some, none) = (Some(Arc::new(some)), Some(Arc::new(none)));
    let set = Some(PartSet { parts: [IMAGE].into(), ..PartSet::default() });
    for (bytes, registered, set, recipients) in [
        (0, None, None, some.clone()),
        (9, None, None, some.clone()),
        (9, Some(registered(9, None)), None, some.clone()),
        (9, Some(registered(8, None)), None, some.clone()),
        (9, Some(registered(9, Some(WHOLE))), set, some),
        (9, None, None, none),
        (9, None, None, None),
    ] {
        let image = FirmwareImage { hash: IMAGE, bytes };
        let update = UpdateFirmware { image, version: "0A000001".parse().unwrap(), devices: vec![METER] };
        let facts = UpdateFirmwareFacts { registered, set, recipients };
        let case = Case::UpdateFirmware(&update, Box::new(facts));
        seen.decision(ServiceRequest::UpdateFirmware, &on(Body::UpdateFirmware(update.clone()), case));
    }
}

pub(super) fn sr_11_3(seen: &mut Seen) {
    let meter = |device_type, status, responsible| {
        let mut facts = facts(device_type, Some(status), responsible);
        facts.device.s1sp = "S1".parse().ok();
        facts
    };
    let good = || meter(DeviceType::Esme, SmiStatus::Commissioned, true);
    let image = || Some(registered(9, None));
    let day = FirmwareDay::default;
    let mut ask = |device: Option<DeviceFacts>, image, model, execution: Option<&str>, awaited| {
        let execution = execution.map(|at| at.parse().unwrap());
        let activate = ActivateFirmware { execution, hash: IMAGE };
        let mut request = request(Body::ActivateFirmware(activate.clone()));
        request.id.target = METER;
        request.command_variant = CommandVariant::TRANSFORM;
        let account =
            Account { request_id: RequestIdUse::New, user: Some(user()), counts_as_import_supplier: false };
        let facts = ActivateFirmwareFacts { device, image, model, awaited, day: day() };
        let facts = Facts { account, case: Case::ActivateFirmware(&activate, Box::new(facts)) };
        let decision = decide(&request, WebService::Transform, &facts);
        seen.decision(ServiceRequest::ActivateFirmware, &decision);
        decision
    };
    let accepted = ask(Some(good()), image(), CplFacts::NotLoaded, None, None);
    let [Change::Firmware(FirmwareChange::Await(awaited, _))] = &accepted.changes[..] else {
        panic!("{accepted:?}")
    };
    ask(None, image(), CplFacts::NotLoaded, None, None);
    ask(
        Some(meter(DeviceType::Ppmid, SmiStatus::Commissioned, true)),
        image(),
        CplFacts::NotLoaded,
        None,
        None,
    );
    ask(
        Some(meter(DeviceType::Esme, SmiStatus::Commissioned, false)),
        image(),
        CplFacts::NotLoaded,
        None,
        None,
    );
    ask(Some(meter(DeviceType::Esme, SmiStatus::Pending, true)), image(), CplFacts::NotLoaded, None, None);
    ask(Some(good()), image(), CplFacts::NotLoaded, Some("2026-07-01T00:00:00Z"), None);
    let smets2 = facts(DeviceType::Esme, Some(SmiStatus::Commissioned), true);
    ask(Some(smets2), image(), CplFacts::NotLoaded, None, None);
    ask(Some(good()), None, CplFacts::NotLoaded, None, None);
    ask(Some(good()), image(), CplFacts::Absent, None, None);
    ask(Some(good()), image(), CplFacts::NotLoaded, None, Some((**awaited).clone()));
    outcomes(seen, &good().device, awaited);
}

/// SR11.3/f: what the Device reports.
fn outcomes(seen: &mut Seen, device: &Device, awaited: &AwaitedActivation) {
    for event in [DeviceEvent::FirmwareActivated, DeviceEvent::FirmwareActivationFailed] {
        let facts = EventFacts {
            device: device.clone(),
            before_suspension: None,
            gpf: None,
            firmware: Some(event::ReportedFirmware {
                version: awaited.version.clone(),
                model: CplFacts::NotLoaded,
            }),
            awaited: None,
            activation: Some(awaited.clone()),
        };
        let happened =
            event::decide(event, &facts, now(), RuleSettings::default(), &CodeOverrides::default()).unwrap();
        seen.decision(ServiceRequest::ActivateFirmware, &happened.completes.unwrap().1);
    }
}
