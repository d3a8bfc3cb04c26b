//! OpenDocument text (1.3 part 3), as a package (.odt) or flat (.fodt).

mod body;
mod styles;
mod table;
mod xml;

use std::borrow::Cow;
use std::io::Cursor;

use encoding_rs::{Encoding, UTF_8};
use libdeflater::Decompressor;
use zip::{CompressionMethod, ZipArchive};

use crate::document::Document;
use crate::odt::body::Walk;
use crate::refuse::Refusal;

/// A part may not unpack to more than this.
const MAX_XML: u64 = 128 << 20;

/// Reads the file.
///
/// # Errors
/// A broken, protected or oversized file, and one that is no text.
pub(crate) fn read(bytes: &[u8]) -> Result<Document, Refusal> {
    let mut walk = Walk::new();
    if bytes.starts_with(b"PK") {
        let mut package = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Refusal::broken("odt"))?;
        if is_encrypted(&mut package, bytes) {
            return Err(Refusal::unreadable(
                "文件已加密，请取消密码后重新报送",
                "the file is encrypted; remove the password and send it anew",
            ));
        }
        // Without its styles a text is still a text.
        if let Some(styles) = part(&mut package, bytes, "styles.xml")?
            && crate::odt::styles::matter(&styles)
        {
            walk.part(&decode(&styles))?;
        }
        let content = part(&mut package, bytes, "content.xml")?.ok_or_else(|| Refusal::broken("odt"))?;
        walk.part(&decode(&content))?;
    } else {
        walk.part(&decode(bytes))?;
    }
    let blocks = walk.finish().ok_or_else(|| Refusal::broken("odt"))?;
    Ok(Document { blocks, ..Document::default() })
}

/// A part of the package, unpacked and its checksum compared: a changed bit may be a changed figure.
fn part<'a>(package: &mut ZipArchive<Cursor<&[u8]>>, bytes: &'a [u8], name: &str) -> Result<Option<Cow<'a, [u8]>>, Refusal> {
    let broken = || Refusal::broken("odt");
    let Some(index) = package.index_for_name(name) else { return Ok(None) };
    let file = package.by_index_raw(index).map_err(|_| broken())?;
    if file.size() > MAX_XML {
        return Err(Refusal::too_large());
    }
    let start = file.data_start().and_then(|s| usize::try_from(s).ok()).ok_or_else(broken)?;
    let packed_size = usize::try_from(file.compressed_size()).map_err(|_| broken())?;
    let packed = start.checked_add(packed_size).and_then(|end| bytes.get(start..end)).ok_or_else(broken)?;
    let plain = match file.compression() {
        CompressionMethod::Stored => Cow::Borrowed(packed),
        CompressionMethod::Deflated => {
            let mut plain = vec![0; file.size() as usize];
            let size = Decompressor::new().deflate_decompress(packed, &mut plain).map_err(|_| broken())?;
            plain.truncate(size);
            Cow::Owned(plain)
        }
        _ => return Err(broken()),
    };
    if plain.len() as u64 != file.size() || libdeflater::crc32(&plain) != file.crc32() {
        return Err(broken());
    }
    Ok(Some(plain))
}

/// Whether the manifest tells how a part was encrypted, or the archive itself is.
fn is_encrypted(package: &mut ZipArchive<Cursor<&[u8]>>, bytes: &[u8]) -> bool {
    let locked = package.index_for_name("content.xml").and_then(|i| package.by_index_raw(i).ok()).is_some_and(|f| f.encrypted());
    let manifest = part(package, bytes, "META-INF/manifest.xml").ok().flatten();
    locked
        || package.index_for_name("encrypted-package").is_some()
        || manifest.is_some_and(|m| memchr::memmem::find(&m, b"encryption-data").is_some())
}

/// The text of a part: UTF-8 unless it says otherwise.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return encoding.decode_with_bom_removal(bytes).0;
    }
    let head = bytes.get(..bytes.len().min(200)).unwrap_or_default();
    let declaration = head.split(|b| *b == b'>').next().unwrap_or_default();
    let declared = memchr::memmem::find(declaration, b"encoding=").and_then(|at| {
        let rest = declaration.get(at + 10..)?;
        Encoding::for_label(rest.split(|b| matches!(b, b'"' | b'\'')).next()?)
    });
    declared.unwrap_or(UTF_8).decode_without_bom_handling(bytes).0
}
