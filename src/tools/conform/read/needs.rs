//! What a scenario file says that must be there.

use toml::Spanned;

use super::{ScenarioFault, ScenarioReader, raw::RawNeeds};
use crate::{store::Kind, tools::conform::scenario::Needs};

impl ScenarioReader<'_> {
    pub(super) fn needs(&self, needs: Spanned<RawNeeds>) -> Result<Needs, ScenarioFault> {
        let at = needs.span();
        let raw = needs.into_inner();
        let files = raw.files;
        let given = [
            (Kind::Users, raw.users, files.users),
            (Kind::Registrations, raw.registrations, files.registrations),
            (Kind::Devices, raw.devices, files.devices),
            (Kind::Coverage, raw.coverage, files.coverage),
            (Kind::Cpl, raw.cpl, files.cpl),
            (Kind::HubFirmware, raw.hub_firmware, files.hub_firmware),
            (Kind::Locations, raw.locations, files.locations),
            (Kind::Stock, raw.stock, files.stock),
        ];
        let mut imports = Vec::new();
        for (kind, csv, file) in given {
            let place = Spanned::new(at.clone(), ());
            match (csv, file) {
                (None, None) => {}
                (Some(_), Some(_)) => {
                    return Err(self.unfit(&place, format!("{kind} stand here and in a file; give one")));
                }
                (Some(csv), None) => imports.push((kind, csv)),
                (None, Some(file)) => imports.push((kind, self.file_text(&place, &file)?)),
            }
        }
        Ok(Needs { clock: raw.clock, imports, settings: raw.settings })
    }
}
