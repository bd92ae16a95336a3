//! The three answers about a Device or a version.

use serde::Serialize;

use crate::{
    domain::{
        Date,
        tsat::{Answer, Baseline, Judgement, Period, ValidityTest},
    },
    web::csv_text::csv_text,
};

/// The answers for a day, as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct ShownJudgement {
    /// The day asked about.
    pub on: String,
    /// The day whose version of the tables answers.
    pub as_at: String,
    /// What was asked about, as it was read.
    pub read: String,
    /// The version of the tables; null where none was in force.
    pub table: Option<String>,
    /// The row; null where there is none.
    pub row: Option<String>,
    /// Whether the row was extended.
    pub extended: bool,
    /// The state of the security assessment, where the row tells one.
    pub security: Option<String>,
    /// What else is to be known.
    pub warnings: Vec<String>,
    /// May it be installed?
    pub install: ShownAnswer,
    /// May it be maintained?
    pub maintain: ShownAnswer,
    /// May it be operated?
    pub operate: ShownAnswer,
}

/// One answer, as JSON.
#[derive(Clone, Debug, Serialize)]
pub struct ShownAnswer {
    /// `yes`, `no`, `no_row` or `not_asked`.
    pub may: &'static str,
    /// The first day of the period.
    pub from: Option<String>,
    /// Its last day, or `ND`.
    pub to: Option<String>,
}

impl From<Answer> for ShownAnswer {
    fn from(Answer { may, period }: Answer) -> Self {
        Self {
            may: may.as_str(),
            from: period.map(|period| period.from().to_string()),
            to: period.map(Period::to).map(|end| end.to_string()),
        }
    }
}

impl ShownJudgement {
    /// The columns of the CSV.
    const COLUMNS: [&'static str; 17] = [
        "on",
        "as_at",
        "read",
        "table",
        "row",
        "extended",
        "security",
        "warnings",
        "install",
        "install_from",
        "install_to",
        "maintain",
        "maintain_from",
        "maintain_to",
        "operate",
        "operate_from",
        "operate_to",
    ];

    /// The answers about that baseline, by the version in force as at a day.
    pub fn new(baseline: &Baseline, as_at: Date, judgement: &Judgement<'_>) -> Self {
        let Judgement { on, table, row, extended, verdict } = judgement;
        let security = row.map(|row| row.security().to_owned());
        Self {
            on: on.to_string(),
            as_at: as_at.to_string(),
            read: baseline.to_string(),
            table: table.map(|table| table.version().to_string()),
            row: row.map(|row| row.key().to_string()),
            extended: *extended,
            security: security.filter(|text| !text.is_empty()),
            warnings: verdict.warnings.iter().map(ToString::to_string).collect(),
            install: verdict.install.into(),
            maintain: verdict.maintain.into(),
            operate: verdict.operate.into(),
        }
    }

    /// The answers with their tests.
    pub const fn answers(&self) -> [(ValidityTest, &ShownAnswer); 3] {
        [
            (ValidityTest::Install, &self.install),
            (ValidityTest::Maintain, &self.maintain),
            (ValidityTest::Operate, &self.operate),
        ]
    }

    /// As CSV.
    pub fn csv(&self) -> String {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let Self { on, as_at, read, table, row, extended, security, warnings, install, maintain, operate } =
            self;
        let row = [
            on.clone(),
            as_at.clone(),
            read.clone(),
            text(table),
            text(row),
            extended.to_string(),
            text(security),
            warnings.join("; "),
            install.may.to_owned(),
            text(&install.from),
            text(&install.to),
            maintain.may.to_owned(),
            text(&maintain.from),
            text(&maintain.to),
            operate.may.to_owned(),
            text(&operate.from),
            text(&operate.to),
        ];
        csv_text(Self::COLUMNS, std::iter::once(row))
    }
}
