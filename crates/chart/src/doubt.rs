//! Drawn figures that open findings call in question: said below the drawing, so that nobody takes them for settled.

use std::collections::HashSet;

use crate::kind::Ctx;
use crate::spec::Kind;

impl Ctx<'_> {
    /// The note that names the drawn series with cells under query; empty where there are none.
    pub(crate) fn doubt(&self) -> String {
        let names = self.doubtful();
        if names.is_empty() {
            return String::new();
        }
        let list = self.words.list(&names[..names.len().min(3)]);
        let more = names.len() > 3;
        self.words.pick(
            format!("图中{list}{}含待核实数据", if more { "等" } else { "" }),
            format!("Figures still to be checked are in: {list}{}", if more { " and others" } else { "" }),
        )
    }

    fn doubtful(&self) -> Vec<String> {
        let scope = self.scope;
        let open = scope.data.findings.iter().filter(|f| scope.is_open(f, self.sums()));
        let cells: HashSet<&str> = open.flat_map(|f| f.cells.iter().map(String::as_str)).collect();
        let touched = |id: &str| {
            let series = scope.series(id);
            let own = series.into_iter().flat_map(|s| s.numerator.iter().chain(&s.denominator));
            own.into_iter().any(|cell| cells.contains(scope.data.forms.id(*cell)))
        };
        let spec = self.spec;
        let totals = spec.totals().map(|id| (id, self.words.total()));
        let alone = matches!(spec.kind, Kind::Stacked | Kind::Share | Kind::Flow);
        let drawn = spec.series.iter().map(|i| (i.id.as_str(), if alone { self.label(i) } else { self.what() }));
        // A panel of one series is called by its title.
        let panels = spec.panel.iter().flat_map(|p| {
            let name = move |i| if p.series.len() == 1 { self.title_of(p) } else { self.label(i) };
            p.series.iter().map(move |i| (i.id.as_str(), name(i)))
        });
        let mut names: Vec<String> = Vec::new();
        for (id, name) in totals.chain(drawn).chain(panels) {
            if !names.contains(&name) && touched(id) {
                names.push(name);
            }
        }
        names
    }

    /// Whether the figures are sums of the subject; else they are those of the agencies one by one.
    fn sums(&self) -> bool {
        matches!(self.spec.kind, Kind::Stacked | Kind::Share | Kind::Flow | Kind::Panels)
    }
}
