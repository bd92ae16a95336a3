//! The page as Markdown, aligned so that it is readable in a terminal too.

use std::fmt::{self, Formatter};

use super::{
    change_chapter::write_changes,
    decisions::DecisionTable,
    firmware_chapter::write_firmware,
    maintenance_chapter::write_maintenance,
    markdown_parts::{write_diagram, write_rule, write_table},
    moves::MoveRow,
    page::{CodeRow, Page, ServiceChecks},
    privacy_chapter::write_privacy,
    reflash_chapter::{write_orders, write_ssmi},
    tsat::{ShippedTable, TsatChapter, WayUpRow},
    variants_chapter::write_variants,
    wan_variants::WanVariants,
};
use crate::rules::rulebook::{common, cspm_n3, tsat};

const HEAD: &str = "\
# The rulebook in force

Generated from what the engine runs. A standing says who vouches for a rule or a code: *seed* a SEC modification's
document, *schema* the DUIS schema, *public* a public reference, *ours* nobody but us: `rules.codes` corrects it.
What is no message of DUIS is answered by HTTP alone (SMI.md 3/1 to 3/3): 405, 415, 413, 400 and, for a Service
Request not answered here, 501.
";

impl fmt::Display for Page {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEAD}")?;
        self.settings(f)?;
        writeln!(f, "## Checks, in order; the first that does not hold answers\n")?;
        writeln!(f, "### The checks that Service Requests share\n")?;
        let is_common = |id: &str| common::ALL.iter().any(|rule| rule.id == id);
        self.rules.iter().filter(|rule| is_common(rule.id)).try_for_each(|rule| write_rule(f, rule))?;
        for service in &self.service_requests {
            self.own_checks(f, service)?;
        }
        self.tsat_checks(f)?;
        self.hub_checks(f)?;
        write_ssmi(f, self)?;
        write_orders(f, self)?;
        write_changes(f, self)?;
        write_firmware(f, self)?;
        write_privacy(f, self)?;
        write_variants(f, self)?;
        write_maintenance(f, self)?;
        write_codes(f, &self.response_codes)?;
        writeln!(f, "## Decision tables of SR 8.4\n")?;
        writeln!(f, "Each cell is asked of the engine: the answer, and the rule that decided.\n")?;
        self.decision_tables.iter().try_for_each(|table| write_decisions(f, table))?;
        write_moves(f, &self.moves)?;
        write_wan_variants(f, &self.wan_variants)?;
        write_tsat(f, &self.tsat)?;
        self.roles(f)
    }
}

impl Page {
    fn settings(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "## Settings that bear on rules\n")?;
        let rows = self.settings.iter().map(|setting| {
            vec![format!("`{}`", setting.key), setting.value.clone(), setting.bears_on.to_owned()]
        });
        write_table(f, &["setting", "value", "rules"], &rows.collect::<Vec<_>>())?;
        writeln!(f)
    }

    fn own_checks(&self, f: &mut Formatter<'_>, service: &ServiceChecks) -> fmt::Result {
        writeln!(f, "\n### SR {} {}\n", service.variant, service.name)?;
        writeln!(f, "{}", service.checks.join(", "))?;
        let own = format!("SR{}/", service.variant);
        let mut own = self.rules.iter().filter(|rule| rule.id.starts_with(&own)).peekable();
        if own.peek().is_some() {
            writeln!(f)?;
        }
        own.try_for_each(|rule| write_rule(f, rule))
    }

    /// The check that a setting switches on.
    fn tsat_checks(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n### TS Applicability Tables, where `rules.tsat` is `note` or `refuse`\n")?;
        let is_its = |id: &str| tsat::ALL.iter().any(|rule| rule.id == id);
        self.rules.iter().filter(|rule| is_its(rule.id)).try_for_each(|rule| write_rule(f, rule))
    }

    /// The checks of CSPM-N3, which is not a Service Request.
    fn hub_checks(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n### CSPM-N3 Communications Hub pre-notification, hub by hub\n")?;
        writeln!(
            f,
            "A CSP's batch is taken or refused as a whole by HTTP: 403, 400, 413, 422 for what is not valid against"
        )?;
        writeln!(
            f,
            "`schemas/csp/n3.xsd` (every parameter is mandatory: MP155-R27, seed), 409 for a `batchId` used before. The"
        )?;
        writeln!(f, "codes stand in the decisions kept; `new`, `updated` and `unchanged` are I99.\n")?;
        let is_its = |id: &str| cspm_n3::ALL.iter().any(|rule| rule.id == id);
        self.rules.iter().filter(|rule| is_its(rule.id)).try_for_each(|rule| write_rule(f, rule))
    }

    fn roles(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n## Service Requests of DUIS and who may send them (SMI.md 1, public)\n")?;
        let rows = self.roles.iter().map(|row| {
            let answered = if row.answered_here { "yes" } else { "" };
            let roles = row.eligible_roles.join(", ");
            [row.variant, row.name, row.request_type, &roles, answered].map(str::to_owned).to_vec()
        });
        write_table(
            f,
            &["variant", "name", "type", "eligible roles", "answered here"],
            &rows.collect::<Vec<_>>(),
        )
    }
}

