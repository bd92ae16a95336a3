//! The chapter about planned maintenance, as Markdown.

use std::fmt::{self, Formatter};

use super::{markdown_parts::write_rule, page::Page};
use crate::rules::rulebook::maintenance;

const HEAD: &str = "
## Planned maintenance (SERVICE.md 3.3, MP092)

They refuse no Service Request. A month is checked and published as a whole: 422 with every check that was made. The limits look at
everything published and to be published of a month together, and a closed window counts with the minutes that it took (PM/l).
`maintenance.limits` makes of one allowance one a provider (PM/m). Other environments than production have PM/a and their times
alone (PM/o). A derogation that covers rule, window and day turns a breach into a pass, which names it (PM/p); of a month's limit,
where the windows outside it keep to the limit. What has begun as it was told, and what is closed, is counted and not judged again.
";

pub(super) fn write_maintenance(f: &mut Formatter<'_>, page: &Page) -> fmt::Result {
    writeln!(f, "{HEAD}")?;
    let is_its = |id: &str| maintenance::ALL.iter().any(|rule| rule.id == id);
    page.rules.iter().filter(|rule| is_its(rule.id)).try_for_each(|rule| write_rule(f, rule))?;
    writeln!(f)
}
