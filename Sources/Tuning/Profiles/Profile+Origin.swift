extension Profile {
    /// The machine that the values were measured on; nil where the file does not say.
    public var machine: String? { file.entry("tuned.machine")?.text }
}
