//! The SMI record of a Device.

use super::{
    AddressIdentifier, CspRegion, Date, DeviceManufacturer, DeviceModel, Eui64, FirmwareVersion, FreeText,
    Mpxn, PostCode, SmetsChtsVersion, Uprn, set::closed_set,
};

closed_set!(
    /// The type of a Device (schema: DeviceType).
    DeviceType, "a DeviceType", {
        Esme => "ESME",
        Gsme => "GSME",
        Gpf => "GPF",
        Chf => "CHF",
        Hcalcs => "HCALCS",
        Ppmid => "PPMID",
        Ihd => "IHD",
        Cad => "CAD",
    }
);

impl DeviceType {
    /// Whether it is a Type 2 Device, an IHD or a CAD. These have no SMI Status (SMI.md 1).
    pub const fn is_type_2(self) -> bool {
        match self {
            Self::Ihd | Self::Cad => true,
            Self::Esme | Self::Gsme | Self::Gpf | Self::Chf | Self::Hcalcs | Self::Ppmid => false,
        }
    }
}

closed_set!(
    /// The SMI Status (schema: DeviceStatus).
    SmiStatus, "an SMI Status", {
        Pending => "Pending",
        Whitelisted => "Whitelisted",
        InstalledNotCommissioned => "InstalledNotCommissioned",
        Commissioned => "Commissioned",
        Decommissioned => "Decommissioned",
        Withdrawn => "Withdrawn",
        Suspended => "Suspended",
        Recovery => "Recovery",
        Recovered => "Recovered",
    }
);

impl SmiStatus {
    /// Those of an installed Device, whether it is in use or not (HUBS.md 2, ours).
    pub const INSTALLED: &'static [Self] = &[
        Self::InstalledNotCommissioned,
        Self::Commissioned,
        Self::Suspended,
        Self::Recovery,
        Self::Recovered,
    ];
}

closed_set!(
    /// The ESME Variant: the parts that an ESME includes (schema: ESMEVariant; MP125-T1 names the first nine).
    EsmeVariant, "an ESMEVariant", {
        A => "A",
        B => "B",
        C => "C",
        Ad => "AD",
        Bd => "BD",
        Cd => "CD",
        Ade => "ADE",
        Bde => "BDE",
        Cde => "CDE",
        Adf => "ADF",
        Bdf => "BDF",
        Cdf => "CDF",
        Adef => "ADEF",
        Bdef => "BDEF",
        Cdef => "CDEF",
        Adg => "ADG",
        Adeg => "ADEG",
        Af => "AF",
        Bf => "BF",
        Cf => "CF",
        Aef => "AEF",
        Bef => "BEF",
        Cef => "CEF",
        Ag => "AG",
        Aeg => "AEG",
    }
);

impl EsmeVariant {
    /// The type as text, for people: it is shown beside the code (MP125-T1, R10).
    pub fn type_text(self) -> &'static str {
        match self.as_str().as_bytes().first() {
            Some(b'B') => "Twin Element Electricity Metering Equipment",
            Some(b'C') => "Polyphase Element Electricity Metering Equipment",
            // All other codes begin with A.
            _ => "Single Element Electricity Metering Equipment",
        }
    }
}

closed_set!(
    /// The connectivity of a Communications Hub (schema 5.4: Connectivity).
    Connectivity, "a Connectivity", {
        Cellular => "Cellular",
        Virtual => "Virtual",
    }
);

closed_set!(
    /// The status of a Device Model on the Central Products List (schema: CPLStatus).
    CplStatus, "a CPL status", {
        Active => "Active",
        Cancelled => "Cancelled",
        Expired => "Expired",
        Withdrawn => "Withdrawn",
    }
);

closed_set!(
    /// The kind of supply point that an MPxN names.
    MpxnKind, "a kind of MPxN", {
        ImportMpxn => "ImportMPxN",
        SecondaryImportMpan => "SecondaryImportMPAN",
        ExportMpan => "ExportMPAN",
    }
);

/// The supply points of a meter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mpxns {
    /// The (primary) Import MPAN of an ESME, the MPRN of a GSME or GPF.
    pub import: Option<Mpxn>,
    /// The second Import MPAN of a twin element ESME.
    pub secondary_import: Option<Mpxn>,
    /// The Export MPAN.
    pub export: Option<Mpxn>,
}

impl Mpxns {
    /// The supply points that are set, each with its kind.
    pub fn iter(&self) -> impl Iterator<Item = (MpxnKind, &Mpxn)> {
        // Destructured without `..`, so that a new field cannot be forgotten here.
        let Self { import, secondary_import, export } = self;
        let all = [
            (MpxnKind::ImportMpxn, import),
            (MpxnKind::SecondaryImportMpan, secondary_import),
            (MpxnKind::ExportMpan, export),
        ];
        all.into_iter().filter_map(|(kind, mpxn)| Some((kind, mpxn.as_ref()?)))
    }
}

