import Generation
import Kernels
import ModelFiles
import Models
import Tokenization

/// What can be said of a model file without loading it.
struct Inspection {
    let file: ModelFile
    /// Nil where the file holds no model that can be run; `problem` says why.
    let needs: ModelNeeds?
    let problem: String?
    let tokenizer: Tokenizer?
    let tokenizerProblem: String?
    /// The plan of a run with default options.
    let plan: MemoryPlan?
    let context: Int

    init(_ file: ModelFile, context: Int?) {
        self.file = file
        do {
            needs = try ModelNeeds(file: file)
            problem = nil
        } catch {
            needs = nil
            problem = "\(error)"
        }
        do {
            tokenizer = try Tokenizer.load(from: file)
            tokenizerProblem = nil
        } catch {
            tokenizer = nil
            tokenizerProblem = "\(error)"
        }
        let limit = needs?.shape.contextLength ?? 0
        self.context = context ?? min(max(limit, 1), ModelSession.defaultContext)
        let options = LanguageModel.Options(
            threadCount: MachineCores.read().recommendedThreads, maximumRows: min(512, self.context),
            contextCapacity: self.context, cacheElement: file.isMostlyFloat32 ? .float32 : .float16)
        plan = needs.map { MemoryPlan(needs: $0, file: file, options: options, budgetBytes: nil) }
    }

    /// Tensors and bytes per format, the largest first.
    var formats: [(name: String, count: Int, bytes: Int)] {
        var sums: [String: (count: Int, bytes: Int)] = [:]
        for record in file.tensors.values {
            let sum = sums[record.format.name] ?? (0, 0)
            sums[record.format.name] = (sum.count + 1, sum.bytes + record.byteCount)
        }
        return sums.map { ($0.key, $0.value.count, $0.value.bytes) }.sorted { ($0.2, $0.0) > ($1.2, $1.0) }
    }

    /// All tensors in the order of the file.
    var records: [TensorRecord] {
        file.tensors.values.sorted { ($0.part, $0.offset, $0.name) < ($1.part, $1.offset, $1.name) }
    }

    /// The name that the file gives its architecture, known to Sluice or not.
    var architecture: String? {
        if let needs { return needs.shape.architecture }
        for key in ["general.architecture", "model_type"] {
            if case .string(let name)? = file.metadata.values[key] { return name }
        }
        return nil
    }
}
