//! Publishes a made-up district, to look at its documents: `cargo run --release -p nianbao-publish --example edition -- OUT`.
#![allow(clippy::unwrap_used)]

#[path = "../tests/synthetic/mod.rs"]
mod synthetic;

fn main() -> Result<(), nianbao_publish::PublishError> {
    let out = std::env::args().nth(1).unwrap_or_else(|| "/tmp/edition".to_owned());
    let out = std::path::Path::new(&out);
    let world = synthetic::world(30, 2019);
    let entries = world.entries();
    let edition = world.edition(&entries);
    let _lock = nianbao_publish::lock(out)?;
    let begun = std::time::Instant::now();
    let published = nianbao_publish::publish(&edition, out)?;
    eprintln!("{} files, {} bytes, {:?}: {}", published.files, published.bytes, begun.elapsed(), published.address);
    for edited in published.edited {
        eprintln!("kept: {edited}");
    }
    let form = world.forms.find("2021").unwrap();
    nianbao_publish::blank(world.forms, form, &out.join("blank.docx"))?;
    nianbao_publish::blank(world.forms, form, &out.join("blank.xlsx"))
}
