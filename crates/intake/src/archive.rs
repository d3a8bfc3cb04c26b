//! Archives (.zip): the files in them, each with a receipt of its own.
