import Foundation
import TestSupport
import Testing

@Suite("bench")
struct BenchTests {
    @Test("bench gives a row per test and number of threads")
    func bench() throws {
        let run = try Executable.run(["bench", "-p", "16", "-n", "4", "-t", "1,2", "-r", "2", "--json"])
        let rows = try #require(
            try JSONSerialization.jsonObject(with: run.output) as? [[String: Any]], "\(run.errors)")
        #expect(rows.map { $0["test"] as? String } == ["pp16", "tg4", "pp16", "tg4"])
        #expect(rows.map { $0["threads"] as? Int } == [1, 1, 2, 2])
        for row in rows {
            let speed = try #require(row["tokens_per_second"] as? [String: Double])
            let (low, middle, high) = (speed["min"] ?? 0, speed["median"] ?? 0, speed["max"] ?? 0)
            #expect(low > 0 && low <= middle && middle <= high)
            #expect(row["bytes_per_token"] is Int && row["receipt"] is [String: Any])
            #expect(row.keys.contains("memory_bandwidth_share"))
        }
        let receipts = rows.compactMap { $0["receipt"] as? [String: Any] }
        #expect(receipts.map { $0["generated_tokens"] as? Int } == [0, 4, 0, 4])
        let alone = try Executable.run(["bench", "-p", "0", "-n", "4", "-r", "1", "-q", "--json"])
        #expect(alone.text.contains("\"generated_tokens\": 4,"), "\(alone.text)")
        #expect(try Executable.run(["bench", "-p", "8", "-n", "0", "-r", "1", "-q"]).text.contains("pp8"))
    }

    @Test("bench has the options of the other commands, and its receipt is a list")
    func options() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let file = folder.path + "/receipt.json"
        let run = try Executable.run([
            "bench", "-p", "8", "-n", "3", "-t", "1,2", "-r", "1", "-c", "64", "-tb", "1", "-q",
            "--receipt", file,
        ])
        #expect(run.code == 0, "\(run.errors)")
        let data = try Data(contentsOf: URL(fileURLWithPath: file))
        let receipts = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
        #expect(receipts.map { $0["threads"] as? Int } == [1, 1, 2, 2])
        let small = try Executable.run(["bench", "-p", "8", "-n", "64", "-c", "64"])
        #expect(small.code == 2 && small.errors.contains("-c is 64; the longest test needs 66"))
    }

    @Test("-d fills the context before a test, and only the test is measured")
    func depth() throws {
        let run = try Executable.run([
            "bench", "-p", "16", "-n", "4", "-d", "0,40", "-t", "1", "-r", "2", "-q", "--json",
        ])
        let rows = try #require(
            try JSONSerialization.jsonObject(with: run.output) as? [[String: Any]], "\(run.errors)")
        #expect(rows.map { $0["test"] as? String } == ["pp16", "tg4", "pp16", "tg4"])
        #expect(rows.map { $0["depth"] as? Int } == [0, 0, 40, 40])
        let receipts = rows.compactMap { $0["receipt"] as? [String: Any] }
        #expect(receipts.map { $0["prompt_tokens"] as? Int } == [16, 1, 56, 41])
        // 12 layers of 4 experts for every token that was computed: 16, 1 + 4, and no more behind 40.
        let requests = receipts.map { ($0["experts"] as? [String: Any])?["requests"] as? Int }
        #expect(requests == [16, 5, 16, 5].map { $0 * 48 })
        let table = try Executable.run(["bench", "-p", "0", "-n", "4", "-d", "40", "-r", "1", "-q"])
        #expect(table.text.contains("tg4 @ d40"), "\(table.errors)")
        let large = try Executable.run(["bench", "-p", "8", "-n", "8", "-d", "60", "-c", "64"])
        #expect(large.code == 2 && large.errors.contains("-c is 64; the longest test needs 70"))
    }

    @Test("Ctrl-C ends a benchmark with code 130 and what was measured", arguments: [true, false])
    func interrupt(json: Bool) throws {
        // The first test ends at once, the second would take hours.
        let program = try RunningProgram(
            ["bench", "-p", "1", "-n", "400", "-r", "1000"] + (json ? ["--json"] : []))
        program.waitForErrors(containing: "pp1: ")
        program.interrupt()
        let run = program.wait()
        #expect(run.code == 130)
        if json {
            let rows = try JSONSerialization.jsonObject(with: run.output) as? [[String: Any]]
            #expect(rows?.first?["test"] as? String == "pp1")
        } else {
            #expect(run.text.contains("pp1 "))
        }
    }
}
