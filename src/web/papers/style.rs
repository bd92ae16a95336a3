//! The style sheet of all papers.

use std::fmt;

/// The style sheet.
const STYLE: &str = include_str!("paper.css");

/// How a paper has its style sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::web) enum PaperStyle {
    /// It stands in the paper, so that this is whole as a file.
    Within,
    /// It lies in this folder with the icon, as where no style may stand in a page.
    In(String),
}

/// Writes HTML of its own: the address holds no text that others wrote.
impl fmt::Display for PaperStyle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Within => write!(f, "<style>{STYLE}</style>"),
            Self::In(folder) => write!(
                f,
                "<link rel=\"stylesheet\" href=\"{folder}/paper.css\">\n<link rel=\"icon\" type=\"image/svg+xml\" href=\"{folder}/icon.svg\">"
            ),
        }
    }
}

impl askama::filters::HtmlSafe for PaperStyle {}

/// What stands in the body of a paper, for tests.
#[cfg(test)]
pub(super) fn content(page: &str) -> &str {
    page.split_once("<main>").and_then(|(_, rest)| rest.split_once("</main>")).map_or(page, |(main, _)| main)
}
