import Foundation
import Residency
import TestSupport
import Testing
import TraceFiles

@Suite("sluice --trace and sluice trace record")
struct TraceTests {
    private static func routing(_ path: String) throws -> (file: TraceFile, trace: RoutingTrace) {
        let file = try TraceFile.read(path)
        guard case .routing(let trace) = file.contents else { throw SharedFixturesMissing() }
        return (file, trace)
    }

    @Test("run records prompt and answer, mapped and streamed, and the text stays the same")
    func run() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let reference = try Executable.run(RunTests.greedy + ["--json"]).object()
        let tokens = try #require(reference["tokens"] as? [Int])
        let prompt = try #require(reference["prompt_tokens"] as? [Int])
        var choices: [RoutingTrace] = []
        for way in [[], ["--io", "buffered-threads", "--expert-cache", "12M"]] {
            let path = folder.path + "/run\(way.count).sltrace"
            let run = try Executable.run(RunTests.greedy + ["--json", "--trace", path] + way)
            #expect(run.code == 0 && run.errors.contains("bytes per choice"), "\(run.errors)")
            #expect(try run.object()["tokens"] as? [Int] == tokens)
            let (file, trace) = try Self.routing(path)
            #expect(file.isComplete && file.header.note("command") == "run")
            // The last token is chosen and not computed.
            #expect(trace.rows.map { Int($0.token ?? .max) } == prompt + tokens.dropLast())
            #expect(trace.rows.map { Int($0.position) } == Array(0..<prompt.count + tokens.count - 1))
            #expect(trace.rows.filter { $0.phase == .prefill }.count == prompt.count)
            #expect(trace.rows.last?.step == UInt32(tokens.count - 1))
            choices.append(trace)
        }
        #expect(choices[0].columns.hasResidency == false && choices[1].columns.hasResidency)
        #expect(choices[0].shape == choices[1].shape)
        let same = choices[0].withChoices { first in
            choices[1].withChoices { second in
                first.count == second.count && first.indices.allSatisfy { first[$0] == second[$0] }
            }
        }
        #expect(same, "choices do not depend on where experts are")
    }

    @Test("misses of a streamed run are those of its receipt")
    func residency() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let path = folder.path + "/run.sltrace"
        let run = try Executable.run(
            RunTests.greedy + [
                "--json", "--trace", path, "--io", "buffered-threads", "--expert-cache", "16M",
            ])
        let receipt = try #require(try run.object()["receipt"] as? [String: Any], "\(run.errors)")
        let experts = try #require(receipt["experts"] as? [String: Any])
        let trace = try Self.routing(path).trace
        let isRead = trace.rows.indices.reduce(0) { sum, row in
            (0..<trace.shape.numbering.layerCount).reduce(sum) {
                $0 + (trace.bytesRead(row: row, layer: $1) ?? 0)
            }
        }
        let reads = try #require(receipt["bytes_read"] as? [String: Int])
        let all = ["demand", "speculative_used", "speculative_wasted"].reduce(0) { $0 + (reads[$1] ?? 0) }
        // What is read behind the last layer's end comes in no event.
        #expect(isRead <= all && Double(isRead) > 0.9 * Double(all))
        var found: [ChoiceResidency: Int] = [:]
        var seen: Set<[Int]> = []
        for row in trace.rows.indices {
            for layer in 0..<trace.shape.numbering.layerCount {
                for rank in 0..<trace.shape.expertsPerToken {
                    let expert = try #require(trace.expert(row: row, layer: layer, rank: rank))
                    // A step asks for an expert of a layer once.
                    guard seen.insert([Int(trace.rows[row].step), layer, expert]).inserted else { continue }
                    let residency = trace.residency(row: row, layer: layer, rank: rank)
                    found[residency, default: 0] += 1
                    // Of a prompt the next layer is read ahead by its last token, which nobody notes.
                    if residency == .foreseen, trace.rows[row].phase == .decode {
                        #expect(trace.names(expert, row: row, layer: layer), "foreseen, but by nobody")
                    }
                }
            }
        }
        let misses = found[.miss, default: 0] + found[.foreseen, default: 0]
        #expect(found[.unknown] == nil && found[.hit, default: 0] > 0)
        #expect(misses == experts["misses"] as? Int && found[.hit] == experts["hits"] as? Int)
    }

    @Test("chat, eval and bench record too")
    func everywhere() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let text = try folder.write("Once upon a time there was a king who had a daughter.", to: "text.txt")
        let commands: [([String], String)] = [
            (["eval", "-f", text, "-c", "8"], ""),
            (["bench", "-p", "8", "-n", "4", "-r", "1", "-q"], ""),
            (["chat", "-n", "4", "-q", "--chat-template", "chatml"], "hello\nagain\n"),
        ]
        for (arguments, input) in commands {
            let path = folder.path + "/\(arguments[0]).sltrace"
            let run = try Executable.run(arguments + ["--trace", path], input: input)
            #expect(run.code == 0, "\(run.errors)")
            let (file, trace) = try Self.routing(path)
            #expect(file.isComplete && trace.rows.count >= 8, "\(arguments)")
            #expect(file.header.note("command") == arguments[0])
        }
        let two = try Executable.run(["bench", "-t", "1,2", "--trace", folder.path + "/two.sltrace"])
        #expect(two.code == 2 && two.errors.contains("--trace"))
    }

    @Test("record feeds a text token by token, or in chunks, and tells what it wrote")
    func record() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let text = try folder.write(
            String(repeating: "Once upon a time there was a king. ", count: 12), to: "text.txt")
        let path = folder.path + "/text.sltrace"
        let common = ["trace", "record", "-f", text, "-o", path, "-c", "32", "-n", "50", "--json"]
        let single = try Executable.run(common).object()
        #expect(single["tokens"] as? Int == 50 && single["steps"] as? Int == 50)
        #expect(single["sequences"] as? Int == 2 && single["trace"] as? String == path)
        let (file, trace) = try Self.routing(path)
        #expect(trace.rows.allSatisfy { $0.phase == .decode } && file.header.note("prompt") == text)
        #expect(single["bytes"] as? Int == (try Data(contentsOf: URL(filePath: path))).count)
        #expect((single["bytes_per_choice"] as? Double).map { $0 < 12 } == true)
        let chunks = try Executable.run(common + ["--prefill", "-b", "16"]).object()
        #expect(chunks["tokens"] as? Int == 50 && chunks["steps"] as? Int == 4)
        let again = try Self.routing(path).trace
        #expect(again.rows.allSatisfy { $0.phase == .prefill })
        #expect(again.rows.map(\.token) == trace.rows.map(\.token) && again.columns.candidates.isEmpty)
        _ = try Executable.run(common + ["--candidates", "2"])
        #expect(try Self.routing(path).trace.columns.candidates.map(\.distance) == [1, 2])
    }

    @Test("what cannot be recorded is refused by name")
    func refusals() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let text = try folder.write("Once upon a time", to: "text.txt")
        let cases: [([String], Int32, String)] = [
            (["trace", "record", "-f", text], 2, "-o FILE"),
            (["trace", "record", "-o", folder.path + "/a.sltrace"], 2, "-f FILE"),
            (["trace", "record", "-f", text, "-o", folder.path + "/none/a.sltrace"], 1, "no such folder"),
            (["trace", "record", "-f", text, "-o", "a", "--trace", "b"], 2, "given twice"),
            (["trace", "record", "-f", text, "-o", "a", "-n", "0"], 2, "-n is 0"),
        ]
        for (arguments, code, words) in cases {
            let run = try Executable.run(arguments)
            #expect(run.code == code && run.errors.contains(words), "\(arguments): \(run.errors)")
        }
    }

    @Test("a file that cannot grow ends the recording and not the run, and is told behind it")
    func fullDisk() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let path = folder.path + "/run.sltrace"
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        // Two kibibytes: enough for the header, not for the first block.
        let arguments = RunTests.greedy.map { "'\($0)'" }.joined(separator: " ")
        shell.arguments = [
            "-c",
            "trap '' XFSZ; ulimit -f 4; exec '\(Executable.url.path)' \(arguments) --trace '\(path)'",
        ]
        let (output, errors) = (Pipe(), Pipe())
        shell.standardOutput = output
        shell.standardError = errors
        try shell.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let told = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        shell.waitUntilExit()
        #expect(try Executable.run(RunTests.greedy).text == text)
        #expect(shell.terminationStatus == 1 && told.contains("receipt"), "\(told)")
        #expect(told.contains("'\(path)', byte") && told.contains("cannot be written"), "\(told)")
        let file = try TraceFile.read(path)
        #expect(!file.isComplete && file.tornBytes == 0)
    }

    @Test("killed at any moment, a recording can be read up to its last whole block")
    func killed() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let path = folder.path + "/run.sltrace"
        let program = try RunningProgram([
            "run", "-p", "Once upon a time", "--ignore-eos", "-c", "100000", "--temp", "0", "--trace", path,
        ])
        // Header and description are less than this: a block has arrived.
        program.waitForFile(at: path, bytes: 2000)
        program.kill()
        #expect(program.wait().code == 128 + 9)
        let (file, trace) = try Self.routing(path)
        #expect(!file.isComplete && !trace.rows.isEmpty)
        let prompt = trace.rows.filter { $0.phase == .prefill }.count
        #expect(trace.rows.map { Int($0.position) } == Array(0..<trace.rows.count) && prompt > 0)
    }

    @Test("Ctrl-C closes the recording")
    func interrupted() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let path = folder.path + "/run.sltrace"
        let program = try RunningProgram([
            "run", "-p", "Once upon a time", "--ignore-eos", "-c", "100000", "--trace", path,
        ])
        program.waitForOutput(bytes: 30)
        program.interrupt()
        let run = program.wait()
        #expect(run.code == 130 && run.errors.contains("bytes per choice"), "\(run.errors)")
        let (file, trace) = try Self.routing(path)
        #expect(file.isComplete && trace.rows.count > 4)
    }
}

extension RoutingTrace {
    /// Whether a predictor named the expert.
    fileprivate func names(_ expert: Int, row: Int, layer: Int) -> Bool {
        columns.candidates.indices.contains { column in
            (0..<columns.candidates[column].count).contains {
                candidate(column: column, row: row, layer: layer, rank: $0) == expert
            }
        }
    }
}
