import Foundation
import TestSupport
import Testing

@Suite("Ctrl-C and closed pipes")
struct InterruptTests {
    @Test("Ctrl-C ends a run with code 130, its text and its receipt")
    func interrupt() throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        let file = folder.path + "/receipt.json"
        let program = try RunningProgram([
            "run", "-p", "Once upon a time", "--ignore-eos", "-c", "200000", "--receipt", file,
        ])
        program.waitForOutput(bytes: 30)
        program.interrupt()
        let run = program.wait()
        #expect(run.code == 130)
        #expect(run.output.count >= 30)
        #expect(run.errors.contains("receipt") && run.errors.contains("tokens/s"))
        #expect(FileManager.default.fileExists(atPath: file))
    }

    @Test(
        "Ctrl-C in the middle of a long step stops it soon, with the receipt",
        .enabled(if: RunningProgram.knowsProcessorTime, "processor time is read from /proc"),
        arguments: ["run", "eval"])
    func prefill(command: String) throws {
        let folder = try TemporaryFolder()
        defer { withExtendedLifetime(folder) {} }
        // Minutes of work.
        let text = String(repeating: "Once upon a time there was a king. ", count: 4000)
        let file = try folder.write(text, to: "text.txt")
        let receipt = folder.path + "/receipt.json"
        let program = try RunningProgram([
            command, "-f", file, "-c", "60000", "-b", "60000", "--json", "--receipt", receipt,
        ])
        // Loading and tokenizing take a fraction of this.
        program.waitForProcessorTime(seconds: 3)
        let start = ContinuousClock.now
        program.interrupt()
        let run = program.wait()
        #expect(run.code == 130)
        #expect(ContinuousClock.now - start < .seconds(30))
        #expect(FileManager.default.fileExists(atPath: receipt))
        let result = try run.object()
        if command == "run" {
            #expect(result["finish_reason"] as? String == "cancelled")
        } else {
            #expect(result["interrupted"] as? Bool == true)
        }
        #expect((result["receipt"] as? [String: Any])?["prompt_tokens"] is Int)
    }

    @Test("a reader that goes away ends the program quietly")
    func closedPipe() throws {
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", "'\(Executable.url.path)' run -p x -n 400 --ignore-eos -q | head -c 5"]
        let (output, errors) = (Pipe(), Pipe())
        shell.standardOutput = output
        shell.standardError = errors
        try shell.run()
        #expect(output.fileHandleForReading.readDataToEndOfFile().count == 5)
        #expect(errors.fileHandleForReading.readDataToEndOfFile().isEmpty)
        shell.waitUntilExit()
        #expect(shell.terminationStatus == 0)
    }
}
