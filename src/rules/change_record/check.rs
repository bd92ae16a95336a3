//! What a change must say.

use crate::{
    domain::{ChangeOutcome, ChangeRecord, Step},
    rules::rulebook::changes::FAILURE_EXPLAINED,
};

/// PM/z: a failed change has its effect and a lesson. What it saw names what lacks.
pub fn failure_explained(change: &ChangeRecord) -> Step {
    let ChangeRecord { outcome, effect, lesson, .. } = change;
    let outcome_text = outcome.map_or("no outcome", ChangeOutcome::as_str);
    let said = |is_there| if is_there { "given" } else { "missing" };
    let saw = format!("{outcome_text}, effect {}, lesson {}", said(effect.is_some()), said(lesson.is_some()));
    let holds = *outcome != Some(ChangeOutcome::Failed) || effect.is_some() && lesson.is_some();
    Step { rule: FAILURE_EXPLAINED, holds, saw }
}