/// The address of premises: a postcode and an address identifier (schema: PropertyFilter).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyFilter {
    /// The postcode.
    pub post_code: PostCode,
    /// The part of the address that distinguishes premises of one postcode; may be empty.
    pub address_identifier: AddressIdentifier,
}

/// The Device Model of a Device, as the Central Products List names it, and the ESME Variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceDetails {
    /// The manufacturer.
    pub manufacturer: DeviceManufacturer,
    /// The manufacturer's model.
    pub model: DeviceModel,
    /// The SMETS or CHTS version; Type 2 Devices may have none.
    pub smets_chts_version: Option<SmetsChtsVersion>,
    /// The firmware version; Type 2 Devices may have none.
    pub firmware_version: Option<FirmwareVersion>,
    /// The ESME Variant; for an ESME only.
    pub esme_variant: Option<EsmeVariant>,
}

/// The SMI record of one Device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its EUI-64.
    pub id: Eui64,
    /// Its type.
    pub device_type: DeviceType,
    /// The SMI Status; absent for Type 2 Devices, and only for them.
    pub status: Option<SmiStatus>,
    /// Its Device Model and ESME Variant.
    pub details: DeviceDetails,
    /// The pre-notifier: the User that added it to the SMI.
    pub pre_notified_by: Option<Eui64>,
    /// The CHF it is associated with; absent for the CHF itself.
    pub chf: Option<Eui64>,
    /// For a CHF: the GPF of the same Communications Hub.
    pub associated_gpf: Option<Eui64>,
    /// Its supply points.
    pub mpxns: Mpxns,
    /// The premises, by number.
    pub uprn: Option<Uprn>,
    /// The premises, by address.
    pub property: Option<PropertyFilter>,
    /// The CSP Region.
    pub csp_region: Option<CspRegion>,
    /// The GBCS version.
    pub gbcs_version: Option<FreeText>,
    /// The HAN variant.
    pub han_variant: Option<FreeText>,
    /// The SMETS1 Service Provider, for a SMETS1 Device.
    pub s1sp: Option<FreeText>,
    /// The connectivity of a Communications Hub.
    pub connectivity: Option<Connectivity>,
    /// The day of its commissioning (schema: DateCommissioned).
    pub date_commissioned: Option<Date>,
    /// For a PPMID, HCALCS, IHD or CAD: the meter or GPF that it is associated with (F3).
    pub associated_device: Option<Eui64>,
}

impl Device {
    /// A Device as it joins the SMI, with its details and nothing else known.
    pub fn pre_notified(id: Eui64, device_type: DeviceType, details: DeviceDetails, by: Eui64) -> Self {
        Self {
            id,
            device_type,
            // Only Type 2 Devices have no status; all others join as Pending.
            status: (!device_type.is_type_2()).then_some(SmiStatus::Pending),
            details,
            pre_notified_by: Some(by),
            chf: None,
            associated_gpf: None,
            mpxns: Mpxns::default(),
            uprn: None,
            property: None,
            csp_region: None,
            gbcs_version: None,
            han_variant: None,
            s1sp: None,
            connectivity: None,
            date_commissioned: None,
            associated_device: None,
        }
    }

    /// Whether it is a SMETS1 Device: it has an S1SP, or is of CSP Region SMETS1 (SMI.md 1, ours).
    pub fn is_smets1(&self) -> bool {
        // Not by the SMETSCHTSVersion: that is free text, which a CSP or a User may write in any way.
        self.s1sp.is_some() || self.csp_region == Some(CspRegion::Smets1)
    }

    /// Whether it is Pending, or of Type 2 and so without a status: then only its pre-notifier may change it (SMI.md 4/c).
    pub fn is_pending_or_type_2(&self) -> bool {
        self.status.is_none_or(|status| status == SmiStatus::Pending)
    }

    /// The status as text, `none` for Type 2.
    pub fn status_text(&self) -> &'static str {
        self.status.map_or("none", SmiStatus::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// MP125-T1, R10.
    #[test]
    fn the_variant_names_its_type() {
        for variant in EsmeVariant::ALL {
            let expected = match variant.as_str().chars().next() {
                Some('A') => "Single",
                Some('B') => "Twin",
                _ => "Polyphase",
            };
            assert!(variant.type_text().starts_with(expected), "{variant}");
        }
    }

    /// MP125-R7.
    #[test]
    fn codes_are_exact() {
        for text in ["E", "ad", "AD ", ""] {
            assert!(text.parse::<EsmeVariant>().is_err(), "{text}");
        }
    }
}
