//! The steps of a scenario file that are no requests.

use toml::Spanned;

use super::{
    ScenarioFault, ScenarioReader,
    raw::{RawCall, RawEvent, RawImport, RawNotify, RawStep},
};
use crate::tools::conform::{CallStep, HubsStep, StepAction};

impl ScenarioReader<'_> {
    /// The action of a step that sends no request; none where it sends one.
    pub(super) fn other_action(
        &self,
        place: &Spanned<()>,
        step: &mut RawStep,
    ) -> Result<Option<StepAction>, ScenarioFault> {
        let import = step.import.take().map(|import| self.import(place, import)).transpose()?;
        let actions = [
            step.repeat.take().map(StepAction::Repeat),
            step.event.take().map(|RawEvent { device, name, version }| StepAction::Event {
                device,
                name,
                version,
            }),
            step.clock.take().map(|clock| StepAction::Clock(clock.0)),
            import,
            step.n3.take().map(notify),
            step.call.take().map(|raw| StepAction::Call(Box::new(call(raw)))),
        ];
        let mut actions = actions.into_iter().flatten();
        let action = actions.next();
        if actions.next().is_some() || action.is_some() == step.send.is_some() {
            let kinds = "a step has one of `send`, `repeat`, `event`, `clock`, `import`, `n3` and `call`";
            return Err(self.unfit(place, kinds));
        }
        Ok(action)
    }

    fn import(&self, place: &Spanned<()>, import: RawImport) -> Result<StepAction, ScenarioFault> {
        let RawImport { kind, csv, file, refused } = import;
        let csv = match (csv, file) {
            (Some(csv), None) => csv,
            (None, Some(file)) => self.file_text(place, &file)?,
            (None, None) | (Some(_), Some(_)) => {
                return Err(self.unfit(place, "an import has `csv` or `file`"));
            }
        };
        Ok(StepAction::Import { kind, csv, refused })
    }
}

fn notify(raw: RawNotify) -> StepAction {
    let RawNotify { batch, hubs, expect } = raw;
    StepAction::Notify(HubsStep { batch, hubs: hubs.trim().to_owned(), expect })
}

fn call(raw: RawCall) -> CallStep {
    let RawCall { method, path, body, expect, shows, keep } = raw;
    CallStep { method, path, body, expect, shows, keep }
}
