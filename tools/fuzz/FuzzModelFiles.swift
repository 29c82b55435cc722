import Foundation
import ModelFiles

/// What the bytes of an input stand for: its first byte chooses, the rest is the file.
private enum Role: UInt8, CaseIterable {
    case gguf
    case laterPart
    case safetensors
    case shard
    case index
    case configuration

    /// A valid model around the file.
    var sample: SampleModels.Sample {
        switch self {
        case .gguf: SampleModels.ggufVersion3
        case .laterPart: SampleModels.splitGGUF
        case .safetensors, .configuration: SampleModels.safetensors
        case .shard, .index: SampleModels.shardedSafetensors
        }
    }

    /// The file of the model that the input replaces.
    var file: String {
        switch self {
        case .gguf: "model.gguf"
        case .laterPart: SampleModels.partName(1)
        case .safetensors: "model.safetensors"
        case .shard: SampleModels.shardNames[1]
        case .index: "model.safetensors.index.json"
        case .configuration: "config.json"
        }
    }
}

/// Opens the model and touches the ends of every tensor; a crash is the finding.
private func open(_ role: Role, _ bytes: [UInt8]) {
    var sample = role.sample
    sample.files[role.file] = bytes
    let path = sample.entry.isEmpty ? MemoryFiles.folder : MemoryFiles.path(sample.entry)
    do {
        let model = try ModelFile.open(path, files: MemoryFiles(sample.files))
        for record in model.tensors.values {
            _ = model.matrix(record)
            _ = model.withBytes(of: record) { $0[0] ^ $0[$0.count - 1] }
        }
        for tensor in model.opaqueTensors.values {
            _ = model.withBytes(of: tensor) { $0[0] ^ $0[$0.count - 1] }
        }
    } catch {
        precondition(!"\(error)".isEmpty)
    }
}

/// What libFuzzer calls with every input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    guard let first = input.first else { return 0 }
    let roles = Role.allCases
    open(roles[Int(first) % roles.count], Array(input.dropFirst()))
    return 0
}

/// What libFuzzer calls once: writes a valid input of every role into the folder `SLUICE_FUZZ_CORPUS`.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<CInt>?,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafePointer<CChar>?>?>?
) -> CInt {
    guard let folder = ProcessInfo.processInfo.environment["SLUICE_FUZZ_CORPUS"] else { return 0 }
    for role in Role.allCases {
        let bytes = [role.rawValue] + (role.sample.files[role.file] ?? [])
        try? Data(bytes).write(to: URL(fileURLWithPath: folder).appendingPathComponent("\(role)"))
    }
    return 0
}
