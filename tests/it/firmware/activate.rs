//! SR 11.3 Activate Firmware: who may send it for which Device, and what the Device's report settles.

use smi::{
    domain::{DeviceField, RequestId, SmiStatus},
    service::{Reply, SimulatedDevices, Simulation},
};

use super::*;
use crate::support::OPERATOR;

/// SERVICE.md 7, row 33: what concerns SR 11.3 alone.
#[test]
fn sr_11_3_a_to_e_what_is_not_activated_here_is_refused() {
    let smi = smi(1);
    add(&smi, &line(1, "ESME", "Commissioned", ""), 1, SUPPLIER);
    let smets2 = activation(&smi, meter(1), SUPPLIER, CAP_CHANGE);
    let reply = smi.service.answer(&smi.signed(&smets2), WebService::Transform).unwrap();
    let Reply::PreCommand(variant) = reply else { panic!("SR11.3/b: {reply:?}") };
    assert_eq!(variant.as_str(), "11.3");
    assert!(smi.decisions(smets2.id).is_empty(), "it leaves no record, and its RequestID is new");
    let again = Request { id: RequestId { target: meter(0), ..smets2.id }, ..smets2 };
    let unknown = "C".repeat(64);
    assert_eq!(activate(&smi, meter(0), &unknown), by("E100", "SR11.3/c"));
    let dated = ActivateFirmware {
        execution: "2026-07-01T00:00:00Z".parse().ok(),
        hash: CAP_CHANGE.parse().unwrap(),
    };
    let dated =
        Request { body: Body::ActivateFirmware(dated), ..activation(&smi, meter(0), SUPPLIER, CAP_CHANGE) };
    assert_eq!(post(&smi, &dated), by("E100", "SR11.3/a"));
    assert_eq!(post(&smi, &again), by("I99", "FW/e"));
    assert_eq!(activate(&smi, meter(0), CAP_CHANGE), by("E5", "SR11.3/e"));
}

#[test]
fn sr_11_3_the_common_checks_come_first() {
    let smi = smi(1);
    add(&smi, &line(1, "PPMID", "Commissioned", "S1"), 1, SUPPLIER);
    add(&smi, &line(2, "ESME", "Commissioned", "S1"), 2, OTHER_SUPPLIER);
    add(&smi, &line(3, "ESME", "InstalledNotCommissioned", ""), 3, SUPPLIER);
    for (number, code, rule) in
        [(9, "E19", "SR/12"), (1, "E11", "SR/13"), (2, "E4", "SR/14"), (3, "E5", "SR/15")]
    {
        assert_eq!(activate(&smi, meter(number), &"C".repeat(64)), by(code, rule), "{number}");
    }
    let of_operator = activation(&smi, meter(0), OPERATOR, CAP_CHANGE);
    assert_eq!(post(&smi, &of_operator), by("E2", "SR/11"));
    let to_dcc = activation(&smi, DCC, SUPPLIER, CAP_CHANGE);
    assert_eq!(post(&smi, &to_dcc), by("E100", "SR/5"));
    let non_critical =
        Request { command_variant: CommandVariant::SEND, ..activation(&smi, meter(0), SUPPLIER, CAP_CHANGE) };
    assert_eq!(post(&smi, &non_critical), by("E13", "SR/7"));
    let of_a_device = activation(&smi, meter(0), SUPPLIER, CAP_CHANGE);
    let of_a_device = Request { command_variant: CommandVariant::SEND, ..of_a_device };
    assert_eq!(smi.post_to(WebService::SendCommand, &smi.signed(&of_a_device)).code, "E12");
    let elsewhere = activation(&smi, meter(0), SUPPLIER, CAP_CHANGE);
    assert_eq!(smi.post_to(WebService::NonDevice, &smi.signed(&elsewhere)).code, "E13");
}

#[test]
fn sr_11_3_c_and_d_the_image_is_for_the_device_model_and_active_with_it() {
    let smi = smi(1);
    assert_eq!(activate(&smi, meter(0), WHOLE), by("E100", "SR11.3/c"), "an image for another model");
    list(&smi, &[("01020304", "Active")]);
    assert_eq!(activate(&smi, meter(0), CAP_CHANGE), by("E100", "SR11.3/d"));
    list(&smi, &[("01020304", "Active"), (VERSION, "Expired")]);
    assert_eq!(activate(&smi, meter(0), CAP_CHANGE), by("E100", "SR11.3/d"));
    list(&smi, &[("01020304", "Active"), (VERSION, "Active")]);
    assert_eq!(activate(&smi, meter(0), CAP_CHANGE), by("I99", "FW/e"));
}

