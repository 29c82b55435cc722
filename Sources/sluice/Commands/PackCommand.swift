import ArgumentParser
import ExpertStorage
import Foundation
import Generation
import ModelFiles
import Models

/// `sluice pack`: a faster store from any model.
struct PackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack",
        abstract: "Write a model's bytes in the order in which experts are read: one read instead of three.",
        discussion: """
            The store holds everything that the model holds, weights bit for bit, tokenizer and settings \
            included, and is used like the model itself: sluice run -m model.sluice. It is never required.

            Packing that is stopped, by Ctrl-C or a crash, goes on where it was when the same command runs \
            again; if the model has changed meanwhile it starts over.

            Examples:
              sluice pack model.gguf
              sluice pack checkpoint-folder -o /fast/model.sluice
              sluice pack model-00001-of-00003.gguf --force
            """)

    @Argument(
        help: ArgumentHelp("A GGUF file (the first of a split) or a Hugging Face folder.", valueName: "model")
    )
    var model: String

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp(
            "The store to write. Default: the model's name with .sluice, beside it.", valueName: "file"))
    var output: String?

    @Flag(
        help: """
            Order each expert so that the start of its record is an expert of lower precision. Reading whole \
            records gives the same bits, a little slower, and the store cannot be mapped.
            """)
    var progressive = false

    @Flag(help: "Replace a file that is there.")
    var force = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        var resolver = SettingResolver(environment: ProcessInfo.processInfo.environment)
        let json = try resolver.isOn("json", flag: json)
        let file = try BusErrors.openModel(model)
        let output =
            try resolver.text(["output", "o"], flag: output) ?? Self.defaultOutput(for: file)
        guard let extents = try ModelNeeds(file: file).extents else {
            throw ExpertStorageError(.noExperts, path: model)
        }
        let packer = try StorePacker(
            file, experts: extents.packedExperts, to: output,
            isProgressive: try resolver.isOn("progressive", flag: progressive),
            replaces: try resolver.isOn("force", flag: force))
        let interrupt = CancellationFlag()
        Interrupts.shared.watch(interrupt)
        defer { Interrupts.shared.watch(nil) }
        var progress = ProgressLine("packing")
        let clock = ContinuousClock()
        let start = clock.now
        let outcome = try packer.run(
            progress: { progress.show(done: $0, total: $1, unit: ByteSize.text) },
            isCancelled: { interrupt.isCancelled })
        progress.clear()
        guard case .finished(let resumedBytes) = outcome else {
            StandardError.write(
                "sluice: stopped; '\(packer.partPath)' keeps what is done, and the same command goes on with "
                    + "it\n")
            throw CommandFailure.interrupted
        }
        let summary = PackSummary(
            packer: packer, resumedBytes: resumedBytes, seconds: (clock.now - start).inSeconds,
            compression: packer.compressionSample())
        try StandardOutput.write(json ? summary.json.text + "\n" : summary.text)
    }

    /// `model.sluice` beside `model.gguf`, `model-00001-of-00003.gguf` or the folder `model`.
    static func defaultOutput(for file: ModelFile) -> String {
        let isFolder = file.container == .safetensors
        let place = isFolder ? URL(filePath: file.folder).standardizedFileURL : URL(filePath: file.parts[0])
        var stem = (isFolder ? place : place.deletingPathExtension()).lastPathComponent
        if let suffix = stem.range(of: "-[0-9]+-of-[0-9]+$", options: .regularExpression) {
            stem.removeSubrange(suffix)
        }
        return place.deletingLastPathComponent().appending(path: stem + StoreFormat.suffix).relativePath
    }
}

/// What packing came to.
private struct PackSummary {
    let packer: StorePacker
    let resumedBytes: Int
    let seconds: Double
    let compression: CompressionSample?

    private var compressionText: String {
        guard let compression else { return "not measured" }
        let percent = ReceiptText.decimal(100 * compression.saving, 1)
        let verdict =
            compression.saving < CompressionSample.worthwhile
            ? "not worth unpacking at every read" : "but stores are not compressed yet"
        return "would save \(percent) % of \(compression.recordCount) records: \(verdict)"
    }

    private var ratio: Double { Double(packer.storeBytes) / Double(max(packer.sourceBytes, 1)) }
    private var bytesPerSecond: Double {
        Double(packer.sourceBytes - resumedBytes) / max(seconds, 1e-9)
    }

    private var prefixShare: Double {
        Double(packer.prefixBytes) / Double(max(packer.recordBytes, 1))
    }

    private var layoutText: String {
        switch packer.recordLayout {
        case .plain: "plain"
        case .progressive:
            "progressive, the prefix is \(ReceiptText.decimal(100 * prefixShare, 0)) % of a record"
        }
    }

    var text: String {
        let resumed = resumedBytes > 0 ? ", \(ByteSize.text(resumedBytes)) from an earlier attempt" : ""
        let speed = ReceiptText.decimal(bytesPerSecond / 1e6, 0)
        return TextTable.text(
            [
                [
                    "store",
                    "\(packer.path): \(ByteSize.text(packer.storeBytes)), \(packer.recordCount) experts",
                ],
                [
                    "size",
                    "\(ReceiptText.decimal(ratio, 4)) of the model's \(ByteSize.text(packer.sourceBytes))",
                ],
                ["records", layoutText],
                ["LZ4", compressionText],
                ["time", "\(ReceiptText.decimal(seconds, 1)) s, \(speed) MB/s\(resumed)"],
            ], indent: "")
    }

    var json: JSONValue {
        .members([
            "store": .string(packer.path), "bytes": .count(packer.storeBytes),
            "source_bytes": .count(packer.sourceBytes), "ratio": .real(ratio),
            "records": .count(packer.recordCount),
            "progressive": .boolean(packer.recordLayout == .progressive),
            "prefix_share": .real(prefixShare), "resumed_bytes": .count(resumedBytes),
            "lz4_saving": compression.map { .real($0.saving) } ?? .null,
            "seconds": .real(seconds), "bytes_per_second": .real(bytesPerSecond),
        ])
    }
}
