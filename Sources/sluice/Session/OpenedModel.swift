import Generation
import Kernels
import ModelFiles
import Models
import Tokenization
import Tuning

/// A model that has been opened and found to fit together: what is known before its memory is planned.
struct OpenedModel {
    let settings: ModelSettings
    let file: ModelFile
    /// Nil where the model has none and the command can do without.
    let tokenizer: Tokenizer?
    let needs: ModelNeeds
    let instructionSet: InstructionSet
    /// Bytes read from the disk before it was opened.
    let diskReadBefore: Int

    /// - Parameters:
    ///   - profile: warned of where it was measured with another model.
    ///   - needsTokenizer: whether a model without tokenizer is of no use to the command.
    init(_ settings: ModelSettings, profile: Profile?, needsTokenizer: Bool) throws {
        self.settings = settings
        instructionSet = try InstructionSet.fromEnvironment()
        diskReadBefore = ProcessUsage.read().diskReadBytes ?? 0
        file = try Self.open(settings)
        if let profile, !settings.isQuiet { Self.compare(profile, with: file) }
        tokenizer = try Self.tokenizer(of: file, settings, isRequired: needsTokenizer)
        needs = try ModelNeeds(file: file)
        try Self.check(tokenizer, fits: needs.shape, path: file.path)
    }

    /// All that is read, which no output may be.
    var inputs: [String] { file.inputPaths + settings.inputs }

    private static func open(_ settings: ModelSettings) throws -> ModelFile {
        if let path = settings.modelPath { return try BusErrors.openModel(path) }
        if !settings.isQuiet {
            StandardError.write("sluice: no model given (-m), using \(BundledModel.summary)\n")
        }
        return try BusErrors.openModel(BundledModel.path())
    }

    /// Warns of values that were measured with another model, or on another machine.
    private static func compare(_ profile: Profile, with file: ModelFile) {
        func warn(_ finding: String) {
            StandardError.write(
                "sluice: warning: the profile '\(profile.path)' was measured \(finding); its values may not "
                    + "be the best here\n")
        }
        let fingerprint = file.fingerprint.description
        if let measured = profile.modelFingerprint, measured != fingerprint {
            warn("with the model \(measured), and this one is \(fingerprint)")
        }
        let machine = MachineName.text(modelPath: file.diskPaths.first ?? file.path)
        if let measured = profile.machine, measured != machine {
            warn("on another machine (\(measured); this one is \(machine))")
        }
    }

    private static func tokenizer(
        of file: ModelFile, _ settings: ModelSettings, isRequired: Bool
    ) throws -> Tokenizer? {
        do {
            return try Tokenizer.load(from: file, forcing: settings.pretokenizer)
        } catch {
            if isRequired || settings.pretokenizer != nil { throw error }
            if !settings.isQuiet { StandardError.write("sluice: no text, only token ids: \(error)\n") }
            return nil
        }
    }

    /// Refuses a tokenizer whose tokens the model could not look up.
    private static func check(_ tokenizer: Tokenizer?, fits shape: ModelShape, path: String) throws {
        guard let found = tokenizer?.vocabularySize, found > shape.vocabularySize else { return }
        throw CommandFailure.failure(
            "'\(path)': the tokenizer has \(found) tokens, but the model a vocabulary of "
                + "\(shape.vocabularySize); check that tokenizer and weights belong together")
    }
}