/// Nothing changes before the Device reports it; then its version, its history and the answer, in one transaction.
#[test]
fn sr_11_3_f_an_activated_image_is_the_firmware_of_the_device() {
    let smi = smi(1);
    let request = activation(&smi, meter(0), SUPPLIER, CAP_CHANGE);
    assert_eq!(post(&smi, &request).0, "I99");
    assert_eq!((version_of(&smi, meter(0)).as_str(), outbox(&smi).len()), ("01020304", 0));
    assert_eq!(event(&smi, meter(0), DeviceEvent::FirmwareActivated), Ok(2));
    assert_eq!((version_of(&smi, meter(0)).as_str(), awaited(&smi)), (VERSION, 0));
    let [message] = &outbox(&smi)[..] else { panic!("the answer alone: nobody is told of a mismatch") };
    assert_eq!((message.user, message.device), (SUPPLIER, Some(meter(0))));
    assert_eq!(late_answers(&smi), [("I0".to_owned(), request.id.to_string())]);
    let decisions = smi.decisions(request.id);
    let decided = decisions.iter().map(|one| (one.code.as_str(), one.rule.as_deref().unwrap()));
    assert_eq!(decided.collect::<Vec<_>>(), [("I99", "FW/e"), ("I0", "SR11.3/f")]);
    let history = smi.read(|connection| store::device_history(connection, meter(0), None, 50)).changes;
    let last = history.last().unwrap();
    assert_eq!((last.request_id, last.by), (Some(request.id), Some(SUPPLIER)), "{last:?}");
    let refused = event(&smi, meter(0), DeviceEvent::FirmwareActivated).unwrap_err();
    assert!(
        refused.ends_with("no outcome of an SR 11.3 is awaited of `00-DB-12-34-80-00-00-00`"),
        "{refused}"
    );
    assert_eq!(activate(&smi, meter(0), CAP_CHANGE).0, "I99", "the next one is accepted");
}

/// VARIANTS.md 4: the firmware of a Device as it stood before SR 11.3, while it was awaited, and since the Device reported it.
#[test]
fn variants_4_the_record_as_it_stood_covers_sr_11_3() {
    let smi = smi(1);
    smi.move_to("2026-06-02T09:00:00Z");
    assert_eq!(activate(&smi, meter(0), CAP_CHANGE).0, "I99");
    smi.move_to("2026-06-02T10:00:00Z");
    assert_eq!(event(&smi, meter(0), DeviceEvent::FirmwareActivated), Ok(2));
    let stood = |at| smi.stood(meter(0), at, DeviceField::FirmwareVersion).unwrap();
    let instants = ["2026-06-02T08:59:59Z", "2026-06-02T09:59:59Z", "2026-06-02T10:00:00Z"];
    assert_eq!(instants.map(stood), ["01020304", "01020304", VERSION]);
}

#[test]
fn sr_11_3_f_a_failure_is_answered_e21_and_changes_nothing() {
    let smi = smi(1);
    let before = smi.exported(Kind::Devices);
    let request = activation(&smi, meter(0), SUPPLIER, CAP_CHANGE);
    assert_eq!(post(&smi, &request).0, "I99");
    assert_eq!(event(&smi, meter(0), DeviceEvent::FirmwareActivationFailed), Ok(1));
    assert_eq!(late_answers(&smi), [("E21".to_owned(), request.id.to_string())]);
    assert_eq!((smi.exported(Kind::Devices), awaited(&smi)), (before, 0));
    assert_eq!(decided_by(&smi, &request), "SR11.3/f");
    assert!(event(&smi, meter(0), DeviceEvent::FirmwareActivationFailed).is_err());
    assert_eq!(activate(&smi, meter(0), CAP_CHANGE).0, "I99");
}

/// F6: the version that the answer to an SR 11.3 names ends a suspension, where it is Active.
#[test]
fn an_activation_ends_a_suspension_where_its_version_is_active() {
    let smi = smi(1);
    list(&smi, &[("01020304", "Active"), (VERSION, "Active")]);
    assert_eq!(activate(&smi, meter(0), CAP_CHANGE).0, "I99");
    list(&smi, &[(VERSION, "Active")]);
    assert_eq!(found(&smi, meter(0)).status, Some(SmiStatus::Suspended));
    assert_eq!(event(&smi, meter(0), DeviceEvent::FirmwareActivated), Ok(3));
    assert_eq!(found(&smi, meter(0)).status, Some(SmiStatus::Commissioned));
}

