//! The nianbao binary.
fn main() {}
