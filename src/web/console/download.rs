//! Downloads: a list as CSV or JSON.

use actix_web::{HttpResponse, http::header};
use serde::Serialize;

use super::page_error::{PageError, PageResult};
use crate::web::csv_text::without_formula;

/// A file to be kept.
#[derive(Debug)]
pub(super) struct File {
    name: String,
    media_type: &'static str,
    content: Vec<u8>,
    /// The address of the next part.
    next: Option<String>,
}

impl File {
    /// A list as CSV, with the names of its columns.
    pub(super) fn csv<const N: usize>(
        name: &str,
        columns: [&str; N],
        rows: impl Iterator<Item = [String; N]>,
    ) -> PageResult<Self> {
        let mut csv = csv::Writer::from_writer(Vec::new());
        let broken = |_| PageError::bad_request("The list", "cannot be written as CSV");
        csv.write_record(columns).map_err(broken)?;
        for row in rows {
            csv.write_record(row.map(|cell| without_formula(&cell))).map_err(broken)?;
        }
        let content = csv.into_inner().unwrap_or_default();
        Ok(Self { name: format!("{name}.csv"), media_type: "text/csv; charset=utf-8", content, next: None })
    }

    /// A list as JSON, with the place where the next part begins.
    pub(super) fn json(name: &str, list: &impl Serialize) -> PageResult<Self> {
        let content = serde_json::to_vec_pretty(list);
        let content = content.map_err(|_| PageError::bad_request("The list", "cannot be written as JSON"))?;
        Ok(Self { name: format!("{name}.json"), media_type: "application/json", content, next: None })
    }

    /// A file as it was written.
    pub(super) fn whole(name: &str, media_type: &'static str, content: Vec<u8>) -> Self {
        Self { name: name.to_owned(), media_type, content, next: None }
    }

    /// The same, with the address of the next part.
    pub(super) fn followed_by(mut self, next: Option<String>) -> Self {
        self.next = next;
        self
    }

    pub(super) fn into_response(self) -> HttpResponse {
        let Self { name, media_type, content, next } = self;
        let mut response = HttpResponse::Ok();
        response.content_type(media_type);
        response.insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")));
        if let Some(next) = next {
            response.insert_header((header::LINK, format!("<{next}>; rel=\"next\"")));
        }
        response.body(content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_a_formula() {
        let rows = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "a=1", "", "1-1", "\"q\""];
        let file = File::csv("list", ["cell"], rows.into_iter().map(|cell| [cell.to_owned()])).unwrap();
        let text = String::from_utf8(file.content).unwrap();
        assert_eq!(
            text,
            "cell\n'=1+1\n'+1\n'-1\n'@SUM(A1)\n'\t=1\n\"'\r=1\"\na=1\n\"\"\n1-1\n\"\"\"q\"\"\"\n"
        );
    }
}
