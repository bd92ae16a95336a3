//! Images in parts: each comes by an SR 11.1 of its own, and the last one brings the Response.

use smi::store::{IncompleteSet, incomplete_part_sets};

use super::*;

/// Four parts, and a register that has them as parts of one whole.
fn four_parts(smi: &Smi) -> [&'static [u8]; 4] {
    let parts: [&[u8]; 4] = [b"first of four", b"second part", b"the third", b"and the last"];
    let mut csv = "firmware_hash,size_bytes,firmware_version,part_of\n".to_owned();
    let sum = parts.iter().map(|part| part.len()).sum::<usize>();
    writeln!(csv, "{CAP_CHANGE},{sum},{VERSION},").unwrap();
    for part in parts {
        writeln!(csv, "{},{},{VERSION},{CAP_CHANGE}", image_of(part).hash, part.len()).unwrap();
    }
    smi.import(Kind::Firmware, &csv);
    parts
}

fn incomplete(smi: &Smi) -> Vec<(usize, usize)> {
    let sets = smi.read(incomplete_part_sets);
    sets.into_iter().map(|IncompleteSet { have, of, .. }| (have, of)).collect()
}

/// SERVICE.md 7, row 26.
#[test]
fn mp230_r9_three_of_four_parts_bring_nothing_and_the_fourth_the_response() {
    let smi = smi(1);
    let parts = four_parts(&smi);
    for (at, part) in parts.iter().enumerate().take(3) {
        let (request, told) = send(&smi, part, VERSION, &[meter(0)]);
        assert_eq!((told.code.as_str(), decided_by(&smi, &request).as_str()), ("I99", "SR11.1/e"));
        let sent = format!("{SUPPLIER} has sent {} of 4 parts", at + 1);
        assert!(saw(&smi, &request, "SR11.1/e").ends_with(&sent), "{sent}");
        assert_eq!((outbox(&smi).len(), incomplete(&smi)), (0, vec![(at + 1, 4)]));
    }
    let (request, told) = send(&smi, parts[3], VERSION, &[meter(0)]);
    assert_eq!((told.code.as_str(), incomplete(&smi).len()), ("I99", 0));
    let decisions = smi.decisions(request.id);
    let codes = decisions.iter().map(|decision| decision.code.as_str()).collect::<Vec<_>>();
    assert_eq!(codes, ["I99", "I0"], "both are in the chain, in that order");
    let [message] = &outbox(&smi)[..] else { panic!("one message") };
    assert_eq!((message.user, message.device, message.request_id), (SUPPLIER, None, Some(request.id)));
    assert_eq!(late_answers(&smi), [("I0".to_owned(), request.id.to_string())]);
}

/// A part that comes twice counts once, and a set that was complete begins anew: an image goes to many Devices by many requests.
#[test]
fn a_part_counts_once_and_a_complete_set_begins_anew() {
    let smi = smi(1);
    let parts = four_parts(&smi);
    let send_all = |order: &[usize]| {
        for at in order {
            assert_eq!(send(&smi, parts[*at], VERSION, &[meter(0)]).1.code, "I99");
        }
        outbox(&smi).len()
    };
    assert_eq!(send_all(&[2, 2, 0, 0, 1]), 0);
    assert_eq!(send_all(&[3]), 1);
    assert_eq!((send_all(&[3, 2, 1]), incomplete(&smi)), (1, vec![(3, 4)]));
    assert_eq!(send_all(&[0]), 2);
}

/// Each User has a set of its own.
#[test]
fn parts_of_two_users_are_two_sets() {
    let smi = smi(1);
    add(&smi, &line(1, "ESME", "Commissioned", "S1"), 1, OTHER_SUPPLIER);
    let parts = four_parts(&smi);
    let by = |sender: Eui64, device: Eui64, part: &[u8]| {
        let (request, _) = update(&smi, part, VERSION, &[device]);
        let id = smi::domain::RequestId { originator: sender, ..request.id };
        let request = Request { id, ..request };
        assert_eq!(smi.post(&smi.sign(&xml::compose_with_image(&request, part), sender)).code, "I99");
    };
    for part in &parts[..3] {
        by(SUPPLIER, meter(0), part);
    }
    by(OTHER_SUPPLIER, meter(1), parts[3]);
    assert_eq!((outbox(&smi).len(), incomplete(&smi)), (0, vec![(3, 4), (1, 4)]));
    by(SUPPLIER, meter(0), parts[3]);
    assert_eq!((outbox(&smi).len(), incomplete(&smi)), (1, vec![(1, 4)]));
}

/// A refused part is not kept.
#[test]
fn a_part_that_no_device_can_take_is_not_kept() {
    let smi = smi(1);
    let parts = four_parts(&smi);
    assert_eq!(send(&smi, parts[0], VERSION, &[meter(9)]).1.code, "E110103");
    assert_eq!(incomplete(&smi), []);
}

/// Two parts that wait for the same batch see each other.
#[test]
fn parts_of_one_batch_complete_their_set_once() {
    use actix_web::rt::{System, spawn};

    use crate::batches::Gate;

    let smi = smi(1);
    let messages = four_parts(&smi).map(|part| update(&smi, part, VERSION, &[meter(0)]).1);
    System::new().block_on(async {
        let gate = Gate::close(smi.service.store());
        let submit = |message: &Vec<u8>| spawn(smi.service.submit_inline(message, WebService::NonDevice));
        let taken = messages.iter().map(submit).collect::<Vec<_>>();
        gate.open();
        for answer in taken {
            answer.await.unwrap().unwrap();
        }
    });
    assert_eq!((late_answers(&smi).len(), incomplete(&smi).len()), (1, 0));
}
