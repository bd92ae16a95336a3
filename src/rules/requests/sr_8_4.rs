//! SR 8.4 Update Inventory: one change, all or nothing (SMI.md 4, MP125-T2).

use crate::{
    domain::{
        Change, ChangedDetails, DetailsChange, Device, DeviceChange, DeviceFacts, DeviceType, Eui64,
        InventoryChange, Mpxn, MpxnKind, Now, Refusal, ResponseCode, SmiStatus, Trace, UpdateInventory,
    },
    rules::{
        RuleSettings,
        accepted::Accepted,
        evidence::{IN_USE, is_among, known_device, saw_model, suppliers_text},
        rulebook::sr_8_4 as rules,
        status, tsat,
    },
};

/// Decides one change, by those of the rules a to m that apply to it.
pub(in crate::rules) fn decide(
    update: &UpdateInventory,
    facts: Option<&DeviceFacts>,
    sender: Eui64,
    now: Now,
    settings: RuleSettings,
    trace: &mut Trace,
) -> Result<Accepted, Refusal> {
    let facts = known_device(update.device_id, facts, trace)?;
    let mut checks = Checks { facts, sender, now, settings, trace };
    let changes = match &update.change {
        InventoryChange::Details(changed) => checks.details(changed)?,
        InventoryChange::StatusExceptCh(to) => {
            // Type 2 Devices have no status to change.
            let suits = facts.device.device_type != DeviceType::Chf && !facts.device.device_type.is_type_2();
            checks.status(suits, status::Trigger::UpdateStatusExceptCh, SmiStatus::from(*to))?
        }
        InventoryChange::StatusCh(to) => {
            let suits = facts.device.device_type == DeviceType::Chf;
            checks.status(suits, status::Trigger::UpdateStatusCh, SmiStatus::from(*to))?
        }
        InventoryChange::Delete => checks.delete()?,
        InventoryChange::Mpxn(kind, mpxn) => checks.mpxn(*kind, mpxn)?,
    };
    Ok(Accepted::with_changes(changes))
}

/// The checks of one request, with its facts and its trace.
struct Checks<'a, 'b> {
    facts: &'a DeviceFacts,
    sender: Eui64,
    now: Now,
    settings: RuleSettings,
    trace: &'b mut Trace,
}

