//! What a decision needs and is gathered before its transaction, so that the writer never waits for it: the answers of CSPs for an
//! SR 12.1, and for an SR 11.1 the Devices that it names, sorted.

use std::{collections::HashSet, sync::Arc};

use super::{App, Fault, gathered::Gathered, live_coverage::merge_live_coverage};
use crate::{
    db::Connection,
    domain::{
        Arrival, Body, Case, Eui64, Facts, ImageRecipient, ImageRecipients, Now, Request, UpdateFirmware,
    },
    rules::{
        firmware,
        variants::{VariantReference, firmware_warning},
    },
    store,
};

/// The Devices of an SR 11.1 that are looked at at once.
const DEVICES_AT_ONCE: usize = 1_000;

impl App {
    /// Gathers what the decision of this request needs, if anything. Nothing is gathered for a repeated message, nor for a sender that
    /// may not send it; with `takes_id_as_new` as if it was not sent before.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) fn gather(
        &self,
        request: &Request,
        arrival: impl Into<Arrival>,
        now: Now,
        takes_id_as_new: bool,
    ) -> Result<Gathered, Fault> {
        let arrival = arrival.into();
        let live = self.live_coverage(request, arrival)?;
        let recipients = match &request.body {
            Body::UpdateFirmware(update)
                if self.would_be_authorised(request, arrival, takes_id_as_new)? =>
            {
                Some(Arc::new(self.recipients(update, request.id.originator, now)?))
            }
            Body::UpdateFirmware(_)
            | Body::ReadInventory(_)
            | Body::DecommissionDevice(_)
            | Body::UpdateInventory(_)
            | Body::UpdateHanDeviceLog(_)
            | Body::HubInstallSuccess(_)
            | Body::HubInstallNoSmWan(..)
            | Body::HubFaultReturn(_)
            | Body::HubNoFaultReturn(_)
            | Body::ActivateFirmware(_)
            | Body::RequestWanMatrix(_)
            | Body::DevicePrenotification(_) => None,
        };
        Ok(Gathered { live, recipients })
    }

    /// What a request has for which nothing was gathered.
    pub(super) fn nothing_gathered(&self) -> Gathered {
        Gathered { live: self.no_csp_asked(), recipients: None }
    }

    /// Whether something is to be gathered for the request.
    pub(super) fn needs_gathering(&self, request: &Request) -> bool {
        self.needs_csp(request) || matches!(request.body, Body::UpdateFirmware(_))
    }

    /// Sorts the Devices of an SR 11.1 (SR11.1/c), on reading connections and some at a time.
    fn recipients(&self, update: &UpdateFirmware, sender: Eui64, now: Now) -> Result<ImageRecipients, Fault> {
        let UpdateFirmware { version, devices, .. } = update;
        let mut named = HashSet::with_capacity(devices.len());
        // Once each, in the order of the request.
        let once = devices.iter().copied().filter(|device| named.insert(*device)).collect::<Vec<_>>();
        let mut recipients = ImageRecipients::default();
        let reference = self.variant_reference()?;
        for some in once.chunks(DEVICES_AT_ONCE) {
            let read =
                |connection: &mut Connection| store::recipients_facts(connection, sender, version, some, now);
            let facts = self.store().read(read)?;
            for device in some {
                let facts = facts.get(device);
                match (firmware::recipient(facts), facts) {
                    (ImageRecipient::Accepted, Some(facts)) => {
                        recipients.accept(&facts.device);
                        let suspect =
                            reference.as_ref().and_then(|lines| firmware_warning(&facts.device, lines));
                        suspect.into_iter().for_each(|step| recipients.suspect(step.saw));
                    }
                    (recipient, _) => recipients.warn(*device, recipient),
                }
            }
        }
        Ok(recipients)
    }

    /// The variants that Device Models can have, where SR 11.1 notes who has another one (`variants.warn_firmware`).
    fn variant_reference(&self) -> Result<Option<VariantReference>, Fault> {
        if !self.choices().variants.warn_firmware {
            return Ok(None);
        }
        let lines = self.store().read::<_, Fault>(|connection| Ok(store::model_variants(connection)?))?;
        Ok(Some(VariantReference::new(lines)))
    }
}

/// Merges what was gathered into the facts of the request.
pub(super) fn merge_gathered(facts: &mut Facts<'_>, gathered: &Gathered) {
    merge_live_coverage(facts, &gathered.live);
    if let Case::UpdateFirmware(_, facts) = &mut facts.case {
        facts.recipients.clone_from(&gathered.recipients);
    }
}
