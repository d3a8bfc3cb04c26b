use super::Workbook;
use crate::refuse::Refusal;
pub(super) fn read(_bytes: &[u8]) -> Result<Workbook, Refusal> {
    Err(Refusal::too_large())
}
