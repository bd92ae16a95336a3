//! The story: an ESME is pre-notified under a wrong variant, is installed and commissioned, changes its Supplier, and
//! is corrected by the Supplier that is responsible then (MP125). Then the WAN Matrix of MP106.

use crate::domain::{
    AddressIdentifier, Body, ChangedDetails, DeviceDetails, DevicePrenotification, DeviceType, EsmeVariant,
    Eui64, InventoryChange, Malformed, MpxnKind, PremisesKey, PropertyFilter, ReadInventory, StatusExceptCh,
    UpdateInventory,
};

/// The Supplier that installs the meter.
pub(super) const INSTALLING: Eui64 = Eui64::from_octets([0x90, 0xB3, 0xD5, 0x1F, 0x30, 0x01, 0, 0]);
/// The Supplier that gains it.
pub(super) const GAINING: Eui64 = Eui64::from_octets([0x90, 0xB3, 0xD5, 0x1F, 0x30, 0x03, 0, 0]);
/// The meter.
pub(super) const METER: Eui64 = Eui64::from_octets([0x00, 0xDB, 0x12, 0x34, 0x56, 0x78, 0x90, 0xA0]);
/// Its Import MPAN.
const MPAN: &str = "1012345678901";

/// The times of the story's beginning and of the change of Supplier.
pub(super) const BEGINS: &str = "2026-01-05T09:00:00Z";
const CHANGE_OF_SUPPLIER: &str = "2026-03-01";

pub(super) const USERS: &str = "\
user_id,party_signifier,party_name,roles,status
90-B3-D5-1F-30-01-00-00,INST,Installing Supplier,IS;GS,Active
90-B3-D5-1F-30-03-00-00,GAIN,Gaining Supplier,IS;GS,Active
";

pub(super) const REGISTRATIONS: &str = "\
mpxn,role,user_id,effective_from,effective_to
1012345678901,IS,90-B3-D5-1F-30-01-00-00,2025-01-01,2026-03-01
1012345678901,IS,90-B3-D5-1F-30-03-00-00,2026-03-01,
";

/// The second row has a date, and one space as its WAN Variant: it is not known yet.
pub(super) const COVERAGE: &str = "\
csp_region,postcode,coverage_availability,anticipated_coverage_date,wan_technology,connectivity_likelihood
Central,ZZ1 1AA,true,2020-01-01,Cellular,High
Central,ZZ1 1AB,true,2026-12-01, ,Medium
";

/// A step.
pub(super) struct DemoStep {
    /// The event, in words.
    pub(super) says: &'static str,
    /// The action.
    pub(super) action: DemoAction,
}

