//! What the accuracy of the checks is measured with: a generator of districts whose rates are fitted on real figures, and
//! errors put into reports. Nothing here knows a detector, and no detector knows anything here.
//!
//! - [`generate`]: consistent reports of agencies over years, every identity and every chain holding;
//! - [`inject`]: errors that break neither;
//! - [`Rates`]: the fitted constants (`rates.csv`, written by `fit.py` from real figures).
//!
//! ```
//! use nianbao_accuracy::{Rates, generate};
//! use nianbao_form::Forms;
//! let reports = generate::district(Forms::built_in(), 7, 12, 2021..=2023, &Rates::fitted());
//! assert_eq!(reports.len(), 36);
//! ```
#![forbid(unsafe_code)]

pub mod dice;
pub mod generate;
pub mod inject;
mod rates;

pub use rates::{Rates, Walk};
