//! Wrong ESME Variants: the variants that a Device Model can have, and the evidence that a recorded one is wrong (VARIANTS.md 1, ours).

use std::collections::BTreeMap;

use super::{
    Device, DeviceManufacturer, DeviceModel, EsmeVariant, Eui64, FirmwareVersion, FreeText, set::closed_set,
};

closed_set!(
    /// What makes an ESME's variant suspect. The first one that there is names the suspect.
    EvidenceKind, "an evidence", {
        Disputed => "disputed",
        Contradicted => "contradicted",
        Outlier => "outlier",
        Model => "model",
        Hint => "hint",
    }
);

closed_set!(
    /// How much an evidence says.
    EvidenceStrength, "a strength of evidence", {
        Strong => "strong",
        Weak => "weak",
        Hint => "hint",
    }
);

impl EvidenceKind {
    /// How much it says (VARIANTS.md 1; of `disputed` and `model` ours).
    pub const fn strength(self) -> EvidenceStrength {
        match self {
            Self::Disputed | Self::Contradicted => EvidenceStrength::Strong,
            Self::Outlier | Self::Model => EvidenceStrength::Weak,
            Self::Hint => EvidenceStrength::Hint,
        }
    }
}

closed_set!(
    /// By what a report of suspects is divided.
    VariantDivision, "a division of the report", {
        Party => "party",
        PreNotifier => "pre-notifier",
        Manufacturer => "manufacturer",
        Model => "model",
        Status => "status",
    }
);

/// A Device Model without its firmware version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EsmeModel {
    /// The manufacturer.
    pub manufacturer: DeviceManufacturer,
    /// The model.
    pub model: DeviceModel,
}

impl EsmeModel {
    /// The key of names that differ in case or spaces alone.
    pub fn folded(&self) -> String {
        let fold = |text: &str| {
            text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect::<String>()
        };
        format!("{}\n{}", fold(self.manufacturer.as_str()), fold(self.model.as_str()))
    }
}

impl std::fmt::Display for EsmeModel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}` `{}`", self.manufacturer, self.model)
    }
}

/// A line of `model-variants`: the variants that a Device Model can have, as its manufacturer says (MP125-D2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelVariants {
    /// The Device Model.
    pub model: EsmeModel,
    /// The firmware version that it is about; absent where it is about every other one.
    pub firmware: Option<FirmwareVersion>,
    /// The variants: at least one, each once.
    pub variants: Vec<EsmeVariant>,
    /// Who said so, and where.
    pub source: Option<FreeText>,
}

impl ModelVariants {
    /// The variant, where there is one alone.
    pub fn only(&self) -> Option<EsmeVariant> {
        match self.variants.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }
}

/// ESMEs that are judged alike: of one Device Model, firmware version and variant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EsmeGroup {
    /// The Device Model.
    pub model: EsmeModel,
    /// The firmware version, if it is known.
    pub firmware: Option<FirmwareVersion>,
    /// The variant.
    pub variant: EsmeVariant,
}

impl EsmeGroup {
    /// The group of a Device; none of one that is not judged: only an SMETS2+ ESME that has a variant is (MP125-R6).
    pub fn of(device: &Device) -> Option<Self> {
        let details = &device.details;
        let variant = details.esme_variant.filter(|_| !device.is_smets1())?;
        Some(Self {
            model: EsmeModel { manufacturer: details.manufacturer.clone(), model: details.model.clone() },
            firmware: details.firmware_version.clone(),
            variant,
        })
    }
}

/// The SMETS2+ ESMEs of each Device Model, by variant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EsmePeers(BTreeMap<EsmeModel, BTreeMap<EsmeVariant, u64>>);

impl EsmePeers {
    /// Adds so many ESMEs.
    pub fn add(&mut self, model: &EsmeModel, variant: EsmeVariant, esmes: u64) {
        // Looked up by reference first: there are many groups of a model.
        if let Some(of_model) = self.0.get_mut(model) {
            *of_model.entry(variant).or_default() += esmes;
        } else {
            self.0.insert(model.clone(), BTreeMap::from([(variant, esmes)]));
        }
    }

    /// How many a model has, and of which variant most.
    pub fn of(&self, model: &EsmeModel) -> Option<PeerCount<'_>> {
        let by_variant = self.0.get(model)?;
        let (most, held) = by_variant.iter().max_by_key(|(_, held)| **held)?;
        Some(PeerCount { by_variant, all: by_variant.values().sum(), most: *most, held: *held })
    }

    /// The most ESMEs that one model has.
    pub fn largest(&self) -> u64 {
        self.0.values().map(|of_model| of_model.values().sum()).max().unwrap_or_default()
    }
}

/// The ESMEs of one Device Model.
#[derive(Clone, Copy, Debug)]
pub struct PeerCount<'a> {
    by_variant: &'a BTreeMap<EsmeVariant, u64>,
    /// All of them.
    pub all: u64,
    /// The variant that most hold.
    pub most: EsmeVariant,
    /// How many hold it.
    pub held: u64,
}

impl PeerCount<'_> {
    /// How many hold that variant.
    pub fn holding(&self, variant: EsmeVariant) -> u64 {
        self.by_variant.get(&variant).copied().unwrap_or_default()
    }
}

/// The HCALCS on the Communications Hub of an ESME that are Whitelisted to Commissioned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuxiliaryLoad {
    /// There is none, or it was not asked.
    None,
    /// There is one.
    Some,
    /// This one is there.
    Device(Eui64),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(manufacturer: &str, model: &str) -> EsmeModel {
        EsmeModel { manufacturer: manufacturer.parse().unwrap(), model: model.parse().unwrap() }
    }

    #[test]
    fn names_of_models_are_alike_but_for_case_and_spaces() {
        assert_eq!(model("AB01", "Model 1").folded(), model("ab01 ", "MODEL1").folded());
        assert_ne!(model("AB01", "Model 1").folded(), model("AB0", "1Model 1").folded());
    }

    #[test]
    fn peers_are_added_up_by_model_and_variant() {
        let mut peers = EsmePeers::default();
        for (variant, esmes) in [(EsmeVariant::A, 2), (EsmeVariant::Ade, 3), (EsmeVariant::A, 4)] {
            peers.add(&model("AB01", "M"), variant, esmes);
        }
        let found = model("AB01", "M");
        let count = peers.of(&found).unwrap();
        assert_eq!(
            (count.all, count.most, count.held, count.holding(EsmeVariant::Ade)),
            (9, EsmeVariant::A, 6, 3)
        );
        assert!(peers.of(&model("AB01", "m")).is_none());
        assert_eq!(peers.largest(), 9);
    }
}
