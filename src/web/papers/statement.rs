//! The statement of an order.

use askama::Template;

use super::PaperStyle;
use crate::{
    domain::{PartySignifier, Pence, Timestamp, pounds, reflash::OrderNumber},
    rules::reflash::{Statement, StatementLine, Totals},
    web::local_time::local_text,
};

/// What an order costs: MP155-R19.
#[derive(Clone, Debug)]
pub(in crate::web) struct StatementPaper {
    /// The order.
    pub(in crate::web) order: OrderNumber,
    /// The Party.
    pub(in crate::web) party: PartySignifier,
    /// When it was received at the site.
    pub(in crate::web) received_at: Timestamp,
    /// Working Days from receipt to release; none before that.
    pub(in crate::web) working_days: Option<u32>,
    /// Charges and credits.
    pub(in crate::web) statement: Statement,
}

#[derive(Template)]
#[template(path = "paper_statement.html")]
struct StatementPage<'a> {
    title: String,
    style: PaperStyle,
    paper: &'a StatementPaper,
    received: String,
    lines: Vec<ShownLine>,
    sums: Option<ShownSums>,
}

/// A line as text.
struct ShownLine {
    band: String,
    accepted: u64,
    charge: String,
    failed: u64,
    credit: String,
}

/// The sums as text.
struct ShownSums {
    charged: String,
    credited: String,
    due: String,
}

impl From<&StatementLine> for ShownLine {
    fn from(StatementLine { band, accepted, failed, charge, credit }: &StatementLine) -> Self {
        let amount = |amount: Option<Pence>| amount.map_or("not known".to_owned(), pounds);
        Self {
            band: band.as_ref().map_or("not recorded".to_owned(), ToString::to_string),
            accepted: *accepted,
            charge: amount(*charge),
            failed: *failed,
            credit: amount(*credit),
        }
    }
}

impl From<Totals> for ShownSums {
    fn from(totals: Totals) -> Self {
        Self { charged: pounds(totals.charged), credited: pounds(totals.credited), due: pounds(totals.due()) }
    }
}

impl StatementPaper {
    /// The statement.
    ///
    /// # Errors
    /// When the text cannot be written.
    pub(in crate::web) fn html(&self, style: PaperStyle) -> askama::Result<String> {
        let page = StatementPage {
            title: format!("Statement of {}", self.order),
            style,
            paper: self,
            received: local_text(self.received_at),
            lines: self.statement.lines.iter().map(ShownLine::from).collect(),
            sums: self.statement.totals.map(ShownSums::from),
        };
        page.render()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Band, RegulatoryYear, london_date, parse_instant};
    use crate::web::papers::content;

    /// MP155-R19, REQUIREMENTS O23: a failure is credited with the charge, so that it costs nothing; without a charge there are counts and no pounds.
    #[test]
    fn mp155_r19_a_statement_has_charges_and_credits_and_says_where_a_charge_is_not_known() {
        let received_at = parse_instant("2022-01-25T10:45:00Z").unwrap();
        let charge = Some(Pence::new(1_200));
        let line = |band, charge| StatementLine { band, accepted: 3, failed: 1, charge, credit: charge };
        let paper = |lines: Vec<StatementLine>, totals| StatementPaper {
            order: "RF-000007".parse().unwrap(),
            party: "SUPA".parse().unwrap(),
            received_at,
            working_days: Some(6),
            statement: Statement { year: RegulatoryYear::of(london_date(received_at)), lines, totals },
        };
        let totals = Totals { charged: Pence::new(3_600), credited: Pence::new(1_200) };
        let known = paper(vec![line(Some(Band::of_variant("Dual Band")), charge)], Some(totals));
        insta::assert_snapshot!(content(&known.html(PaperStyle::Within).unwrap()));
        let unknown = paper(vec![line(None, None)], None).html(PaperStyle::Within).unwrap();
        assert!(unknown.contains("not known") && !unknown.contains("To pay"), "{unknown}");
    }
}
