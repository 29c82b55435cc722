/// The chat formats that Sluice knows: what `--chat-template` accepts, and how a file's template is told.
enum ChatTemplateRegistry {
    /// Each name with its format in the plainest form.
    static let formats: [any ChatFormat] = [
        ChatMLFormat(), Llama3Format(), MistralFormat.v1, MistralFormat.v3, MistralFormat.v3Tekken,
        MistralFormat.v7, MistralFormat.plain, DeepSeek2Format(), DeepSeek3Format(), Phi3Format(),
        GraniteFormat(),
        HarmonyFormat(), GLM4Format(), OLMoEFormat(), ZephyrFormat(),
    ]

    /// Tried in this order: markers that other formats hold too come later.
    static let families: [any ChatFormat.Type] = [
        ChatMLFormat.self, GLM4Format.self, GraniteFormat.self, HarmonyFormat.self, Llama3Format.self,
        DeepSeek3Format.self, DeepSeek2Format.self, MistralFormat.self, Phi3Format.self, ZephyrFormat.self,
        OLMoEFormat.self,
    ]

    static var names: [String] { formats.map(\.name) }
}
