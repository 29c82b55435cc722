import Foundation
import ModelFiles

/// What transformers computed on a checkpoint in float32 (`reference.json` beside it).
struct Reference: Decodable {
    let inputIDs: [Int32]
    let logitsLast: [Float]
    let argmax: [Int]
    let nll: Double
    let greedy: [Int]

    enum CodingKeys: String, CodingKey {
        case inputIDs = "input_ids"
        case logitsLast = "logits_last"
        case argmax
        case nll
        case greedy
    }

    /// - Parameter folder: the checkpoint's.
    init(_ folder: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/reference.json"))
        self = try JSONDecoder().decode(Reference.self, from: data)
    }

    var prompt: [TokenID] { inputIDs.map { TokenID($0) } }
}