fn simulating(simulation: Simulation) -> Smi {
    let simulated_devices = Some(SimulatedDevices::Succeed);
    choosing(Choices { simulated_devices, simulation, ..Choices::of(DCC) }, 1)
}

#[test]
fn a_simulated_device_activates_at_once_or_fails_as_it_is_told() {
    let smi = simulating(Simulation::default());
    let request = activation(&smi, meter(0), SUPPLIER, CAP_CHANGE);
    let message = smi.signed(&request);
    assert_eq!(smi.post_to(WebService::Transform, &message).code, "I99");
    assert_eq!((smi.service.report_simulated(), version_of(&smi, meter(0)).as_str()), (1, VERSION));
    assert_eq!(late_answers(&smi), [("I0".to_owned(), request.id.to_string())]);
    assert_eq!(smi.post_to(WebService::Transform, &message).code, "I99", "the same message again");
    assert_eq!(smi.service.report_simulated(), 0);
    let smi = simulating(Simulation { fail_percent: 100, ..Simulation::default() });
    assert_eq!(activate(&smi, meter(0), CAP_CHANGE).0, "I99");
    assert_eq!((smi.service.report_simulated(), version_of(&smi, meter(0)).as_str()), (1, "01020304"));
    assert_eq!(late_answers(&smi).len(), 1);
}

/// Two requests for one Device that wait for the same batch: the second sees the first.
#[test]
fn of_two_requests_of_a_batch_for_one_device_the_second_is_refused() {
    use actix_web::rt::{System, spawn};

    use crate::batches::Gate;

    let smi = smi(1);
    let requests = [(); 2].map(|()| activation(&smi, meter(0), SUPPLIER, CAP_CHANGE));
    System::new().block_on(async {
        let gate = Gate::close(smi.service.store());
        let submit =
            |request: &Request| spawn(smi.service.submit_inline(&smi.signed(request), WebService::Transform));
        let taken = requests.iter().map(submit).collect::<Vec<_>>();
        gate.open();
        for answer in taken {
            answer.await.unwrap().unwrap();
        }
    });
    let rules = requests.map(|request| smi.decisions(request.id).pop().unwrap().code.as_str().to_owned());
    assert_eq!(rules, ["I99", "E5"]);
}

/// SERVICE.md FW/b, C34: the size counts whole, and a large image is noted as one with its London day.
#[test]
fn mp230_r10_a_part_has_the_size_of_its_whole() {
    let smi = smi(0);
    add(&smi, &line(1, "GSME", "Commissioned", "S1"), 1, SUPPLIER);
    // In London it is the next day already.
    smi.move_to("2026-06-10T23:30:00Z");
    assert_eq!(activate(&smi, meter(1), SECOND_PART), by("I99", "FW/e"));
    let activation = smi.read(|connection| store::activation_of_device(connection, meter(1))).unwrap();
    assert_eq!(activation.size.bytes(), 1_500_000);
    let row = rows(&smi, "SELECT day || ' ' || large AS text FROM firmware_activations");
    assert!(["2026-06-11 1", "2026-06-11 true"].contains(&row.as_str()), "{row}");
}

/// Hostile input (SERVICE.md 6).
#[test]
fn a_hash_of_31_bytes_is_refused_by_sr_3() {
    let smi = smi(1);
    let text = xml::compose(&activation(&smi, meter(0), SUPPLIER, CAP_CHANGE));
    for wrong in ["AA".repeat(31), "AA".repeat(33), "A".repeat(63), "G".repeat(64)] {
        let message = smi.sign(&text.replace(CAP_CHANGE, &wrong), SUPPLIER);
        assert_eq!(smi.post_to(WebService::Transform, &message).code, "E100", "{wrong}");
    }
}

/// What was awaited when the service stopped is awaited still.
#[test]
fn an_awaited_activation_outlives_the_service() {
    let smi = smi(1);
    let request = activation(&smi, meter(0), SUPPLIER, CAP_CHANGE);
    assert_eq!(post(&smi, &request).0, "I99");
    let again = smi.another_instance();
    let outcome = again.device_event(meter(0), DeviceEvent::FirmwareActivated).unwrap();
    assert!(matches!(outcome, EventOutcome::Applied(_)), "{outcome:?}");
    assert_eq!((version_of(&smi, meter(0)).as_str(), late_answers(&smi).len()), (VERSION, 1));
}
