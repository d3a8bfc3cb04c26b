//! For whom a chart is drawn, and whether they are known at all.

use std::collections::BTreeSet;

use nianbao_form::nearest;
use nianbao_form::registry::name_key;

use crate::scope::AGENCY;
use crate::{ChartError, Data};

/// For whom it is drawn.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// A level instead of the chart file's: a kind of group or of agency. Sums are then those over all of the level,
    /// comparisons are among its members.
    pub level: Option<String>,
    /// An agency, by id or name, instead of the group at the top. Comparisons pick it out among the others.
    pub agency: Option<String>,
}

/// How many names an error lists.
const LISTED: usize = 5;

impl Target {
    /// Whether agency and level are known to the registry or the figures. One that is known but has no figures is drawn as a
    /// chart that says so.
    ///
    /// # Errors
    /// Names the nearest agencies, or the levels that there are.
    pub fn check(&self, data: Data<'_>) -> Result<(), ChartError> {
        match &self.agency {
            Some(agency) if !knows_agency(agency, data) => {
                return Err(ChartError::Target(format!("no agency `{agency}`; {}", near(agency, data))));
            }
            _ => {}
        }
        let levels = levels(data);
        match &self.level {
            Some(level) if !levels.contains(level.as_str()) => {
                let list = levels.into_iter().collect::<Vec<_>>().join(", ");
                Err(ChartError::Target(format!("no level `{level}`; known are {list}")))
            }
            _ => Ok(()),
        }
    }
}

fn knows_agency(agency: &str, data: Data<'_>) -> bool {
    let key = name_key(agency);
    let drawn = || data.figures.groups.iter().any(|r| r.group_id == agency || name_key(&r.group) == key);
    data.registry.find(agency, Some(data.year)).is_some() || data.registry.get(agency).is_some() || drawn()
}

/// Agencies whose names hold what was written, or the nearest one, or some that there are.
fn near(agency: &str, data: Data<'_>) -> String {
    let registered = data.registry.agencies().iter().map(|a| a.name.as_str());
    let names: BTreeSet<&str> = registered.chain(data.figures.groups.iter().map(|r| r.group.as_str())).collect();
    let names: Vec<&str> = names.into_iter().filter(|n| !n.is_empty()).collect();
    let lower = agency.to_lowercase();
    let mut close: Vec<&str> = names.iter().copied().filter(|n| !lower.is_empty() && n.to_lowercase().contains(&lower)).collect();
    close.extend(nearest(agency, names.iter().copied()).filter(|n| !close.contains(n)));
    let shown = |list: &[&str]| {
        let quoted: Vec<String> = list.iter().take(LISTED).map(|n| format!("`{n}`")).collect();
        let more = if list.len() > LISTED { format!(" and {} more", list.len() - LISTED) } else { String::new() };
        format!("{}{more}", quoted.join(", "))
    };
    match close.is_empty() {
        true => format!("known are {}", shown(&names)),
        false => format!("did you mean {}?", shown(&close)),
    }
}

/// Kinds of groups that have sums, kinds of agencies, and agencies as such.
fn levels(data: Data<'_>) -> BTreeSet<&str> {
    let rows = data.figures.groups.iter();
    let kind = |id: &str| data.registry.get(id).map_or("", |a| a.kind.as_str());
    let both = rows.flat_map(|r| [r.level.as_str(), if r.level == AGENCY { kind(&r.group_id) } else { "" }]);
    both.filter(|level| !level.is_empty()).collect()
}
