//! Unpacking of streams within bounds: a few bytes can be made to unpack to gigabytes, and the library that reads the
//! objects would follow.

use std::borrow::Cow;
use std::io::Read;

use hayro_syntax::Filter;
use hayro_syntax::object::{Dict, Object, Stream};

use crate::refuse::Refusal;

/// Bytes of one stream after unpacking: contents of a page, a font program, a character map.
pub(super) const MAX_STREAM: usize = 64 << 20;

/// What a stream holds, filters undone; `None` if it is broken or a picture.
///
/// # Errors
/// A stream that unpacks beyond [`MAX_STREAM`].
pub(super) fn unpack<'a>(stream: &Stream<'a>) -> Result<Option<Cow<'a, [u8]>>, Refusal> {
    let mut data = stream.raw_data();
    let filters = stream.filters();
    if filters.len() > 4 {
        return Ok(None);
    }
    for filter in &filters {
        let next = match filter {
            Filter::Crypt => continue,
            Filter::FlateDecode => inflate(&data, MAX_STREAM)?,
            Filter::LzwDecode => lzw(&data, MAX_STREAM)?,
            Filter::AsciiHexDecode => hexadecimal(&data),
            Filter::Ascii85Decode => ascii85(&data),
            Filter::RunLengthDecode => run_length(&data, MAX_STREAM)?,
            _ => return Ok(None),
        };
        data = Cow::Owned(next);
    }
    if predicts(stream.dict()) {
        // Its size is now known to be within bounds, so the library may do it.
        return Ok(stream.decoded_data().ok());
    }
    Ok(Some(data))
}

fn predicts(dict: &Dict<'_>) -> bool {
    let of = |d: &Dict<'_>| d.get::<i32>("Predictor").is_some_and(|p| p > 1);
    match dict.get::<Object<'_>>("DecodeParms").or_else(|| dict.get::<Object<'_>>("DP")) {
        Some(Object::Dict(d)) => of(&d),
        Some(Object::Array(a)) => a.iter::<Object<'_>>().take(8).any(|o| o.into_dict().is_some_and(|d| of(&d))),
        _ => false,
    }
}

/// Undoes zlib's packing. Of a broken stream what comes before the damage is kept, as viewers do.
///
/// # Errors
/// More than `limit` bytes.
pub(super) fn inflate(data: &[u8], limit: usize) -> Result<Vec<u8>, Refusal> {
    let mut size = (data.len() * 5).max(4 << 10).min(limit);
    let mut whole = libdeflater::Decompressor::new();
    loop {
        let mut out = vec![0; size];
        match whole.zlib_decompress(data, &mut out) {
            Ok(n) => {
                out.truncate(n);
                return Ok(out);
            }
            Err(libdeflater::DecompressionError::InsufficientSpace) if size < limit => size = (size * 4).min(limit),
            Err(libdeflater::DecompressionError::InsufficientSpace) => return Err(Refusal::too_large()),
            Err(_) => break,
        }
    }
    let mut out = Vec::new();
    // The error of a broken end is no more than the end.
    let _ = flate2::read::ZlibDecoder::new(data).take(limit as u64 + 1).read_to_end(&mut out);
    if out.is_empty() {
        let _ = flate2::read::DeflateDecoder::new(data).take(limit as u64 + 1).read_to_end(&mut out);
    }
    if out.len() > limit { Err(Refusal::too_large()) } else { Ok(out) }
}

fn lzw(data: &[u8], limit: usize) -> Result<Vec<u8>, Refusal> {
    let mut decoder = weezl::decode::Decoder::with_tiff_size_switch(weezl::BitOrder::Msb, 8);
    let (mut out, mut rest) = (Vec::new(), data);
    let mut block = [0; 4096];
    loop {
        let step = decoder.decode_bytes(rest, &mut block);
        out.extend_from_slice(block.get(..step.consumed_out).unwrap_or_default());
        rest = rest.get(step.consumed_in..).unwrap_or_default();
        if out.len() > limit {
            return Err(Refusal::too_large());
        }
        if !matches!(step.status, Ok(weezl::LzwStatus::Ok)) || (step.consumed_in == 0 && step.consumed_out == 0) {
            return Ok(out);
        }
    }
}

fn hexadecimal(data: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> =
        data.iter().take_while(|b| **b != b'>').filter_map(|b| (*b as char).to_digit(16)).map(|d| d as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)).collect()
}

fn ascii85(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len() / 5 * 4);
    let (mut value, mut count) = (0u32, 0usize);
    for &b in data {
        match b {
            b'~' => break,
            b'z' if count == 0 => out.extend([0; 4]),
            b'!'..=b'u' => {
                value = value.wrapping_mul(85).wrapping_add(u32::from(b - b'!'));
                count += 1;
                if count == 5 {
                    out.extend(value.to_be_bytes());
                    (value, count) = (0, 0);
                }
            }
            _ => {}
        }
    }
    if count > 1 {
        for _ in count..5 {
            value = value.wrapping_mul(85).wrapping_add(84);
        }
        out.extend(&value.to_be_bytes()[..count - 1]);
    }
    out
}

fn run_length(data: &[u8], limit: usize) -> Result<Vec<u8>, Refusal> {
    let (mut out, mut rest) = (Vec::new(), data);
    while let [length, after @ ..] = rest {
        let n = usize::from(*length);
        if n < 128 {
            let (run, next) = after.split_at((n + 1).min(after.len()));
            out.extend_from_slice(run);
            rest = next;
        } else if let (true, [byte, next @ ..]) = (n > 128, after) {
            out.resize(out.len() + 257 - n, *byte);
            rest = next;
        } else {
            break;
        }
        if out.len() > limit {
            return Err(Refusal::too_large());
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_filters() {
        assert_eq!(hexadecimal(b"61 62 7>zz"), b"abp");
        assert_eq!(ascii85(b"87cURD]i,\"Ebo80~>"), b"Hello World!");
        assert_eq!(ascii85(b"z!!~>"), [0, 0, 0, 0, 0]);
        assert_eq!(run_length(b"\x02abc\xFEx\x80zz", 100).ok().as_deref(), Some(&b"abcxxx"[..]));
        assert!(run_length(&[129, b'x'].repeat(100), 1000).is_err());
    }

    #[test]
    fn a_bomb_does_not_go_off() {
        let mut packed = libdeflater::Compressor::new(libdeflater::CompressionLvl::default());
        let zeros = vec![0; 1 << 20];
        let mut out = vec![0; 1 << 20];
        let n = packed.zlib_compress(&zeros, &mut out).unwrap_or(0);
        assert_eq!(inflate(&out[..n], 1 << 20).map(|o| o.len()), Ok(1 << 20));
        assert!(inflate(&out[..n], (1 << 20) - 1).is_err());
        // Cut off in the middle, something of it is still there.
        assert!(inflate(&out[..n / 2], 1 << 20).is_ok_and(|o| !o.is_empty()));
    }
}
