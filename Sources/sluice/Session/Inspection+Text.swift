import Generation
import Kernels
import ModelFiles
import Models
import Tokenization

extension Inspection {
    /// The inspection for people.
    var text: String {
        let parts = file.parts.count > 1 ? " in \(file.parts.count) files" : ""
        var rows = [
            ["file", "\(file.path): \(file.container.rawValue), \(ByteSize.text(file.byteCount))\(parts)"],
            ["architecture", architecture ?? "none named"],
        ]
        if let store = file.store {
            rows.append([
                "store", "\(store.records.count) experts, one read each; \(file.parts.count) packed files",
            ])
        }
        if let problem { rows.append(["not runnable", problem]) }
        rows += shapeRows
        for format in formats {
            rows.append(["format", "\(format.name): \(format.count) tensors, \(ByteSize.text(format.bytes))"])
        }
        rows.append(["tokenizer", tokenizerText])
        return TextTable.text(rows, indent: "")
    }

    /// A line per tensor.
    var tensorText: String {
        TextTable.text(
            records.map { record in
                let shape = record.shape.map(String.init).joined(separator: " x ")
                return [record.name, record.format.name, ByteSize.text(record.byteCount), "[\(shape)]"]
            }, rightAligned: [2], indent: "")
    }

    private var shapeRows: [[String]] {
        guard let needs, let plan else { return [] }
        let shape = needs.shape
        let experts =
            needs.expertLayerCount == 0
            ? "none: a dense model"
            : "\(shape.expertCount) in each of \(needs.expertLayerCount) layers, \(shape.expertsPerToken) "
                + "per token, inner width "
                + "\(shape.expertHiddenSize); \(ByteSize.text(needs.expertBytes)) in all"
        return [
            ["layers", "\(shape.layerCount), hidden size \(shape.hiddenSize)"],
            ["experts", experts],
            [
                "per token",
                "\(ByteSize.text(needs.bytesPerToken)) of weights: "
                    + "\(ByteSize.text(needs.denseBytesPerToken)) dense, "
                    + "\(ByteSize.text(needs.expertBytesPerToken)) experts",
            ],
            ["context", "\(shape.contextLength) positions"],
            [
                "smallest budget",
                "--memory \(ByteSize.flagText(atLeast: plan.smallestBytes)), with all in memory "
                    + "\(ByteSize.flagText(atLeast: plan.totalBytes)) (-c \(context))",
            ],
        ]
    }

    private var tokenizerText: String {
        guard let tokenizer else { return tokenizerProblem ?? "none" }
        let template = tokenizer.chatTemplate == nil ? "no chat template" : "chat template"
        return
            "\(tokenizer.vocabularySize) tokens, \(tokenizer.addsBOS ? "BOS first" : "no BOS"), \(template)"
    }
}
