import ModelFiles
import TestSupport
import Testing

@Suite("JSON")
struct JSONParserTests {
    private func parse(_ text: String) throws -> JSONValue { try JSONValue.parse(text, path: "text.json") }

    @Test("reads every kind of value")
    func values() throws {
        let text = """
            {"a": [null, true, false, -1, 0, 9223372036854775807, 9223372036854775808, 1.5, -2e3, 2E-1],
             "b": {}, "c": [], "d": "x"}
            """
        let list: [JSONValue] = [
            .null, .boolean(true), .boolean(false), .integer(-1), .integer(0), .integer(.max), .real(0x1p63),
            .real(1.5),
            .real(-2_000), .real(0.2),
        ]
        let value = try parse(text)
        #expect(value["a"] == .list(list))
        #expect(value["b"] == .object([]))
        #expect(value["c"] == .list([]))
        #expect(value["d"]?.string == "x")
        #expect(value["e"] == nil)
    }

    @Test("reads the infinities that Python writes")
    func infinities() throws {
        #expect(try parse("[Infinity, -Infinity]") == .list([.real(.infinity), .real(-.infinity)]))
        guard case .real(let number) = try parse("NaN") else {
            Issue.record("expected a number")
            return
        }
        #expect(number.isNaN)
    }

    @Test(
        "unescapes strings",
        arguments: [
            (#""a\"b\\c\/d""#, "a\"b\\c/d"), (#""\b\f\n\r\t""#, "\u{8}\u{c}\n\r\t"),
            (#""\u00e9\u20AC""#, "é€"),
            (#""\ud83d\ude00""#, "😀"), (#""x\ud83d\udE00y""#, "x😀y"), ("\"é😀\"", "é😀"), (#""""#, ""),
        ])
    func escapes(text: String, expected: String) throws {
        #expect(try parse(text) == .string(expected))
    }

    @Test("keeps names apart that differ in bytes but look the same")
    func canonicalNames() throws {
        // One scalar, and a letter with a combining accent: equal as Swift strings.
        let value = try parse("{\"\\u00e9\": 1, \"e\\u0301\": 2}")
        #expect(value.object?.count == 2)
        #expect(value["\u{e9}"] == .integer(1))
        #expect(value["e\u{301}"] == .integer(2))
    }

    @Test(
        "refuses what is not JSON",
        arguments: [
            "", " ", "{", "}", "[", "]", "[1,]", "[,1]", "[1 2]", "{\"a\"}", "{\"a\":}", "{a:1}",
            "{\"a\":1,}", "'a'", "\"a",
            "\"\\x\"", "\"\\u12\"", "\"\\ud83d\"", "\"\\ud83dx\"", "\"\\ud83d\\u0041\"", "\"\\ude00\"", "tru",
            "nul", "+1", "-",
            "01", "1.", ".5", "1e", "1e+", "0x1", "1 1", "\"\t\"", "1e999", "[1]]", "//", "Infinit", "-Inf",
        ])
    func refuses(text: String) {
        #expect(throws: ModelFileError.self) { try parse(text) }
    }

    @Test("accepts 64 levels and refuses the next")
    func depth() throws {
        func nested(_ levels: Int) -> String {
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        }
        _ = try parse(nested(64))
        #expect(throws: ModelFileError.self) { try parse(nested(65)) }
    }

    @Test("every prefix of a document is refused without a crash")
    func prefixes() throws {
        let bytes = Array(#"{"a": [1, -2.5e3, "x\u00e9\ud83d\ude00é", {"b": null}], "c": true}"#.utf8)
        let folder = try TemporaryFolder()
        for count in 1..<bytes.count {
            let path = try folder.write(Array(bytes.prefix(count)), to: "prefix.json")
            #expect(throws: ModelFileError.self, "prefix of \(count)") { try JSONValue.read(path) }
        }
        #expect(try JSONValue.read(folder.write(bytes, to: "whole.json"))["c"] == .boolean(true))
    }
}
