//! The navigation: sections, and the pages of the one that is open.

/// A page of a section: its name, its address, and the paths of pages that belong to it and do not lie below it.
struct Page {
    name: &'static str,
    address: &'static str,
    also: &'static [&'static str],
}

/// A section.
struct Section {
    name: &'static str,
    pages: &'static [Page],
}

/// A link of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) name: &'static str,
    pub(super) address: &'static str,
    /// Whether the page that is shown is this one or below it; of a section, whether it holds that page.
    pub(super) is_here: bool,
}

/// The navigation of one page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Navigation {
    /// The sections, each a link to its first page.
    pub(super) sections: Vec<Link>,
    /// The section that is open, and its pages; none where it has one page alone.
    pub(super) open: Option<(&'static str, Vec<Link>)>,
}

const fn page(name: &'static str, address: &'static str) -> Page {
    Page { name, address, also: &[] }
}

const SECTIONS: &[Section] = &[
    Section {
        name: "Inventory",
        pages: &[
            Page { name: "Overview", address: "/", also: &["/search", "/devices", "/overview"] },
            Page { name: "Users", address: "/users", also: &["/mpxns"] },
            page("Coverage", "/coverage"),
            page("Variants", "/variants"),
            page("Reports", "/reports"),
            page("Import", "/import"),
        ],
    },
    Section {
        name: "Decisions",
        pages: &[
            page("Decisions", "/decisions"),
            page("Refused messages", "/refusals"),
            page("What-if", "/what-if"),
            page("Rulebook", "/rulebook"),
        ],
    },
    Section {
        name: "Hubs",
        pages: &[
            Page { name: "Stock", address: "/stock", also: &["/hubs"] },
            page("Validity", "/validity"),
            page("Orders", "/orders"),
            page("Sites", "/sites"),
        ],
    },
    Section {
        name: "Service",
        pages: &[
            page("Firmware days", "/firmware/days"),
            page("Schedules", "/firmware/schedules"),
            page("Images", "/firmware/images"),
            Page { name: "Maintenance", address: "/maintenance", also: &[] },
            page("Privacy", "/privacy"),
        ],
    },
    Section { name: "Messages", pages: &[page("Outbox", "/outbox"), page("Notices", "/notices")] },
    Section {
        name: "Records",
        pages: &[page("Audit", "/audit"), page("Acts", "/acts"), page("Jobs", "/jobs")],
    },
];

/// The section of test instances alone.
const TEST: Section = Section {
    name: "Test bench",
    pages: &[
        page("Clock and reset", "/test-bench"),
        page("Faults", "/faults"),
        page("Journal", "/journal"),
        page("States", "/states"),
    ],
};

impl Navigation {
    /// That of the page at this path, on a test instance or another.
    pub(super) fn at(path: &str, is_test: bool) -> Self {
        let sections = || SECTIONS.iter().chain(is_test.then_some(&TEST));
        let link = |section: &'static Section| {
            let first = section.pages.first()?;
            let is_here = section.pages.iter().any(|page| page.holds(path));
            Some(Link { name: section.name, address: first.address, is_here })
        };
        let open = sections().find(|section| section.pages.iter().any(|page| page.holds(path)));
        let open = open.filter(|section| section.pages.len() > 1);
        let links = |section: &'static Section| section.pages.iter().map(|page| page.link(path)).collect();
        Self {
            sections: sections().filter_map(link).collect(),
            open: open.map(|section| (section.name, links(section))),
        }
    }
}

impl Page {
    fn link(&self, path: &str) -> Link {
        Link { name: self.name, address: self.address, is_here: self.holds(path) }
    }

    /// Whether the page at this path is this one, or belongs to it.
    fn holds(&self, path: &str) -> bool {
        let below = |address: &str| {
            let rest = path.strip_prefix(address);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.']))
        };
        let is_below = match self.address {
            "/" => path == "/",
            address => below(address),
        };
        is_below || self.also.iter().copied().any(below)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The open section of a path, and the page in it.
    fn open(path: &str) -> String {
        let navigation = Navigation::at(path, true);
        let here = |links: &[Link]| {
            links.iter().filter(|link| link.is_here).map(|link| link.name).collect::<Vec<_>>().join("+")
        };
        let page = navigation.open.map(|(_, pages)| here(&pages));
        format!("{} > {}", here(&navigation.sections), page.unwrap_or_default())
    }

    #[test]
    fn each_page_lies_in_one_section() {
        let paths = [
            "/",
            "/search",
            "/devices/00-DB-12-34-56-78-90-A0",
            "/mpxns/1000000000001",
            "/decisions.csv",
            "/stock.csv",
            "/hubs/00-DB-55-00-00-00-00-00",
            "/validity/review.csv",
            "/orders/RF-000001",
            "/sites/FLASH-CS",
            "/outbox/12",
            "/test-bench",
            "/faults",
            "/journal/12",
            "/states",
            "/imports",
            "/privacy/shares.csv",
            "/firmware/days.json",
            "/firmware/schedules/new",
            "/firmware/schedules/1",
            "/firmware/images",
            "/variants/report.csv",
        ];
        let seen = paths.map(|path| format!("{path}: {}", open(path)));
        insta::assert_snapshot!(seen.join("\n"), @r"
        /: Inventory > Overview
        /search: Inventory > Overview
        /devices/00-DB-12-34-56-78-90-A0: Inventory > Overview
        /mpxns/1000000000001: Inventory > Users
        /decisions.csv: Decisions > Decisions
        /stock.csv: Hubs > Stock
        /hubs/00-DB-55-00-00-00-00-00: Hubs > Stock
        /validity/review.csv: Hubs > Validity
        /orders/RF-000001: Hubs > Orders
        /sites/FLASH-CS: Hubs > Sites
        /outbox/12: Messages > Outbox
        /test-bench: Test bench > Clock and reset
        /faults: Test bench > Faults
        /journal/12: Test bench > Journal
        /states: Test bench > States
        /imports:  > 
        /privacy/shares.csv: Service > Privacy
        /firmware/days.json: Service > Firmware days
        /firmware/schedules/new: Service > Schedules
        /firmware/schedules/1: Service > Schedules
        /firmware/images: Service > Images
        /variants/report.csv: Inventory > Variants
        ");
    }

    #[test]
    fn the_test_bench_is_in_the_navigation_of_test_instances_alone() {
        let names = |is_test| {
            let navigation = Navigation::at("/", is_test);
            navigation.sections.iter().map(|link| link.name).collect::<Vec<_>>()
        };
        assert_eq!(names(false), ["Inventory", "Decisions", "Hubs", "Service", "Messages", "Records"]);
        assert_eq!(names(true).last(), Some(&"Test bench"));
    }
}
