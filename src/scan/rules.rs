//! The scanner's rules, one text each: it finds exactly what is between ⟦ and ⟧.

use std::sync::Arc;

use super::Scanner;
use crate::catalog::Catalog;

/// Checks that the occurrences in the text without its marks are exactly the marked parts.
#[track_caller]
fn check(marked: &str) {
    thread_local!(static SCANNER: Scanner = Scanner::new(Arc::new(Catalog::builtin())));
    let text = marked.replace(['⟦', '⟧'], "");
    let found = SCANNER.with(|scanner| scanner.scan(&text));
    let mut marks = text.clone();
    for occurrence in found.iter().rev() {
        marks.insert(occurrence.end, '⟧');
        marks.insert(occurrence.start, '⟦');
    }
    assert_eq!(marks, marked, "\n   found {marks}\nexpected {marked}\n");
}

#[test]
fn hex_that_looks_like_a_failure_is_a_code_anywhere() {
    check("x ⟦0x87D1FDE8⟧ y");
    check("⟦0x80070005⟧");
    check("(⟦0xFFFFFFFF80070005⟧)");
    check("Keywords 0x8000000000000000");
    check("mask 0xFFFFFFFF");
    check("0x00007ff687d1fde8");
}

#[test]
fn small_hex_needs_a_key_word() {
    check("error ⟦0x5⟧ in thread 5");
    check("hr=⟦0x5⟧");
    check("0x5");
    check("at 0x5");
    check("⟦0xC1900101⟧ - ⟦0x20017⟧");
}

#[test]
fn hex_of_seven_or_nine_digits_is_a_misprint() {
    check("error 0x8007000");
    check("error 0x800700055");
}

#[test]
fn bare_hex_needs_a_key_word_or_brackets() {
    check("hr=⟦80072ee2⟧");
    check("[⟦80248007⟧] while searching");
    check("[deadbeef]");
    check("80070005");
    check("ReturnHr(3) tid(2600) ⟦80070003⟧");
    check("fails with error code “⟦CAA20004⟧”");
}

#[test]
fn limits_of_integers_sizes_and_registers_are_not_codes() {
    check("error ⟦1073741715⟧");
    check("error code 2147483647");
    check("Compressed: 3221225781");
    check("eax=80004005 ebx=00000000");
}

#[test]
fn eight_digits_are_hex_only_if_they_begin_with_0_or_8() {
    check("error 10000001");
    check("error ⟦80070005⟧");
    check("error:⟦14094410⟧:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure");
    check("error: 14094410: SSL routines");
}

#[test]
fn a_large_decimal_is_a_code_where_it_is_known() {
    check("returned ⟦-2016281112⟧");
    check("lastHResult <⟦-2016281112⟧> after");
    check("was ⟦\u{2212}2016281112⟧");
    check("unsigned ⟦2278686184⟧ reported");
    check("cache 2147958016 bytes");
    check("Hash=-912418295");
}

#[test]
fn an_errors_number_follows_many_words() {
    check("exit code ⟦1603⟧");
    check("Exit Code: ⟦1603⟧");
    check("exitCode=⟦1603⟧");
    check("\"ExitCode\":⟦1603⟧");
    check("exit_code = ⟦1603⟧");
    check("return code (⟦1603⟧)");
    check("failed with error ⟦1603⟧");
    check("rc = ⟦1603⟧");
    check("returned exit code of ⟦1603⟧");
    check("<ErrorCode>⟦1603⟧</ErrorCode>");
    check("<Data Name=\"ErrorCode\">⟦1603⟧</Data>");
    check("code de sortie ⟦1603⟧");
    check("code d’erreur ⟦1603⟧");
}

#[test]
fn other_things_are_counted_too() {
    check("thread=\"1603\"");
    check("size: 1603");
    check("EventID: 1603");
    check("zip code 1603");
    check("port 1603");
    check("2026-11-03 09:12:44 ERROR 1603");
    check("terror 1603");
    check("errors 1603");
    check("[ERROR] 1603");
    check("2026-11-03 09:12:44 0x1f3 Error       1603");
}

#[test]
fn pieces_of_something_longer_are_not_codes() {
    check("error 10.0.19045.1");
    check("error 12:34:56");
    check("error 5/10");
    check("error 50%");
    check("error 1,234");
    check("error 2026-11-03");
    check("error-code-193");
    check("S-1-12-1-2213456789-2278686184-1");
    check("87d1fde8-1111-2222-3333-444444444444");
    check("error ⟦5⟧.");
    check("error ⟦5⟧, then");
}

