import ExpertStorage
import Foundation
import Kernels
import ModelFiles
import Models
import Residency
import TestSupport

/// A small model whose experts come from a disk on virtual time, and what it has to give.
final class StreamingBench {
    let file: ModelFile
    let needs: ModelNeeds
    let disk: FakeDisk
    private(set) var model: LanguageModel?
    private let state: SequenceState
    private let batch = Batch(capacity: 16)
    private let ids: [TokenID]
    private let steps: [Range<Int>]

    /// A model's file, its bytes, and the bits that the mapped model gives.
    struct Subject {
        let file: ModelFile
        let needs: ModelNeeds
        let parts: [[UInt8]]
        let ids: [TokenID]
        /// The bits of the logits of every position.
        let expected: [[UInt32]]

        init(_ path: String) throws {
            file = try ModelFile.open(path)
            needs = try ModelNeeds(file: file)
            parts = try file.diskPaths.map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: $0))) }
            let vocabulary = needs.shape.vocabularySize
            ids = (0..<10).map { TokenID(Int32(($0 * 2654 + 11) % vocabulary)) }
            let model = try LanguageModel(file: file, options: StreamingBench.options(nil))
            let state = model.makeSequence(capacity: 32)
            let batch = Batch(capacity: 16)
            batch.append(ids[...], to: state)
            try model.forward(batch)
            expected = StreamingBench.bits(model, rows: 0..<ids.count)
        }
    }

    /// - Parameter stepRows: rows of the steps in which the prompt is fed.
    init(_ subject: Subject, _ way: StreamedWay, stepRows: Int, seed: UInt64, depth: Int = 4) throws {
        file = subject.file
        needs = subject.needs
        ids = subject.ids
        steps = stride(from: 0, to: ids.count, by: stepRows).map { [count = ids.count] in
            $0..<min($0 + stepRows, count)
        }
        let disk = FakeDisk(files: subject.parts, depth: depth, seed: seed)
        self.disk = disk
        let streaming = way.options(needs, blockBytes: 4096)
        let model = try LanguageModel(file: file, options: Self.options(streaming)) {
            (_, paths) throws(ExpertStorageError) in
            OpenedDevice(
                device: disk, files: try ReadFiles(paths: paths, direct: false), method: .bufferedThreads)
        }
        self.model = model
        state = model.makeSequence(capacity: 32)
    }

    /// Feeds the whole prompt anew; each step begins again as often as `body` wants.
    ///
    /// - Parameter whenFailed: gets the error, or nil for a step that was cancelled; a false answer ends it.
    /// - Returns: the bits of every position, fewer where it ended early.
    func run(
        unless isCancelled: () -> Bool = { false },
        whenFailed: (ExpertStorageError?) -> Bool = { _ in false }
    ) -> [[UInt32]] {
        guard let model else { return [] }
        var logits: [[UInt32]] = []
        state.reset()
        for step in steps {
            while true {
                batch.reset()
                batch.append(ids[step], to: state)
                let length = state.length
                do throws(ExpertStorageError) {
                    if try model.forward(batch, unless: isCancelled) { break }
                    if !whenFailed(nil) { return logits }
                } catch {
                    if !whenFailed(error) { return logits }
                }
                precondition(state.length == length, "a step that failed advanced its sequence")
            }
            logits += Self.bits(model, rows: 0..<step.count)
        }
        return logits
    }

    /// Whether nothing is held, and slots and experts agree on who lies where.
    var isAtRest: Bool {
        guard let slots = model?.slots, slots.heldCount == 0 else { return false }
        let numbering = slots.cache.shape.numbering
        var residents = 0
        for layer in 0..<numbering.layerCount {
            for index in 0..<numbering.expertCount {
                let expert = ExpertID(layer: layer, index: index)
                guard let slot = slots.cache.slot(of: expert) else { continue }
                residents += 1
                if slots.cache.expert(in: slot) != expert { return false }
            }
        }
        return residents <= slots.cache.shape.slotCount
    }

    /// Lets the model go, and gives the reads that are still under way.
    func readsAfterEnd() -> Int {
        model = nil
        return disk.readsUnderWay
    }

    private static func options(_ streaming: StreamingOptions?) -> LanguageModel.Options {
        var options = LanguageModel.Options(
            threadCount: 1, maximumRows: 16, contextCapacity: 32, cacheElement: .float32)
        options.streaming = streaming
        return options
    }

    private static func bits(_ model: LanguageModel, rows: Range<Int>) -> [[UInt32]] {
        let logits = model.logits(rows: rows)
        return (0..<logits.rows).map { row in (0..<logits.columns).map { logits[row, $0].bitPattern } }
    }
}
