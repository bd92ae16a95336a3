//! The specifications that the tables are about.

use crate::domain::{Device, DeviceType, closed_set};

closed_set!(
    /// A Technical Specification, in the order of the published tables (MP139-T2 to T11).
    Specification, "a specification", {
        Smets1Gsmsts => "SMETS1 GSMSTS",
        Smets1Esmsts => "SMETS1 ESMSTS",
        Smets1Ihdts => "SMETS1 IHDTS",
        Gsmets => "GSMETS",
        Esmets => "ESMETS",
        Ihdts => "IHDTS",
        Ppmidts => "PPMIDTS",
        Hcalcsts => "HCALCSTS",
        Chts => "CHTS",
    }
);

impl Specification {
    /// Whether it is of SMETS1. Its rows have no GBCS version, and two ends of installation (MP139-R6).
    pub const fn is_smets1(self) -> bool {
        match self {
            Self::Smets1Gsmsts | Self::Smets1Esmsts | Self::Smets1Ihdts => true,
            Self::Gsmets | Self::Esmets | Self::Ihdts | Self::Ppmidts | Self::Hcalcsts | Self::Chts => false,
        }
    }

    /// The specification of a Device; none where no table is about it (HUBS.md TSAT/d).
    pub fn of_device(device: &Device) -> Option<Self> {
        Self::of_type(device.device_type, device.is_smets1())
    }

    /// The specification of a Device Type, of SMETS1 or later (HUBS.md TSAT/d; that SMETS1 hubs have none: ours).
    pub const fn of_type(device_type: DeviceType, is_smets1: bool) -> Option<Self> {
        match (device_type, is_smets1) {
            (DeviceType::Chf | DeviceType::Gpf, false) => Some(Self::Chts),
            (DeviceType::Esme, false) => Some(Self::Esmets),
            (DeviceType::Gsme, false) => Some(Self::Gsmets),
            (DeviceType::Hcalcs, false) => Some(Self::Hcalcsts),
            (DeviceType::Ppmid, false) => Some(Self::Ppmidts),
            (DeviceType::Ihd, false) => Some(Self::Ihdts),
            (DeviceType::Esme, true) => Some(Self::Smets1Esmsts),
            (DeviceType::Gsme, true) => Some(Self::Smets1Gsmsts),
            (DeviceType::Ihd, true) => Some(Self::Smets1Ihdts),
            (DeviceType::Cad, _)
            | (DeviceType::Chf | DeviceType::Gpf | DeviceType::Hcalcs | DeviceType::Ppmid, true) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// HUBS.md TSAT/d.
    #[test]
    fn tsat_d_the_specification_follows_from_the_device() {
        let of = |is_smets1| {
            let of = |device_type: &DeviceType| {
                let specification = Specification::of_type(*device_type, is_smets1);
                format!("{device_type} {}", specification.map_or("-", Specification::as_str))
            };
            DeviceType::ALL.iter().map(of).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(
            of(false),
            "ESME ESMETS, GSME GSMETS, GPF CHTS, CHF CHTS, HCALCS HCALCSTS, PPMID PPMIDTS, IHD IHDTS, CAD -"
        );
        assert_eq!(
            of(true),
            "ESME SMETS1 ESMSTS, GSME SMETS1 GSMSTS, GPF -, CHF -, HCALCS -, PPMID -, IHD SMETS1 IHDTS, CAD -"
        );
    }
}
