import Kernels
import ModelFiles
import TestSupport
import Testing

/// Mutants of one sample: numbers that reproduce them. `SLUICE_SEED` sets the first seed.
struct MutantBatch: CustomTestStringConvertible, Sendable {
    let sample: SampleModels.Sample
    let firstSeed: UInt64
    let count: Int

    var testDescription: String { "\(sample.name), \(count) mutants from SLUICE_SEED=\(firstSeed)" }

    /// `total` mutants, spread over the samples in batches of at most 1,000.
    static func batches(total: Int) -> [MutantBatch] {
        let samples = SampleModels.all
        let perSample = total / samples.count
        let firstSeed = SeededGenerator.fromEnvironment(fallback: 20_260_101).seed
        return samples.flatMap { sample in
            stride(from: 0, to: perSample, by: 1_000).map { start in
                MutantBatch(
                    sample: sample, firstSeed: firstSeed &+ UInt64(start),
                    count: min(1_000, perSample - start))
            }
        }
    }
}

@Suite("Mutants of valid models")
struct MutationFuzzTests {
    /// A genuine directory takes a few times its bytes in memory: an element of JSON is up to 24 bytes for
    /// two characters, a name adds a dictionary entry. Beyond this something was sized by a claim instead of
    /// by the file.
    private static let memoryPerFileByte = 64
    /// A mutant takes well under a millisecond; this bound only has to tell a loop from a slow machine.
    private static let longest = Duration.seconds(2)

    @Test(
        "2,000 mutants open or fail, and what opens lies inside its files",
        arguments: MutantBatch.batches(total: 2_000))
    func mutants(batch: MutantBatch) { run(batch) }

    @Test(
        "200,000 mutants open or fail, and what opens lies inside its files", .tags(.nightly), .nightlyOnly,
        arguments: MutantBatch.batches(total: 200_000))
    func manyMutants(batch: MutantBatch) { run(batch) }

    @Test("mutants reach both outcomes and most kinds of error")
    func coverage() {
        var opened = 0
        var kinds: Set<String> = []
        for batch in MutantBatch.batches(total: 2_000) {
            for index in 0..<batch.count {
                switch open(batch, seed: batch.firstSeed &+ UInt64(index)) {
                case .success: opened += 1
                case .failure(let error): kinds.insert(String("\(error.code)".prefix { $0 != "(" }))
                }
            }
        }
        #expect(opened > 100)
        // Of the error codes about files some 30 can be met by a change of bytes.
        #expect(kinds.count >= 20, "\(kinds.sorted())")
    }

    private func open(_ batch: MutantBatch, seed: UInt64) -> Result<ModelFile, ModelFileError> {
        var mutator = Mutator(seed: seed)
        let files = MemoryFiles(mutator.mutated(batch.sample.files))
        let path = batch.sample.entry.isEmpty ? MemoryFiles.folder : MemoryFiles.path(batch.sample.entry)
        do throws(ModelFileError) {
            return .success(try ModelFile.open(path, files: files))
        } catch {
            return .failure(error)
        }
    }

    private func run(_ batch: MutantBatch) {
        for index in 0..<batch.count {
            let seed = batch.firstSeed &+ UInt64(index)
            let start = ContinuousClock.now
            let result = open(batch, seed: seed)
            let duration = start.duration(to: .now)
            if duration > Self.longest {
                Issue.record("\(batch.sample.name), seed \(seed): took \(duration)")
            }
            switch result {
            case .failure(let error):
                if error.description.isEmpty {
                    Issue.record("\(batch.sample.name), seed \(seed): no description")
                }
            case .success(let model):
                do {
                    for problem in try problems(model) {
                        Issue.record("\(batch.sample.name), seed \(seed): \(problem)")
                    }
                } catch {
                    Issue.record("\(batch.sample.name), seed \(seed): \(error)")
                }
            }
        }
    }

    private func problems(_ model: ModelFile) throws -> [String] {
        var problems: [String] = []
        var sum = 0
        for record in model.tensors.values {
            // Outside the file these would trap.
            sum += try model.withBytes(of: record) { Int($0[0]) + Int($0[$0.count - 1]) }
            let matrix = try model.matrix(record)
            if matrix.byteCount != record.byteCount {
                problems.append("\(record.name) has another size as a matrix")
            }
        }
        for tensor in model.opaqueTensors.values {
            sum += try model.withBytes(of: tensor) { Int($0[0]) + Int($0[$0.count - 1]) }
        }
        if sum < 0 { problems.append("unreachable: bytes are not negative") }
        let memory = model.metadata.values.reduce(0) { $0 + $1.key.utf8.count + bytes($1.value) }
        let configuration = model.container == .safetensors ? SampleModels.config.utf8.count * 2 : 0
        let allowed = Self.memoryPerFileByte * (model.byteCount + configuration)
        if memory > allowed { problems.append("metadata takes \(memory) bytes, more than \(allowed)") }
        return problems
    }

    /// Bytes of a value in memory, what its arrays reserve included.
    private func bytes(_ value: MetadataValue) -> Int {
        let own = MemoryLayout<MetadataValue>.stride
        return switch value {
        case .integer, .unsigned, .real, .boolean: own
        case .string(let text): own + text.utf8.count
        case .integers(let values): own + values.capacity * 8
        case .reals(let values): own + values.capacity * 8
        case .booleans(let values): own + values.capacity
        case .strings(let values): own + values.capacity * 16 + values.reduce(0) { $0 + $1.utf8.count }
        case .list(let values): own + values.capacity * own + values.reduce(0) { $0 + bytes($1) }
        }
    }
}
