//! The ESMEs of `smi bench variants`: their inventory, the reference that some of them contradict, and SR 8.4 about the others.
//!
//! Three of four ESMEs are of a model that can have one variant; of these some have another one, spread evenly. The fourth is of a model
//! that can have two. SR 8.4 gives it the other one, again and again: its rate is measured, and nobody becomes a suspect.

use std::{collections::BTreeMap, ops::Range};

use super::{
    messages::MessageFault,
    population::{self, SUPPLIER},
};
use crate::{
    db::Store,
    domain::{
        Body, ChangedDetails, CommandVariant, EsmeVariant, Eui64, InventoryChange, Mpxn, Now, Request,
        RequestId, SchemaVersion, UpdateInventory,
    },
    duis::{
        signature::{self, Signer, pki},
        xml,
    },
    store::{self, ImportFault, Kind},
};

/// ESMEs in a row of which three can be wrong, and one is changed.
const ROW: u64 = 4;
/// Those of a row that can be wrong.
const JUDGED: u64 = ROW - 1;
/// The EUI-64 of the first ESME.
const FIRST: u64 = 0x0044_5E00_0000_0000;
/// ESMEs in one import, so that memory does not grow with their number.
const BATCH: u64 = 100_000;
/// A prime, so that consecutive requests are about ESMEs far apart, and each is changed before one is changed again.
const STEP: u64 = 999_983;

/// How many ESMEs there are, how many of them are wrong, and of how many Device Models they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct VariantsSample {
    /// The ESMEs: at least a row.
    pub(super) devices: u64,
    /// Those whose variant their model cannot have.
    pub(super) wrong: u64,
    /// Their models: whole rows, too.
    pub(super) models: u64,
}

impl VariantsSample {
    /// Why there is no such sample.
    pub(super) fn fault(self) -> Option<String> {
        let Self { devices, wrong, models } = self;
        if models == 0 || !models.is_multiple_of(ROW) {
            return Some(format!("{models} models are no multiple of {ROW}"));
        }
        if devices < ROW || wrong > self.judged() {
            let most = self.judged();
            return Some(format!("of {devices} ESMEs at most {most} can be wrong, and not {wrong}"));
        }
        None
    }

    /// Fills a store with them; each is Commissioned, and the bench's Supplier is its Responsible Supplier.
    pub(super) fn fill(self, store: &Store, now: Now) -> Result<(), ImportFault> {
        let (mut cpl, mut lines) = (CPL.to_owned(), REFERENCE.to_owned());
        for model in 0..self.models {
            cpl += &format!("BENCH,B-V{model},ESME,{VERSION},SMETS2 V5.1,4.1,Active\n");
            let variants = if is_judged(model) { right(model).to_string() } else { "A;ADE".to_owned() };
            lines += &format!("BENCH,B-V{model},,{variants},smi bench\n");
        }
        import(store, Kind::Users, &format!("user_id,roles,status\n{SUPPLIER},IS,Active\n"), now)?;
        import(store, Kind::Cpl, &cpl, now)?;
        import(store, Kind::ModelVariants, &lines, now)?;
        let mut first = 0;
        while first < self.devices {
            let batch = first..self.devices.min(first + BATCH);
            import(store, Kind::Devices, &self.devices_of(batch.clone()), now)?;
            import(store, Kind::Registrations, &registrations_of(batch.clone()), now)?;
            first = batch.end;
        }
        Ok(())
    }

    /// The wrong ESMEs, each with the variant that it has and the one that it should have.
    pub(super) fn suspects(self) -> BTreeMap<Eui64, (EsmeVariant, EsmeVariant)> {
        let wrong = (0..self.devices).filter(|number| self.is_wrong(*number));
        wrong.map(|number| (meter(number), (other(right(number)), right(number)))).collect()
    }

    /// Signed SR 8.4 under these numbers, each of which gives an ESME that is not judged its other variant.
    pub(super) fn changes(self, signer: &Signer, numbers: Range<u64>) -> Result<Vec<Vec<u8>>, MessageFault> {
        numbers.map(|number| self.change(signer, number)).collect()
    }

    fn change(self, signer: &Signer, number: u64) -> Result<Vec<u8>, MessageFault> {
        let changed = self.devices / ROW;
        let esme = number.wrapping_mul(STEP) % changed * ROW + JUDGED;
        let variant = if (number / changed).is_multiple_of(2) {
            other(self.at_first(esme))
        } else {
            self.at_first(esme)
        };
        let details = ChangedDetails { esme_variant: Some(variant), ..ChangedDetails::default() };
        let change = InventoryChange::Details(details);
        let body = Body::UpdateInventory(UpdateInventory { device_id: meter(esme), change });
        let request = Request {
            schema_version: SchemaVersion::newest(),
            id: RequestId { originator: SUPPLIER, target: pki::DCC, counter: number },
            command_variant: CommandVariant::NON_DEVICE,
            variant: body.service().as_str().parse()?,
            body,
        };
        Ok(signature::sign(xml::compose(&request).as_bytes(), signer)?)
    }

