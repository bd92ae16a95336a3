//! The lines of `model-variants`, found by Device Model.

use std::collections::BTreeMap;

use crate::domain::{EsmeGroup, EsmeModel, FirmwareVersion, ModelVariants};

/// The lines of one Device Model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct OfModel {
    general: Option<ModelVariants>,
    by_firmware: BTreeMap<FirmwareVersion, ModelVariants>,
}

/// The whole list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VariantReference {
    models: BTreeMap<EsmeModel, OfModel>,
    alike: BTreeMap<String, Vec<EsmeModel>>,
}

/// The lines about an ESME: the first one decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReferenceLines<'a> {
    /// The line that decides: that of the firmware version, else the one without.
    pub line: &'a ModelVariants,
    /// The one without, where the other decides.
    pub general: Option<&'a ModelVariants>,
}

impl VariantReference {
    /// The list of these lines.
    pub fn new(lines: Vec<ModelVariants>) -> Self {
        let mut reference = Self::default();
        for line in lines {
            let alike = reference.alike.entry(line.model.folded()).or_default();
            if !alike.contains(&line.model) {
                alike.push(line.model.clone());
            }
            let of_model = reference.models.entry(line.model.clone()).or_default();
            match line.firmware.clone() {
                Some(firmware) => drop(of_model.by_firmware.insert(firmware, line)),
                None => of_model.general = Some(line),
            }
        }
        reference
    }

    /// Whether there is no line.
    pub fn is_empty(&self) -> bool {
        self.models.is_empty()
    }

    /// The lines about ESMEs of a group; none where no line is.
    pub fn of(&self, group: &EsmeGroup) -> Option<ReferenceLines<'_>> {
        let OfModel { general, by_firmware } = self.models.get(&group.model)?;
        let own = group.firmware.as_ref().and_then(|firmware| by_firmware.get(firmware));
        match own {
            Some(line) => Some(ReferenceLines { line, general: general.as_ref() }),
            None => general.as_ref().map(|line| ReferenceLines { line, general: None }),
        }
    }

    /// The models that are written otherwise in case or spaces alone, of a model that has no line.
    pub fn written_otherwise(&self, model: &EsmeModel) -> &[EsmeModel] {
        if self.models.contains_key(model) {
            return &[];
        }
        self.alike.get(&model.folded()).map_or(&[], Vec::as_slice)
    }
}
