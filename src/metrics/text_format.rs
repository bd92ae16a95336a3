//! The two text formats of a page of metrics.

/// A text format, and how the page of OpenMetrics becomes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFormat {
    /// OpenMetrics 1.0.0.
    OpenMetrics,
    /// The text format 0.0.4 of Prometheus, for scrapers that read nothing else.
    Prometheus,
}

impl TextFormat {
    /// The media type of the page.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Prometheus => "text/plain; version=0.0.4; charset=utf-8",
        }
    }

    /// The page in this format, from one of OpenMetrics.
    pub fn write(self, page: String) -> String {
        match self {
            Self::OpenMetrics => page,
            Self::Prometheus => to_prometheus(&page),
        }
    }
}

/// In 0.0.4 a counter is declared by the name of its samples, which ends with `_total`; an info is a gauge whose name ends with
/// `_info`; there are no units and no end mark.
fn to_prometheus(page: &str) -> String {
    let mut written = String::with_capacity(page.len());
    let mut help = None;
    for line in page.lines() {
        match line.split(' ').collect::<Vec<_>>()[..] {
            // Held back: the suffix of its name depends on the type, which follows.
            ["#", "HELP", name, ..] => help = Some((name, line)),
            ["#", "TYPE", name, kind] => {
                let (suffix, kind) = match kind {
                    "counter" => ("_total", "counter"),
                    "info" => ("_info", "gauge"),
                    "unknown" => ("", "untyped"),
                    kind => ("", kind),
                };
                if let Some((_, help)) = help.take().filter(|(of, _)| *of == name) {
                    let text = help.splitn(4, ' ').nth(3).unwrap_or_default();
                    written.push_str(&format!("# HELP {name}{suffix} {text}\n"));
                }
                written.push_str(&format!("# TYPE {name}{suffix} {kind}\n"));
            }
            ["#", ..] => {}
            _ => written.push_str(&format!("{line}\n")),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::TextFormat;

    #[test]
    fn a_page_of_openmetrics_becomes_one_of_0_0_4() {
        let page = "# HELP smi_requests Signed answers.\n# TYPE smi_requests counter\n\
            smi_requests_total{code=\"I0\"} 1\n# HELP smi_stage_seconds Time.\n# TYPE smi_stage_seconds histogram\n\
            # UNIT smi_stage_seconds seconds\nsmi_stage_seconds_sum{stage=\"a\"} 0.5\n# HELP smi_build The program.\n\
            # TYPE smi_build info\nsmi_build_info{version=\"1\"} 1\n# EOF\n";
        insta::assert_snapshot!(TextFormat::Prometheus.write(page.to_owned()), @r#"
        # HELP smi_requests_total Signed answers.
        # TYPE smi_requests_total counter
        smi_requests_total{code="I0"} 1
        # HELP smi_stage_seconds Time.
        # TYPE smi_stage_seconds histogram
        smi_stage_seconds_sum{stage="a"} 0.5
        # HELP smi_build_info The program.
        # TYPE smi_build_info gauge
        smi_build_info{version="1"} 1
        "#);
        assert_eq!(TextFormat::OpenMetrics.write(page.to_owned()), page);
    }
}