    /// How many ESMEs are of a model that can have one variant.
    const fn judged(self) -> u64 {
        let rest = self.devices % ROW;
        self.devices / ROW * JUDGED + if rest < JUDGED { rest } else { JUDGED }
    }

    /// Whether it is one of the wrong ones: of every so many that are judged, one.
    fn is_wrong(self, number: u64) -> bool {
        let before = u128::from(number / ROW * JUDGED + number % ROW);
        let until = |judged: u128| judged * u128::from(self.wrong) / u128::from(self.judged());
        is_judged(number) && until(before + 1) > until(before)
    }

    /// The variant with which it is imported. Of those that are changed, half of each model have either.
    fn at_first(self, number: u64) -> EsmeVariant {
        if !is_judged(number) {
            return if (number / self.models).is_multiple_of(2) { EsmeVariant::A } else { EsmeVariant::Ade };
        }
        if self.is_wrong(number) { other(right(number)) } else { right(number) }
    }

    fn devices_of(self, numbers: Range<u64>) -> String {
        numbers.fold(DEVICES_HEADER.to_owned(), |csv, number| {
            let (meter, model, variant) = (meter(number), number % self.models, self.at_first(number));
            let place = format!("{},{},1", population::uprn(number), population::post_code(number));
            let what = format!("BENCH,B-V{model},SMETS2 V5.1,{VERSION},{variant},4.1");
            csv + &format!("{meter},ESME,Commissioned,{what},{SUPPLIER},{},{place},South\n", mpan(number))
        })
    }
}

const VERSION: &str = "01020304";
const CPL: &str =
    "device_manufacturer,device_model,device_type,firmware_version,smets_chts_version,gbcs_version,status\n";
const REFERENCE: &str = "device_manufacturer,device_model,firmware_version,esme_variants,source\n";
const DEVICES_HEADER: &str = "device_id,device_type,status,device_manufacturer,device_model,smets_chts_version,firmware_version,\
    esme_variant,gbcs_version,pre_notified_by,import_mpxn,uprn,postcode,address_identifier,csp_region\n";

/// Whether the ESME of that number, or the model, can have one variant alone. As models are whole rows, both say the same.
const fn is_judged(number: u64) -> bool {
    number % ROW < JUDGED
}

/// The one variant that a judged ESME, or model, of that number can have.
const fn right(number: u64) -> EsmeVariant {
    if number.is_multiple_of(ROW) { EsmeVariant::A } else { EsmeVariant::Ade }
}

const fn other(variant: EsmeVariant) -> EsmeVariant {
    if matches!(variant, EsmeVariant::Ade) { EsmeVariant::A } else { EsmeVariant::Ade }
}

fn meter(number: u64) -> Eui64 {
    Eui64::from_octets((FIRST + number).to_be_bytes())
}

/// An MPAN with its check digit: an import would warn of each without.
fn mpan(number: u64) -> u64 {
    let first = (250_000_000_000 + number) * 10;
    let is_right =
        |mpan: &u64| mpan.to_string().parse().is_ok_and(|mpan: Mpxn| !mpan.has_wrong_check_digit());
    (first..first + 10).find(is_right).unwrap_or(first)
}

fn registrations_of(numbers: Range<u64>) -> String {
    let header = "mpxn,role,user_id,effective_from\n".to_owned();
    numbers.fold(header, |csv, number| csv + &format!("{},IS,{SUPPLIER},2020-01-01\n", mpan(number)))
}

fn import(store: &Store, kind: Kind, csv: &str, now: Now) -> Result<(), ImportFault> {
    store::import(store, kind, csv.as_bytes(), now, &mut |_| ()).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_so_many_are_wrong_whatever_the_numbers() {
        for (devices, wrong, models) in [(4, 3, 4), (5, 0, 4), (7, 6, 8), (1_000, 72, 40), (1_003, 752, 400)]
        {
            let sample = VariantsSample { devices, wrong, models };
            assert_eq!(sample.fault(), None);
            let suspects = sample.suspects();
            assert_eq!(suspects.len() as u64, wrong, "{sample:?}");
            assert!(suspects.values().all(|(has, should)| has != should));
        }
        let faults = [(4, 4, 4), (3, 1, 4), (8, 1, 6), (8, 1, 0)];
        let fault = |(devices, wrong, models)| VariantsSample { devices, wrong, models }.fault();
        assert!(faults.map(fault).iter().all(Option::is_some));
    }

    /// Each model that can have two variants has both alike, so that no peer is an outlier.
    #[test]
    fn half_of_those_that_are_changed_have_either_variant() {
        let sample = VariantsSample { devices: 4_000, wrong: 100, models: 40 };
        let of_model = |model: u64| (0..sample.devices).filter(move |number| number % 40 == model);
        for model in (0..40).filter(|model| !is_judged(*model)) {
            let ade = of_model(model).filter(|number| sample.at_first(*number) == EsmeVariant::Ade).count();
            assert_eq!((of_model(model).count(), ade), (100, 50));
        }
    }
}
