//! Benchmarks of the parts: `cargo bench --bench parts`.

#[path = "common/log.rs"]
mod log;

use std::sync::Arc;

use divan::Bencher;
use divan::counter::BytesCount;
use hexplain::{Catalog, Code, Document, Encoding, Locale, Place, Scanner};

fn main() {
    divan::main();
}

/// Ten megabytes: more than fits in the processor's caches.
const SIZE: usize = 10_000_000;

fn scanner() -> Arc<Scanner> {
    Arc::new(Scanner::new(Arc::new(Catalog::builtin())))
}

#[divan::bench(args = ["cmtrace", "one line", "all codes", "prose", "numbers", "worst"])]
fn scan(bencher: Bencher, kind: &str) {
    let text = match kind {
        "cmtrace" => log::cmtrace(SIZE),
        "one line" => log::one_line(SIZE),
        "all codes" => log::all_codes(SIZE),
        "prose" => {
            "The quick brown fox jumps over the lazy dog, and all is well. ".repeat(SIZE / 62)
        }
        "worst" => log::worst(SIZE),
        _ => "2026-11-24 10:11:12.345 4711 0.25 10.0.0.1 [8080] 12345678 99\n".repeat(SIZE / 62),
    };
    let scanner = scanner();
    bencher.counter(BytesCount::of_str(&text)).bench(|| scanner.scan(&text).len());
}

#[divan::bench]
fn open(bencher: Bencher) {
    let (text, scanner) = (log::cmtrace(SIZE), scanner());
    bencher.counter(BytesCount::of_str(&text)).bench(|| Document::new(&text, Arc::clone(&scanner)));
}

#[divan::bench(args = [0, 50, 100])]
fn edit(bencher: Bencher, percent: usize) {
    let text = log::cmtrace(SIZE);
    let document = Document::new(&text, scanner());
    let at = text.len() * percent / 100;
    bencher.with_inputs(|| document.clone()).bench_values(|mut document| {
        document.edit(at..at, "x");
        document
    });
}

#[divan::bench]
fn count_of_a_code(bencher: Bencher) {
    let document = Document::new(&log::cmtrace(SIZE), scanner());
    let key = document.occurrences().next().expect("a code").meaning.key;
    bencher.bench(|| document.count(key));
}

#[divan::bench]
fn place_of_a_byte(bencher: Bencher) {
    let document = Document::new(&log::cmtrace(SIZE), scanner());
    let byte = SIZE / 2;
    bencher.bench(|| document.place(divan::black_box(byte), Encoding::Utf16));
}

#[divan::bench]
fn byte_of_a_place(bencher: Bencher) {
    let document = Document::new(&log::cmtrace(SIZE), scanner());
    let place = Place { line: 20_000, column: 40 };
    bencher.bench(|| document.byte(divan::black_box(place), Encoding::Utf16));
}

#[divan::bench]
fn start(bencher: Bencher) {
    bencher.bench(scanner);
}

#[divan::bench(args = [0x87D1_FDE8_u32, 0x8007_0005, 0x8123_4567])]
fn look_up_a_code(bencher: Bencher, code: u32) {
    let catalog = Catalog::builtin();
    bencher.bench(|| catalog.by_code(Code(divan::black_box(code))).len());
}

#[divan::bench]
fn look_up_a_name(bencher: Bencher) {
    let catalog = Catalog::builtin();
    bencher.bench(|| catalog.by_name(divan::black_box("ERROR_ACCESS_DENIED")).len());
}

#[divan::bench]
fn search(bencher: Bencher) {
    let catalog = Catalog::builtin();
    bencher.bench(|| catalog.search(divan::black_box("access denied"), Locale::En).len());
}
