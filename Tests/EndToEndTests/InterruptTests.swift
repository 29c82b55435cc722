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
