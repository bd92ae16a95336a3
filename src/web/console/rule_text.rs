//! Rules as pages show them: by their ID, which leads to the rulebook.

use std::fmt;

use askama::filters::{Escaper as _, Html, HtmlSafe};

use crate::{domain::Rule, rules::rulebook};

/// A rule. One that a record names and that was removed since leads nowhere, as does what HTTP alone refuses.
#[derive(Clone, Debug)]
pub(super) enum RuleText {
    Known(&'static Rule),
    Gone(String),
}

impl RuleText {
    pub(super) fn of(id: &str) -> Self {
        rulebook::rule(id).map_or_else(|| Self::Gone(id.to_owned()), Self::Known)
    }
}

impl From<&'static Rule> for RuleText {
    fn from(rule: &'static Rule) -> Self {
        Self::Known(rule)
    }
}

impl fmt::Display for RuleText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(rule) => write!(f, "<a href=\"/rulebook#{0}\">{0}</a>", rule.id),
            Self::Gone(id) => Html.write_escaped_str(f, id),
        }
    }
}

impl HtmlSafe for RuleText {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_leads_to_the_rulebook_and_any_other_text_is_text() {
        assert_eq!(RuleText::of("SR8.4/g").to_string(), "<a href=\"/rulebook#SR8.4/g\">SR8.4/g</a>");
        assert_eq!(RuleText::of("<b>").to_string(), "&#60;b&#62;");
    }
}