/// The action of a step.
pub(super) enum DemoAction {
    /// A User sends a request. Expected are this code, this rule as the one that decides, and this text in the answer.
    Send { sender: Eui64, body: Body, code: &'static str, rule: &'static str, shows: Option<&'static str> },
    /// The meter reports that it is commissioned.
    Commissioned,
    /// The test clock is set to that instant.
    Until(&'static str),
}

/// The steps in order.
pub(super) fn steps() -> Result<Vec<DemoStep>, Malformed> {
    let mut steps = before_the_change_of_supplier()?;
    steps.push(DemoStep {
        says: "the meter changes its Supplier",
        action: DemoAction::Until(CHANGE_OF_SUPPLIER),
    });
    steps.extend(after_the_change_of_supplier());
    steps.extend(wan_matrix()?);
    Ok(steps)
}

fn before_the_change_of_supplier() -> Result<Vec<DemoStep>, Malformed> {
    let installed = InventoryChange::StatusExceptCh(StatusExceptCh::InstalledNotCommissioned);
    let mpan = InventoryChange::Mpxn(MpxnKind::ImportMpxn, MPAN.parse()?);
    let firmware =
        ChangedDetails { firmware_version: Some("00020130".parse()?), ..ChangedDetails::default() };
    let model = ChangedDetails { model: Some("010A030C".parse()?), ..ChangedDetails::default() };
    let (ours, theirs) = (INSTALLING, GAINING);
    Ok(vec![
        accepted(
            "the installing Supplier pre-notifies an ESME, under a wrong ESMEVariant",
            ours,
            meter()?,
            "SR12.2/e",
        ),
        refused("pre-notifies it again", ours, meter()?, "E120201", "SR12.2/a"),
        refused(
            "another Supplier changes it while Pending",
            theirs,
            variant(EsmeVariant::B),
            "E080405",
            "SR8.4/c",
        ),
        accepted("its pre-notifier changes a detail while Pending", ours, details(firmware), "SR8.4/h"),
        accepted("and its ESMEVariant", ours, variant(EsmeVariant::B), "SR8.4/c"),
        accepted("it is installed", ours, update(installed), "SR8.4/k"),
        accepted("it gets its MPAN", ours, update(mpan), "SR8.4/m"),
        accepted(
            "the Responsible Supplier corrects the ESMEVariant",
            ours,
            variant(EsmeVariant::Bd),
            "SR8.4/g",
        ),
        DemoStep { says: "the meter reports that it is commissioned", action: DemoAction::Commissioned },
        accepted("the ESMEVariant once more", ours, variant(EsmeVariant::Bde), "SR8.4/g"),
        refused("but no other detail after Pending", ours, details(model), "E080406", "SR8.4/d"),
        refused(
            "a Supplier that is not responsible yet",
            theirs,
            variant(EsmeVariant::Ade),
            "E080407",
            "SR8.4/g",
        ),
    ])
}

fn after_the_change_of_supplier() -> Vec<DemoStep> {
    let read = Body::ReadInventory(ReadInventory::DeviceId(METER));
    let losing = "the losing Supplier, though it pre-notified the meter, is refused";
    vec![
        refused(losing, INSTALLING, variant(EsmeVariant::Ad), "E080407", "SR8.4/g"),
        accepted(
            "the gaining Supplier corrects the ESMEVariant",
            GAINING,
            variant(EsmeVariant::Ade),
            "SR8.4/g",
        ),
        answered("and reads it back", GAINING, read, "SR8.2/b", "<sr:ESMEVariant>ADE</sr:ESMEVariant>"),
    ]
}

fn wan_matrix() -> Result<Vec<DemoStep>, Malformed> {
    let cellular = "<sr:WANTechnology>Cellular</sr:WANTechnology>";
    let unknown = "<sr:WANTechnology>Unknown</sr:WANTechnology>";
    let known = "the WAN Matrix of a place with a known WAN Variant";
    let not_yet = "of a place with a date and a WAN Variant of one space: not known yet";
    Ok(vec![
        answered(known, GAINING, place("ZZ1 1AA")?, "SR12.1/c", cellular),
        answered(not_yet, GAINING, place("ZZ1 1AB")?, "SR12.1/c", unknown),
        refused("of a place nobody knows", GAINING, place("ZZ9 9ZZ")?, "E120101", "SR12.1/a"),
    ])
}

fn accepted(says: &'static str, sender: Eui64, body: Body, rule: &'static str) -> DemoStep {
    DemoStep { says, action: DemoAction::Send { sender, body, code: "I99", rule, shows: None } }
}

fn refused(
    says: &'static str,
    sender: Eui64,
    body: Body,
    code: &'static str,
    rule: &'static str,
) -> DemoStep {
    DemoStep { says, action: DemoAction::Send { sender, body, code, rule, shows: None } }
}

fn answered(
    says: &'static str,
    sender: Eui64,
    body: Body,
    rule: &'static str,
    shows: &'static str,
) -> DemoStep {
    DemoStep { says, action: DemoAction::Send { sender, body, code: "I0", rule, shows: Some(shows) } }
}

fn meter() -> Result<Body, Malformed> {
    Ok(Body::DevicePrenotification(DevicePrenotification {
        device_id: METER,
        device_type: DeviceType::Esme,
        details: DeviceDetails {
            manufacturer: "AB01".parse()?,
            model: "010A030B".parse()?,
            smets_chts_version: Some("SMETS V1.58".parse()?),
            firmware_version: Some("0002012F".parse()?),
            esme_variant: Some(EsmeVariant::A),
        },
        associated_gpf: None,
    }))
}

const fn update(change: InventoryChange) -> Body {
    Body::UpdateInventory(UpdateInventory { device_id: METER, change })
}

const fn details(changed: ChangedDetails) -> Body {
    update(InventoryChange::Details(changed))
}

fn variant(variant: EsmeVariant) -> Body {
    details(ChangedDetails { esme_variant: Some(variant), ..ChangedDetails::default() })
}

fn place(post_code: &str) -> Result<Body, Malformed> {
    let address_identifier: AddressIdentifier = "1".parse()?;
    let address = PropertyFilter { post_code: post_code.parse()?, address_identifier };
    Ok(Body::RequestWanMatrix(PremisesKey::PartialAddress(address)))
}
