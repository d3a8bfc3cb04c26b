//! Every file that the program writes.
#![forbid(unsafe_code)]