impl<'a> Checks<'a, '_> {
    const fn device(&self) -> &'a Device {
        &self.facts.device
    }

    fn is_pre_notifier(&self) -> bool {
        self.device().pre_notified_by == Some(self.sender)
    }

    fn is_responsible(&self) -> bool {
        is_among(&self.facts.responsible, self.sender)
    }

    /// Rules a to h: the details.
    fn details(&mut self, changed: &ChangedDetails) -> Result<Vec<Change>, Refusal> {
        let device = self.device();
        let named = changed.names_model() || changed.esme_variant.is_some();
        self.trace.require(rules::NAMES_A_DETAIL, named, named_details(changed))?;
        if changed.esme_variant.is_some() {
            let is_esme = device.device_type == DeviceType::Esme;
            self.trace.require(rules::VARIANT_OF_AN_ESME, is_esme, device.device_type.as_str())?;
        }
        if device.is_pending_or_type_2() {
            self.pending_details(changed)?;
        } else {
            self.variant_after_pending(changed)?;
        }
        let (from, to) = (device.details.clone(), changed.applied_to(&device.details));
        Ok(vec![DeviceChange::SetDetails(device.id, Box::new(DetailsChange { from, to })).into()])
    }

    /// Rules c and h: details while Pending.
    fn pending_details(&mut self, changed: &ChangedDetails) -> Result<(), Refusal> {
        let mut saw = format!("{}, sender {}", self.saw_pre_notifier(), self.sender);
        let by_switch = !self.is_pre_notifier() && self.may_correct_while_pending(changed);
        // The trace names the switch only where it decided.
        if by_switch {
            let switch = "rules.responsible_supplier_while_pending is on";
            saw = format!("{saw}; {switch}; {}", self.saw_responsible());
        }
        let allowed = self.is_pre_notifier() || by_switch;
        self.trace.require(rules::PRE_NOTIFIER_CHANGES_PENDING, allowed, saw)?;
        // If only the ESME Variant changes, the Device Model is not checked. It may have left the list since the Device
        // joined, and the variant must still be correctable.
        if !changed.names_model() {
            return Ok(());
        }
        let model = self.facts.resulting_model;
        self.trace.require(rules::MODEL_ON_CPL, model.permits(), saw_model(model))
    }

    /// Whether the switch of MP125-C3 allows it: the Responsible Supplier corrects the ESME Variant, as after Pending.
    fn may_correct_while_pending(&self, changed: &ChangedDetails) -> bool {
        self.settings.responsible_supplier_while_pending
            && !changed.names_model()
            && self.device().status == Some(SmiStatus::Pending)
            && !self.device().is_smets1()
            && self.is_responsible()
    }

    /// Rules d to g: the correction of MP125.
    fn variant_after_pending(&mut self, changed: &ChangedDetails) -> Result<(), Refusal> {
        let device = self.device();
        // A change of the variant and of other details is refused as a whole, before the variant is checked.
        let saw = format!("{}; {}", device.status_text(), named_details(changed));
        self.trace.require(rules::ONLY_VARIANT_AFTER_PENDING, !changed.names_model(), saw)?;
        let in_use = device.status.is_some_and(|status| IN_USE.contains(&status));
        self.trace.require(rules::VARIANT_STATUS, in_use, device.status_text())?;
        self.trace.require(rules::VARIANT_SMETS2, !device.is_smets1(), saw_generation(device))?;
        let by_switch =
            !self.is_responsible() && self.settings.pre_notifier_after_pending && self.is_pre_notifier();
        let switch = if by_switch { "; rules.pre_notifier_after_pending is on" } else { "" };
        let saw = format!(
            "{}, {}, sender {}{switch}",
            self.saw_responsible(),
            self.saw_pre_notifier(),
            self.sender
        );
        let allowed = self.is_responsible() || by_switch;
        self.trace.require(rules::VARIANT_BY_RESPONSIBLE_SUPPLIER, allowed, saw)
    }

    /// Rules i, j and k: the SMI Status.
    fn status(
        &mut self,
        suits: bool,
        trigger: status::Trigger,
        to: SmiStatus,
    ) -> Result<Vec<Change>, Refusal> {
        let device = self.device();
        let saw = format!("{trigger} for a {}", device.device_type);
        // Rule i has both flaws: an element that does not suit the Device Type, and a Type 2 Device, which has no status.
        let from = self.trace.require_some(rules::STATUS_ELEMENT, device.status.filter(|_| suits), saw)?;
        // A pre-notifier that is not the Responsible Supplier may act only while the Device is Pending (MP125-R5).
        let by_pre_notifier = from == SmiStatus::Pending && self.is_pre_notifier();
        let saw = format!(
            "{from}; {}, {}, sender {}",
            self.saw_pre_notifier(),
            self.saw_responsible(),
            self.sender
        );
        self.trace.require(rules::STATUS_BY, by_pre_notifier || self.is_responsible(), saw)?;
        let allowed = status::allows(trigger, from, to);
        if allowed {
            let validity = self.facts.validity.as_ref();
            tsat::check_move((from, to), validity, self.settings, ResponseCode::E080411, self.trace)?;
        }
        self.trace.require(rules::STATUS_MOVE, allowed, format!("{from} to {to} by {trigger}"))?;
        Ok(status::move_with_gpf(
            device,
            self.facts.gpf.as_ref(),
            (from, to),
            trigger,
            self.settings,
            self.now,
        ))
    }

    /// Rule l: the removal, with a CHF that of its GPF too.
    fn delete(&mut self) -> Result<Vec<Change>, Refusal> {
        let device = self.device();
        let saw = format!("{}; {}, sender {}", device.status_text(), self.saw_pre_notifier(), self.sender);
        let allowed = device.is_pending_or_type_2() && self.is_pre_notifier();
        self.trace.require(rules::DELETE, allowed, saw)?;
        // A GPF cannot stay in the SMI without its hub, so its own status is not checked.
        let devices = std::iter::once(device).chain(self.facts.gpf.as_ref());
        Ok(devices.map(|device| DeviceChange::Remove(device.id).into()).collect())
    }

    /// Rule m: a supply point.
    fn mpxn(&mut self, kind: MpxnKind, mpxn: &Mpxn) -> Result<Vec<Change>, Refusal> {
        let device = self.device();
        let suits = match (device.device_type, kind) {
            (DeviceType::Esme, _) => mpxn.is_mpan(),
            // A GSME has one supply point.
            (DeviceType::Gsme, MpxnKind::ImportMpxn) => mpxn.is_mprn(),
            (_, MpxnKind::ImportMpxn | MpxnKind::SecondaryImportMpan | MpxnKind::ExportMpan) => false,
        };
        // A meter without an MPxN has no Responsible Supplier, so the Supplier of the new MPxN may set it.
        let by_new = is_among(&self.facts.responsible_for_new_mpxn, self.sender);
        let in_use = device.status.is_some_and(|status| IN_USE.contains(&status));
        // One check for all conditions, as they have one code. The text lets the reader see which one failed.
        let saw = format!(
            "{kind} {mpxn} for a {}, {}; {}; of the new MPxN: {}; sender {}",
            device.device_type,
            device.status_text(),
            self.saw_responsible(),
            suppliers_text(&self.facts.responsible_for_new_mpxn),
            self.sender,
        );
        self.trace.require(rules::MPXN, suits && (by_new || self.is_responsible()) && in_use, saw)?;
        Ok(vec![DeviceChange::SetMpxn(device.id, kind, mpxn.clone()).into()])
    }

    fn saw_pre_notifier(&self) -> String {
        match self.device().pre_notified_by {
            None => "no pre-notifier".to_owned(),
            Some(user) => format!("pre-notifier {user}"),
        }
    }

    fn saw_responsible(&self) -> String {
        format!("Responsible Supplier: {}", suppliers_text(&self.facts.responsible))
    }
}

fn saw_generation(device: &Device) -> &'static str {
    if device.is_smets1() { "a SMETS1 Device" } else { "a SMETS2+ Device" }
}

fn named_details(changed: &ChangedDetails) -> String {
    let ChangedDetails { manufacturer, model, smets_chts_version, firmware_version, esme_variant } = changed;
    let named = [
        manufacturer.as_ref().map(|_| "DeviceManufacturer".to_owned()),
        model.as_ref().map(|_| "DeviceModel".to_owned()),
        smets_chts_version.as_ref().map(|_| "SMETSCHTSVersion".to_owned()),
        firmware_version.as_ref().map(|_| "FirmwareVersion".to_owned()),
        esme_variant.map(|variant| format!("ESMEVariant {variant} ({})", variant.type_text())),
    ];
    let named = named.into_iter().flatten().collect::<Vec<_>>();
    if named.is_empty() { "names no detail".to_owned() } else { format!("names {}", named.join(", ")) }
}