fn write_codes(f: &mut Formatter<'_>, codes: &[CodeRow]) -> fmt::Result {
    writeln!(f, "\n## Response codes\n")?;
    let rows = codes.iter().map(|row| {
        let before = row.before.iter().map(|replaced| format!("{}: {}", replaced.version, replaced.code));
        let before = before.collect::<Vec<_>>().join(", ");
        vec![row.code.to_owned(), row.meaning.to_owned(), row.rules.join(", "), before]
    });
    write_table(f, &["code", "meaning", "rules", "in older versions"], &rows.collect::<Vec<_>>())?;
    writeln!(f)
}

fn write_decisions(f: &mut Formatter<'_>, table: &DecisionTable) -> fmt::Result {
    writeln!(f, "### {} ({})\n", table.title, table.source)?;
    let senders = table.rows.first().map(|row| row.cells.iter().map(|cell| cell.sender).collect::<Vec<_>>());
    let heads = std::iter::once("status").chain(senders.unwrap_or_default()).collect::<Vec<_>>();
    let rows = table.rows.iter().map(|row| {
        let cells = row.cells.iter().map(|cell| format!("{} {}", cell.code, cell.decided_by));
        std::iter::once(row.status.to_owned()).chain(cells).collect()
    });
    write_table(f, &heads, &rows.collect::<Vec<_>>())?;
    writeln!(f)
}

fn write_moves(f: &mut Formatter<'_>, moves: &[MoveRow]) -> fmt::Result {
    writeln!(f, "## Moves between SMI Statuses (SMI.md 2)\n")?;
    let place = |status: &Option<&str>| status.unwrap_or("(not in the SMI)").to_owned();
    let rows = moves.iter().map(|row| {
        let from = row.from.iter().map(place).collect::<Vec<_>>().join(", ");
        vec![from, place(&row.to), row.by.to_owned(), row.standing.to_owned(), row.source.to_owned()]
    });
    write_table(f, &["from", "to", "by", "standing", "source"], &rows.collect::<Vec<_>>())?;
    writeln!(f, "\nAny other move is refused. IHD and CAD have no status.\n")?;
    let arrows = moves.iter().flat_map(|row| row.from.iter().map(move |from| (*from, row.to, row.by)));
    write_diagram(f, arrows)
}

/// The note stands directly after the table (MP106-R12).
fn write_wan_variants(f: &mut Formatter<'_>, variants: &WanVariants) -> fmt::Result {
    let WanVariants { rows, note, outside_the_table } = variants;
    writeln!(f, "\n## WAN Variants of SR 12.1 (SEC Appendix I, Annex E, Table 3; MP106-T1)\n")?;
    let rows = rows
        .iter()
        .map(|row| vec![row.release_1_3.clone(), row.release_2_0.clone(), row.csp_region.to_owned()]);
    let heads = ["WAN Variant (DCC release 1.3)", "WAN Variant (DCC release 2.0)", "CSP region"];
    write_table(f, &heads, &rows.collect::<Vec<_>>())?;
    writeln!(f, "\n{note}\n")?;
    let outside = outside_the_table.join("`, `");
    writeln!(f, "Outside Table 3, and yet legal on CSPM-S1 and CSPM-S2 (MP106-R9): `{outside}`.")
}

fn write_tsat(f: &mut Formatter<'_>, chapter: &TsatChapter) -> fmt::Result {
    let TsatChapter { rules, shipped } = chapter;
    writeln!(
        f,
        "\n## TSAT: from and until when a version may be installed, maintained and operated (MP139)\n"
    )?;
    let cells =
        rules.iter().map(|rule| [rule.id, rule.says, rule.standing, rule.source].map(str::to_owned).to_vec());
    write_table(f, &["rule", "says", "standing", "source"], &cells.collect::<Vec<_>>())?;
    writeln!(
        f,
        "\nThe versions that are shipped; `smi tsat show` prints the one in force, and those that were imported:\n"
    )?;
    let tables = shipped
        .iter()
        .map(|table| vec![table.version.clone(), table.effective_from.clone(), table.rows.to_string()]);
    write_table(f, &["version", "effective from", "rows"], &tables.collect::<Vec<_>>())?;
    writeln!(f, "\nThe ways up, from each row whose validity ends (TSAT/o):\n")?;
    let way = |table: &ShippedTable, way: &WayUpRow| {
        let target = way.target.clone().unwrap_or_else(|| "none".to_owned());
        vec![table.version.clone(), way.row.clone(), way.deadline.clone(), target]
    };
    let ways = shipped.iter().flat_map(|table| table.ways_up.iter().map(move |row| way(table, row)));
    write_table(f, &["version", "from", "by", "to"], &ways.collect::<Vec<_>>())
}
