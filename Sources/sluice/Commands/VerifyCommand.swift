import ArgumentParser
import ExpertStorage
import Foundation
import Generation
import ModelFiles

/// `sluice verify`: whether a store is what was packed.
struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read a store and compare every checksum; with --source every byte.",
        discussion: """
            The exit code is 0 where the store is sound, 1 where it is damaged or cannot be read.

            Examples:
              sluice verify model.sluice
              sluice verify model.sluice --source model.gguf
              sluice verify model.sluice --json
            """)

    @Argument(help: ArgumentHelp("A file that `sluice pack` wrote.", valueName: "store"))
    var store: String

    @Option(help: ArgumentHelp("The model that it was packed from, to be compared with.", valueName: "model"))
    var source: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        var resolver = SettingResolver(environment: ProcessInfo.processInfo.environment)
        let json = try resolver.isOn("json", flag: json)
        let source = try resolver.text(["source"], flag: source)
        let verifier = try StoreVerifier(
            BusErrors.openModel(store), source: try source.map { try BusErrors.openModel($0) })
        let interrupt = CancellationFlag()
        Interrupts.shared.watch(interrupt)
        defer { Interrupts.shared.watch(nil) }
        var progress = ProgressLine("verifying")
        let result = try verifier.run { done in
            progress.show(done: done, total: verifier.totalBytes, unit: ByteSize.text)
            return !interrupt.isCancelled
        }
        progress.clear()
        if result.isInterrupted { throw CommandFailure.interrupted }
        let report = VerifyReport(path: store, result: result)
        try StandardOutput.write(json ? report.json.text + "\n" : report.text)
        guard result.damages.isEmpty else {
            throw CommandFailure.failure(
                "'\(store)' is damaged; pack the model again, and check the disk if it happens again")
        }
    }
}

/// What verifying found.
private struct VerifyReport {
    let path: String
    let result: StoreVerifier.Result

    var text: String {
        let compared =
            result.comparedBytes > 0 ? ", \(ByteSize.text(result.comparedBytes)) equal to the source's" : ""
        guard !result.damages.isEmpty else {
            return "verify: every checksum of \(ByteSize.text(result.checkedBytes)) is right\(compared)\n"
        }
        return result.damages.map {
            "verify: \($0.text), bytes \($0.range.lowerBound) to \($0.range.upperBound) of \(path)\n"
        }.joined()
    }

    var json: JSONValue {
        .members([
            "store": .string(path), "sound": .boolean(result.damages.isEmpty),
            "checked_bytes": .count(result.checkedBytes), "compared_bytes": .count(result.comparedBytes),
            "damages": .list(
                result.damages.map {
                    .members([
                        "what": .string($0.text), "offset": .count($0.range.lowerBound),
                        "bytes": .count($0.range.count),
                    ])
                }),
        ])
    }
}

extension StoreVerifier.Damage {
    fileprivate var text: String {
        switch place {
        case .record(let layer, let expert): "expert \(expert) of layer \(layer) has a wrong checksum"
        case .dense: "weights or settings that every token needs have a wrong checksum"
        case .padding: "bytes that should be zero are not"
        case .source(let file, let offset): "the bytes differ from those of \(file) from byte \(offset) on"
        }
    }
}
