import Generation
import Kernels
import ModelFiles
import Models
import Tokenization

extension Inspection {
    /// The inspection for scripts. Units: bytes.
    func json(listsTensors: Bool, check: ScaleCheck?) -> JSONValue {
        var members: [JSONMember] = [
            JSONMember(name: "model", value: .string(file.path)),
            JSONMember(name: "fingerprint", value: .string(file.fingerprint.description)),
            JSONMember(name: "container", value: .string(file.container.rawValue)),
            JSONMember(name: "files", value: .count(file.parts.count)),
            JSONMember(name: "store_records", value: .optional(file.store?.records.count)),
            JSONMember(name: "file_bytes", value: .count(file.byteCount)),
            JSONMember(name: "architecture", value: .optional(architecture)),
            JSONMember(name: "runnable", value: .boolean(needs != nil)),
            JSONMember(name: "problem", value: .optional(problem)),
        ]
        members += shapeMembers
        members += [
            JSONMember(name: "tensors", value: .count(file.tensors.count)),
            JSONMember(
                name: "formats",
                value: .list(
                    formats.map {
                        .members([
                            "format": .string($0.name), "tensors": .count($0.count),
                            "bytes": .count($0.bytes),
                        ])
                    })),
            JSONMember(name: "tokenizer", value: tokenizerValue),
            JSONMember(name: "chat_template", value: .boolean(tokenizer?.chatTemplate != nil)),
        ]
        if listsTensors {
            members.append(JSONMember(name: "tensor_list", value: .list(records.map(tensorValue))))
        }
        if let check { members.append(JSONMember(name: "check", value: check.json)) }
        return .object(members)
    }

    private var shapeMembers: [JSONMember] {
        guard let needs, let plan else { return [] }
        let shape = needs.shape
        return [
            JSONMember(name: "layers", value: .count(shape.layerCount)),
            JSONMember(name: "expert_layers", value: .count(needs.expertLayerCount)),
            JSONMember(name: "hidden_size", value: .count(shape.hiddenSize)),
            JSONMember(name: "vocabulary_size", value: .count(shape.vocabularySize)),
            JSONMember(name: "context_length", value: .count(shape.contextLength)),
            JSONMember(name: "experts", value: .count(shape.expertCount)),
            JSONMember(name: "experts_per_token", value: .count(shape.expertsPerToken)),
            JSONMember(name: "expert_hidden_size", value: .count(shape.expertHiddenSize)),
            JSONMember(name: "expert_bytes", value: .count(needs.expertBytes)),
            JSONMember(
                name: "bytes_per_token",
                value: .members([
                    "total": .count(needs.bytesPerToken), "dense": .count(needs.denseBytesPerToken),
                    "experts": .count(needs.expertBytesPerToken),
                ])),
            JSONMember(name: "smallest_budget", value: .count(plan.smallestBytes)),
            JSONMember(name: "resident_budget", value: .count(plan.totalBytes)),
            JSONMember(name: "smallest_budget_context", value: .count(context)),
        ]
    }

    private var tokenizerValue: JSONValue {
        guard let tokenizer else { return .members(["problem": .optional(tokenizerProblem)]) }
        return .members([
            "vocabulary_size": .count(tokenizer.vocabularySize),
            "bos": .optional(tokenizer.bos.map { Int($0.rawValue) }),
            "eos": .optional(tokenizer.eos.map { Int($0.rawValue) }),
            "adds_bos": .boolean(tokenizer.addsBOS),
            "adds_eos": .boolean(tokenizer.addsEOS),
        ])
    }

    private func tensorValue(_ record: TensorRecord) -> JSONValue {
        .members([
            "name": .string(record.name), "format": .string(record.format.name),
            "shape": .list(record.shape.map(JSONValue.count)), "bytes": .count(record.byteCount),
            "file": .string(file.parts[record.part]), "offset": .count(record.offset),
        ])
    }
}
