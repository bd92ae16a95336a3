//! What `smi tsat` prints for people: Markdown.

use std::fmt::Write as _;

use crate::web::{
    ShownCompatibility, ShownDifference, ShownEffectiveDates, ShownJudgement, ShownReview, ShownTables,
    ShownTsatRow,
};

/// Something that is printed as Markdown.
pub(super) trait Markdown {
    fn markdown(&self) -> String;
}

/// A page that is written line by line. Writing to a text does not fail.
#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, text: impl AsRef<str>) {
        self.0.push_str(text.as_ref());
        self.0.push('\n');
    }

    fn header(&mut self, cells: &[&str]) {
        self.row(cells);
        self.line(format!("|{}", " --- |".repeat(cells.len())));
    }

    /// A line of a table. A `|` within a cell would end it.
    fn row<T: AsRef<str>>(&mut self, cells: &[T]) {
        let mut line = String::from("|");
        for cell in cells {
            // Nothing to be done about a fault, which a text does not have.
            let _ = write!(line, " {} |", cell.as_ref().replace('|', "\\|").replace('\n', " "));
        }
        self.line(line);
    }

    fn list(&mut self, what: &str, items: &[String]) {
        if !items.is_empty() {
            self.line(format!("{what}: {}", items.join("; ")));
        }
    }
}

impl Markdown for ShownTables {
    fn markdown(&self) -> String {
        let mut page = Page::default();
        page.line("# Versions by SMETS document\n");
        let documents =
            self.versions_by_document.first().map(|row| row.versions.as_slice()).unwrap_or_default();
        let header = ["specification"].into_iter().chain(documents.iter().map(|(document, _)| *document));
        page.header(&header.collect::<Vec<_>>());
        for row in &self.versions_by_document {
            let versions = row.versions.iter().map(|(_, version)| *version);
            page.row(&[row.specification].into_iter().chain(versions).collect::<Vec<_>>());
        }
        page.line(format!("\n# {}[^1]\n", self.heading));
        match (&self.version, &self.effective_from) {
            (Some(version), Some(from)) => {
                page.line(format!("Version {version}, in force from {from}; as at {}.", self.as_at));
            }
            (Some(_) | None, _) => page.line(format!("No version was in force as at {}.", self.as_at)),
        }
        let mut specification = "";
        for row in &self.rows {
            if row.specification != specification {
                specification = row.specification;
                page.line(format!("\n## {specification}\n"));
                page.header(&COLUMNS);
            }
            page.row(&cells(row));
        }
        page.line(format!("\n[^1]: {}\n", self.footnote));
        self.notes.iter().for_each(|note| page.line(format!("- {note}")));
        page.0
    }
}

const COLUMNS: [&str; 11] = [
    "version",
    "GBCS",
    "install from",
    "install to",
    "prepayment to",
    "maintain from",
    "maintain to",
    "operate from",
    "operate to",
    "way up",
    "remarks",
];

fn cells(row: &ShownTsatRow) -> [String; 11] {
    let way_up = row.way_up.as_ref().map(|way| match &way.target {
        Some(target) => format!("{target} by {}", way.deadline),
        None => format!("none by {}", way.deadline),
    });
    let extended = row.extended.then(|| "extended".to_owned());
    let texts = [&row.security, &row.note].map(|text| Some(text.clone()).filter(|text| !text.is_empty()));
    let remarks = [extended].into_iter().chain(texts).flatten().collect::<Vec<_>>().join("; ");
    [
        row.spec_version.clone(),
        row.gbcs_version.clone(),
        row.install_from.clone(),
        row.install_to.clone(),
        row.ppm_install_to.clone(),
        row.maintain_from.clone(),
        row.maintain_to.clone(),
        row.operate_from.clone(),
        row.operate_to.clone(),
        way_up.unwrap_or_default(),
        remarks,
    ]
}

impl Markdown for ShownJudgement {
    fn markdown(&self) -> String {
        let mut page = Page::default();
        let Self { on, as_at, read, table, row, extended, security, warnings, .. } = self;
        let table =
            table.as_ref().map_or("no version in force".to_owned(), |table| format!("version {table}"));
        page.line(format!("{read} on {on}, by {table} as at {as_at}"));
        let extended = if *extended { ", extended" } else { "" };
        let security = security.as_ref().map(|text| format!(", {text}")).unwrap_or_default();
        match row {
            Some(row) => page.line(format!("row: {row}{extended}{security}\n")),
            None => {
                page.line("row: none; it is older than what is published, or newer than what is loaded\n")
            }
        }
        page.header(&["test", "may", "from", "to"]);
        for (test, answer) in self.answers() {
            let text = |day: &Option<String>| day.clone().unwrap_or_default();
            page.row(&[test.to_string(), answer.may.to_owned(), text(&answer.from), text(&answer.to)]);
        }
        warnings.iter().for_each(|warning| page.line(format!("\nwarning: {warning}")));
        page.0
    }
}

impl Markdown for ShownDifference {
    fn markdown(&self) -> String {
        let mut page = Page::default();
        let Self { from, to, cells, added, removed, extended } = self;
        if cells.is_empty() {
            page.line(format!("no dates differ between {from} and {to}"));
        } else {
            page.header(&["row", "date", from, to]);
            for cell in cells {
                page.row(&[cell.row.as_str(), cell.column, &cell.from, &cell.to]);
            }
        }
        page.line("");
        page.list("extended", extended);
        page.list("added", added);
        page.list("removed", removed);
        page.0.trim_end().to_owned() + "\n"
    }
}

impl Markdown for ShownReview {
    fn markdown(&self) -> String {
        let mut page = Page::default();
        let Self { on, table, next, rows, .. } = self;
        let table =
            table.as_ref().map_or("no version in force".to_owned(), |table| format!("version {table}"));
        page.line(format!("review on {on} of {table}; the next one is on {next}"));
        if rows.is_empty() {
            page.line("no date ends before it");
            return page.0;
        }
        page.line("");
        page.header(&["row", "date", "ends"]);
        for row in rows {
            for (column, day) in &row.ends {
                page.row(&[row.row.as_str(), column, day]);
            }
        }
        page.0
    }
}

impl Markdown for ShownEffectiveDates {
    fn markdown(&self) -> String {
        let Self { decision, effective_from, referral_to } = self;
        format!("decided {decision}: effective from {effective_from}, can be referred to {referral_to}\n")
    }
}

impl Markdown for ShownCompatibility {
    fn markdown(&self) -> String {
        let mut page = Page::default();
        let Self { smets, chts, result, records } = self;
        page.line(format!("SMETS {smets} with CHTS {chts}: {result}"));
        if !records.is_empty() {
            page.line("");
            page.header(&["Device Type", "result", "Devices", "tested on", "note"]);
        }
        for record in records {
            page.row(&[
                record.device_type.unwrap_or("any").to_owned(),
                record.result.to_owned(),
                record.devices_tested.to_string(),
                record.tested_on.clone().unwrap_or_default(),
                record.note.clone(),
            ]);
        }
        page.0
    }
}
