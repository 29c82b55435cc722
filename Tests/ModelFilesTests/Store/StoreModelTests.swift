import Kernels
import ModelFiles
import TestSupport
import Testing

@Suite("Opening stores")
struct StoreModelTests {
    /// A store, and the model that it opens as.
    private struct Sample {
        let bytes: [UInt8]
        let model: ModelFile

        init(_ kind: SampleStore.Kind = .stacked) throws {
            let sample = try SampleStore(kind)
            bytes = try sample.packed()
            model = try StoreModelTests.open(bytes)
        }

        /// The code of the error that opening gives after `edit`.
        func code(
            header: (inout StoreHeader) -> Void = { _ in },
            manifest: (inout StoreManifest) -> Void = { _ in }
        ) throws -> ModelFileError.Code? {
            StoreModelTests.code(
                try SampleStore.rewritten(bytes, model, header: header, manifest: manifest))
        }
    }

    private static func open(_ bytes: [UInt8]) throws(ModelFileError) -> ModelFile {
        try ModelFile.open(MemoryFiles.path("m.sluice"), files: MemoryFiles(["m.sluice": bytes]))
    }

    private static func code(_ bytes: [UInt8]) -> ModelFileError.Code? {
        do throws(ModelFileError) {
            _ = try open(bytes)
            return nil
        } catch {
            #expect(error.description.contains("m.sluice") && error.description.contains("; "))
            return error.code
        }
    }

