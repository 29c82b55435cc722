import Foundation
import TestSupport
import Testing

@Suite("Kernels of processors that this machine is not", .tags(.crossCompiled))
struct CrossCompiledTests {
    @Test(
        "those for Arm give the scalar bits, and the scalar ones give the bits of this processor",
        .enabled(if: ArmCheck.missing.isEmpty, Comment(rawValue: "missing: " + ArmCheck.missing)))
    func arm() throws {
        let (status, output) = try ArmCheck.run([])
        #expect(status == 0, Comment(rawValue: output))
        // The last operation of the list and two of the formats: it went through to the end.
        for kernel in ["decode F16", "multiply Q4_K", "convolution"] {
            #expect(output.contains("\n" + kernel + " ") || output.hasPrefix(kernel), "\(kernel)")
        }
    }
}

/// Runs `tools/arm/check`, which builds the kernels with a C program that compares them.
private enum ArmCheck {
    /// What the check needs and does not find here; empty where it finds everything.
    static let missing: String = {
        guard let found = try? run(["--needs"]), found.status == 0 else { return "bash" }
        return found.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }()

    static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let script = Command.packageFolder.appending(path: "tools/arm/check").path
        let (status, output) = try Command.run(["bash", script] + arguments)
        return (status, String(decoding: output, as: UTF8.self))
    }
}
