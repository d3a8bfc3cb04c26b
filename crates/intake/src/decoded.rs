//! Text in any encoding as a stream of UTF-8: normalised cells of any size in bounded memory.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult, Encoding, GB18030, UTF_8};

use crate::charset::utf16;

/// Text in an encoding that is not told, as a stream of UTF-8. What the first bytes are goes for all of them.
pub(crate) struct Decoded<R> {
    inner: R,
    /// None where the text is UTF-8 already.
    decoder: Option<Decoder>,
    /// What was looked at, decoded.
    head: String,
    /// Decoded bytes that wait, and how many of them have been given out.
    ready: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<R: Read> Decoded<R> {
    pub(crate) fn new(mut inner: R) -> io::Result<Decoded<R>> {
        let mut start = Vec::new();
        (&mut inner).take(65_536).read_to_end(&mut start)?;
        let utf8 = match std::str::from_utf8(&start) {
            Ok(text) => !text.contains('\0'),
            // Cut in the middle of a character.
            Err(e) => e.error_len().is_none() && start.len() == 65_536,
        };
        let encoding = match Encoding::for_bom(&start) {
            Some((encoding, _)) => encoding,
            None if utf8 => UTF_8,
            None => utf16(&start).unwrap_or_else(|| guess(&start)),
        };
        let head = encoding.decode_with_bom_removal(&start[..start.len().min(8192)]).0.into_owned();
        let mut out = Decoded { inner, decoder: None, head, ready: Vec::new(), at: 0, ended: false };
        if encoding == UTF_8 {
            out.ready = start;
        } else {
            out.decoder = Some(encoding.new_decoder_with_bom_removal());
            out.decode(&start, start.len() < 65_536)?;
        }
        Ok(out)
    }

    /// The first lines of the text.
    pub(crate) fn head(&self) -> &str {
        &self.head
    }

    fn decode(&mut self, bytes: &[u8], last: bool) -> io::Result<()> {
        let Some(decoder) = &mut self.decoder else { return Ok(()) };
        let mut text = String::with_capacity(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len()));
        let (result, _) = decoder.decode_to_string_without_replacement(bytes, &mut text, last);
        if !matches!(result, DecoderResult::InputEmpty) {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "the text changes its encoding on the way"));
        }
        (self.ready, self.at, self.ended) = (text.into_bytes(), 0, last);
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.ready.len() && self.decoder.is_some() && !self.ended {
            let mut bytes = vec![0; 16_384];
            let n = self.inner.read(&mut bytes)?;
            self.decode(&bytes[..n], n == 0)?;
        }
        if self.at == self.ready.len() && self.decoder.is_none() {
            return self.inner.read(buffer);
        }
        let n = buffer.len().min(self.ready.len() - self.at);
        buffer[..n].copy_from_slice(&self.ready[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    // Most old files are GB18030: taken where every byte fits.
    if !GB18030.decode_without_bom_handling(bytes).1 {
        return GB18030;
    }
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(Some(b"cn"), chardetng::Utf8Detection::Allow);
    if guess.is_single_byte() { GB18030 } else { guess }
}