#[test]
fn links_and_paths_are_not_codes() {
    check("see https://example.com/errors?code=0x80070005");
    check("[x](#http-error-503)");
    check("www.example.com/0x80070005");
    check("#0x80070005");
    check(r"C:\$WINDOWS.~BT\Sources\0xC1900208\install.esd");
    check("old-0x80070005.txt");
    check("failed with ⟦0x80070005⟧. Then");
    check("https://example.com ⟦0x80070005⟧");
    check(&format!("https://{}/0x80070005", "x".repeat(200)));
    check(&format!("https://{} ⟦0x80070005⟧", "x,0x80070005,".repeat(15)));
}

#[test]
fn families_have_their_own_notations() {
    check("⟦SyncML(404)⟧ for ./Device");
    check("⟦AADSTS50126⟧: invalid");
    check("HTTP/1.1\" ⟦404⟧");
    check("HTTP 12345");
    check("kernel: the device [x] failed with error ⟦-110⟧");
}

#[test]
fn domains_have_numbers() {
    check("Domain : MCMDMErrorDomain\nCode : ⟦12008⟧");
    check(
        "<key>ErrorCode</key><integer>⟦12008⟧</integer>\n<key>ErrorDomain</key><string>MCMDMErrorDomain</string>",
    );
    check("NSURLErrorDomain Code=⟦-1001⟧");
}

#[test]
fn names_are_codes() {
    check("⟦ERROR_ACCESS_DENIED⟧");
    check("got ⟦E_FAIL⟧, then");
    check("ERROR_ACCESS_DENIEDX ERROR_ STATUS_");
    check("⟦NSURLErrorTimedOut⟧");
    check("https://example.com/ERROR_ACCESS_DENIED");
}

#[test]
fn escapes_are_not_part_of_a_token() {
    check("error\\n⟦0x80070005⟧");
    check("\\u0027⟦0x80070005⟧\\u0027");
    check("\u{1b}[31m⟦0x80070005⟧\u{1b}[0m");
}

#[test]
fn some_names_count_only_after_their_familys_words() {
    check("SQLState: ⟦42P01⟧");
    check("42P01 was seen");
    check("rpc error: code = ⟦Unavailable⟧ desc = x");
    check("the printer is Unavailable");
    check("code=dumped, signal=⟦SEGV⟧");
}

#[test]
fn a_number_of_a_foreign_domain_is_not_a_code() {
    check("(AcmeKit.FeedError error 404.)");
    check("Error Domain=com.acme.api Code=503");
    check("setup.exe error ⟦5⟧");
}

#[test]
fn what_is_asked_for_or_compared_is_not_a_code() {
    check("use `--status 404`");
    check("if errno == 5");
    check("errno ⟦5⟧");
    check("boot_completed=1");
}

#[test]
fn the_section_of_a_manual_page_is_not_a_code() {
    check("see errno(3) and ldap_result(3)");
    check("errno(⟦13⟧): x");
}

#[test]
fn registers_ranges_and_dumps_are_not_codes() {
    check("MSR 0x486 = 0x80000021");
    check("0x3894: 0x803b0006");
    check("region 0xc0000034-0xc0000040, from 0x80080005 to 0x80080015");
    check("0x80070005 0x00000001 0x0000abcd");
    check("-402653066 -30160 -1310130383");
    check("4711,⟦-2016281112⟧,98765,12345");
    check("⟦0x80070005⟧ ⟦0x80004005⟧ ⟦0x80070002⟧");
    check("failed: ⟦0x80070005⟧ - ⟦0x80070005⟧");
    check("RIP: 0010:0xffffffffc0000022");
}

#[test]
fn a_limit_needs_a_word_that_calls_it_an_error() {
    check("between -2147483647 and 10");
    check("cpu 0x80000001");
    check("exception ⟦0x80000003⟧");
}

#[test]
fn an_event_texts_parameter_is_a_system_error() {
    check("terminated with the following error: %%⟦126⟧");
    check("%%126");
}

#[test]
fn a_known_failure_after_a_sentence_about_a_failure_is_a_code_whatever_its_last_word() {
    check("ERROR Failed to open handle: ⟦0x80070006⟧");
    check("Could not open the registry key: ⟦0x80070005⟧");
    check("Not enough memory: ⟦0x8007000E⟧");
    check("The service is not available: ⟦0x80070426⟧");
    check("Failed: open handle, handle: 0x80070006");
    check("handle: 0x80070006");
    check("Failed to free, thread id: 0x80070006");
    check("no error, base address: 0x80070005");
}

#[test]
fn the_value_of_an_option_is_not_a_code() {
    check("CMD (/opt/check.sh --max-errors 5 --exit-code 2)");
    check("cppcheck --error-exitcode 1");
    check("git diff --exit-code 1");
}
