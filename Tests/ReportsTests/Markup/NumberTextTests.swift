import Foundation
import Reports
import TestSupport
import Testing

@Suite("Numbers as text")
struct NumberTextTests {
    @Test("rounds as the C library does, with digits in groups of three")
    func fixed() {
        #expect(NumberText.fixed(3.5, 2) == "3.50")
        #expect(NumberText.fixed(-0.04, 1) == "0.0")
        #expect(NumberText.fixed(-1.25, 1) == "−1.3")
        #expect(NumberText.fixed(1_234_567.89, 1) == "1\u{2009}234\u{2009}567.9")
        #expect(NumberText.fixed(.nan, 1) == "–" && NumberText.fixed(.infinity, 0) == "–")
        var generator = SeededGenerator.fromEnvironment(fallback: 4)
        for _ in 0..<2000 {
            let value = Double.random(in: 0..<9999, using: &generator)
            // Exact halves are rounded to even by the library and away from zero here; random values have
            // none.
            #expect(NumberText.fixed(value, 3) == String(format: "%.3f", value), "seed \(generator.seed)")
        }
    }

    @Test("shows three digits that count")
    func significant() {
        #expect(NumberText.plain(0) == "0")
        #expect(NumberText.plain(0.012345) == "0.0123")
        #expect(NumberText.plain(4.5) == "4.5" && NumberText.threeDigits(4.5) == "4.50")
        #expect(NumberText.plain(123.4) == "123")
        #expect(NumberText.plain(45_678) == "45\u{2009}678")
    }

    @Test("writes shares, sizes and places")
    func units() {
        #expect(NumberText.percent(0.4214) == "42.1\u{202F}%")
        #expect(NumberText.percent(.nan) == "–")
        #expect(NumberText.bytes(1023) == "1023\u{202F}B")
        #expect(NumberText.bytes(1.5 * 1024 * 1024) == "1.5\u{202F}MiB")
        #expect(NumberText.bytes(300 * 1024) == "300\u{202F}KiB")
        #expect(NumberText.grouped(9999) == "9999" && NumberText.grouped(-10_000) == "−10\u{2009}000")
        #expect(NumberText.coordinate(12.34) == "12.3" && NumberText.coordinate(-0.51) == "-0.5")
        #expect(NumberText.coordinate(7.04) == "7")
    }
}