    @Test("names files of the source as if they lay in a folder of the store's name")
    func names() throws {
        let model = try Sample(.split).model
        #expect(model.path == "model/m.sluice")
        #expect(
            model.parts == [
                "model/m.sluice/model-00001-of-00002.gguf", "model/m.sluice/model-00002-of-00002.gguf",
            ])
        #expect(model.diskPaths == ["model/m.sluice"])
    }

    @Test("gives slices of a tensor whose experts lie apart, and refuses the whole by name")
    func slices() throws {
        let model = try Sample().model
        let record = try model.require("0.gate")
        for expert in 0..<3 {
            #expect(try model.matrix(record, rows: expert * 5..<(expert + 1) * 5).rows == 5)
        }
        #expect(try model.rows(of: record, from: 5, limit: 100).rows == 5)
        #expect(try model.rows(of: record, from: 7, limit: 2).rows == 2)
        let error = #expect(throws: ModelFileError.self) { try model.matrix(record) }
        #expect(error?.code == .scatteredBytes(count: 180) && error?.tensor == "0.gate")
        #expect(throws: ModelFileError.self) { try model.matrix(record, rows: 4..<6) }
        #expect(throws: ModelFileError.self) { try model.vector(record) }
        #expect(throws: ModelFileError.self) { try model.withBytes(of: record) { $0.count } }
        #expect(throws: ModelFileError.self) { try model.copying([record]) }
        let dense = try model.require("embedding")
        #expect(try model.matrix(dense).rows == 11)
        #expect(try model.copying([dense]).matrix(dense).rows == 11)
    }

    @Test("knows where the bytes of a view lie in the store")
    func locations() throws {
        let sample = try Sample()
        let record = try sample.model.require("0.up")
        let view = try sample.model.matrix(record, rows: 10..<15)
        let location = try #require(sample.model.location(of: view))
        let held = try #require(sample.model.store?.record(at: location.offset))
        #expect(location.file == 0 && held.layer == 0 && held.expert == 2)
        // The gate's 60 bytes stand in front.
        #expect(location.offset == held.offset + 60)
        let first = try #require(sample.model.store?.records.first)
        #expect(sample.model.location(of: record).offset == first.offset + 60)
    }

    @Test("refuses another version, layout or size")
    func header() throws {
        let sample = try Sample()
        var bytes = sample.bytes
        bytes[8] = 2
        #expect(Self.code(bytes) == .unsupportedStoreVersion(found: 2))
        bytes = sample.bytes
        bytes[0] = 0x88
        #expect(Self.code(bytes) == .unknownContainer(found: "the bytes 88 53 4c 55"))
        let size = UInt64(sample.bytes.count)
        #expect(Self.code(sample.bytes + [0]) == .wrongStoreSize(found: size + 1, expected: size))
        let longer = try sample.code(header: { $0.byteCount += 1 })
        #expect(longer == .wrongStoreSize(found: size, expected: size + 1))
        guard
            case .wrongChecksum(of: "the store's manifest", _, _)? = try sample.code(header: {
                $0.manifestBytes -= 1
            })
        else {
            Issue.record("a shorter manifest was taken")
            return
        }
        guard case .truncated? = try sample.code(header: { $0.manifestBytes = 1 << 40 }) else {
            Issue.record("a manifest beyond the end was taken")
            return
        }
        #expect(try sample.code(header: { $0.fingerprint ^= 1 }) != nil)
        // A number that no layout has, with a checksum that is right.
        bytes = sample.bytes
        bytes[12] = 2
        var checksum = Checksum()
        checksum.append(bytes.span.extracting(0..<60))
        bytes.replaceSubrange(60..<64, with: LittleEndian.bytes(checksum.value))
        #expect(Self.code(bytes) == .unsupportedRecordLayout(found: 2))
    }

    @Test("refuses a store that was cut anywhere")
    func cuts() throws {
        for kind in SampleStore.Kind.allCases {
            let bytes = try Sample(kind).bytes
            for count in 0..<bytes.count {
                #expect(Self.code(Array(bytes.prefix(count))) != nil, "\(count) of \(bytes.count)")
            }
        }
    }

    /// Changes of a manifest that no genuine one can have, and what the error says of them.
    private static let edits: [(name: String, says: String, edit: @Sendable (inout StoreManifest) -> Void)] =
        [
            ("a run beyond the end", "inside the", { $0.files[0].runs[0].storeOffset = 1 << 40 }),
            ("a run of no bytes", "inside the", { $0.files[0].runs[0].byteCount = 0 }),
            ("a negative run", "at most", { $0.files[0].runs[0].storeOffset = -1 }),
            (
                "two runs in one place", "share byte",
                { $0.files[0].runs[1].storeOffset = $0.files[0].runs[0].storeOffset }
            ),
            (
                "a run across a record's end", "inside a record", { $0.records[2].byteCount -= 1 }
            ),
            ("a file of more bytes", "expected the", { $0.files[0].byteCount += 1 }),
            ("a file of fewer bytes", "expected the", { $0.files[0].byteCount -= 1 }),
            ("a file with a folder", "plain file name", { $0.files[0].name = "/etc/passw" }),
            ("records out of order", "order of layers", { $0.records.swapAt(0, 1) }),
            ("a record twice", "order of layers", { $0.records[1].expert = $0.records[0].expert }),
            ("a record beyond the end", "inside the", { $0.records[5].byteCount = 1 << 40 }),
            ("a record of no bytes", "inside the", { $0.records[0].byteCount = 0 }),
            ("a record out of line", "a multiple of", { $0.records[1].offset += 1 }),
            ("a record in the manifest", "a multiple of", { $0.records[0].offset = 64 }),
            (
                "a dense region elsewhere", "the dense region at",
                { $0.dense = $0.dense.lowerBound + 64..<$0.dense.upperBound + 64 }
            ),
            (
                "a dense region that is too large", "dense bytes at",
                { $0.dense = $0.dense.lowerBound..<1 << 21 }
            ),
            ("an end before the last byte", "belongs to anything", { $0.records[5].byteCount -= 1 }),
        ]

    @Test("refuses manifests that cannot be", arguments: edits.indices)
    func manifests(index: Int) throws {
        let (name, says, edit) = Self.edits[index]
        let code = try Sample().code(manifest: edit)
        guard case .invalidStore(let found, let expected)? = code else {
            Issue.record("\(name): \(String(describing: code))")
            return
        }
        #expect("\(found), expected \(expected)".contains(says), "\(name): \(found), expected \(expected)")
    }

    /// The same for what progressive stores have besides.
    private static let patternEdits:
        [(name: String, says: String, edit: @Sendable (inout StoreManifest) -> Void)] = [
            ("a pattern that is none", "one of 1", { $0.records[0].patternIndex = 1 }),
            (
                "a pattern of other bytes", "bytes of its pattern",
                { $0.patterns[0].matrices[0].byteCount += 34 }
            ),
            ("a torn block", "whole blocks", { $0.patterns[0].matrices[1].byteCount += 1 }),
            ("a matrix of no bytes", "whole blocks", { $0.patterns[0].matrices[2].byteCount = 0 }),
            ("a format that stays whole", "comes apart", { $0.patterns[0].matrices[2].isSplit = true }),
            ("a split float", "comes apart", { $0.patterns[0].matrices[0].format = .float16 }),
            (
                "too many bytes", "too many",
                { manifest in
                    for index in 0..<2 {
                        manifest.patterns[0].matrices[index].isSplit = false
                        manifest.patterns[0].matrices[index].byteCount = .max
                    }
                }
            ),
        ]

    @Test("refuses patterns that cannot be", arguments: patternEdits.indices)
    func patterns(index: Int) throws {
        let (name, says, edit) = Self.patternEdits[index]
        let code = try Sample(.progressive).code(manifest: edit)
        guard case .invalidStore(let found, let expected)? = code else {
            Issue.record("\(name): \(String(describing: code))")
            return
        }
        #expect("\(found), expected \(expected)".contains(says), "\(name): \(found), expected \(expected)")
    }

    @Test("refuses an entry that is none of the files")
    func entry() throws {
        #expect(try Sample().code(manifest: { $0.entry = "other.gguf" }) == .missingFile)
        #expect(try Sample().code(manifest: { $0.entry = "model.ggu/" }) != nil)
    }

    @Test("mutants of stores open or fail, and what opens can be read or refuses")
    func mutants() throws {
        for kind in SampleStore.Kind.allCases {
            let sample = try Sample(kind)
            let front = try #require(sample.model.store).dense.lowerBound
            for seed in 0..<UInt64(700) {
                var mutator = Mutator(seed: seed)
                // With right checksums, or nothing behind them is ever reached.
                var head = Array(mutator.mutated(Array(sample.bytes[64..<front])).prefix(front - 64))
                head += Array(repeating: 0, count: front - 64 - head.count)
                let manifest = try #require(sample.model.store)
                let size = manifest.encoded.count
                var checksum = Checksum()
                checksum.append(head.span.extracting(0..<size))
                let header = StoreHeader(
                    layout: manifest.layout, fingerprint: sample.model.fingerprint.rawValue,
                    byteCount: sample.bytes.count, manifestBytes: size, manifestChecksum: checksum)
                let bytes = header.encoded + head + sample.bytes[front...]
                guard let model = try? Self.open(bytes) else { continue }
                for record in model.tensors.values {
                    _ = try? model.matrix(record)
                    _ = try? model.rows(of: record, from: 0, limit: 100)
                    _ = try? model.withRows(of: record, from: 0, limit: 100) { $0.firstDamagedScale() }
                }
            }
        }
    }
}
